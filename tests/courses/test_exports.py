"""What goes out: tables without live formulas, Kufer's XML against a golden file, calendar files."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from bot.courses import ics, kufer_export, table
from bot.domain.course import Course, DayTime, Level, Meeting, Venue
from bot.domain.registration import Answer, Application, Consent, Person, Registration, State
from tests.courses.people import listed
from tests.courses.reading import FILES

AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
LIVE = ["=1+1", "+49 2594 1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def course(**changes: object) -> Course:
    """Return a stored course of ten seats."""
    return Course(7, listed("k1", **changes), AT)


def registration(given: str = "Amina", family: str = "Haddad", **changes: object) -> Registration:
    """Return who is registered."""
    application = Application(
        people=(Person(given, family),),
        course=7,
        town="duelmen",
        language="ar",
        consent=Consent("2026-12", "ar", AT, "web"),
        reach="+49 170 5550006",
        reads_latin=Answer.YES,
        level=Level.A1,
        availability=(DayTime.EVENING, "online"),
        childcare=True,
        entitlement=Answer.UNKNOWN,
    )
    usual = Registration(1, 20001, 3, 4711, 7, application, State.CONFIRMED, AT)
    return replace(usual, **changes)  # type: ignore[arg-type]


def town(id: str) -> str:
    return {"duelmen": "Dülmen"}.get(id, id)


def as_csv(*people: Registration) -> list[dict[str, str]]:
    file = io.BytesIO()
    table.write_csv(file, table.rows(people, course(), town))
    text = file.getvalue().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


def as_xlsx(*people: Registration) -> tuple[str, list[str]]:
    """Return the sheet's XML and all its texts."""
    file = io.BytesIO()
    table.write_xlsx(file, table.rows(people, course(), town))
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        strings = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))  # noqa: S314
    return sheet, ["".join(one.itertext()) for one in strings]


def test_a_row_says_all_that_was_told() -> None:
    (row,) = as_csv(registration())
    assert row == {
        "Nummer": "20001",
        "Stand": "angemeldet",
        "Familienname": "Haddad",
        "Vorname": "Amina",
        "Alter": "18 oder älter",
        "Wohnort": "Dülmen",
        "Erreichbar": "'+49 170 5550006",
        "Sprache": "Arabisch",
        "Liest lateinische Schrift": "ja",
        "Deutsch (eigene Einschätzung)": "A1",
        "Hat Zeit": "abends, online",
        "Kinderbetreuung nötig": "ja",
        "Berechtigung": "weiß nicht",
        "Eingegangen": "01.12.2026 09:30",
        "Übergeben": "",
        "Kursnummer": "N-k1",
        "Kurs": "Deutsch A1 am Abend",
    }


@pytest.mark.parametrize("name", LIVE)
def test_no_cell_of_the_csv_is_a_formula(name: str) -> None:
    (row,) = as_csv(registration(name, f'{name}; "Müller"'))
    assert row["Vorname"] == f"'{name}"
    assert row["Familienname"] == f'\'{name}; "Müller"'


def test_names_in_any_script_stay_as_they_are() -> None:
    (row,) = as_csv(registration("أمينة", "Сидоренко-Müller"))
    assert (row["Vorname"], row["Familienname"]) == ("أمينة", "Сидоренко-Müller")


def test_xlsx_holds_texts_only() -> None:
    names = [*LIVE, "https://example.org", "0049", "أمينة", "{=1}"]
    sheet, texts = as_xlsx(*(registration(name) for name in names))
    cells = ElementTree.fromstring(sheet).iter(f"{SHEET}c")  # noqa: S314
    assert {cell.get("t") for cell in cells} == {"s"}
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    for name in names:
        assert name.replace("\r", "_x000D_") in texts


def test_every_state_has_its_word() -> None:
    assert set(table.STATES) == set(State)
    assert set(table.LEVELS) == set(Level)


