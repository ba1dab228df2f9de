"""The promises that the services rely on; storage and channels keep them."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.audit import Act, Chain
from bot.domain.capabilities import Capabilities
from bot.domain.conversation import Contact
from bot.domain.course import Course, Listed
from bot.domain.entering import Account, Brake, StaffSession
from bot.domain.event import Event
from bot.domain.feedback import Feedback, NewFeedback
from bot.domain.held import Erased, Held
from bot.domain.identity import LoggedOut
from bot.domain.job import Job
from bot.domain.merge import Merge
from bot.domain.message import Address, Delivery, Inbound, Outbound, StoredMessage
from bot.domain.notice import Cause, Notice, Reach
from bot.domain.proposal import Proposal, Wording
from bot.domain.proposal import State as ProposalState
from bot.domain.registration import Application, Happening, Registration, State
from bot.domain.staff import Staff
from bot.domain.ticket import Draft, NewTicket, Note, Ticket
from bot.domain.translation import Rendering, Translation
from bot.service.group_ports import Mirror, StaffGroups


class LeaseLost(Exception):
    """Another worker holds the contact or job now; whatever was prepared must be thrown away."""


class Conflict(Exception):
    """The row was changed since it was read."""


class SendError(Exception):
    """A message could not be handed to the channel.

    permanent: trying again is useless (blocked, deactivated, refused);
    unreachable: neither will other messages arrive.
    retry_after: seconds the provider asks to wait, if it does.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        unreachable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.unreachable = unreachable
        self.retry_after = retry_after


class Later(Exception):
    """The channel may not send yet: its limit on how much is used up for some seconds. Not a failed try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


class TranslationError(Exception):
    """A translator gave no translation.

    reason: one word for the desk: timeout, unavailable, busy, refused, quota, language, too_long, answer.
    permanent: trying again by itself is useless. retry_after: seconds the service asks to wait, if it does.
    """

    def __init__(self, reason: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail in plain text. id: the same for the same letter, made of numbers."""

    to: str
    subject: str
    text: str
    id: str


class Unsure(Exception):
    """A letter may have arrived or not: the connection broke while it was handed over."""


class Post(Protocol):
    """A way to send letters to people of the team."""

    async def send(self, letter: Letter, at_last: Callable[[], Awaitable[None]]) -> None:
        """Hand a letter over.

        `at_last` is awaited right before its words go out: from then on it may have arrived. Raise SendError if it
        has not (permanent: this address takes nothing), Unsure if nobody knows.
        """


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class Channel(Protocol):
    """A way to reach newcomers."""

    @property
    def name(self) -> str:
        """The first part of every address of this channel."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can show."""

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Hand the message over and return the channel's own id for it; raise SendError, or Later if it has
        not been tried."""


class Translator(Protocol):
    """A program that translates; what it gives is checked before anybody reads it."""

    @property
    def name(self) -> str:
        """What people are told it is called; at most 32 characters."""

    async def languages(self) -> frozenset[str]:
        """Return the codes that it translates to and from; raise TranslationError if it does not say."""

    async def translate(self, text: str, source: str, target: str) -> str:
        """Return a translation, with marks like `[[0]]` where they belong; raise TranslationError."""


class Subscription(Protocol):
    """One waiter's ear on a topic; it hears from the moment it is made, also while its owner is busy."""

    async def wait(self, seconds: float) -> bool:
        """Return True at once if the topic was published since the last True (or the start), else when it is;
        False after `seconds`."""

    def wake(self) -> None:
        """Be a publish for this waiter alone."""


DESK = "desk"  # the topic of whoever looks at tickets: one of them changed


class Notifier(Protocol):
    """Wakes whoever waits for a topic, in this process and in the others; a lost wake-up only costs a poll.

    Topics are short: "intake", "outbox:web", "web:123". Subscribe first, then look, then wait: nothing slips
    between.
    """

    async def publish(self, topic: str) -> None:
        """Wake all who subscribed to `topic`; call it after the commit. Never raises."""

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Subscription]:
        """Listen to `topic` as long as the context lasts."""


class TooLarge(Exception):
    """A file is larger than the file store takes."""


