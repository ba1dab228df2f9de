"""The rules of a proposal: who may do what, when, and that nobody reads their own."""

from datetime import UTC, datetime

import pytest

from bot.domain.proposal import RULES, NotAllowed, Proposal, State, Step, Wording
from bot.domain.staff import Role, Staff

NOW = datetime(2026, 11, 23, tzinfo=UTC)
AUTHOR = Staff(1, "Amina", Role.CLERK)
SECOND = Staff(2, "Boris", Role.LEAD)
EDITOR = Staff(3, "Clara", Role.EDITOR)


def proposal(state: State) -> Proposal:
    return Proposal(1, state, True, (AUTHOR.id,), Wording(), NOW, NOW)


def test_every_step_has_its_states() -> None:
    allowed = {(state, step) for state in State for step in Step if proposal(state).can(step, EDITOR)}
    assert allowed == {(state, step) for step, (states, _) in RULES.items() for state in states}
    assert not any(
        proposal(state).can(step, EDITOR) for state in (State.PUBLISHED, State.DROPPED) for step in Step
    )


def test_the_way_from_draft_to_published() -> None:
    assert proposal(State.DRAFT).allow(Step.WRITE, AUTHOR) is None
    assert proposal(State.DRAFT).allow(Step.SEND, AUTHOR) is State.REVIEW
    assert proposal(State.REVIEW).allow(Step.SEND_BACK, SECOND) is State.BACK
    assert proposal(State.BACK).allow(Step.SEND, AUTHOR) is State.REVIEW
    assert proposal(State.REVIEW).allow(Step.APPROVE, SECOND) is State.APPROVED
    assert proposal(State.APPROVED).allow(Step.PUBLISH, EDITOR) is State.PUBLISHED


@pytest.mark.parametrize(
    ("state", "step", "who", "reason"),
    [
        (State.REVIEW, Step.WRITE, AUTHOR, "state"),
        (State.REVIEW, Step.APPROVE, AUTHOR, "own"),
        (State.APPROVED, Step.PUBLISH, SECOND, "role"),
        (State.DRAFT, Step.WRITE, Staff(4, "Dora", Role.ADMINISTRATOR), "role"),
    ],
)
def test_what_is_refused(state: State, step: Step, who: Staff, reason: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        proposal(state).allow(step, who)
    assert refused.value.reason == reason
