"""The commands for courses as they are typed, on the knowledge that ships."""

import asyncio
import csv
import json
import re
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot import app
from bot.cli import cli
from bot.domain.message import Address
from bot.domain.registration import State
from bot.service.ports import Unit
from bot.service.registering import Registrar
from bot.settings import read_settings
from tests.courses.people import application
from tests.courses.reading import FILES
from tests.storage.people import due_first

ROOT = Path(__file__).parents[2]
HEAD = "nummer;titel;niveau;beginn;ende;wochentage;von;bis;ort;plaetze;belegt;preis\n"
LINES = (
    "D1;Deutsch A1 am Abend;A1;+30;+60;Mo;18:00;20:00;Dülmen;2;0;0\n"
    "D2;Deutsch A2 am Abend;A2;+30;+60;Di;18:00;20:00;Coesfeld;12;12;0\n"
)
Got = TypeVar("Got")


pytestmark = pytest.mark.usefixtures("logs_go_back")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads_once: None) -> Path:
    monkeypatch.setenv("LOTSE_KNOWLEDGE", str(ROOT / "knowledge"))
    monkeypatch.setenv("LOTSE_LOCALES", str(ROOT / "locales"))
    monkeypatch.setenv("LOTSE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "data"


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, ["courses", *words])


def done(*words: str) -> str:
    """Return what a command that succeeds prints."""
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*words: str) -> str:
    """Return what a command that refuses says."""
    result = call(*words)
    assert result.exit_code == 2, result.output
    return result.stderr


def in_one(work: Callable[[Unit], Awaitable[Got]]) -> Got:
    """Do something in one transaction of the commands' own database."""

    async def run() -> Got:
        async with app.stored(read_settings()) as database, database.write() as unit:
            return await work(unit)

    return asyncio.run(run())


def import_csv(path: Path, lines: str = LINES, *more: str) -> str:
    path.write_text(HEAD + lines, "utf-8")
    return done("import", str(path), "--format", "csv", "--vhs", "vhs-duelmen", *more)


def register(number: str, *people: str, reach: str = "") -> int:
    """Hand an application in as a newcomer of the web page does; return the receipt."""

    async def work(unit: Unit) -> int:
        (course,) = [one for one in await unit.courses.listed() if one.listed.number == number]
        address = "web"
        now = datetime.now(UTC)
        contact, _ = await unit.contacts.create(Address(address, "lotse", people[0]), now)
        registrar = Registrar(lambda: pytest.fail("nothing is said by handing in"))
        wanted = replace(application(course.id, *people), reach=reach)
        applied = await registrar.hand_in(unit, contact.id, wanted, now)
        return applied.registrations[0].receipt

    return in_one(work)


def sent_texts() -> list[str]:
    """Return what waits to be delivered."""

    async def work(unit: Unit) -> list[str]:
        found, later = [], datetime(2100, 1, 1, tzinfo=UTC)
        while due := await due_first(unit, "s", later, later - datetime.now(UTC), ["web"]):
            await unit.outbox.sent(due, "x", later)
            found.append(due.message.text)
        return found

    return in_one(work)


def test_an_import_reports_what_it_found(tmp_path: Path) -> None:
    said = done("import", str(FILES / "kufer.xml"), "--format", "kufer", "--vhs", "vhs-coesfeld")
    assert "Gelesen: 6 Kurse, davon 4 Deutschkurse (1 andere, 1 nicht verwendbar)." in said
    assert "Neu: 4, geändert: 0, nicht mehr in der Liste: 0." in said
    assert "5. Kurs (271B001): Diese Nummer stand schon weiter oben." in said
    again = json.loads(
        done("import", str(FILES / "kufer.xml"), "--format", "kufer", "--vhs", "vhs-coesfeld", "--json")
    )
    assert (again["new"], again["changed"], again["gone"], again["german"]) == (0, 0, 0, 4)
    assert {"where": "1. Kurs (271A087-08)"}.items() <= again["odd"][0].items()


def test_no_lecturer_reaches_the_database_or_the_report(data: Path) -> None:
    output = ""
    for name, form in (("openvhs.xml", "openvhs"), ("openvhs.json", "openvhs"), ("kufer.xml", "kufer")):
        result = call("import", str(FILES / name), "--format", form, "--vhs", "vhs-duelmen", "--source", name)
        assert result.exit_code == 0
        output += result.output
    stored = b"".join(path.read_bytes() for path in data.glob("lotse.db*"))
    assert b"Alphabetisierungskurs" in stored
    for secret in ("55500", "Musterfrau", "dozentin@example.org"):
        assert secret not in output
        assert secret.encode() not in stored