class Files(Protocol):
    """Files of contacts, encrypted with the contact's own key. Erase and purge remove them with their
    messages."""

    async def put(self, contact: int, content: bytes) -> str:
        """Keep `content`; return the reference to store in an `Attachment`. Raise TooLarge, or Conflict if
        the contact was erased."""

    async def get(self, contact: int, reference: str) -> bytes | None:
        """Return the content, or None if it is gone or belongs to somebody else."""


class Source(Protocol):
    """Where a messenger keeps what people sent; an attachment's reference is its own."""

    async def file(self, id: str, most: int) -> bytes:
        """Return the content of at most `most` bytes; raise TooLarge, or SendError: permanent if it is gone."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the intake."""

    id: int
    address_id: int
    inbound: Inbound
    message_id: int
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased contact with all that waits for it, oldest first, and its tickets to which words can be added (open, or
    closed not long ago), newest first."""

    contact: Contact
    owner: str
    rows: tuple[Waiting, ...]
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One outbox row that may be sent now, its contact leased for sending."""

    id: int
    owner: str
    contact: int
    address_id: int
    address: Address
    message_id: int
    message: Outbound
    attempts: int
    created_at: datetime


class Contacts(Protocol):
    """Contacts and their addresses."""

    async def find(self, address: Address) -> tuple[Contact, int] | None:
        """Return the contact known by `address` and the address's row id."""

    async def create(self, address: Address, at: datetime) -> tuple[Contact, int]:
        """Make a contact with a data key of its own and its first address; return the one that is there if
        another worker was faster."""

    async def get(self, contact: int) -> Contact | None:
        """Return the contact, or None if it was erased."""

    async def by_guest(self, guest: int) -> Contact | None:
        """Return the contact whom staff see under this number."""

    async def save(self, contact: Contact) -> None:
        """Store the conversation; raise Conflict unless `contact.version` is the stored one, which then
        rises by one."""

    async def keep_until(self, contact: int, at: datetime) -> None:
        """Let the purge take this contact after `at` unless they write again."""

    async def addresses(self, contact: int) -> list[tuple[int, Address]]:
        """Return row id and address of every way to reach them, the latest used first; unreachable ones
        are left out."""

    async def unreachable(self, address_id: int, reason: str, at: datetime) -> None:
        """Mark an address that will not take messages any more."""

    async def reachable(self, address_id: int) -> None:
        """Mark an address that takes messages again."""

    async def attach(self, contact: int, address: Address, at: datetime) -> None:
        """Add a way to reach a contact; raise Conflict if somebody has the address, or the contact is gone."""


class Intake(Protocol):
    """Messages that came in and are not answered yet."""

    async def put(
        self, contact: int, address_id: int, inbound: Inbound, at: datetime, ready_at: datetime
    ) -> int | None:
        """Store an inbound with its history line; return the message id, or None if it was there already.

        Its address is reachable again, and the contact not about to be purged. Raise Conflict if the contact
        was erased.
        """

    async def is_full(self, most: int) -> bool:
        """True if `most` rows wait, or more."""

    async def claim(self, owner: str, now: datetime, lease: timedelta, most: int) -> list[Claim]:
        """Lease up to `most` contacts that have a ready row, who waited longest first; return all their waiting
        rows.

        A contact of whom something cannot be read is passed over: a failed try of its rows, ready again
        later. `owner` is unique per call, lest a late worker is taken for the one that followed it. Rows that
        were put back hold up the newer ones of their contact; a row that was stored with a later `ready_at`
        (a fragment) goes along as soon as a later one is ready. A lease that ran out counts as a failed try
        of its rows.
        """

    async def of(self, contact: int) -> list[Waiting]:
        """Return what waits for a contact, oldest first."""

    async def done(self, claim: Claim, at: datetime) -> None:
        """Mark the claimed rows done, drop their payload, release the lease; raise LeaseLost if it is not
        ours."""

    async def put_back(self, claim: Claim, retry_at: datetime) -> None:
        """Count a failed try of every row and release the lease; they are ready again at `retry_at`. Raise
        LeaseLost if it is not ours."""

    async def waiting(self, now: datetime) -> tuple[int, float]:
        """Return how many rows wait and the age of the oldest in seconds (0.0 when none)."""

    async def next_ready(self) -> datetime | None:
        """Return when `claim` can next find something (in the past: now), or None when nothing waits. A
        leased contact counts from the end of its lease."""


