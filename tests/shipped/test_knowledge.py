"""The knowledge as it is shipped: whole, the same facts in every language, and fit for every channel."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.app import CAPABILITIES
from bot.dialogue.contacts import places_of
from bot.domain.capabilities import units
from bot.knowledge.asking import read_asking
from bot.knowledge.check import check
from bot.knowledge.coverage import Known, coverage, known
from bot.knowledge.files import load, read
from bot.knowledge.fill import fill
from bot.knowledge.model import Knowledge, Text
from bot.knowledge.question_rules import EXAMPLES, TESTS
from bot.knowledge.subject import COMPLETE
from bot.knowledge.text_rules import BODY, SHORT
from bot.markup import to_html, to_plain
from tests.shipped.facts import BIDI, KNOWLEDGE, ROOT, addresses, left_in_latin, numbers, placeholders

NAMED = (*COMPLETE, "fr", "sq", "so", "ps", "ti")
CRISIS_LANGUAGES = ("de", "en", "ar", "fa", "ku", "uk", "ru", "fr", "tr", "ps", "ti", "so", "sq")
OTHER_SCRIPTS = ("ar", "fa", "uk", "ru", "ps", "ti")
EMERGENCY = ("110", "112")


@cache
def knowledge() -> Knowledge:
    return load(KNOWLEDGE)


@cache
def told() -> tuple[str, ...]:
    """Return what the check says, on a day on which nothing is due."""
    return tuple(str(one) for one in check(knowledge(), KNOWLEDGE, CAPABILITIES, date(2026, 11, 22)))


def answers(language: str) -> dict[str, Text]:
    """Return entry -> text of all answers in a language."""
    held = {id: entry.texts.get(language) for id, entry in knowledge().entries.items()}
    return {id: text for id, text in held.items() if text and text.body}


def cards(language: str) -> dict[str, str]:
    """Return entry -> emergency card of all that exist in a language."""
    return {id: card.cards[language] for id, card in knowledge().crisis.items() if language in card.cards}


def differing(
    texts: Mapping[str, str], german: Mapping[str, str], facts: Callable[[str], set[str] | set[int]]
) -> dict[str, str]:
    """Return what of the facts differs from the German text, by entry."""
    return {
        id: f"{sorted(facts(text) - facts(german[id]))} instead of {sorted(facts(german[id]) - facts(text))}"
        for id, text in texts.items()
        if facts(text) != facts(german[id])
    }


def bodies(language: str) -> dict[str, str]:
    return {id: text.body for id, text in answers(language).items()}


LANGUAGES = sorted(path.name for path in KNOWLEDGE.iterdir() if path.is_dir())
by_language = pytest.mark.parametrize("language", LANGUAGES)


def test_it_loads_without_any_remark() -> None:
    assert [str(problem) for problem in read(KNOWLEDGE).problems] == []


def test_the_check_finds_no_error() -> None:
    assert [line for line in told() if ": Fehler: " in line] == []


@pytest.mark.parametrize("language", COMPLETE)
def test_complete_languages_have_every_answer(language: str) -> None:
    assert sorted(knowledge().entries.keys() - answers(language).keys()) == []


@pytest.mark.parametrize("language", COMPLETE)
def test_complete_languages_are_up_to_date(language: str) -> None:
    behind = {
        id: text.revision
        for id, text in answers(language).items()
        if text.revision != knowledge().entries[id].revision
    }
    assert behind == {}


@pytest.mark.parametrize("language", NAMED)
def test_what_stands_on_buttons_and_beside_places_is_named(language: str) -> None:
    """Areas, matters and the notes of places: a language without answers yet can be found one's way in."""
    held = knowledge()
    assert [area for area, names in held.areas.items() if language not in names] == []
    untitled = [
        id
        for id, entry in held.entries.items()
        if not (entry.texts[language].title and entry.texts[language].short)
    ]
    assert untitled == []
    assert [id for id, place in held.places.items() if place.note and language not in place.note] == []


@by_language
def test_every_entry_can_be_asked_for(language: str) -> None:
    """Questions are the program's examples: a language is understood where they exist."""
    asked = {
        id: entry.texts[language].questions
        for id, entry in knowledge().entries.items()
        if language in entry.texts
    }
    assert [id for id, questions in asked.items() if len(questions) < 3] == []


@by_language
def test_placeholders_are_those_of_the_german_text(language: str) -> None:
    assert differing(bodies(language), bodies("de"), placeholders) == {}


@by_language
def test_numbers_are_those_of_the_german_text(language: str) -> None:
    assert differing(bodies(language), bodies("de"), numbers) == {}


@by_language
def test_links_are_those_of_the_german_text(language: str) -> None:
    assert differing(bodies(language), bodies("de"), addresses) == {}


@by_language
def test_lists_and_bold_are_those_of_the_german_text(language: str) -> None:
    """A translation that lost a point of a list has lost more than words."""
    lost = {
        id: f"{text.count(chr(10) + '- ')} points instead of {bodies('de')[id].count(chr(10) + '- ')}"
        for id, text in bodies(language).items()
        if text.count("\n- ") != bodies("de")[id].count("\n- ")
    }
    assert lost == {}
    assert [id for id, text in bodies(language).items() if text.count("**") % 2] == []


