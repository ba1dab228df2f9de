"""The editors' commands as they are typed, on a small folder of their own."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot import app
from bot.cli import cli
from bot.domain.feedback import NewFeedback
from bot.domain.message import Address
from bot.domain.ticket import NewTicket
from bot.settings import read_settings
from tests.fakes import FakeClock
from tests.knowledge.sample import ADDRESS_AR, edit, sample_folder

ROOT = Path(__file__).parent.parent
NOW = FakeClock().moment


pytestmark = pytest.mark.usefixtures("logs_go_back")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTSE_KNOWLEDGE", str(tmp_path / "knowledge"))
    monkeypatch.setenv("LOTSE_LOCALES", str(ROOT / "locales"))
    monkeypatch.setenv("LOTSE_DATA", str(tmp_path / "data"))
    return sample_folder(tmp_path)


def with_second_town(folder: Path) -> None:
    """Add a town that has no VHS of its own, so that the answer differs by town."""
    second = "  suedstadt: {name: Südstadt, region: kreis, spellings: [Suedstadt]}\n"
    edit(folder, "towns.yaml", "towns:\n", f"towns:\n{second}")


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, ["knowledge", *words])


def refused(*words: str) -> str:
    """Return what a command that refuses says; it has nothing to show."""
    result = call(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


def test_a_preview_shows_text_places_and_buttons(folder: Path) -> None:
    with_second_town(folder)
    result = call("preview", "register-address", "--town", "nordstadt")
    assert result.exit_code == 0
    shown = result.stdout
    assert shown.startswith("register-address · Deutsch · Nordstadt · web\n\n----- Nachricht 1 von 1: ")
    for piece in (
        "Gehen Sie ins Rathaus.\n\n• Nehmen Sie Ihren Ausweis mit.\n• Fragen? 02594 12-0 oder post@example.org",
        "In Nordstadt:\n\nVHS Nord",
        "Rathaus *Mitte*\nEingang hinten.\n📍 Markt 1, 48249 Dülmen",
        "Bitte fragen Sie dort zuerst nach",
        "Quelle: example.org",
        "Knöpfe:\n  [Das hilft]\n  [Hilft nicht]\n  [Mensch fragen]",
    ):
        assert piece in shown


def test_a_preview_knows_towns_and_languages_by_their_names(folder: Path) -> None:
    """An editor thinks of Dülmen and Deutsch, not of duelmen and de."""
    with_second_town(folder)
    by_name = call("preview", "register-address", "-l", "deutsch", "-t", "Nordstadt").stdout
    assert by_name == call("preview", "register-address", "-l", "de", "-t", "nordstadt").stdout


def test_a_preview_keeps_the_isolates(folder: Path) -> None:
    shown = call("preview", "register-address", "-l", "ar", "-t", "nordstadt").stdout
    assert "\u206602594 12-0\u2069" in shown
    assert "\u2068Rathaus *Mitte*\u2069" in shown


def test_a_preview_asks_for_the_town_as_the_bot_does(folder: Path) -> None:
    with_second_town(folder)
    shown = call("preview", "register-address").stdout
    assert "----- Nachricht 2 von 2" in shown
    assert "In welchem Ort wohnen Sie?" in shown
    assert "[Südstadt]\n  [Nordstadt]\n  [Anderer Ort]" in shown


def test_a_preview_falls_back_and_says_so(folder: Path) -> None:
    shown = call("preview", "register-address", "-l", "en").stdout
    assert "this answer" in shown
    assert "Gehen Sie ins Rathaus." in shown


def test_a_preview_is_cut_as_the_channel_cuts_it(folder: Path) -> None:
    edit(folder, "de/register-address.md", "Rathaus.**", "Rathaus.**\n\n" + "Das dauert etwas. " * 60)
    whole = call("preview", "register-address", "-c", "telegram").stdout
    assert "Nachricht 1 von 1" in whole
    assert "(erlaubt: 4096)" in whole
    cut = call("preview", "register-address", "-c", "whatsapp").stdout
    assert "Nachricht 2 von 2" in cut
    assert "Bitte wählen Sie:\n\nKnöpfe:\n  [Das hilft]" in cut


def test_a_preview_for_machines_names_the_buttons_ids(folder: Path) -> None:
    lines = [json.loads(line) for line in call("preview", "emergency-call", "--json").stdout.splitlines()]
    assert [line["language"] for line in lines] == ["de"]
    assert lines[0]["text"].startswith("**Sofort [110](tel:110) anrufen!**")
    assert {"id": "person", "label": "Mensch fragen"} in lines[0]["choices"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["register-adress"],
            "Einen Eintrag 'register-adress' gibt es nicht. Meinten Sie 'register-address'?",
        ),
        (["anmelden"], "Danach klingen diese:\n  register-address: "),
        (["register-address", "-l", "xx"], "Eine Sprache 'xx' gibt es nicht. Möglich sind: ar, de, en."),
        (["register-address", "-t", "nordstatt"], "Meinten Sie 'nordstadt'?"),
        (["register-address", "-c", "sms"], "Einen Kanal 'sms' gibt es nicht."),
    ],
)
def test_a_preview_of_what_is_not_there_is_refused(folder: Path, words: list[str], told: str) -> None:
    assert told in refused("preview", *words)


def test_a_preview_of_broken_files_says_what_to_mend(folder: Path) -> None:
    edit(folder, "places.yaml", '  phone: "110"', "  phone: 110")
    assert "knowledge/places.yaml:3:10: Fehler: 'phone' ist 110 ohne Anführungszeichen" in refused(
        "preview", "register-address"
    )


def test_a_new_entry_says_what_to_write_where(folder: Path) -> None:
    result = call("new", "library-card", "--area", "arrival", "--required")
    assert result.exit_code == 0
    assert "Angelegt:\n  knowledge/entries.yaml\n  knowledge/de/library-card.md\n" in result.stdout
    assert "knowledge/de/library-card.md:8:1: Fehler: Die Antwort fehlt." in result.stdout
    assert "knowledge preview library-card" in result.stdout
    assert "importance: required\n" in (folder / "entries.yaml").read_text("utf-8").split("library-card:")[1]


def test_a_second_entry_of_the_name_is_refused(folder: Path) -> None:
    assert "gibt es schon" in refused("new", "register-address", "--area", "arrival")


def test_a_new_entry_waits_for_the_mending_of_the_files(folder: Path) -> None:
    call("new", "library-card", "--area", "arrival")
    assert "knowledge/de/library-card.md:2:1: Fehler: 'title' ist leer." in refused(
        "new", "other", "--area", "arrival"
    )


def test_a_folder_that_cannot_be_written_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "de" / ".library-card.md.new").mkdir()
    assert "library-card.md.new: " in refused("new", "library-card", "--area", "arrival")


def test_a_translation_goes_out_and_comes_back(folder: Path, tmp_path: Path) -> None:
    edit(folder, "ar/register-address.md", 'revision: "2"', 'revision: "1"')
    out = tmp_path / "ar.md"
    result = call("translate", "ar", "--todo", "--out", str(out))
    assert result.exit_code == 0
    assert f"{out}: 1 fehlen, 1 sind veraltet.\n" in result.stdout
    text = out.read_text("utf-8")
    out.write_text(text.replace("short: تسجيل العنوان", f"short: {'تسجيل ' * 5}"), "utf-8")
    result = call("translate", "ar", "--import", str(out))
    assert result.exit_code == 0
    assert "Übernommen: register-address\nUnverändert gelassen: emergency-call\n" in result.stdout
    assert "knowledge/ar/register-address.md:3:8: Warnung: 'short' hat 29 Zeichen" in result.stdout
    assert 'revision: "2"' in (folder / "ar" / "register-address.md").read_text("utf-8")


def test_a_bad_translation_changes_nothing(folder: Path, tmp_path: Path) -> None:
    edit(folder, "ar/register-address.md", 'revision: "2"', 'revision: "1"')
    out = tmp_path / "ar.md"
    call("translate", "ar", "--todo", "--out", str(out))
    out.write_text(out.read_text("utf-8").replace("هاتف {town-hall.phone}", "هاتف {townhall.phone}"), "utf-8")
    result = call("translate", "ar", "--import", str(out))
    assert result.exit_code == 1
    assert "ar.md:" in result.stdout
    assert "Meinten Sie 'town-hall'?" in result.stdout
    assert "Es wurde nichts geändert." in result.stderr
    assert (folder / "ar" / "register-address.md").read_text("utf-8") == ADDRESS_AR.replace(
        'revision: "2"', 'revision: "1"'
    )


def test_a_finished_language_has_no_file(folder: Path) -> None:
    edit(
        folder, "entries.yaml", "  emergency-call:\n    area: emergency", "  other-call:\n    area: emergency"
    )
    assert "Fehler" in call("translate", "ar", "--todo").stdout
    edit(
        folder, "entries.yaml", "  other-call:\n    area: emergency", "  emergency-call:\n    area: emergency"
    )
    shown = call("translate", "ar", "--todo").stdout
    assert "## emergency-call (fehlt)" in shown
    assert "## register-address" not in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["de", "--todo"], "Deutsch ist die Quelle."),
        (["uk", "--todo"], "Eine Sprache 'uk' gibt es nicht."),
        (["ar"], "Wählen Sie eines von beiden"),
        (["ar", "--todo", "--import", "x.md"], "Wählen Sie eines von beiden"),
    ],
)
def test_what_cannot_be_translated_is_refused(folder: Path, words: list[str], told: str) -> None:
    assert told in refused("translate", *words)


def test_a_file_that_cannot_be_written_is_told(folder: Path) -> None:
    assert "places.yaml: " in refused(
        "translate", "ar", "--todo", "--out", str(folder / "places.yaml" / "ar.md")
    )


def test_a_check_ends_with_the_tables_and_the_result(folder: Path) -> None:
    result = call("check", "--questions", str(folder / "nowhere"))
    assert result.exit_code == 0
    assert "\nAntworten und Fragen je Sprache\n" in result.stdout
    assert "\nTestfragen: keine gefunden\n" in result.stdout
    assert "\nWer ist wo zuständig\n" in result.stdout
    assert result.stdout.endswith("\nKein Fehler. Warnung: 6.\n")


def test_a_check_of_broken_files_says_that_nothing_is_taken_over(folder: Path) -> None:
    edit(folder, "places.yaml", '  phone: "110"', "  phone: 110")
    result = call("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("knowledge/places.yaml:3:10: Fehler: ")
    assert "Fehler: 1. So wird nichts übernommen." in result.stdout


def test_a_check_for_machines_ends_with_the_tables(folder: Path) -> None:
    *problems, last = [json.loads(line) for line in call("check", "--json").stdout.splitlines()]
    assert {problem["severity"] for problem in problems} == {"warning"}
    assert last["coverage"]["entries"]["register-address"] == {
        "de": "current",
        "en": "questions",
        "ar": "current",
    }
    assert last["coverage"]["roles"] == {
        "residents-office": {"nordstadt": "contact"},
        "vhs": {"nordstadt": "unsure"},
    }


def test_facts_are_compared_with_a_list(folder: Path, tmp_path: Path) -> None:
    listed = tmp_path / "facts.md"
    told = "| police | 110 | always | law |\n| town hall | Markt 1, 48249 Dülmen; 02594 12-0 | Mo-Fr 8-12, 14-16 |"
    listed.write_text(told, "utf-8")
    result = call("facts", str(listed))
    assert result.exit_code == 1
    assert "gefunden         Telefon: 02594 12-0   (places.yaml, town-hall; Liste Zeile 2)" in result.stdout
    assert "nicht gefunden   E-Mail: post@example.org   (places.yaml, town-hall)" in result.stdout
    assert "\n5 von 6 Angaben stehen so in facts.md.\n" in result.stdout
    listed.write_text(f"{told} post@example.org |", "utf-8")
    assert call("facts", str(listed)).exit_code == 0
    lines = [json.loads(line) for line in call("facts", str(listed), "--json").stdout.splitlines()]
    assert {line["found"] for line in lines} == {"yes"}


def test_a_list_that_cannot_be_read_is_told(folder: Path, tmp_path: Path) -> None:
    assert "nowhere.md: " in refused("facts", str(tmp_path / "nowhere.md"))
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    assert "keine Textdatei" in refused("facts", str(tmp_path / "photo.jpg"))


async def _with_feedback(tmp_path: Path, *notes: NewFeedback) -> None:
    settings = read_settings()
    async with app.stored(settings) as database, database.write() as unit:
        contact, _ = await unit.contacts.create(Address("web", "lotse", "amina"), NOW)
        for new in notes:
            await unit.feedback.note(contact.id, new, NOW)


def test_feedback_is_listed_and_done(folder: Path, tmp_path: Path) -> None:
    notes = (
        NewFeedback("register-address", "ar", "nordstadt", "web", "الرقم قديم\nseit Montag"),
        NewFeedback("long-gone", "xx", "", "telegram"),
    )
    asyncio.run(_with_feedback(tmp_path, *notes))
    shown = call("feedback").stdout
    assert shown.startswith(
        "1  register-address · العربية · Nordstadt · 23.11.2026 10:00 · web\n    الرقم قديم\n    seit Montag\n"
        "2  long-gone · xx · kein Ort bekannt · 23.11.2026 10:00 · telegram\n"
    )
    assert call("feedback", "--done", "1").stdout == "Erledigt: 1.\n"
    assert "Einen offenen Hinweis 1 gibt es nicht." in refused("feedback", "--done", "1")
    assert call("feedback").stdout.startswith("2  long-gone")
    lines = [json.loads(line) for line in call("feedback", "--all", "--json").stdout.splitlines()]
    assert [(line["id"], line["entry"], bool(line["done_at"])) for line in lines] == [
        (1, "register-address", True),
        (2, "long-gone", False),
    ]
    assert call("feedback", "--done", "2").exit_code == 0
    assert call("feedback").stdout == "Kein offener Hinweis.\n"


def test_feedback_is_shown_also_while_the_files_are_broken(folder: Path, tmp_path: Path) -> None:
    asyncio.run(_with_feedback(tmp_path, NewFeedback("register-address", "ar", "nordstadt", "web")))
    edit(folder, "places.yaml", '  phone: "110"', "  phone: 110")
    assert call("feedback").stdout.startswith("1  register-address · ar · nordstadt · ")


def test_feedback_makes_no_database(folder: Path, tmp_path: Path) -> None:
    assert "There is no database" in refused("feedback")
    assert not (tmp_path / "data").exists()


async def _with_questions(*questions: NewTicket) -> None:
    settings = read_settings()
    async with app.stored(settings) as database, database.write() as unit:
        contact, _ = await unit.contacts.create(Address("web", "lotse", "amina"), NOW)
        for new in questions:
            await unit.tickets.open(contact.id, new, (), NOW)


def test_questions_are_learned_from_with_one_command(folder: Path) -> None:
    """Listed by the nearest entry, masked; one command makes an example, and the question is listed no more."""
    asyncio.run(
        _with_questions(
            NewTicket("اسمي محمد، أين أسجل عنواني؟", "ar", "nordstadt", "register-address"),
            NewTicket("Wo ist der Mond, 0171 2345678?", "de"),
        )
    )
    shown = call("learn").stdout
    assert shown.startswith(
        "register-address (Wohnsitz anmelden)\n  1001  ar  half nicht: اسمي [Name]، أين أسجل عنواني؟\n"
    )
    assert "\n– (keiner ist ähnlich)\n  1002  de  weitergegeben: Wo ist der Mond, [Telefon]?" in shown
    lines = [json.loads(line) for line in call("learn", "--json").stdout.splitlines()]
    assert [(line["ticket"], line["entry"]) for line in lines] == [(1001, "register-address"), (1002, "")]
    assert (
        "Beispiel von register-address (ar): اسمي [Name]" in call("learn", "1001", "register-address").stdout
    )
    assert "اسمي …، أين أسجل عنواني؟" in (folder / "ar" / "register-address.md").read_text("utf-8")
    assert "1001" not in call("learn").stdout
    taken = call("learn", "1002", "register-address", "--text", "Wo melde ich mich hier an?").stdout
    assert "de/register-address.md" in taken
    assert call("learn").stdout == "Keine Frage, aus der zu lernen wäre.\n"
    assert "Einen Eintrag 'register' gibt es nicht." in refused("learn", "1002", "register")
    assert "Eine Frage 1999 gibt es nicht" in refused("learn", "1999", "register-address")
