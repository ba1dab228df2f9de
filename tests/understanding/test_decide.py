"""From probabilities to a decision."""

import pytest

from bot.understanding.decide import ZONES, candidates, decide, probability
from bot.understanding.ranking import Signals
from bot.understanding.result import Candidate, Decision, Judgement


def signals(entry: str = "a", agreed: float = 1.0, margin: float = 0.5, explained: float = 0.8) -> Signals:
    return Signals(entry, agreed, margin, explained, known=1.0, words=5)


def judged(*scores: tuple[str, float], **other: float) -> Judgement:
    return Judgement(tuple(Candidate(*score) for score in scores), **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scores", "decision"),
    [
        ((0.9, 0.1), Decision.ANSWER),
        ((0.9, 0.85), Decision.CHOOSE),
        ((0.4, 0.3), Decision.CHOOSE),
        ((0.1, 0.05), Decision.HANDOFF),
        ((0.9,), Decision.ANSWER),
        ((), Decision.HANDOFF),
    ],
)
def test_zones(scores: tuple[float, ...], decision: Decision) -> None:
    found = judged(*((f"entry-{number}", score) for number, score in enumerate(scores)))
    assert decide(found, ()) is decision


def test_entries_with_cards_need_less_together_than_an_answer() -> None:
    assert decide(judged(("poison", 0.35)), {"poison"}) is Decision.CRISIS
    assert decide(judged(("poison", 0.12), ("fire", 0.1)), {"poison", "fire"}) is Decision.CRISIS
    assert decide(judged(("school", 0.5), ("poison", 0.35)), {"poison"}) is Decision.CRISIS
    assert decide(judged(("school", 0.4), ("poison", 0.08)), {"poison"}) is Decision.CHOOSE


def test_the_wish_for_a_person_needs_less_to_be_heard() -> None:
    assert decide(judged(("school", 0.5), person=0.3), ()) is Decision.HUMAN
    assert decide(judged(("school", 0.6), person=0.05), ()) is Decision.ANSWER


def test_letters_that_are_no_known_word_are_not_asked_back() -> None:
    assert decide(judged(("school", 0.3), has_known_words=False), ()) is Decision.HANDOFF
    assert decide(judged(("school", 0.7), has_known_words=False), ()) is Decision.ANSWER


def test_small_talk_must_be_likelier_than_any_entry() -> None:
    assert decide(judged(("school", 0.2), smalltalk="how", smalltalk_score=0.7), ()) is Decision.SMALLTALK
    assert decide(judged(("school", 0.45), smalltalk="how", smalltalk_score=0.5), ()) is Decision.CHOOSE


def test_the_zones_leave_nothing_undecided() -> None:
    assert [zone.probability for zone in ZONES] == sorted((zone.probability for zone in ZONES), reverse=True)
    assert (ZONES[-1].probability, ZONES[-1].margin) == (0.0, 0.0)


@pytest.mark.parametrize("better", [{"margin": 0.9}, {"explained": 1.0}])
def test_what_speaks_for_an_entry_makes_it_likelier(better: dict[str, float]) -> None:
    assert probability(signals(**better)) > probability(signals())  # type: ignore[arg-type]


def test_probabilities_stay_between_nothing_and_certainty() -> None:
    assert (
        0
        < probability(signals(margin=-1.0, explained=0.0))
        < probability(signals(margin=1.0, explained=1.0))
        < 1
    )


def test_candidates_are_sorted_by_probability() -> None:
    found = candidates([signals("a", margin=-0.2), signals("b", margin=0.6)])
    assert [candidate.entry for candidate in found] == ["b", "a"]
