"""Everything held about one contact, for their own eyes and for erasing."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Contact
from bot.domain.feedback import Feedback
from bot.domain.message import Address, StoredMessage
from bot.domain.registration import Registration
from bot.domain.ticket import Note, Ticket
from bot.domain.translation import Translation


@dataclass(frozen=True, slots=True)
class Held:
    """All rows that belong to a contact, decrypted."""

    contact: Contact
    since: datetime
    addresses: tuple[Address, ...]
    messages: tuple[StoredMessage, ...]
    tickets: tuple[Ticket, ...]
    feedback: tuple[Feedback, ...]
    waiting: int  # messages in the intake that are not worked on yet
    registrations: tuple[Registration, ...] = ()
    notes: tuple[Note, ...] = ()  # of staff, about this contact's questions
    second_ways: tuple[str, ...] = ()  # other ways to the contact that they told
    examples: tuple[str, ...] = ()  # their questions, masked, that are to become examples
    translations: tuple[Translation, ...] = ()  # of what they wrote, by a program, for staff


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erase removed, as counts for the receipt."""

    messages: int
    tickets: int
    attachments: int
    registrations: int = 0