class Outbox(Protocol):
    """Messages on their way out; nothing is sent around it."""

    async def put(
        self,
        contact: int,
        address_id: int,
        message: Outbound,
        idem: str,
        at: datetime,
        ticket: int | None = None,
        staff: int | None = None,
    ) -> int | None:
        """Store an outbound and its history line; None if `idem` was used before. Returns the message id.

        `idem` is stored readable: build it from row ids, never from an address. `staff` is who wrote it, if a
        person did. Raise Conflict if the contact was erased.
        """

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, channels: Sequence[str], most: int
    ) -> list[Due]:
        """Lease for sending up to `most` contacts whose next message on one of `channels` is due: urgent before
        ordinary, then the longest due; one message for each, in order per contact and channel.

        `owner` is unique per call, lest a late sender is taken for the one that followed it. A message that
        cannot be read fails as "unreadable".
        """

    async def sent(self, due: Due, external_id: str, at: datetime) -> None:
        """Mark it sent and release the contact; raise LeaseLost if the lease is not ours."""

    async def retry(self, due: Due, next_at: datetime, reason: str) -> None:
        """Count a failed try, release the contact; the message stays first of its contact and
        channel. Raise LeaseLost."""

    async def postpone(self, due: Due, next_at: datetime) -> None:
        """Put it off without counting a try, release the contact; the message stays first of its contact
        and channel. Raise LeaseLost."""

    async def failed(self, due: Due, reason: str, at: datetime) -> None:
        """Give the message up with its reason; the next of the contact may go. Raise LeaseLost."""

    async def delivered(self, contact: int, up_to_message: int, at: datetime) -> int:
        """Mark the messages that were sent to the contact before this one, and it, as delivered; return
        how many changed that a person of the team wrote."""

    async def read(self, contact: int, up_to_message: int, at: datetime) -> int:
        """Mark them as read, which is more than delivered; return the same."""

    async def take_back(self, contact: int, message: int, now: datetime) -> bool:
        """Delete a message that is not due yet, as if it had never been written; False if it is on its way.

        Raise Conflict if the contact was erased.
        """

    async def again(self, contact: int, message: int, address_id: int, now: datetime) -> bool:
        """Try a message that failed once more, at an address that takes messages; False if it has not failed."""

    async def delivery(self, idem: str) -> Delivery | None:
        """Return what is known of a message that was put with `idem`; None if it was never put, or purged."""

    async def pending(self, now: datetime) -> tuple[int, float]:
        """Return how many are pending and the age of the oldest due one in seconds."""

    async def give_up(self, channels: Sequence[str], before: datetime, at: datetime) -> int:
        """Fail what was put before that moment for none of `channels`, which nobody sends; return how many."""

    async def next_due(self, channels: Sequence[str]) -> datetime | None:
        """Return when `claim` can next find something (in the past: now), or None when nothing is pending
        on `channels`. A contact that is being sent to counts from the end of its lease."""


class Messages(Protocol):
    """The history of a contact."""

    async def after(self, contact: int, message: int, limit: int = 200) -> list[StoredMessage]:
        """Return what became visible after the message with this id (0: everything), in the order of becoming
        visible.

        A newcomer's line is visible at once, an outgoing one when it was sent. That is not the order of the
        ids: the next cursor is the id of the LAST message returned, never the largest.
        """

    async def latest(self, contact: int, limit: int) -> list[StoredMessage]:
        """Return the last `limit` visible messages, in the order of becoming visible."""

    async def one(self, contact: int, message: int) -> StoredMessage | None:
        """Return a message of a contact."""

    async def of_ticket(
        self, contact: int, ticket: int, before: int, limit: int = 300
    ) -> list[StoredMessage]:
        """Return what was written since a ticket's first message, and `before` messages ahead of it, by their ids.

        Also what was not sent, or not yet. Of more than `limit` the last ones.
        """

    async def last_by(self, ticket: int, staff: int) -> int:
        """Return the id of the last message that somebody of the staff wrote to a ticket; 0: none."""

    async def keep_file(self, contact: int, message: int, no: int, reference: str) -> None:
        """Note that our own file store has the attachment at place `no` of a message now."""


@dataclass(frozen=True, slots=True)
class Past:
    """Which closed tickets. towns: only of these ("": of none; None: of all); town, entry, language: only of this one.

    word: a number or part of a tag, or one of `named` is the town; "": any.
    """

    towns: Sequence[str] | None = None
    town: str = ""
    entry: str = ""
    language: str = ""
    word: str = ""
    named: Sequence[str] = ()