@by_language
def test_answers_are_short_enough(language: str) -> None:
    lengths = {
        id: len(to_plain(fill(text.body, knowledge(), language))) for id, text in answers(language).items()
    }
    assert {id: length for id, length in lengths.items() if length > BODY} == {}
    assert {id: text.short for id, text in answers(language).items() if units(text.short) > SHORT} == {}


@by_language
def test_answers_and_cards_fit_into_one_message_of_every_channel(language: str) -> None:
    shown = {
        id: fill(text, knowledge(), language) for id, text in (bodies(language) | cards(language)).items()
    }
    limits = [
        limit
        for capabilities in CAPABILITIES.values()
        for limit in (capabilities.text, capabilities.text_with_buttons)
        if limit is not None
    ]
    assert {id: units(text) for id, text in shown.items() if units(to_plain(text)) > min(limits)} == {}


@by_language
def test_answers_are_shown_without_stray_marks(language: str) -> None:
    rtl = knowledge().languages[language].rtl
    for id, text in (bodies(language) | cards(language)).items():
        filled = fill(text, knowledge(), language)
        assert "**" not in to_plain(filled), id
        assert "{" not in to_html(filled, rtl), id


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code in OTHER_SCRIPTS])
def test_no_german_sentence_is_left_in_another_script(language: str) -> None:
    left = {id: left_in_latin(text) for id, text in (bodies(language) | cards(language)).items()}
    assert {id: runs for id, runs in left.items() if runs} == {}


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "de"])
def test_no_paragraph_is_left_in_german(language: str) -> None:
    german = {line for text in (*bodies("de").values(), *cards("de").values()) for line in text.split("\n")}
    left = {
        id: [line for line in text.split("\n") if line in german and len(line.split()) > 5]
        for id, text in (bodies(language) | cards(language)).items()
    }
    assert {id: lines for id, lines in left.items() if lines} == {}


@pytest.mark.parametrize("language", CRISIS_LANGUAGES)
def test_every_emergency_card_exists(language: str) -> None:
    assert sorted(knowledge().crisis.keys() - cards(language).keys()) == []


@by_language
def test_emergency_cards_tell_the_same_facts(language: str) -> None:
    assert differing(cards(language), cards("de"), placeholders) == {}
    assert differing(cards(language), cards("de"), numbers) == {}
    assert differing(cards(language), cards("de"), addresses) == {}


@by_language
def test_every_emergency_card_names_an_emergency_number(language: str) -> None:
    for id, text in cards(language).items():
        assert any(f"tel:{number})" in fill(text, knowledge(), language) for number in EMERGENCY), id


@by_language
def test_emergencies_have_words(language: str) -> None:
    """Without words in a language its emergency cards would not be shown to who writes it."""
    assert [id for id, card in knowledge().crisis.items() if not card.words.get(language)] == []


def test_an_emergency_is_an_entry_too() -> None:
    assert knowledge().crisis.keys() <= knowledge().entries.keys()
    assert {knowledge().entries[id].importance for id in knowledge().crisis} == {"required"}


@pytest.mark.parametrize(
    "path", sorted(KNOWLEDGE.rglob("*.*")), ids=lambda path: str(path.relative_to(KNOWLEDGE))
)
def test_files_are_clean(path: Path) -> None:
    """Composed letters, no direction marks (the program sets its own), one newline at the end."""
    text = path.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not BIDI.search(text)
    assert "\r" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_every_chain_of_languages_ends_in_german() -> None:
    for code in knowledge().languages:
        assert knowledge().chain(code)[-1] == "de"


def test_who_has_no_place_in_a_town_gets_the_central_contact() -> None:
    """Nobody is left without anyone to call; that who is shown is presumed, is said."""
    left = {
        (town, entry.id)
        for town in knowledge().towns
        for entry in knowledge().entries.values()
        if any(knowledge().place_for(role, town) is None for role in entry.roles)
        and not (
            (shown := places_of(entry, knowledge(), town)).unsure
            and "kreis-coesfeld" in {place.id for place in shown.all}
        )
    }
    assert left == set()


def test_every_answer_with_a_place_shows_one_that_can_be_reached() -> None:
    left = {
        (town, entry.id)
        for town in ("", *knowledge().towns)
        for entry in knowledge().entries.values()
        if (shown := places_of(entry, knowledge(), town).all)
        and not any(place.is_reachable for place in shown)
    }
    assert left == set()


ROLES = (
    "social-office residents-office jobcenter vhs youth-office immigration-office registry-office school-advice"
    " meeting-point"
)


@pytest.mark.parametrize("role", ROLES.split())
def test_every_role_is_known_or_a_listed_gap(role: str) -> None:
    for town in knowledge().towns.values():
        gap = [line for line in told() if f"Für {town.name} ist nicht bekannt" in line and role in line]
        assert (known(knowledge(), role, town.id) is Known.GAP) == bool(gap)


def test_every_language_has_enough_questions() -> None:
    """What the issue asks for: ten examples and three test questions an entry and language."""
    table = coverage(knowledge(), read_asking(ROOT / "tests" / "questions"))
    assert table.tests is not None
    assert len(table.rows) >= 77
    few = {
        (code, entry)
        for code in LANGUAGES
        for entry in table.rows
        if table.questions[code][entry] < EXAMPLES or table.tests[code].get(entry, 0) < TESTS
    }
    assert few == set()
