"""Kufer's XML, with every trap that real files have."""

from datetime import date, time

import pytest

from bot.courses import kufer
from bot.courses.report import Unreadable
from bot.domain.course import CourseKind, DayTime, Entry, Level, Meeting
from tests.courses.reading import FILES, odd, read_bytes, read_file

DECLARED = b'<?xml version="1.0" encoding="windows-1252"?>'


def test_a_whole_record_in_windows_1252() -> None:
    courses, report = read_file(kufer.read, "kufer.xml")
    course = courses["271A087-08"]
    assert (course.title, course.number) == ("Alphabetisierungskurs Spezial 2", "271A087-08")
    assert (course.kind, course.levels) == (CourseKind.LITERACY, (Level.ALPHA,))
    assert course.meetings == (
        Meeting(date(2027, 1, 11), time(9), time(13)),
        Meeting(date(2027, 1, 13), time(9), None),
    )
    assert (course.venue.name, course.venue.street) == ("Schule am Übungsplatz", "Übungsplatz 75")
    assert (course.venue.town, course.venue.town_id) == ("Dülmen – Buldern", "duelmen")
    assert (course.minimum, course.maximum, course.booked) == (8, 14, 16)
    assert course.exemption
    assert odd(report)[:2] == [
        "1. Kurs (271A087-08): Ein Termin endet (08:00) vor seinem Beginn (09:00); das Ende bleibt weg.",
        "1. Kurs (271A087-08): 16 Anmeldungen für 14 Plätze; der Kurs gilt als voll.",
    ]


@pytest.mark.parametrize(
    "declaration", [b"", b'<?xml version="1.0"?>', b'<?xml version="1.0" encoding="UTF-8"?>']
)
def test_windows_1252_that_does_not_say_so(declaration: bytes) -> None:
    content = (FILES / "kufer.xml").read_bytes().replace(DECLARED, declaration).lstrip()
    courses, report = read_bytes(kufer.read, content)
    assert courses["271A087-08"].venue.street == "Übungsplatz 75"
    assert "windows-1252" in odd(report)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings(encoding: str) -> None:
    text = (FILES / "kufer.xml").read_text("windows-1252").replace("–", "-")
    named = text.replace("windows-1252", encoding.removesuffix("-sig"))
    courses, report = read_bytes(kufer.read, named.encode(encoding))
    assert courses["271A087-08"].venue.street == "Übungsplatz 75"
    assert "Datei" not in [one.where for one in report.odd]


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(Unreadable, match="unbekannt"):
        read_bytes(kufer.read, b'<?xml version="1.0" encoding="klingon"?><kurse/>')


def test_signs_that_xml_forbids_do_not_stop_the_file() -> None:
    content = (FILES / "kufer.xml").read_bytes().replace(b"Spezial 2", b"Spezial\x02 \x81 2")
    courses, _ = read_bytes(kufer.read, content)
    assert courses["271A087-08"].title == "Alphabetisierungskurs Spezial � 2"


def test_how_one_gets_in() -> None:
    courses, _ = read_file(kufer.read, "kufer.xml")
    open_, closed, off = courses["271B001"], courses["271B002"], courses["271B003"]
    assert (open_.entry, open_.maximum, open_.booked) == (Entry.SEAT, 12, 3)
    assert (open_.price, open_.exemption, open_.deadline) == (8450, True, date(2027, 1, 10))
    assert (closed.entry, closed.price) == (Entry.CLOSED, 0)
    assert off.cancelled
    assert [course.cancelled for course in (open_, closed)] == [False, False]


def test_a_zero_is_nothing_told() -> None:
    """No maximum is an enquiry, never unlimited; no price is not free of charge."""
    courses, _ = read_file(kufer.read, "kufer.xml")
    off = courses["271B003"]
    assert (off.maximum, off.entry, off.price) == (None, Entry.ENQUIRY, None)


def test_without_single_dates_the_first_one_is_known() -> None:
    courses, _ = read_file(kufer.read, "kufer.xml")
    course = courses["271B001"]
    assert course.meetings == (Meeting(date(2027, 1, 18), time(18), time(20, 15)),)
    assert (course.day_times, course.last_day) == ({DayTime.EVENING}, date(2027, 3, 22))


def test_a_repeated_number_and_other_matters_are_counted() -> None:
    courses, report = read_file(kufer.read, "kufer.xml")
    assert list(courses) == ["271A087-08", "271B001", "271B002", "271B003"]
    assert courses["271B001"].title.startswith("Deutsch A2")
    assert (report.records, report.other, report.dropped) == (6, 1, 1)


def test_the_wrong_format_is_named() -> None:
    with pytest.raises(Unreadable, match="Stimmt --format"):
        read_bytes(kufer.read, (FILES / "openvhs.xml").read_bytes())
