"""The rules of seats and states, as a table and on any list."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.registration import (
    FOLLOWS,
    Refused,
    Registration,
    State,
    first_state,
    follow,
    next_offers,
)
from tests.courses.people import application
from tests.storage.people import NOW


def waiting(number: int, receipt: int, seconds: int = 0, state: State = State.WAITLISTED) -> Registration:
    return Registration(
        id=number,
        receipt=receipt,
        contact=number,
        guest=number,
        course=1,
        application=application(1),
        state=state,
        created_at=NOW + timedelta(seconds=seconds),
    )


@pytest.mark.parametrize(
    ("people", "left", "queue", "decided", "expected"),
    [
        (1, 1, [], False, State.CONFIRMED),
        (2, 2, [], False, State.CONFIRMED),
        (2, 1, [], False, State.WAITLISTED),  # a family only if all find a seat
        (1, 0, [], False, State.WAITLISTED),
        (1, 1, [1], False, State.WAITLISTED),  # nobody passes those who wait and fit
        (1, 1, [2], False, State.CONFIRMED),  # the seat is too few for the family that waits
        (1, 5, [], True, State.SUBMITTED),
        (1, None, [], False, State.SUBMITTED),  # nobody told a maximum: nothing can be promised
    ],
)
def test_first_state(people: int, left: int | None, queue: list[int], decided: bool, expected: State) -> None:
    groups = [waiting(member, receipt) for receipt, size in enumerate(queue) for member in range(size)]
    assert first_state(people, left, groups, decided_by_vhs=decided) is expected


def test_what_ended_stays_ended() -> None:
    for state in (State.REJECTED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.CANCELLED):
        for wanted in State:
            with pytest.raises(Refused):
                follow(state, wanted)


def test_nothing_follows_itself() -> None:
    """The same step twice is refused, so that whoever repeats it finds out."""
    assert [state for state, after in FOLLOWS.items() if state in after] == []


def test_the_longest_waiting_goes_first_unless_it_has_priority() -> None:
    people = [waiting(1, 1, 20), waiting(2, 2, 10), replace(waiting(3, 3, 30), priority=-1)]
    assert [group[0].id for group in next_offers(people, 3)] == [3, 2, 1]


def test_a_family_keeps_its_place_and_who_fits_goes_first() -> None:
    people = [waiting(1, 1, 1), waiting(2, 1, 1), waiting(3, 2, 2)]
    assert [[one.id for one in group] for group in next_offers(people, 1)] == [[3]]
    assert [[one.id for one in group] for group in next_offers(people, 2)] == [[1, 2]]
    assert [[one.id for one in group] for group in next_offers(people, 3)] == [[1, 2], [3]]


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 5), st.sampled_from(list(State)))), st.integers(0, 8)
)
def test_never_more_than_there_are_and_only_who_waits(lines: list[tuple[int, int, State]], left: int) -> None:
    people = [waiting(number, *line) for number, line in enumerate(lines)]
    chosen = [one for group in next_offers(people, left) for one in group]
    assert len(chosen) <= left
    assert {one.state for one in chosen} <= {State.WAITLISTED}
    # Whoever was left out did not fit: their family is larger than what is left.
    rest = left - len(chosen)
    out = [one for one in people if one.state is State.WAITLISTED and one not in chosen]
    assert all(sum(other.receipt == one.receipt for other in out) > rest for one in out)
