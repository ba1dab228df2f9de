"""A group of the team in a messenger, with a topic for each ticket: a mirror of the desk, never the truth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from bot.domain.ticket import Ticket

CODE = timedelta(minutes=15)  # so long a code links a person's account
CONNECTING = timedelta(hours=1)  # so long a code connects a group


@dataclass(frozen=True, slots=True)
class Group:
    """A connected group. chat: its number at the messenger, which may change. towns: ids; empty: all of them.

    wait_until: the messenger wants to be left alone until then. trouble: what keeps us from writing there, in a few
    words of ours; "" if nothing does.
    """

    id: int
    chat: int
    towns: frozenset[str]
    language: str
    connected_at: datetime
    wait_until: datetime | None = None
    trouble: str = ""
    trouble_since: datetime | None = None


def group_for(groups: Iterable[Group], town: str) -> Group | None:
    """Return the group for tickets of a town: its own one before one for all. Without a town it is one for all."""
    fitting = [one for one in groups if not one.towns or town in one.towns]
    return min(fitting, key=lambda one: (not one.towns, one.id), default=None)


@dataclass(frozen=True, slots=True)
class Code:
    """What a redeemed code is good for: staff's own account, or (None) a group with these towns and language."""

    staff: int | None
    towns: frozenset[str] = frozenset()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """How far a ticket is mirrored. thread, head: numbers of the topic and of its first message, None: not there yet.

    shown: the mark of what the first message says. message, note: the last ones that stand there; part: how many pieces
    of the message after that. told: the last answer of which it was said that it did not arrive. signature: of the
    ticket when all was in step.
    """

    ticket: int
    group: int
    thread: int | None = None
    head: int | None = None
    shown: str = ""
    message: int = 0
    part: int = 0
    note: int = 0
    told: int = 0
    closed: bool = False
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """A ticket as the mirror sees it at first: without words. written: rises with whatever is stored for its contact.

    answer, delivery: the id of the last answer, 0 for none, and what is known of it.
    """

    ticket: Ticket
    written: int
    answer: int
    delivery: str
    topic: Topic | None

    def signature(self, now: datetime) -> str:
        """Return what is different as soon as there may be something to show; times that pass count."""
        ticket = self.ticket
        state = (
            (self.written, self.answer, self.delivery, ticket.assignee, ticket.town, ticket.entry),
            (ticket.merged_into,),
            (ticket.closed_at, ticket.answered_at, ticket.added_at, ticket.snoozed_until, ticket.promised_at),
            (ticket.is_due(now), ticket.is_overdue(now), ticket.is_snoozed(now), ticket.urgent, ticket.tags),
        )
        return sha256(repr(state).encode()).hexdigest()[:32]

    def is_behind(self, now: datetime) -> bool:
        """True if the group may not show everything yet."""
        return self.topic is None or self.topic.signature != self.signature(now)


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a message that somebody wrote in the group: an answer or a note, by our ids."""

    group: int
    message: int
    ticket: int
    staff: int
    answer: int | None = None
    note: int | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """Something to be said in a group, by the key of its text; the values are names and numbers, never words of others.

    thread: None for the general topic. reply_to: the number of the message that it is about. choices: pairs of a
    button's data and the key of its label.
    """

    id: int
    group: int
    thread: int | None
    reply_to: int | None
    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
