"""Messages in foreign letters, or without the signs of their own: tests/romanised, held apart from the examples."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.service.mind import Mind
from bot.understanding.normalise import fold
from tests.minds import ROMANISED, YAML_READER

LEAST = 20  # messages a language
# What is reached, rounded down: figures only rise.
AMONG_THREE = 0.90
LANGUAGE_TOLD = 0.60
SHOWN = 3


def messages() -> Iterator[tuple[str, str, str]]:
    """Yield entry, language and text."""
    for path in _files():
        yield from ((entry, path.stem, text) for entry, text in YAML_READER.load(path).items())


def _files() -> list[Path]:
    return sorted(ROMANISED.glob("*.yaml"))


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
def test_there_are_enough_and_none_is_an_example(mind: Mind, path: Path) -> None:
    told = YAML_READER.load(path)
    assert len(told) >= LEAST
    assert all(text.isascii() for text in told.values())
    learned = {
        fold(question)
        for entry in mind.world.knowledge.entries.values()
        for text in entry.texts.values()
        for question in text.questions
    }
    assert not [text for text in told.values() if fold(text) in learned]


def test_their_entry_is_among_the_first_three(mind: Mind) -> None:
    missed = []
    for entry, language, text in messages():
        found = mind.engine.understand(text, language=language, language_chosen=True)
        ranked = [found.entry, *(candidate.entry for candidate in found.candidates[:SHOWN])]
        if entry not in ranked[: SHOWN + (ranked[0] == "")]:
            missed.append((language, entry, text))
    count = len(list(messages()))
    print(*missed, sep="\n")
    assert 1 - len(missed) / count >= AMONG_THREE


def test_their_language_is_told(mind: Mind) -> None:
    told = [
        found.guess is not None and found.guess.language == language
        for _, language, text in messages()
        if (found := mind.engine.understand(text))
    ]
    assert sum(told) / len(told) >= LANGUAGE_TOLD