ALL_PAST = Past()


class Tickets(Protocol):
    """Questions for people."""

    async def open(self, contact: int, ticket: NewTicket, message_ids: Sequence[int], at: datetime) -> Ticket:
        """Store a ticket and tie the messages to it."""

    async def add(self, number: int, text: str, message_ids: Sequence[int], at: datetime) -> None:
        """Add the newcomer's further words; raise Conflict if it is closed by now."""

    async def of(self, contact: int, only_open: bool = False) -> list[Ticket]:
        """Return a contact's tickets, newest first."""

    async def listed(self, only_open: bool = True, limit: int = 200) -> list[Ticket]:
        """Return tickets for staff, oldest first."""

    async def heads(self, towns: Sequence[str] | None, also: Sequence[int]) -> list[Ticket]:
        """Return the open tickets of these towns ("": of none; None: of all), and those of these numbers, oldest first.

        As little as counting and sorting need: question, lines, tags and the like are empty, nothing is decrypted.
        """

    async def closed(self, limit: int = 200, wanted: Past = ALL_PAST, offset: int = 0) -> list[Ticket]:
        """Return closed tickets, the last closed first."""

    async def count_closed(self) -> dict[str, int]:
        """Return town -> how many closed tickets there are."""

    async def get(self, number: int) -> Ticket | None:
        """Return a ticket."""

    async def numbered(self, numbers: Sequence[int]) -> list[Ticket]:
        """Return those of these numbers that are there, oldest first."""

    async def lock(self, number: int) -> Ticket | None:
        """Let nobody else change the ticket or write to its contact until the commit; return it. Raise Conflict if
        its contact is joined with another at this moment."""

    async def close(self, number: int, at: datetime) -> bool:
        """Close it; False if there is none open of that number."""

    async def change(self, number: int, **values: Any) -> None:
        """Set some of assignee, answered_at, attended_at, closed_at, snoozed_until, reached_at, rating, tags, added_at,
        previous, promised_at, urgent, remind_at, reminded_at, escalated_at; call it under `lock`."""

    async def unreached(self, may_expire: Sequence[str], before: datetime) -> frozenset[int]:
        """Return the numbers of those whose last answer did not arrive, and nobody has reached them otherwise.

        may_expire: channels where what was sent before `before` and not seen since will not be seen any more.
        """

    async def tell_way(self, number: int, way: str) -> None:
        """Keep another way to the newcomer, encrypted; raise Conflict if the ticket is gone."""

    async def way(self, number: int) -> str:
        """Return the other way to the newcomer, "" if they told none. Whoever shows it must have a reason."""

    async def note(self, number: int, staff: int | None, text: str, at: datetime) -> int:
        """Add a note of staff and return its id; raise Conflict if the ticket is gone."""

    async def notes(self, number: int) -> list[Note]:
        """Return a ticket's notes, oldest first."""

    async def draft(self, number: int, staff: int, text: str | None, at: datetime) -> None:
        """Note that somebody has the ticket before them and, unless None, what they have written so far.

        Raise Conflict if the ticket is gone.
        """

    async def drafts(self, number: int) -> list[Draft]:
        """Return who has the ticket before them, or had, with what they have begun to write."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What went over with a merge: ids, how many lines the kept ticket had, and whether it took the second way."""

    messages: tuple[int, ...]
    notes: tuple[int, ...]
    lines: int
    way: bool


class Merges(Protocol):
    """Tickets of one contact that became part of another; call all of it under `Tickets.lock`."""

    async def carry(self, kept: int, other: int, at: datetime) -> Carried:
        """Give messages, notes, drafts, words and, if `kept` has none, the second way of `other` to `kept`."""

    async def keep(self, other: int, into: int, merge: Merge) -> None:
        """Store where a ticket went, and what parts them again."""

    async def get(self, other: int) -> Merge | None:
        """Return what parts it from the ticket that it is part of; None if nothing does (any more)."""

    async def part(self, kept: int, other: int, merge: Merge) -> None:
        """Give back what went over; what was a draft stays one of `kept`."""

    async def settle(self, into: int) -> None:
        """Let what is part of this ticket stay so: the ticket itself goes into another."""


