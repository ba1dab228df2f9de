"""What an editor is told about readable files, one rule at a time."""

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.domain.capabilities import Capabilities
from bot.knowledge.asking import read_asking
from bot.knowledge.check import check
from bot.knowledge.files import load
from tests.knowledge.sample import edit, sample_folder, write

TODAY = date(2026, 11, 22)
CHANNELS = {"web": Capabilities(), "small": Capabilities(text=4096, text_with_buttons=300)}
DIALLED = "Telefonnummer, Öffnungszeiten"
# The sample offers three of the languages that are kept complete, and has no English answers, and few questions.
EXPECTED = (
    "entries.yaml:5:3: Warnung: Zu 'emergency-call' fehlt die Antwort in: en, ar.",
    "entries.yaml:11:3: Warnung: Zu 'register-address' fehlt die Antwort in: en.",
    "languages.yaml:1:5: Warnung: Weniger als 10 Beispielfragen auf Deutsch haben emergency-call, register-address.",
    "languages.yaml:2:5: Warnung: Weniger als 10 Beispielfragen auf English haben emergency-call, register-address.",
    "languages.yaml:3:5: Warnung: Weniger als 10 Beispielfragen auf العربية haben emergency-call, register-address.",
    "places.yaml:23:1: Warnung: 'VHS Nord' ist nicht erreichbar: Es fehlen Adresse, Telefon, E-Mail und",
)


THIRD = """\
  third:
    area: arrival
    importance: usable
    reviewed: "2026-11-01"
    revision: "1"
"""
ANSWER = """\
---
title: Drittes
short: Drittes
revision: "1"
questions:
  - {question}
---
Ja.
"""


def told(folder: Path, today: date = TODAY) -> list[str]:
    return [str(problem) for problem in check(load(folder), folder, CHANNELS, today)]


def test_the_sample_lacks_only_languages(tmp_path: Path) -> None:
    found = told(sample_folder(tmp_path))
    assert len(found) == len(EXPECTED)
    for line, expected in zip(found, EXPECTED, strict=True):
        assert line.startswith(f"knowledge/{expected}")


RULES = YAML(typ="safe").load(Path(__file__).with_name("warnings.yaml"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["says"][:50])
def test_a_rule(tmp_path: Path, rule: dict[str, str]) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, rule["file"], rule["old"], rule["new"])
    found = told(folder)
    assert any(line.startswith(f"knowledge/{rule['says']}") for line in found), "\n".join(found)