def test_kufer_against_the_golden_file() -> None:
    written = kufer_export.document(registration(), course(price=8450), town)
    assert written.decode() == (FILES / "kufer-anmeldung.xml").read_text("utf-8")


def test_kufer_writes_mail_and_what_xml_forbids() -> None:
    one = registration("A\x02mina", "<Haddad> & Söhne")
    mail = replace(one, application=replace(one.application, reach="a@example.org"))
    root = ElementTree.fromstring(kufer_export.document(mail, course(), town))  # noqa: S314
    person = "ANMELDUNG/STAMMDATEN"
    assert root.findtext(f"{person}/VORNAME") == "Amina"
    assert root.findtext(f"{person}/NAME") == "<Haddad> & Söhne"
    way = f"{person}/KOMMUNIKATION/KOMMUNIKATIONSEINTRAG"
    assert [root.findtext(f"{way}/{name}") for name in ("KOMMART", "KOMMWERT")] == ["E", "a@example.org"]
    assert [root.findtext(f"{person}/{name}") for name in kufer_export.EMPTY] == [""] * 5


@pytest.mark.parametrize("state", State)
def test_kufer_takes_only_who_is_registered_and_new(state: State) -> None:
    assert kufer_export.may_go(registration(state=state)) == (state is State.CONFIRMED)
    assert not kufer_export.may_go(registration(state=state, exported_at=AT))


def events(found: str) -> list[dict[str, object]]:
    return [
        {name: event.decoded(name) for name in ("uid", "dtstart", "dtend", "summary")}
        for event in Calendar.from_ical(found).walk("VEVENT")
    ]


def test_a_calendar_has_an_event_a_meeting_in_berlin_s_time() -> None:
    winter, summer = date(2027, 3, 22), date(2027, 3, 29)  # the clocks change between them
    found = ics.calendar(
        listed(
            meetings=(
                Meeting(winter, time(18), time(20)),
                Meeting(summer, time(18)),
                Meeting(date(2027, 4, 5)),
            )
        ),
        AT,
    )
    first, second, third = events(found)
    assert first["uid"] == "test-k1-1@lotse"
    assert first["dtstart"] == datetime(2027, 3, 22, 17, tzinfo=UTC)
    assert first["dtend"] == datetime(2027, 3, 22, 19, tzinfo=UTC)
    assert second["dtstart"] == datetime(2027, 3, 29, 16, tzinfo=UTC)
    assert second["dtend"] == datetime(2027, 3, 29, 17, tzinfo=UTC)
    assert (third["dtstart"], third["dtend"]) == (date(2027, 4, 5), date(2027, 4, 6))
    assert "DTSTART;TZID=Europe/Berlin:20270322T180000" in found
    assert found.count("BEGIN:VTIMEZONE") == 1


def test_a_calendar_moves_its_events() -> None:
    """The same events under the same names, whenever it is written."""
    moved = listed(meetings=(Meeting(date(2027, 2, 1), time(9)),))
    (before,), (after,) = events(ics.calendar(listed(), AT)), events(ics.calendar(moved, AT))
    assert before["uid"] == after["uid"]
    assert before["dtstart"] != after["dtstart"]


def test_a_calendar_says_where_and_whether_it_is_off() -> None:
    venue = Venue("VHS-Haus; Raum 3", "Musterweg 1", "48249", "Dülmen")
    (event,) = Calendar.from_ical(ics.calendar(listed(venue=venue, cancelled=True), AT)).walk("VEVENT")
    assert str(event["location"]) == "VHS-Haus; Raum 3, Musterweg 1, 48249 Dülmen"
    assert str(event["status"]) == "CANCELLED"


def test_a_calendar_without_any_date_is_empty() -> None:
    assert events(ics.calendar(listed(meetings=(), starts=None), AT)) == []
    (event,) = events(ics.calendar(listed(meetings=()), AT))
    assert event["dtstart"] == date(2027, 1, 11)