class Translations(Protocol):
    """What a program translated, encrypted like the messages themselves; it goes with them."""

    async def put(self, contact: int, translation: Translation) -> None:
        """Store one in place of what is there for the same message and language.

        Raise Conflict if the contact or the message is gone.
        """

    async def drop(self, message: int) -> None:
        """Remove what is there for a message: there is nothing to translate."""

    async def of(self, messages: Sequence[int]) -> dict[int, Translation]:
        """Return message -> its latest translation."""

    async def of_contact(self, contact: int) -> list[Translation]:
        """Return all of a contact's, by message."""

    async def render(self, ticket: int, staff: int, rendering: Rendering | None) -> None:
        """Keep what becomes of somebody's draft; None: forget it. Without a draft nothing is kept."""

    async def rendering(self, ticket: int, staff: int) -> Rendering | None:
        """Return what becomes of somebody's draft, if that was asked for."""


class Jobs(Protocol):
    """Work for later."""

    async def put(
        self, kind: str, key: str, run_at: datetime, payload: dict[str, str | int] | None = None
    ) -> None:
        """Plan a job; the same key again moves it to the new time, also while it runs.

        With `contact` in the payload (its id) the job goes when the contact is erased.
        """

    async def claim(self, owner: str, now: datetime, lease: timedelta, kinds: Sequence[str]) -> Job | None:
        """Lease one due job, the longest due first. A lease that ran out counts as a failed try."""

    async def done(self, job: Job, owner: str) -> None:
        """Remove it, unless it was planned for another time meanwhile; raise LeaseLost if it is not ours."""

    async def retry(self, job: Job, owner: str, run_at: datetime) -> None:
        """Count a failed try and try again later; raise LeaseLost if it is not ours."""

    async def renew(self, job: Job, owner: str, until: datetime) -> None:
        """Prolong the lease of a job that takes long; raise LeaseLost if it is not ours."""

    async def cancel(self, key: str) -> None:
        """Remove it if it has not run."""

    async def next_due(self, kinds: Sequence[str]) -> datetime | None:
        """Return when `claim` can next find something (in the past: now), or None when nothing is planned."""


class Tokens(Protocol):
    """One-time and lasting links; only their hash is stored."""

    async def issue(self, contact: int, purpose: str, expires_at: datetime | None) -> str:
        """Return a new random token (URL-safe, 43 characters)."""

    async def redeem(self, token: str, purpose: str, now: datetime, *, once: bool) -> int | None:
        """Return the contact, or None if unknown or expired; `once` uses it up."""

    async def revoke(self, contact: int, purpose: str) -> None:
        """End all links of a contact that are for this purpose."""


class FeedbackNotes(Protocol):
    """What newcomers say is wrong in an answer."""

    async def note(self, contact: int, new: NewFeedback, at: datetime) -> None:
        """Store it; what the same contact has noted of the same entry and is still open gets the words instead."""

    async def of(self, contact: int) -> list[Feedback]:
        """Return a contact's, oldest first."""

    async def listed(self, only_open: bool = True, limit: int = 200) -> list[Feedback]:
        """Return them for the editors, oldest first."""

    async def done(self, id: int, at: datetime) -> bool:
        """Close it; False if there is none open of that number."""


class Events(Protocol):
    """Text-free happenings."""

    async def record(self, event: Event) -> None:
        """Append one."""

    async def by_entry(self, kind: str, since: datetime, least: int) -> dict[str, int]:
        """Return how often a kind happened to each entry; what is below `least` could point to a person, and is left
        out."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a new list changed: how many courses are new, and the ids of those that are different or gone."""

    new: int
    changed: tuple[int, ...]
    gone: tuple[int, ...]


