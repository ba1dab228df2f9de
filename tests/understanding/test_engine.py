"""What a message means, from its text to the decision."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.engine import Engine
from bot.understanding.result import Decision, Understood
from tests.understanding.sample import engine, knowledge, words


def understand(text: str, language: str = "", **kwargs: str | bool) -> Understood:
    return engine().understand(text, language=language, **kwargs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Wo melde ich meine neue Adresse an?", "register-address"),
        ("Hallo, ich habe eine Frage: wo muss ich meine Adresse anmelden? Danke", "register-address"),
        ("adrese anmeldn", "register-address"),
        ("I want to learn German", "german-courses"),
        ("بدي اتعلم الماني", "german-courses"),
        ("Хочу вивчати німецьку", "german-courses"),
        ("Almanca kursu var mı", "german-courses"),
        ("Deutschkurs in Dülmen für Anfänger", "german-courses"),
    ],
)
def test_questions_are_answered(text: str, entry: str) -> None:
    found = understand(text)
    assert (found.decision, found.entry) == (Decision.ANSWER, entry)
    assert found.candidates[0].entry == entry
    assert found.score == found.candidates[0].score


@pytest.mark.parametrize(
    "text", ["Wie wird das Wetter morgen?", "Wer gewinnt heute das Fußballspiel?", "xyz qqq", "42"]
)
def test_what_nobody_wrote_about_is_not_answered(text: str) -> None:
    found = understand(text)
    assert found.decision in (Decision.HANDOFF, Decision.CHOOSE)
    assert found.entry == ""


def test_candidates_come_best_first_each_once_at_most_five() -> None:
    found = understand(
        "Adresse anmelden oder Deutsch lernen, mein Kind und die Nummer der Feuerwehr"
    ).candidates
    scores = [candidate.score for candidate in found]
    assert scores == sorted(scores, reverse=True)
    assert len({candidate.entry for candidate in found}) == len(found) <= 5
    assert all(0 <= score <= 1 for score in scores)


def test_two_matters_at_once_are_asked_back() -> None:
    found = understand("anmelden adresse deutsch kurse")
    assert found.decision is Decision.CHOOSE
    assert {candidate.entry for candidate in found.candidates[:3]} >= {"register-address", "german-courses"}


@pytest.mark.parametrize(
    "text", ["das Haus ist voll Feuer", "Hallo, mein Kind hat Gift geschluckt, ich will einen Menschen"]
)
def test_an_emergency_comes_before_everything(text: str) -> None:
    assert understand(text).decision is Decision.CRISIS


def test_a_ranked_entry_with_a_card_is_an_emergency_too() -> None:
    found = understand("Wie ist die Nummer vom Giftnotruf?")
    assert (found.decision, found.entry) == (Decision.CRISIS, "poison")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hallo", "hello"),
        ("hallo hallo", "hello"),
        ("Halo 👋", "hello"),
        ("salam alaikum", "hello"),
        ("Guten Tag, bitte", "hello"),
        ("Danke, tschüss!", "thanks"),
        ("hi, wie geht's?", "how"),
        ("Hallo, wer bist du?", "who"),
        ("شكراا", "thanks"),
        ("👍👍", "thanks"),
        ("güle güle", "bye"),
    ],
)
def test_smalltalk(text: str, kind: str) -> None:
    found = understand(text)
    assert (found.decision, found.smalltalk) == (Decision.SMALLTALK, kind)


def test_a_greeting_with_a_question_is_a_question() -> None:
    assert understand("Hallo, wo kann ich Deutsch lernen?").decision is Decision.ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "Ich will mit einem Menschen sprechen",
        "Kann ich bitte mit einem echten Menschen sprechen?",
        "Ich verstehe das Formular nicht, ich möchte mit jemandem sprechen",
        "human please",
        "mitarbeiter",
        "бажаю поговорити з людиною",
        "bir insanla konuşmak istiyorum",
    ],
)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    found = understand(text)
    assert found.decision is Decision.HUMAN
    assert "" not in [candidate.entry for candidate in found.candidates]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Hilfe", "help"),
        ("/help", "help"),
        ("/my_data", "my_data"),
        ("STOP!", "stop"),
        ("hlife", "help"),
        ("sprahce", "language"),
        ("bitte Sprache ändern", "language"),
        ("لغة", "language"),
        ("stadt", "town"),
        ("start", "start"),
        ("lösche meine daten bitte", "forget_me"),
        ("Wo kann ich Hilfe bekommen, um die Sprache zu lernen?", ""),
        ("Adresse", ""),
    ],
)
def test_commands(text: str, command: str) -> None:
    assert understand(text, language="de").command == command


def test_a_word_of_the_knowledge_is_not_a_misspelt_command() -> None:
    known = knowledge()
    entry = known.entries["german-courses"]
    text = replace(entry.texts["de"], questions=("sprachen",))
    reading = Engine(
        replace(known, entries={"german-courses": replace(entry, texts={"de": text})}), {"de": words()["de"]}
    )
    assert engine().understand("strat").command == "start"
    assert reading.understand("sprachen").candidates[0].entry == "german-courses"


@pytest.mark.parametrize(
    ("text", "towns", "only"),
    [
        ("Dülmen", ("duelmen",), True),
        ("Ich wohne in Lüdinghausen, danke", ("luedinghausen",), True),
        ("Deutschkurs Dülmen", ("duelmen",), False),
        ("Hallo", (), False),
    ],
)
def test_towns(text: str, towns: tuple[str, ...], only: bool) -> None:
    found = understand(text)
    assert (found.towns, found.only_town) == (towns, only)


def test_the_language_follows_a_clear_message_but_not_a_word() -> None:
    assert understand("Where can I register my new address?", language="de").language == "en"
    assert understand("hello", language="de").language == "de"
    assert (
        understand("Where can I register my new address?", language="ar", language_chosen=True).language
        == "ar"
    )


def test_without_anything_to_go_by_the_first_language_is_taken() -> None:
    assert understand("123").language == "de"
    assert understand("123", language="xx").language == "de"


def test_a_short_continuation_is_read_with_the_question_before() -> None:
    before = "Ich möchte Deutsch lernen, welche Kurse gibt es?"
    assert understand("und am Abend?", language="de").decision is not Decision.ANSWER
    found = understand("und am Abend?", language="de", previous=before)
    assert (found.decision, found.entry) == (Decision.ANSWER, "german-courses")


def test_a_new_question_is_not_drawn_into_the_one_before() -> None:
    found = understand("Und wo muss ich meine Adresse anmelden?", previous="Ich möchte Deutsch lernen")
    assert found.entry == "register-address"


AWKWARD = [
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e" * 50,
    "e" + "\u0301" * 100_000,
    "ﷺ" * 3_000,
    "a" * 1_000_000,
    "|*~ | * ~",
    "{} {0} %s \\",
    "wort " * 2_000_000,
    "ا" * 50_000,
]


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_texts_are_survived(text: str) -> None:
    assert understand(text, previous=text).language


@given(text=st.text(), language=st.sampled_from(["", "de", "ar", "xx"]), previous=st.text(max_size=30))
def test_no_text_is_refused(text: str, language: str, previous: str) -> None:
    found = understand(text, language=language, previous=previous)
    assert found.language in knowledge().languages
    assert len(found.candidates) <= 5


WORDS = ("und", "adresse", "hallo", "danke", "dülmen", "بدي", "Хочу", "?!", "mensch", "kurs", "brennt", "112")


@given(st.lists(st.sampled_from(WORDS)))
def test_no_order_of_words_is_refused(told: list[str]) -> None:
    found = understand(" ".join(told), previous=" ".join(reversed(told)))
    assert (found.decision is Decision.SMALLTALK) == bool(found.smalltalk)


def test_without_any_entries_everything_else_still_works() -> None:
    empty = Engine(replace(knowledge(), entries={}, crisis={}, towns={}), words())
    assert empty.understand("Wo melde ich mich an?").decision is Decision.HANDOFF
    assert empty.understand("Hallo").decision is Decision.SMALLTALK
    assert empty.understand("Ich will mit einem Menschen sprechen").decision is Decision.HUMAN


def test_another_process_understands_the_same() -> None:
    program = (
        "from tests.understanding.sample import engine;"
        "print(repr(engine().understand('adresse neu anmelden kurs bitte').candidates))"
    )
    root = Path(__file__).parents[2]
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1] != ""
