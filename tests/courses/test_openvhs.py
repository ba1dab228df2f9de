"""Open-vhs 1.2, with every trap that real files have."""

from datetime import UTC, date, datetime, time

import pytest

from bot.courses import openvhs
from bot.courses.report import Unreadable
from bot.domain.course import CourseKind, Entry, Level, Meeting
from tests.courses.reading import odd, read_bytes, read_file


def test_a_whole_record() -> None:
    courses, report = read_file(openvhs.read, "openvhs.xml")
    course = courses["AAAAAAAA-0001"]
    assert course.title == "Deutsch als Fremdsprache A1.2 & A2 am Abend"
    assert (course.number, course.source, course.vhs) == ("27-4041", "test", "vhs-duelmen")
    assert (course.kind, course.levels) == (CourseKind.OTHER, (Level.A1, Level.A2))
    assert course.meetings == (
        Meeting(date(2027, 1, 13), time(18, 30), time(20)),
        Meeting(date(2027, 1, 20), time(18, 30), time(20)),
    )
    venue = course.venue
    assert (venue.name, venue.street, venue.postcode) == ("VHS-Haus", "Musterweg 1", "48249")
    assert (venue.town, venue.town_id, venue.accessible) == ("Dülmen", "duelmen", True)
    assert (course.minimum, course.booked, course.maximum) == (6, 9, 12)
    assert (course.price, course.exemption, course.entry) == (8280, True, Entry.SEAT)
    assert course.url == "https://vhs.example.org/?knr=27-4041&id=2"
    assert (course.childcare, course.online) == (True, False)
    assert report.counted_at == datetime(2026, 11, 30, 2, tzinfo=UTC)


def test_nothing_stops_at_a_bad_record() -> None:
    courses, report = read_file(openvhs.read, "openvhs.xml")
    assert list(courses) == [f"AAAAAAAA-000{number}" for number in (1, 2, 3, 4)]
    assert (report.records, report.other, report.dropped) == (8, 2, 2)
    assert odd(report) == [
        "2. Veranstaltung (AAAAAAAA-0002): Das Ende (31.01.2027) liegt vor dem Beginn (06.02.2027); es bleibt weg.",
        "3. Veranstaltung (AAAAAAAA-0003): 14 Anmeldungen für 12 Plätze; der Kurs gilt als voll.",
        "4. Veranstaltung (AAAAAAAA-0003): Diese Nummer stand schon weiter oben. Der Kurs wird nicht übernommen.",
        "5. Veranstaltung (AAAAAAAA-0004): Beginn 'bald' ist nicht zu verstehen und bleibt leer.",
        "5. Veranstaltung (AAAAAAAA-0004): Preis 'nach Vereinbarung' ist nicht zu verstehen und bleibt leer.",
        "6. Veranstaltung (27-4045): Die Nummer fehlt. Der Kurs wird nicht übernommen.",
    ]


def test_what_is_not_told_is_not_made_up() -> None:
    courses, report = read_file(openvhs.read, "openvhs.xml")
    backwards, overbooked, bare = (courses[f"AAAAAAAA-000{number}"] for number in (2, 3, 4))
    assert (backwards.starts, backwards.ends, backwards.price) == (date(2027, 2, 6), None, None)
    assert backwards.entry is Entry.ENQUIRY  # nobody tells how many of the 12 are taken
    assert (overbooked.maximum, overbooked.booked, overbooked.price) == (12, 14, 0)
    assert [meeting.begins for meeting in overbooked.meetings] == [None, None]
    assert (bare.starts, bare.maximum, bare.entry, bare.online) == (None, None, Entry.ENQUIRY, True)
    assert bare.url == ""
    assert report.notes["ohne Höchstzahl: Anfrage statt Platzvergabe"] == 1
    assert report.notes["ohne Belegung: Anfrage statt Platzvergabe"] == 1


def test_json_with_object_or_list_and_numbers_as_text() -> None:
    courses, report = read_file(openvhs.read, "openvhs.json")
    first, second = courses["B-1"], courses["B-2"]
    assert (first.maximum, first.booked, first.price, first.exemption) == (15, 4, 9600, True)
    assert (len(first.meetings), first.venue.town_id, first.venue.postcode) == (2, "duelmen", "48249")
    assert (second.maximum, second.entry, second.price) == (15, Entry.ENQUIRY, None)
    assert second.meetings == (Meeting(date(2027, 1, 16), time(10), time(13)),)
    assert report.odd == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<kurse/>", "erwartet wird <veranstaltungen>"),
        (b"", "Zeile 1"),
        (b"<veranstaltungen>\n<veranstaltung>", "Zeile 2"),
        (b"<veranstaltungen>&nbsp;</veranstaltungen>", "kein gültiges XML"),
        (b'{"veranstaltungen": {}}', "kein 'veranstaltung'"),
        (b'{"veranstaltung": [', "kein gültiges JSON"),
        (b"[" * 100_000, "kein gültiges JSON"),
        (b"PK\x03\x04 a zip", "kein gültiges XML"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(content: bytes, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read_bytes(openvhs.read, content)


def test_an_odd_json_record_stops_nothing() -> None:
    courses, report = read_bytes(
        openvhs.read, b'{"veranstaltung": [null, 5, "x", {}, {"guid": ["a", "b"], "name": "Deutsch A1"}]}'
    )
    assert (list(courses), report.records) == (["a"], 5)