class Courses(Protocol):
    """Courses of the Volkshochschulen."""

    async def reload(
        self, source: str, listed: Iterable[Listed], at: datetime, counted_at: datetime
    ) -> Reloaded:
        """Make the list of a source the one given; what is not in it is gone.

        counted_at: when the VHS counted its seats. Of ours, those exported before then are in its count.
        """

    async def drop_examples(self) -> int:
        """Take the invented courses out of the list; return how many went."""

    async def listed(self, *, all_: bool = False) -> list[Course]:
        """Return the courses by their beginning; those that are gone or cancelled only with `all_`."""

    async def get(self, course: int) -> Course | None:
        """Return a course with its counts."""

    async def by_number(self, number: str) -> Course | None:
        """Return the course that staff call by this number."""

    async def lock(self, course: int) -> Course | None:
        """Let nobody else give away seats of this course until the commit; return it with its counts."""

    async def set_seats(self, course: int, seats: int | None) -> None:
        """Set how many may take part, instead of what the file tells; None: what the file tells."""

    async def cancel(self, course: int) -> None:
        """Mark it as cancelled; an import does not undo that."""

    async def imported_at(self) -> datetime | None:
        """Return when the oldest list in use was read; None without any."""


class Registrations(Protocol):
    """Who wants which course, in what state. Every change leaves a line in the log."""

    async def put(
        self, contact: int, applications: Sequence[Application], state: State, at: datetime
    ) -> tuple[Registration, ...]:
        """Store one registration a person under one receipt; raise Conflict if one of them is active already."""

    async def active(self, contact: int, application: Application) -> list[Registration]:
        """Return the active registrations of any of these people for this course, whoever handed them in."""

    async def waiting(self, course: int) -> list[Registration]:
        """Return the waiting list in its order."""

    async def of_course(self, course: int) -> list[Registration]:
        """Return all registrations of a course, in the order of the list."""

    async def of(self, contact: int) -> list[Registration]:
        """Return a contact's registrations."""

    async def by_receipt(self, receipt: int) -> list[Registration]:
        """Return the registrations under a receipt."""

    async def move(
        self,
        registration: Registration,
        state: State,
        at: datetime,
        actor: str,
        *,
        offer_until: datetime | None = None,
        reason: str = "",
        detail: str = "",
    ) -> None:
        """Change the state; raise Refused if the rules do not allow it. Call it under the course's lock."""

    async def hold_offer(self, registration: Registration, until: datetime | None) -> None:
        """Set the end of an offer; None: it waits, since the offer could not be delivered."""

    async def exported(self, ids: Iterable[int], at: datetime) -> None:
        """Note that the VHS has these now."""

    async def courses_in_use(self) -> list[int]:
        """Return the ids of the courses for which anybody is active, in their order."""

    async def log_of(self, course: int) -> list[Happening]:
        """Return the log of a course, oldest first."""

    async def before(self, registration: Registration) -> int:
        """Return how many people stand before this one on the waiting list, its own family not counted."""


class Proposals(Protocol):
    """Answers that are to become entries."""

    async def add(self, author: int | None, wording: Wording, at: datetime, *, is_new: bool) -> int:
        """Store a new one and return its id. author: None for the command line."""

    async def get(self, id: int) -> Proposal | None:
        """Return one."""

    async def lock(self, id: int) -> Proposal | None:
        """Let nobody else change it until the commit; return it."""

    async def listed(self, states: Iterable[ProposalState], limit: int = 200) -> list[Proposal]:
        """Return those in one of the states, the last changed first."""

    async def of_tickets(self, numbers: Sequence[int]) -> dict[int, list[Proposal]]:
        """Return ticket -> the proposals that it is part of, those that were dropped left out."""

    async def change(
        self,
        proposal: Proposal,
        at: datetime,
        *,
        state: ProposalState | None = None,
        wording: Wording | None = None,
        author: int | None = None,
        reviewer: int | None = None,
        note: str | None = None,
    ) -> None:
        """Set what is given; call it under `lock`. Whoever writes is an author from then on."""

    async def drop(self, proposal: Proposal, at: datetime) -> None:
        """Keep of it only that it was dropped; call it under `lock`."""

    async def ask(self, proposal: int, contact: int, ticket: int, language: str, question: str) -> None:
        """Add somebody who asked it, with their masked question; a ticket counts once. Raise Conflict if the contact
        was erased."""

    async def leave(self, proposal: int, ticket: int) -> None:
        """Take somebody out who did not ask it."""

    async def reword(self, asker: int, question: str) -> None:
        """Set an asker's masked question; empty: it is no example."""

    async def told(self, asker: int, at: datetime) -> None:
        """Note that an asker has been told, or cannot be."""