def test_a_check_changes_nothing(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "liste.csv"
    said = import_csv(path, LINES, "--check")
    assert "Nur geprüft" in said
    assert "Neu: 2" in said
    assert not data.exists()
    import_csv(path)
    receipt = register("D1", "Ali Haddad")
    said = import_csv(path, LINES.partition("\n")[2], "--check")
    assert "D1  Deutsch A1 am Abend: 1 Person" in said
    assert "D1" in done("list")
    assert str(receipt) in done("registrations", "D1")

    async def tickets(unit: Unit) -> int:
        return len(await unit.tickets.listed())

    assert in_one(tickets) == 0
    import_csv(path, LINES.partition("\n")[2])
    assert in_one(tickets) == 1


def test_a_broken_file_leaves_everything_as_it_was(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    cut = tmp_path / "cut.xml"
    cut.write_bytes((FILES / "kufer.xml").read_bytes()[:-40])
    options = ("--vhs", "vhs-duelmen")
    assert "Es wurde nichts geändert" in refused("import", str(cut), "--format", "kufer", *options)
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("nummer;titel\n1;Töpfern\n")
    assert "kein einziger Deutschkurs" in refused("import", str(nothing), "--format", "csv", *options)
    assert "D1" in done("list")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--format", "exe", "--vhs", "vhs-duelmen"), "'exe' gibt es nicht. Möglich: openvhs, kufer, csv"),
        (("--format", "csv", "--vhs", "vhs-dülmen"), "keine VHS aus places.yaml. Meinten Sie 'vhs-duelmen'?"),
        (("--format", "csv", "--vhs", "jobcenter-duelmen"), "keine VHS"),
        (("--format", "csv", "--vhs", "vhs-duelmen", "--counted", "gestern"), "kein Zeitpunkt"),
        (("--format", "csv", "--vhs", "vhs-duelmen", "--counted", "2099-01-01"), "in der Zukunft"),
        (("--format", "csv", "--vhs", "vhs-duelmen"), "No such file"),
    ],
)
def test_what_an_import_refuses(words: tuple[str, ...], message: str, data: Path) -> None:
    assert message in refused("import", "nowhere.csv", *words)
    assert not data.exists()


def test_an_address_without_https_is_refused() -> None:
    address = "http://example.org/kurse.xml"
    assert "Nur https" in refused("import", address, "--format", "kufer", "--vhs", "vhs-duelmen")