def test_two_cards_of_one_rank(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    text = (folder / "crisis.yaml").read_text("utf-8")
    write(folder, "crisis.yaml", text + text.replace("emergency-call:", "register-address:"))
    assert any(
        "crisis.yaml:17:9: Warnung: Rang 1 hat schon 'emergency-call'" in line for line in told(folder)
    )


@pytest.mark.parametrize(
    ("today", "says"),
    [
        (date(2027, 3, 30), []),
        (date(2027, 3, 31), [f"In 30 Tagen wieder zu prüfen: {DIALLED}"] * 2),
        (date(2027, 4, 30), [f"In 0 Tagen wieder zu prüfen: {DIALLED}"] * 2),
        (date(2027, 5, 1), [f"Zuletzt vor 181 Tagen geprüft: {DIALLED}"] * 2),
        (
            date(2027, 10, 2),
            [
                f"Zuletzt vor 335 Tagen geprüft: {DIALLED}",
                "In 30 Tagen wieder zu prüfen: Adresse, E-Mail-Adresse, Internetseite",
                f"Zuletzt vor 335 Tagen geprüft: {DIALLED}",
            ],
        ),
        (
            date(2027, 11, 2),
            [
                f"Zuletzt vor 366 Tagen geprüft: {DIALLED}",
                f"Zuletzt vor 366 Tagen geprüft: {DIALLED}, Adresse, E-Mail-Adresse, Internetseite",
            ],
        ),
    ],
)
def test_facts_grow_old_each_at_its_own_age(tmp_path: Path, today: date, says: list[str]) -> None:
    """Numbers and hours after half a year, the rest after a year; told a month before."""
    lines = [line for line in told(sample_folder(tmp_path), today) if line.startswith("knowledge/places")]
    old = [line.split("Warnung: ")[1] for line in lines if "prüf" in line]
    assert [line.split(". Vergleichen")[0] for line in old] == says


@pytest.mark.parametrize(
    ("today", "says"),
    [
        (date(2027, 10, 1), ""),
        (date(2027, 10, 2), "Die Antwort muss in 30 Tagen wieder durchgesehen werden"),
        (date(2027, 11, 2), "Die Antwort wurde zuletzt vor 366 Tagen durchgesehen."),
    ],
)
def test_answers_are_read_again_after_a_year(tmp_path: Path, today: date, says: str) -> None:
    lines = [line for line in told(sample_folder(tmp_path), today) if "durchgesehen" in line]
    places = ("entries.yaml:9:15", "entries.yaml:16:15") if says else ()
    assert len(lines) == len(places)
    for line, place in zip(lines, places, strict=True):
        assert line.startswith(f"knowledge/{place}: Warnung: {says}")


def with_questions(folder: Path, *questions: str) -> list[str]:
    """Give the German emergency entry these questions; return what is told of it."""
    listed = "".join(f"  - {question}\n" for question in questions)
    edit(folder, "de/emergency-call.md", "  - Wie rufe ich die Polizei?\n", listed)
    return told(folder)


def test_ten_questions_an_entry_are_enough(tmp_path: Path) -> None:
    words = "Feuer Unfall Diebstahl Überfall Rauch Einbruch Schlägerei Sturz Explosion Blut"
    found = with_questions(sample_folder(tmp_path), *words.split())
    assert any("auf Deutsch haben register-address." in line for line in found)


def test_a_question_twice_with_one_entry_is_told(tmp_path: Path) -> None:
    found = with_questions(sample_folder(tmp_path), "Wie ruft man die Polizei?", "wie ruft man diie polizei")
    assert any(
        "de/emergency-call.md:7:5: Warnung: Die Frage 'wie ruft man diie polizei' ist fast dieselbe wie"
        in line
        for line in found
    )


def test_one_sentence_with_a_word_exchanged_is_told(tmp_path: Path) -> None:
    """The understanding would learn the sentence, and take every question of its kind for these matters."""
    folder = sample_folder(tmp_path)
    edit(folder, "entries.yaml", "  register-address:\n", f"{THIRD}  register-address:\n")
    write(folder, "de/third.md", ANSWER.format(question="Wo finde ich hier das große blaue Schwimmbad?"))
    edit(
        folder, "de/register-address.md", "Wo melde ich meine Adresse an?", "Wo finde ich hier die Anmeldung?"
    )
    assert not any("Das Muster" in line for line in told(folder))
    write(folder, "de/third.md", ANSWER.format(question="Wo finde ich hier das Schwimmbad?"))
    found = with_questions(folder, "Wo finde ich hier die Polizei?")
    (line,) = [line for line in found if "Das Muster 'wo finde ich hier …'" in line]
    assert "steht bei emergency-call, register-address, third." in line


def test_two_matters_may_be_asked_for_alike(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(
        folder, "de/register-address.md", "Wo melde ich meine Adresse an?", "Wo finde ich hier die Anmeldung?"
    )
    assert not any("Das Muster" in line for line in with_questions(folder, "Wo finde ich hier die Polizei?"))


def test_test_questions_are_counted(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    asking = tmp_path / "questions"
    write(asking, "de/emergency-call.yaml", "questions: [eins, zwei, drei]\n")
    write(asking, "de/register-address.yaml", "questions: [eins, zwei]\n")
    write(asking, "de/_fallback.yaml", "questions: [eins]\n")
    write(asking, "en/emergency-call.yaml", "questions: [one]\nquestion: [two]\n")
    read = read_asking(asking)
    assert read is not None
    assert read.counts == {"de": {"emergency-call": 3, "register-address": 2}, "en": {"emergency-call": 1}}
    found = [str(problem) for problem in check(load(folder), folder, CHANNELS, TODAY, read)]
    for says in (
        "languages.yaml:1:5: Warnung: Weniger als 3 Testfragen auf Deutsch haben register-address.",
        "languages.yaml:2:5: Warnung: Weniger als 3 Testfragen auf English haben emergency-call, register-address.",
    ):
        assert any(line.startswith(f"knowledge/{says}") for line in found)
    assert any(line.startswith("questions/en/emergency-call.yaml:2:1: Fehler: Die Angabe") for line in found)


def test_no_folder_of_test_questions_is_no_fault(tmp_path: Path) -> None:
    assert read_asking(tmp_path / "nowhere") is None
    assert not any("Testfragen" in line for line in told(sample_folder(tmp_path)))


def test_a_gap_names_who_is_shown_instead(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "towns.yaml", "roles: {vhs: vhs-nord}", "roles: {}")
    gap = "Für Nordstadt ist nicht bekannt, wer zuständig ist: vhs. Gezeigt wird"
    assert any(f"towns.yaml:6:3: Hinweis: {gap} niemand." in line for line in told(folder))
    edit(folder, "towns.yaml", "    name: Kreis\n", "    name: Kreis\n    central: town-hall\n")
    assert any(f"towns.yaml:7:3: Hinweis: {gap}: Rathaus *Mitte*." in line for line in told(folder))


def test_a_date_to_come_is_told(tmp_path: Path) -> None:
    found = told(sample_folder(tmp_path), date(2026, 10, 1))
    assert sum("liegt in der Zukunft" in line for line in found) == 3


def test_files_that_broke_meanwhile_are_told_as_errors(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    knowledge = load(folder)
    (folder / "crisis.yaml").unlink()
    found = check(knowledge, folder, CHANNELS, TODAY)
    assert [problem.file for problem in found] == ["knowledge/crisis.yaml"]
    assert found[0].is_error


def test_reading_warnings_are_told_too(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    write(folder, "places.yaml.bak", "x")
    assert any("Sicherungskopie" in line for line in told(folder))
