"""Questions that the understanding has never seen reach their entry: how many, and never fewer than before."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.service.mind import Mind, Understands
from bot.understanding.normalise import fold
from bot.understanding.result import Decision, Understood

QUESTIONS = Path(__file__).parent / "questions"
LANGUAGES = sorted(folder.name for folder in QUESTIONS.iterdir() if folder.is_dir())
FALLBACK = "_fallback"
LEAST = 3  # test questions an entry
SHOWN = 3  # entries that a newcomer is offered to choose from
WORST = 15  # confusions that the table tells
_YAML = YAML(typ="safe", pure=True)


@dataclass(slots=True)
class Reached:
    """What came of one language's test questions; misses are the lines of the table."""

    asked: int = 0
    first: int = 0
    third: int = 0
    outside: int = 0
    refused: int = 0
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def shares(self) -> dict[str, float]:
        """Return the figures under the names that floors.yaml has."""
        return {
            "first": self.first / self.asked,
            "third": self.third / self.asked,
            "fallback": self.refused / self.outside,
        }


@pytest.fixture(scope="module")
def floors() -> dict[str, dict[str, str]]:
    """Language -> figure -> the share that must be reached."""
    read: dict[str, dict[str, str]] = _YAML.load(QUESTIONS / "floors.yaml")
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_has_test_questions_of_its_own(mind: Mind, language: str) -> None:
    """At least three an entry, none twice, and none that the understanding has learned from."""
    entries = mind.world.knowledge.entries
    assert {path.stem for path in _files(language)} == {*entries, FALLBACK}
    learned = {
        fold(question)
        for entry in entries.values()
        if language in entry.texts
        for question in entry.texts[language].questions
    }
    asked = [(path.stem, question) for path in _files(language) for question in _questions(path)]
    folded = Counter(fold(question) for _, question in asked)
    assert not [line for line in asked if folded[fold(line[1])] > 1], "asked twice"
    assert not [line for line in asked if fold(line[1]) in learned], "equal to an example"
    of_entry = Counter(entry for entry, _ in asked)
    assert not [entry for entry in entries if of_entry[entry] < LEAST], "too few"


@pytest.mark.parametrize("language", LANGUAGES)
def test_test_questions_reach_their_entry(
    mind: Mind, language: str, floors: dict[str, dict[str, str]]
) -> None:
    """Right at once, among three, and silent about what is not ours: as good as floors.yaml says or better."""
    reached = _reached(mind.engine, language)
    shares = reached.shares()
    print(language, *(f"{name} {share:.3f}" for name, share in shares.items()))
    print(*_table(reached), sep="\n")
    below = {name: share for name, share in shares.items() if share < float(floors[language][name])}
    assert not below


def _reached(engine: Understands, language: str) -> Reached:
    reached = Reached()
    for path in _files(language):
        for question in _questions(path):
            understood = engine.understand(question, language=language, language_chosen=True)
            if path.stem == FALLBACK:
                _count_outside(reached, question, understood)
            else:
                _count(reached, path.stem, question, understood)
    return reached


def _count(reached: Reached, entry: str, question: str, understood: Understood) -> None:
    ranked = [candidate.entry for candidate in understood.candidates]
    shown = understood.entry or next(iter(ranked), understood.decision.value)
    reached.asked += 1
    reached.first += shown == entry
    reached.third += entry in (shown, *ranked[:SHOWN])
    if shown != entry:
        reached.confusions[entry, shown] += 1
        reached.misses.append(f"  {entry} -> {shown} ({understood.decision}): {question}")


def _count_outside(reached: Reached, question: str, understood: Understood) -> None:
    answered = understood.decision in (Decision.ANSWER, Decision.CRISIS)
    reached.outside += 1
    reached.refused += not answered
    if answered:
        reached.misses.append(f"  not ours -> {understood.entry} ({understood.decision}): {question}")


def _table(reached: Reached) -> Iterator[str]:
    yield "worst confusions (meant -> shown):"
    yield from (
        f"  {count} x {meant} -> {shown}" for (meant, shown), count in reached.confusions.most_common(WORST)
    )
    yield "all misses:"
    yield from reached.misses


def _files(language: str) -> list[Path]:
    return sorted((QUESTIONS / language).glob("*.yaml"))


def _questions(path: Path) -> list[str]:
    questions: list[str] = _YAML.load(path)["questions"]
    return questions
