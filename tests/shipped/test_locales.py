"""The interface texts as they are shipped: the same keys, placeholders, numbers and limits in every language."""

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from ruamel.yaml import YAML

from bot.domain.capabilities import units
from bot.i18n import Words, placeholders, read_locales
from bot.knowledge.files import load
from bot.knowledge.subject import COMPLETE
from bot.markup import to_plain
from bot.understanding.normalise import fold
from tests.shipped.facts import BIDI, KNOWLEDGE, LOCALES, ROOT, addresses, left_in_latin, numbers

LANGUAGES = sorted(path.name for path in LOCALES.iterdir() if path.is_dir())
FILES = sorted(path.name for path in (LOCALES / "de").glob("*.po"))
# Staff read German or English; their pages are in no other language, and must not be half in one.
# Each file a part of their pages.
ONLY_IN = dict.fromkeys(
    (
        *("staff.po", "desk.po", "knowledge.po", "login.po", "proposals.po", "interpreting.po"),
        *("notices.po", "group.po"),
    ),
    ("de", "en"),
)
LIMIT = re.compile(r"at most (\d+) characters")  # said in the German file's comments, for all languages
UNTRANSLATED = ("meta.translation",)  # a mark, not words
OTHER_SCRIPTS = ("ar", "fa", "uk", "ru", "ps", "ti")
LEAST = {"smalltalk": 20, "human": 20, "outside": 80}  # messages a language to learn from
TEST_QUESTIONS = ROOT / "tests" / "questions"

spoken = pytest.mark.parametrize(
    "path", sorted(LOCALES.glob("*/*.po")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)


@cache
def catalogue(language: str, file: str) -> Catalog:
    with (LOCALES / language / file).open("rb") as opened:
        return read_po(opened, abort_invalid=True)


@cache
def messages(language: str, file: str) -> dict[str, Message]:
    """Return key -> message; a key stands once."""
    held = [message for message in catalogue(language, file) if message.id]
    assert len({message.id for message in held}) == len(held)
    return {str(message.id): message for message in held}


def german_of(path: Path) -> dict[str, Message]:
    return messages("de", path.name)


def pairs(path: Path) -> dict[str, tuple[str, str]]:
    """Return key -> (text, German text)."""
    german = german_of(path)
    return {
        key: (str(message.string), str(german[key].string))
        for key, message in messages(path.parent.name, path.name).items()
        if key in german and key not in UNTRANSLATED
    }


def test_they_load() -> None:
    locales = read_locales(LOCALES)
    assert set(COMPLETE) <= locales.catalogues.keys()
    assert set(LANGUAGES) == locales.words.keys()


@cache
def words() -> dict[str, Words]:
    return dict(read_locales(LOCALES).words)


@cache
def examples() -> frozenset[str]:
    """Return the folded example questions of all entries in all languages."""
    texts = (text for entry in load(KNOWLEDGE).entries.values() for text in entry.texts.values())
    return frozenset(fold(question) for text in texts for question in text.questions)


def measured(language: str) -> frozenset[str]:
    """Return the folded questions that the understanding is measured with."""
    read = YAML(typ="safe", pure=True).load
    files = sorted((TEST_QUESTIONS / language).glob("*.yaml"))
    return frozenset(fold(question) for path in files for question in read(path)["questions"])


@pytest.mark.parametrize("language", COMPLETE)
def test_complete_languages_have_every_file(language: str) -> None:
    there = {path.name for path in (LOCALES / language).glob("*.po")}
    assert there == {file for file in FILES if language in ONLY_IN.get(file, COMPLETE)}


@pytest.mark.parametrize("file", ONLY_IN)
def test_files_for_some_languages_are_in_no_other(file: str) -> None:
    assert sorted(path.parent.name for path in LOCALES.glob(f"*/{file}")) == sorted(ONLY_IN[file])


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_enough_to_tell_what_is_no_question_of_ours(language: str) -> None:
    told = words()[language]
    assert sum(map(len, told.smalltalk.values())) >= LEAST["smalltalk"]
    assert len(told.human) >= LEAST["human"]
    assert len(told.outside) >= LEAST["outside"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_outside_our_matters_are_told_once_and_mean_no_entry(language: str) -> None:
    """The understanding learns from them: never what an entry answers, never what it is measured with."""
    folded = Counter(map(fold, words()[language].outside))
    assert [line for line, times in folded.items() if times > 1] == []
    assert sorted(folded.keys() & examples()) == []
    assert sorted(folded.keys() & measured(language)) == []


@spoken
def test_every_key_is_translated(path: Path) -> None:
    held = messages(path.parent.name, path.name)
    assert sorted(german_of(path).keys() - held.keys()) == []
    assert sorted(held.keys() - german_of(path).keys()) == []
    assert [key for key, message in held.items() if not str(message.string).strip()] == []


@spoken
def test_nothing_is_marked_as_unsure(path: Path) -> None:
    assert [key for key, message in messages(path.parent.name, path.name).items() if message.fuzzy] == []


@spoken
def test_placeholders_are_the_german_ones(path: Path) -> None:
    found = pairs(path).items()
    assert {key: text for key, (text, german) in found if placeholders(text) != placeholders(german)} == {}


@spoken
def test_numbers_and_addresses_are_the_german_ones(path: Path) -> None:
    found = pairs(path).items()
    assert {key: text for key, (text, german) in found if numbers(text) != numbers(german)} == {}
    assert {key: text for key, (text, german) in found if addresses(text) != addresses(german)} == {}


@spoken
def test_limits_are_kept(path: Path) -> None:
    """The German file's comments say how long a text may be: a button, a line, a title."""
    limits = {
        key: int(found[1])
        for key, message in german_of(path).items()
        if (found := LIMIT.search(" ".join(message.auto_comments)))
    }
    assert limits
    long = {
        key: f"{units(str(message.string))} of {limits[key]}: {message.string}"
        for key, message in messages(path.parent.name, path.name).items()
        if key in limits and "{" not in str(message.string) and units(str(message.string)) > limits[key]
    }
    assert long == {}


@spoken
def test_marks_are_closed(path: Path) -> None:
    assert [key for key, (text, _) in pairs(path).items() if "**" in to_plain(text)] == []


@spoken
def test_nothing_is_left_in_german(path: Path) -> None:
    if path.parent.name == "de":
        return
    same = [
        key
        for key, (text, german) in pairs(path).items()
        if text == german and len(re.sub(r"\{\w+\}", "", german).split()) > 2
    ]
    assert same == []
    if path.parent.name in OTHER_SCRIPTS:
        assert {
            key: left_in_latin(text) for key, (text, _) in pairs(path).items() if left_in_latin(text)
        } == {}


@pytest.mark.parametrize(
    "path", sorted(LOCALES.rglob("*.*")), ids=lambda path: str(path.relative_to(LOCALES))
)
def test_files_are_clean(path: Path) -> None:
    text = path.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not BIDI.search(text)
    assert "\r" not in text
    assert text.endswith("\n")