class StaffAccounts(Protocol):
    """People of the team and what they prove themselves by."""

    async def add(self, staff: Staff, at: datetime, issuer: str = "", subject: str = "") -> Staff:
        """Store a new account and return it with its id; raise Conflict if the name is taken.

        issuer, subject: who it is to the town's provider (each at most 255 characters), if that lets them in; raise
        Conflict as well if they have an account.
        """

    async def get(self, id: int) -> Account | None:
        """Return an account, revoked ones too."""

    async def named(self, name: str) -> Account | None:
        """Return the account of a name, however it is written (capitals, blanks); revoked ones too."""

    async def listed(self, *, revoked: bool = False) -> list[Account]:
        """Return all accounts by name; those that are revoked only with `revoked`."""

    async def provided(self, issuer: str, subject: str) -> Account | None:
        """Return the account of somebody at the town's provider; a revoked one, too."""

    async def count(self) -> int:
        """Return how many real accounts there are or were: the demo one does not count, revoked ones do."""

    async def assign(self, id: int, staff: Staff) -> None:
        """Change what somebody does to what `staff` tells: role, towns, VHS and languages."""

    async def restore(self, id: int) -> None:
        """Let an account be invited anew: not revoked, without password, second factor and recovery codes."""

    async def revoke(self, id: int, at: datetime) -> None:
        """End an account with its password, second factor, codes, invitations and sessions."""

    async def set_password(self, id: int, hashed: str) -> None:
        """Store the hash of a new password."""

    async def set_totp(self, id: int, secret: str, step: int) -> None:
        """Store a new second factor, of which `step` is used."""

    async def prepare_totp(self, id: int, secret: str) -> None:
        """Store the secret of a telephone that is being set up; empty: none is."""

    async def use_step(self, id: int, step: int) -> bool:
        """Use a time step of the second factor; False if it, or a later one, was used before."""

    async def set_recovery(self, id: int, codes: Iterable[str]) -> None:
        """Replace the recovery codes; only their hashes are stored."""

    async def use_recovery(self, id: int, code: str) -> bool:
        """Use up a recovery code; False if there is none such."""

    async def recovery_left(self, id: int) -> int:
        """Return how many recovery codes are left."""


class StaffDoor(Protocol):
    """Who may come in: invitations, sessions, and who tried how often. Of tokens only hashes are stored."""

    async def invite(self, staff: int, secret: str, expires_at: datetime) -> str:
        """Return the token of a one-time link; earlier ones of the account end. secret: of the second factor to be
        set up with it; empty: the link itself logs in."""

    async def invitation(self, token: str, now: datetime) -> tuple[Account, str] | None:
        """Return whom a link is for, and its secret; None if it is over or unknown, or the account revoked."""

    async def redeem(self, token: str, now: datetime) -> bool:
        """Use a link up; False if somebody was faster."""

    async def begin(
        self, staff: int, at: datetime, *, complete: bool, sid: str = "", check_by: datetime | None = None
    ) -> str:
        """Begin a session and return its token (URL-safe, 43 characters).

        sid, check_by: of one that the town's provider let in: its id there (at most 255 characters; empty: it has
        none), and when the provider is asked again.
        """

    async def session(self, token: str) -> tuple[Account, StaffSession] | None:
        """Return whose session it is; None if unknown, or the account revoked. Whether it is over the caller asks."""

    async def sessions(self, staff: int) -> list[StaffSession]:
        """Return the complete sessions of a person, the latest used first."""

    async def seen(self, session: int, at: datetime) -> None:
        """Note that a session was used."""

    async def checked(self, session: int, sid: str, check_by: datetime) -> None:
        """Note that the provider still lets somebody in, and when it is asked next."""

    async def end_provided(self, told: LoggedOut) -> list[int]:
        """End the sessions that the provider's word is about; return whose they were."""

    async def is_news(self, told: LoggedOut) -> bool:
        """Note a word of the provider; False if it was noted before."""

    async def end(self, session: int) -> None:
        """End one session."""

    async def end_all(self, staff: int, *, but: int = 0) -> None:
        """End all sessions of a person, but one."""

    async def knock(self, key: str, brake: Brake, now: datetime) -> timedelta:
        """Count a try under `key` unless it must wait; return how long (zero: it was counted, go on).

        Workers that ask at the same time are counted one after the other. Only a blind index of `key` is stored.
        """

    async def give_back(self, key: str) -> None:
        """Take back the last try under `key`: it was a good one."""

    async def forgive(self, key: str) -> None:
        """Forget all tries under `key`."""


