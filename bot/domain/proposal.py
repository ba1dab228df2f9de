"""A proposal: what was answered once is to become an entry, or one more example of an entry that is there.

One person writes it, another one reads it, an editor publishes it. It holds no word of a newcomer's but masked ones.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.staff import Role, Staff

WRITES = frozenset({Role.CLERK, Role.LEAD, Role.EDITOR})
LONGEST_NOTE = 500  # characters of why it was sent back
MOST_ASKERS = 50


class State(StrEnum):
    """How far a proposal is."""

    DRAFT = "draft"
    REVIEW = "review"  # a second person is to read it
    BACK = "back"  # sent back with a note
    APPROVED = "approved"  # an editor can publish it
    PUBLISHED = "published"
    DROPPED = "dropped"


OPEN = frozenset({State.DRAFT, State.REVIEW, State.BACK, State.APPROVED})
WRITABLE = frozenset({State.DRAFT, State.BACK})


class Step(StrEnum):
    """What somebody does with it."""

    WRITE = "write"
    SEND = "send"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    DROP = "drop"


# Step -> in which states it can be done, and what follows.
RULES: dict[Step, tuple[frozenset[State], State | None]] = {
    Step.WRITE: (WRITABLE, None),
    Step.SEND: (WRITABLE, State.REVIEW),
    Step.APPROVE: (frozenset({State.REVIEW}), State.APPROVED),
    Step.SEND_BACK: (frozenset({State.REVIEW, State.APPROVED}), State.BACK),
    Step.PUBLISH: (frozenset({State.APPROVED}), State.PUBLISHED),
    Step.DROP: (OPEN, State.DROPPED),
}


class NotAllowed(Exception):
    """The rules forbid the step; `reason` is "state", "role", or "own": nobody reads their own."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wording:
    """What is to be published.

    entry: the id of the new entry, or of the one that gets the examples. area, title, short, body: of a new entry, in
    German. questions: examples in German that staff wrote themselves, beside those of the askers.
    """

    entry: str = ""
    area: str = ""
    title: str = ""
    short: str = ""
    body: str = ""
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asked it, and how, masked; the question is an example if it is not empty.

    contact: None once they are gone by age. ticket: where they asked; it may be purged. told_at: when they were told
    that there is an answer.
    """

    id: int
    contact: int | None
    ticket: int
    language: str
    question: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A stored one. is_new: it makes a new entry; else it gives examples to one that is there.

    authors: ids of all who have written; reviewer: of who approved it, None before. note: why it was sent back.
    """

    id: int
    state: State
    is_new: bool
    authors: tuple[int, ...]
    wording: Wording
    created_at: datetime
    changed_at: datetime
    reviewer: int | None = None
    note: str = ""
    askers: tuple[Asker, ...] = ()

    def allow(self, step: Step, staff: Staff) -> State | None:
        """Return the state that follows a step, None: the same. Raise NotAllowed."""
        states, follows = RULES[step]
        if self.state not in states:
            raise NotAllowed("state")
        if staff.role not in WRITES or (step is Step.PUBLISH and staff.role is not Role.EDITOR):
            raise NotAllowed("role")
        if step is Step.APPROVE and staff.id in self.authors:
            raise NotAllowed("own")
        return follows

    def can(self, step: Step, staff: Staff) -> bool:
        """True if somebody may do the step now."""
        try:
            self.allow(step, staff)
        except NotAllowed:
            return False
        return True