def test_the_list_shows_what_one_can_get_into(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    shown = done("list")
    assert re.search(r"D1  Deutsch A1 am Abend  \(A1, \d\d\.\d\d\.\d{4}, vhs-duelmen, id:\d+\)", shown)
    assert "D2" not in shown  # full
    assert "D2" in done("list", "--all")
    lines = [json.loads(line) for line in done("list", "--all", "--json").splitlines()]
    assert [(line["number"], line["left"], line["town"]) for line in lines] == [
        ("D1", 2, "duelmen"),
        ("D2", 0, "coesfeld"),
    ]


def test_who_is_registered(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    receipt = register("D1", "Amina Haddad", "Karim Haddad", reach="02594 5550007")
    shown = done("registrations", "D1")
    assert f"{receipt}  Amina Haddad: angemeldet" in shown
    assert "Erreichbar: 02594 5550007" in shown
    lines = [json.loads(line) for line in done("registrations", "D1", "--json").splitlines()]
    assert [line["Vorname"] for line in lines] == ["Amina", "Karim"]


def test_confirm_reject_and_attended(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv", LINES + "D3;Integrationskurs;;+30;+60;Mo;08:00;12:00;Dülmen;20;0;\n")
    first, second = register("D3", "Amina Haddad"), register("D3", "Ali Aziz")
    assert f"{first}: 1 Person, jetzt „angemeldet“" in done("confirm", str(first))
    assert "jetzt „abgelehnt“" in done("reject", str(second), "--reason", "Bitte erst zum Test.")
    texts = sent_texts()
    assert ["Angemeldet" in text for text in texts] == [True, False]
    assert "Bitte erst zum Test." in texts[1]
    assert "ist schon „abgelehnt“" in refused("confirm", str(second))
    done("attended", str(first))
    done("attended", str(first), "--no-show")
    assert "Amina Haddad: war nicht da" in done("registrations", "D3")
    assert sent_texts() == []
    assert "gibt es nicht" in refused("confirm", "999")


def test_a_course_is_cancelled_only_after_a_yes(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    register("D1", "Amina Haddad")
    result = CliRunner().invoke(cli, ["courses", "cancel", "D1"], input="n\n")
    assert (result.exit_code, sent_texts()) == (1, [])
    assert "Benachrichtigt: 1" in done("cancel", "D1", "--yes")
    assert ["fällt leider aus" in text for text in sent_texts()] == [True]
    assert "[fällt aus]" in done("list", "--all")


def test_whoever_the_chat_does_not_reach_is_named(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    receipt = register("D1", "Amina Haddad", reach="02594 5550008")

    async def blocked(unit: Unit) -> None:
        (one,) = await unit.registrations.by_receipt(receipt)
        for address, _ in await unit.contacts.addresses(one.contact):
            await unit.contacts.unreachable(address, "blocked", datetime.now(UTC))

    in_one(blocked)
    said = done("cancel", "D1", "--yes")
    assert "Benachrichtigt: 0" in said
    assert f"bitte anrufen: Anmeldung {receipt} (02594 5550008)" in said


def test_more_seats_are_offered_at_once(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    for name in ("Ali", "Bea", "Cem"):
        register("D1", f"{name} Haddad")
    assert "Plätze: 3 (von Hand)" in done("seats", "D1", "3")
    assert ["Ein Platz ist frei" in text for text in sent_texts()] == [True]
    assert "Plätze: 2, " in done("seats", "D1", "file")
    assert "keine Zahl" in refused("seats", "D1", "viele")


def test_a_number_of_two_courses_wants_the_id(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    path = str(tmp_path / "liste.csv")
    done("import", path, "--format", "csv", "--vhs", "vhs-coesfeld")
    said = refused("seats", "D1", "3")
    ids = re.findall(r"id:\d+", said)
    assert len(ids) == 2
    assert "Plätze: 3" in done("seats", ids[1], "3")
    assert "gibt es nicht" in refused("seats", "id:99", "3")
    assert "gibt es nicht" in refused("registrations", "D9")


def test_export_marks_and_leaves_out_the_erased(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    register("D1", "Amina Haddad", reach="+49 2594 1")
    gone = register("D1", "Gone Person")
    register("D1", "=cmd Aziz")
    out = tmp_path / "out.csv"
    said = done("export", "D1", str(out), "--mark")
    assert "3 Personen" in said
    assert "Als übergeben vermerkt: 2." in said  # the third waits
    assert out.stat().st_mode & 0o777 == 0o600
    text = out.read_text("utf-8-sig")
    assert "'=cmd" in text

    async def guest_of(unit: Unit) -> int:
        (one,) = await unit.registrations.by_receipt(gone)
        return one.guest

    guest = in_one(guest_of)
    assert CliRunner().invoke(cli, ["erase", str(guest), "--yes"]).exit_code == 0
    for form, name in (("csv", "a.csv"), ("xlsx", "a.xlsx"), ("kufer", "a")):
        assert "Gone" not in done("export", "D1", str(tmp_path / name), "--format", form, "--all")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row["Vorname"] for row in rows] == ["Amina", "'=cmd"]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        texts = archive.read("xl/sharedStrings.xml").decode()
    assert ("Amina" in texts, "Gone" in texts) == (True, False)
    (file,) = (tmp_path / "a").glob("*.xml")
    assert "Amina" in file.read_text("utf-8")


def test_whoever_withdrew_after_the_hand_over_stays_in_the_table(tmp_path: Path) -> None:
    """The VHS has them in its own list, and must hear of it."""
    import_csv(tmp_path / "liste.csv")
    receipt = register("D1", "Amina Haddad")
    done("export", "D1", str(tmp_path / "a.csv"), "--mark")

    async def withdraw(unit: Unit) -> None:
        (one,) = await unit.registrations.by_receipt(receipt)
        await unit.registrations.move(one, State.WITHDRAWN, datetime.now(UTC), "newcomer")

    in_one(withdraw)
    done("export", "D1", str(tmp_path / "b.csv"))
    assert "abgemeldet" in (tmp_path / "b.csv").read_text("utf-8-sig")


def test_kufer_gets_a_file_a_person_once(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    for name in ("Ali", "Bea", "Cem"):
        register("D1", f"{name} Haddad")
    folder = tmp_path / "kufer"
    said = done("export", "D1", str(folder), "--format", "kufer", "--mark")
    assert "VERSUCH" in said
    assert "STRASSE, NATION, GESCHLECHT, GEBDATUM, ZUSATZ" in said
    assert "Nicht dabei: 1" in said
    files = list(folder.glob("*.xml"))
    assert len(files) == 2
    assert all("<STATUS>A</STATUS>" in file.read_text("utf-8") for file in files)
    assert "0 Dateien" in done("export", "D1", str(tmp_path / "again"), "--format", "kufer")
    assert "2 Dateien" in done("export", "D1", str(tmp_path / "again"), "--format", "kufer", "--all")


def test_an_export_that_cannot_be_written_marks_nothing(tmp_path: Path) -> None:
    import_csv(tmp_path / "liste.csv")
    register("D1", "Amina Haddad")
    assert "No such file" in refused("export", "D1", str(tmp_path / "no" / "a.csv"), "--mark")
    assert "Übergeben" not in done("registrations", "D1")
    assert "Möglich: csv, xlsx, kufer" in refused("export", "D1", "x", "--format", "pdf")


def test_questions_make_no_database(data: Path) -> None:
    for words in (["list"], ["registrations", "D1"], ["seats", "D1", "3"], ["confirm", "1"]):
        assert "There is no database" in refused(*words)
    assert not data.exists()


def test_the_first_start_lists_the_examples_and_a_real_list_ends_them(tmp_path: Path) -> None:
    def start() -> None:
        async def run() -> None:
            settings = read_settings()
            async with app.stored(settings) as database:
                await app.fill_examples(settings, app.make_world(settings).knowledge, database)

        asyncio.run(run())

    start()
    shown = done("list", "--all")
    assert shown.count("[Beispiel]") == 12
    assert "Die 12 Beispielkurse sind jetzt ausgeblendet." in import_csv(tmp_path / "liste.csv")
    start()
    assert "Beispiel" not in done("list", "--all")
