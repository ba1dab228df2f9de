"""Messages and the addresses they come from and go to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """Where a contact can be reached: one account of one channel knows them by this id."""

    channel: str
    account: str
    id: str


class Author(StrEnum):
    """Who speaks; the newcomer always sees it."""

    NEWCOMER = "newcomer"
    PROGRAM = "program"
    STAFF = "staff"


class Priority(IntEnum):
    """The outbox sends lower values first."""

    URGENT = 0
    ORDINARY = 1


class Delivery(StrEnum):
    """What is truly known of an outgoing message."""

    PENDING = "pending"
    SENT = "sent"  # the channel has taken it
    DELIVERED = "delivered"  # it is on their device
    READ = "read"  # it was before their eyes; only some channels say so
    FAILED = "failed"


ARRIVED = frozenset({Delivery.SENT, Delivery.DELIVERED, Delivery.READ})  # as far as is known
UNREAD = frozenset({Delivery.SENT, Delivery.DELIVERED})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file a newcomer sent, as the channel describes it; the bytes stay with the channel or the file store."""

    kind: str  # photo, voice, video, document, sticker, location, contact, other
    reference: str = ""
    media_type: str = ""
    size: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from a newcomer, in the words of no particular channel.

    `external_id` is unique within (channel, account): the same one twice has one effect.
    `choice` is the id of a pressed button, `start` the payload of a deep link, `language_hint` what the device says.
    """

    address: Address
    external_id: str
    sent_at: datetime
    text: str = ""
    choice: str = ""
    start: str = ""
    language_hint: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: `id` comes back as `Inbound.choice`; it explains itself, so a stale button still works."""

    id: str  # at most 64 bytes: Telegram's limit for callback data
    label: str
    icon: str = ""


# What a file beside a message is -> its name and media type.
DOCUMENTS = {
    "data": ("lotse.json", "application/json"),
    "calendar": ("kurs.ics", "text/calendar"),
}


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to a newcomer.

    `text`, `lead`, `tail` and `footnote` are Markdown (paragraphs, bold, lists, links), rendered by each channel.
    An answer that is shown in another language than the newcomer's has a frame in theirs: `lead` stands above the
    text, `tail` below it. All parts of a message run in one direction.
    `kind` tells a channel what it is (answer, crisis, question, ticket, notice, data, staff) for styling only.
    """

    text: str
    language: str
    choices: tuple[Choice, ...] = ()
    footnote: str = ""
    kind: str = "notice"
    author: Author = Author.PROGRAM
    machine_translated: bool = False
    priority: Priority = Priority.ORDINARY
    document: str = ""  # a text file offered for download beside the message
    document_kind: str = "data"  # of DOCUMENTS
    lead: str = ""
    tail: str = ""
    frame: str = ""  # the language of lead, tail, footnote and buttons, where it is another than the text's
    original: str = ""  # what a person wrote, where `text` is a program's translation of it
    original_language: str = ""

    @property
    def words(self) -> str:
        """The text with what stands above and below it, for a channel that does not mark languages."""
        return "\n\n".join(part for part in (self.lead, self.text, self.tail) if part)

    @property
    def framed_in(self) -> str:
        """The language of what stands around the text."""
        return self.frame or self.language


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the history keeps it, oldest first by `id`.

    at: when it was written; of one that can still be taken back, when it goes out.
    """

    id: int
    author: Author
    body: Outbound
    at: datetime
    delivery: Delivery | None = None  # None: written by the newcomer
    reason: str = ""
    ticket: int | None = None
    attachments: tuple[Attachment, ...] = field(default=())
    staff: int | None = None  # who wrote it, if a person of the team did
