"""Misspelt names of the shipped towns: found, and never seen in an ordinary word."""

from collections.abc import Iterator
from functools import cache

import pytest

from bot.knowledge.files import load
from bot.understanding.normalise import fold, tokens
from bot.understanding.towns import AMBIGUOUS, ONE_SLIP_OWN, Towns
from tests.shipped.facts import KNOWLEDGE, LOCALES

QUESTIONS = LOCALES.parent / "tests" / "questions"
# Of all words in questions, answers and interface texts, those that name a town and are listed nowhere.
MEANT = frozenset({"lydinghauzen", "lyudinghauzeni", "люденгаузені", "نورډكيرشن"})


@cache
def towns() -> Towns:
    return Towns(load(KNOWLEDGE).towns.values())


def own_names() -> list[tuple[str, str]]:
    """Return (folded name, town) of what is long enough to be misspelt."""
    named = [(fold(town.name), town.id) for town in load(KNOWLEDGE).towns.values()]
    return [(name, id) for name, id in named if len(name) >= ONE_SLIP_OWN and name not in AMBIGUOUS]


def slips(name: str) -> Iterator[str]:
    """Give the name with a letter too few, doubled, another one, or two that changed places, at every place."""
    for at, letter in enumerate(name):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + letter + name[at:]
        yield name[:at] + "x" + name[at + 1 :]
        yield name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


@pytest.mark.parametrize(("name", "town"), own_names(), ids=[town for _, town in own_names()])
def test_one_slip_is_forgiven_everywhere(name: str, town: str) -> None:
    assert {wrong: found for wrong in slips(name) if (found := towns().find([wrong]).ids) != (town,)} == {}


@pytest.mark.parametrize(
    ("wrong", "town"),
    [
        ("Dulmn", "duelmen"),
        ("Dülmem", "duelmen"),
        ("Koesfeld", "coesfeld"),
        ("Kosfelt", "coesfeld"),
        ("Nottlun", "nottuln"),
        ("Notulln", "nottuln"),
        ("Havigsbek", "havixbeck"),
        ("Nordkirschn", "nordkirchen"),
        ("Lüdinghosn", "luedinghausen"),
        ("Bilerbak", "billerbeck"),
        ("Aschebreg", "ascheberg"),
        ("Дюлменн", "duelmen"),
    ],
)
def test_as_people_write_them(wrong: str, town: str) -> None:
    assert towns().find(tokens(wrong)).ids == (town,)


def test_no_ordinary_word_is_taken_for_a_town() -> None:
    """Of all words of the example questions, the test questions, the answers and the interface texts."""
    files = [*KNOWLEDGE.glob("*/*.md"), *QUESTIONS.glob("*/*.yaml"), *LOCALES.glob("*/*.*")]
    words = {word for file in files for word in tokens(file.read_text("utf-8"), limit=10**7)}
    assert len(words) > 30_000
    found = towns()
    taken = {word for word in words if found.misspelt(word) and not found.listed(word)}
    assert taken - MEANT == set()
