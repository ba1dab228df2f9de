"""The simple CSV list, and the invented one that ships."""

from datetime import date, time, timedelta

import pytest

from bot.courses import csv
from bot.courses.report import Report, Unreadable
from bot.domain.course import CourseKind, Entry, Level, Meeting
from tests.courses.reading import FILES, ORIGIN, TODAY, odd, read_bytes, read_file

EXAMPLES = FILES.parents[2] / "knowledge" / "courses.csv"


def test_weekdays_become_dates() -> None:
    courses, _ = read_file(csv.read, "liste.csv")
    course = courses["D1"]
    days = [date(2027, 1, day) for day in (11, 13, 18, 20, 25)]
    assert course.meetings == tuple(Meeting(day, time(18), time(20)) for day in days)
    assert (course.maximum, course.booked, course.price, course.entry) == (12, 3, 0, Entry.SEAT)
    assert (course.levels, course.venue.town_id) == ((Level.A1,), "duelmen")


def test_single_dates_with_and_without_times() -> None:
    courses, _ = read_file(csv.read, "liste.csv")
    course = courses["D2"]
    assert course.title == "Deutsch A2; mit Semikolon"
    assert course.meetings == (
        Meeting(date(2027, 1, 18), time(18), time(20)),
        Meeting(date(2027, 1, 25)),
        Meeting(date(2027, 2, 1), time(18), time(20)),
    )
    assert (course.price, course.entry) == (160300, Entry.ENQUIRY)


def test_what_is_odd_is_told_with_its_line() -> None:
    courses, report = read_file(csv.read, "liste.csv")
    assert list(courses) == ["D1", "D2", "D3", "D5"]
    assert (report.records, report.other, report.dropped) == (6, 1, 1)
    assert odd(report) == [
        "Zeile 1: Unbekannte Spalten werden nicht gelesen: dozentin, telefon.",
        "Zeile 4: anmeldung 'irgendwie' ist unbekannt. Möglich: platz, anfrage, nur vhs.",
        "Zeile 4 (D3): Beginn '31.02.2027' ist nicht zu verstehen und bleibt leer.",
        "Zeile 7: Die Nummer fehlt. Der Kurs wird nicht übernommen.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_as_a_spreadsheet_writes_it(encoding: str, delimiter: str) -> None:
    text = (
        delimiter.join(["Nummer", "Titel", "Plätze"])
        + "\r\n"
        + delimiter.join(["1", "Deutsch für Köche", "9"])
    )
    courses, _ = read_bytes(csv.read, text.encode(encoding))
    assert (courses["1"].title, courses["1"].maximum) == ("Deutsch für Köche", 9)


def test_a_quotation_mark_that_is_never_closed_stops_nothing() -> None:
    lines = [
        "nummer;titel",
        "1;Deutsch A1",
        '2;"Deutsch A2',
        *(f"{n};Deutsch B1 {'x' * 90}" for n in range(3, 3000)),
    ]
    courses, report = read_bytes(csv.read, "\n".join(lines).encode())
    assert "1" in courses
    assert any("nicht zu lesen" in line for line in odd(report))
    assert "2999" in courses


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"\n\n"])
def test_without_the_needed_columns_it_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="fehlt: nummer, titel"):
        read_bytes(csv.read, content)


def test_another_vhs_is_taken_if_it_is_one() -> None:
    text = "nummer;titel;vhs\n1;Deutsch A1;vhs-coesfeld\n2;Deutsch A1;nowhere\n3;Deutsch A1;\n"
    courses, report = read_bytes(csv.read, text.encode())
    assert [course.vhs for course in courses.values()] == ["vhs-coesfeld", "vhs-duelmen", "vhs-duelmen"]
    assert odd(report) == ["Zeile 3 (2): Die VHS 'nowhere' steht nicht in places.yaml."]


def test_the_word_for_the_kind_is_enough() -> None:
    courses, _ = read_bytes(csv.read, b"nummer;titel;art\n1;Kochen und reden;Vor Ort\n2;Kochen;\n")
    assert [(course.key, course.kind) for course in courses.values()] == [("1", CourseKind.LOCAL)]


def test_dates_can_count_from_today() -> None:
    text = "nummer;titel;beginn;ende;wochentage\n1;Deutsch A1;+14;+28;Do\n"
    courses, _ = read_bytes(csv.read, text.encode())
    assert courses["1"].starts == date(2026, 12, 17)  # the first Thursday from the 15th on
    assert [meeting.day.day for meeting in courses["1"].meetings] == [17, 24]


def test_the_list_that_ships_has_everything_to_try() -> None:
    places = frozenset({"vhs-duelmen", "vhs-coesfeld", "vhs-luedinghausen"})
    origin = type(ORIGIN)("beispiel", "", TODAY, places=places)
    report = Report()
    with EXAMPLES.open("rb") as file:
        courses = list(csv.read(file, origin, report))
    assert odd(report) == []
    assert 8 <= len(courses) <= 12
    assert {course.vhs for course in courses} == places
    assert {level for course in courses for level in course.levels} == set(Level) - {Level.NONE}
    assert {course.kind for course in courses} == set(CourseKind)
    assert all(course.example and "(Beispiel)" in course.title for course in courses)
    assert all(course.starts and course.starts - TODAY > timedelta(days=7) for course in courses)
    # Nothing invented that somebody could go to or call.
    assert not any(course.venue.street or course.venue.name or course.url for course in courses)