class Notices(Protocol):
    """Where people of the team are written to, and what they are to be told of."""

    async def reach(self, staff: int) -> Reach | None:
        """Return how somebody is written to; None if they never said."""

    async def lock(self, staff: int) -> Reach | None:
        """Return it, and let nobody else plan or send their letters until the commit."""

    async def set_reach(self, reach: Reach) -> None:
        """Store how somebody wants to be written to; what waits for them goes."""

    async def put(self, staff: int, cause: Cause, ticket: int, send_at: datetime) -> None:
        """Add a notice; the same one again changes nothing."""

    async def pending(self, staff: int) -> list[Notice]:
        """Return what somebody is still to be told of, oldest first."""

    async def begin(self, ids: Sequence[int], at: datetime) -> None:
        """Note that a letter with these is handed over now."""

    async def later(self, ids: Sequence[int], send_at: datetime | None = None) -> None:
        """Note that nobody hands these over any more; with `send_at` they wait until then."""

    async def settle(self, ids: Sequence[int], at: datetime) -> None:
        """Note that these were told, or need not be; none of them is ever put again."""

    async def mailed(self, staff: int, at: datetime) -> None:
        """Note that somebody got a letter about new questions."""

    async def refused(self, staff: int, reason: str) -> None:
        """Write no more to an address that takes nothing; what waits for it goes."""


class AuditLog(Protocol):
    """Who did what; only ever added to, each line bound to the one before it."""

    async def note(self, staff: int | None, what: str, about: str, at: datetime) -> None:
        """Add a line. what: at most 48 characters, such as "contact.shown"; about: at most 64, such as
        "ticket:1001": an id, never content. staff: None for the command line.

        Call it last in a transaction: who adds a line at the same time waits for the commit.
        """

    async def listed(self, *, before: int = 0, limit: int = 200) -> list[Act]:
        """Return the latest lines, newest first; with `before` those of smaller numbers."""

    async def check(self) -> Chain:
        """Go through the whole log and tell whether it is as it was written."""


class Unit(Protocol):
    """One transaction over everything stored."""

    @property
    def contacts(self) -> Contacts: ...
    @property
    def intake(self) -> Intake: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def tickets(self) -> Tickets: ...
    @property
    def merges(self) -> Merges: ...
    @property
    def translations(self) -> Translations: ...
    @property
    def feedback(self) -> FeedbackNotes: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def events(self) -> Events: ...
    @property
    def courses(self) -> Courses: ...
    @property
    def registrations(self) -> Registrations: ...
    @property
    def proposals(self) -> Proposals: ...
    @property
    def staff(self) -> StaffAccounts: ...
    @property
    def door(self) -> StaffDoor: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def groups(self) -> StaffGroups: ...
    @property
    def mirror(self) -> Mirror: ...

    async def held(self, contact: int) -> Held | None:
        """Return everything held about a contact."""

    async def erase(self, contact: int) -> Erased:
        """Delete every row of a contact and destroy its key; its files go after the commit. Call
        `Store.scrub` then."""

    async def join(self, kept: int, other: int) -> None:
        """Make one contact of two that are the same person: all that belongs to `other` goes to `kept`, under
        its key, after what it has; `other` and its key are gone.

        The conversation stays `kept`'s. Whoever works for `other` at the moment loses the lease. Raise
        Conflict if one of them is gone.
        """

    async def purge(self, rules: "Retention", now: datetime) -> int:
        """Delete by age; return how many rows went."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept, in days: the one value behind the purge and the sentence in the privacy
    notice."""

    messages: int = 30
    closed_tickets: int = 90
    contacts: int = 180  # without a word from them and without an open ticket
    statistics: int = 730  # happenings without text or person: two years can be compared
    audit: int = 365  # who of the staff did what


class Store(Protocol):
    """The database."""

    def read(self) -> AbstractAsyncContextManager[Unit]:
        """A transaction that sees one state and writes nothing."""

    def write(self) -> AbstractAsyncContextManager[Unit]:
        """A transaction that commits at its end and rolls back on any error; never await the network inside.

        What the database refuses (a row that is gone or there already) is raised as Conflict.
        """

    async def scrub(self) -> None:
        """Overwrite what erase and purge freed, in the file and its log."""
