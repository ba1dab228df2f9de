"""A ticket: a question that a person will answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REMIND_BEFORE = 2.0  # working hours of the team before the promised time: then staff are reminded
REOPENS_WITHIN = timedelta(days=14)  # a later word opens a new ticket, with a link to the old one
QUIET_FOR = timedelta(hours=24)  # nobody of the team has acted for so long: the program comes back


class Waits(StrEnum):
    """On whom an open ticket waits; nobody when it is closed."""

    TEAM = "team"
    NEWCOMER = "newcomer"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What the hand-over knows when it opens a ticket. previous: the number of the contact's one before."""

    question: str
    language: str
    town: str = ""
    entry: str = ""  # best guess of the matter
    candidates: tuple[str, ...] = ()
    urgent: bool = False
    team: str = ""
    promised_at: datetime | None = None
    previous: int | None = None
    remind_at: datetime | None = None  # when staff are reminded, if a time is promised


@dataclass(frozen=True, slots=True)
class Ticket:
    """A stored ticket; open or closed, with an assignee or none: all else is derived.

    attended_at: when the person who is on it acted last; None while the program answers the newcomer.
    answered_at: when staff answered last, here or by another way. added_at: when the newcomer wrote last.
    second_way: they told another way to them; it is read only on purpose (`Tickets.second_way`).
    rating: yes, no, or "" if they have not said whether it helped. merged_into: the number under which it is answered
    now. remind_at: when staff are to be reminded of the promised time; reminded_at, escalated_at: when they were, and
    when the lead was told that it has passed.
    """

    number: int
    contact: int
    guest: int
    question: str
    language: str
    town: str
    entry: str
    candidates: tuple[str, ...]
    urgent: bool
    team: str
    opened_at: datetime
    promised_at: datetime | None = None
    closed_at: datetime | None = None
    assignee: int | None = None
    lines: tuple[str, ...] = ()  # what the newcomer added since
    added_at: datetime | None = None
    answered_at: datetime | None = None
    attended_at: datetime | None = None
    snoozed_until: datetime | None = None
    previous: int | None = None
    tags: tuple[str, ...] = ()
    second_way: bool = False
    rating: str = ""
    merged_into: int | None = None
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True until somebody closes it."""
        return self.closed_at is None

    @property
    def waits_for(self) -> Waits:
        """Return whose turn it is."""
        if not self.is_open:
            return Waits.NOBODY
        spoken = self.added_at or self.opened_at
        return Waits.NEWCOMER if self.answered_at and self.answered_at >= spoken else Waits.TEAM

    def is_attended(self, now: datetime) -> bool:
        """True while a person is on it: then the program is silent."""
        return self.is_open and self.attended_at is not None and now - self.attended_at < QUIET_FOR

    def is_snoozed(self, now: datetime) -> bool:
        """True while it is put off."""
        return self.is_open and self.snoozed_until is not None and self.snoozed_until > now

    def is_due(self, now: datetime) -> bool:
        """True shortly before the promised time, and after it: nobody has answered."""
        reminded = self.remind_at is not None and self.remind_at <= now
        return self.is_awaited and (reminded or self.is_overdue(now))

    def is_overdue(self, now: datetime) -> bool:
        """True after the promised time if nobody has answered."""
        return self.is_awaited and self.promised_at is not None and self.promised_at <= now

    @property
    def is_awaited(self) -> bool:
        """True as long as nobody has answered or closed it."""
        return self.is_open and self.answered_at is None

    def reopens(self, now: datetime) -> bool:
        """True if a further word belongs to it: it is open, or was closed not long ago."""
        return self.closed_at is None or now - self.closed_at < REOPENS_WITHIN


@dataclass(frozen=True, slots=True)
class Note:
    """What staff write to one another; the newcomer never sees it in the chat."""

    id: int
    ticket: int
    staff: int | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has begun to write; `seen_at`: when they had the ticket before them last."""

    staff: int
    text: str
    seen_at: datetime
    typed_at: datetime | None = None
