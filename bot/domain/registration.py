"""A registration: a person and a course, its state, and the rules by which seats are given away.

The rules are pure; storage holds the course's lock while they are applied (service/registering.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.course import Level


class State(StrEnum):
    """Where a registration stands; every state has a message of its own in every language.

    Only CONFIRMED is called "registered".
    """

    SUBMITTED = "submitted"  # the VHS decides
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"  # a seat is held until `offer_until`
    REJECTED = "rejected"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"  # the course is off
    ATTENDED = "attended"
    NO_SHOW = "no_show"


ACTIVE = frozenset({State.SUBMITTED, State.CONFIRMED, State.WAITLISTED, State.OFFERED})
HOLDS_SEAT = frozenset({State.CONFIRMED, State.OFFERED, State.ATTENDED, State.NO_SHOW})

# What may follow what; anything else is refused, whoever asks for it.
FOLLOWS: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset(
        {State.CONFIRMED, State.WAITLISTED, State.REJECTED, State.WITHDRAWN, State.CANCELLED}
    ),
    State.WAITLISTED: frozenset(
        {State.OFFERED, State.CONFIRMED, State.REJECTED, State.WITHDRAWN, State.CANCELLED}
    ),
    State.OFFERED: frozenset(
        {State.CONFIRMED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.REJECTED, State.CANCELLED}
    ),
    State.CONFIRMED: frozenset(
        {State.WITHDRAWN, State.REJECTED, State.CANCELLED, State.ATTENDED, State.NO_SHOW}
    ),
    State.ATTENDED: frozenset({State.NO_SHOW}),
    State.NO_SHOW: frozenset({State.ATTENDED}),
}


class Refused(Exception):
    """The state machine does not allow this; `state` is where the registration stands."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


class AgeGroup(StrEnum):
    """How old; younger than 16 is led to school advice and never registered."""

    ADULT = "adult"  # 18 or older
    YOUTH = "youth"  # 16 or 17: a parent must agree


class Answer(StrEnum):
    """An answer that may be missing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """Who takes part. Nothing else about a person is ever asked."""

    given_name: str
    family_name: str
    age: AgeGroup = AgeGroup.ADULT

    @property
    def name_key(self) -> str:
        """The name as two spellings of it agree: case and blanks do not count."""
        return " ".join(f"{self.given_name} {self.family_name}".casefold().split())


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to: the version of the text, the language it was shown in, and when."""

    version: str
    language: str
    at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Application:
    """What a newcomer handed in, for one or several people of a family who want seats together.

    reach: a telephone number or e-mail that works without this chat, "" if none was given.
    """

    people: tuple[Person, ...]
    course: int
    town: str
    language: str
    consent: Consent
    reach: str = ""
    reads_latin: Answer = Answer.UNKNOWN
    level: Level | None = None
    availability: tuple[str, ...] = ()  # values of DayTime, or "online"
    childcare: bool = False
    entitlement: Answer = Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class Registration:
    """One person's stored registration.

    receipt: the number that the newcomer is told, the same for all who were handed in together (a family).
    application: as it was handed in, with this person alone. reason: of a rejection, written by staff for the newcomer.
    """

    id: int
    receipt: int
    contact: int
    guest: int
    course: int
    application: Application
    state: State
    created_at: datetime
    priority: int = 0  # lower goes first
    offer_until: datetime | None = None
    reason: str = ""
    exported_at: datetime | None = None

    @property
    def person(self) -> Person:
        """Who takes part."""
        return self.application.people[0]

    @property
    def is_active(self) -> bool:
        """True while something may still come of it."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the log of registrations; only ever added. `actor`: newcomer, program or staff."""

    registration: int
    at: datetime
    actor: str
    before: State | None
    after: State
    detail: str = ""


def follow(state: State, wanted: State) -> State:
    """Return `wanted` if it may follow `state`; raise Refused otherwise."""
    if wanted not in FOLLOWS.get(state, frozenset()):
        raise Refused(state)
    return wanted


def first_state(
    people: int, left: int | None, waiting: Sequence[Registration], *, decided_by_vhs: bool
) -> State:
    """Return the state of a new application: a seat for each of its people, a place on the list, or the VHS decides.

    left: seats that can be given away now, None if nobody can tell. Nobody passes those who wait and fit; seats that
    are too few for the family that waits are for whoever fits (see `next_offers`).
    """
    if decided_by_vhs or left is None:
        return State.SUBMITTED
    return State.CONFIRMED if people <= left and not next_offers(waiting, left) else State.WAITLISTED


def next_offers(waiting: Iterable[Registration], left: int) -> tuple[tuple[Registration, ...], ...]:
    """Return the groups that get a seat for each of their people out of `left` seats, in the order of the list.

    The order is priority, time, id. A family that does not fit keeps its place, and whoever behind it fits goes first:
    an empty seat helps nobody. The same list and seats always give the same groups.
    """
    groups: dict[int, list[Registration]] = {}
    for one in sorted(waiting, key=lambda one: (one.priority, one.created_at, one.id)):
        if one.state is State.WAITLISTED:
            groups.setdefault(one.receipt, []).append(one)
    chosen: list[tuple[Registration, ...]] = []
    for group in groups.values():
        if len(group) <= left:
            chosen.append(tuple(group))
            left -= len(group)
    return tuple(chosen)
