"""What holds for every format: no dangerous XML, no field that nobody asked for, no file too large."""

from contextlib import suppress
from dataclasses import asdict
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.courses import csv, kufer, openvhs
from bot.courses.decoding import LIMIT, encoding_of
from bot.courses.report import Report, Unreadable
from tests.courses.reading import FILES, Reader, odd, read_bytes, read_file

SECRET = ("555000", "Musterfrau", "dozentin@", "IK")
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE kurse [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<kurse><kurs><knr>1</knr><haupttitel>Deutsch &b;</haupttitel></kurs></kurse>"""
FILE_READER = b"""<?xml version="1.0"?>
<!DOCTYPE kurse [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<kurse><kurs><knr>1</knr><haupttitel>Deutsch &file;</haupttitel></kurs></kurse>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE kurse SYSTEM "http://127.0.0.1:9/kurse.dtd"><kurse/>'


@pytest.mark.parametrize("content", [BOMB, FILE_READER, OUTSIDE], ids=["bomb", "file", "outside"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_dtds_and_entities_are_refused(content: bytes, encoding: str) -> None:
    with pytest.raises(Unreadable, match="DTD oder Entitäten"):
        read_bytes(kufer.read, content.decode().encode(encoding))


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (openvhs.read, "openvhs.xml"),
        (openvhs.read, "openvhs.json"),
        (kufer.read, "kufer.xml"),
        (csv.read, "liste.csv"),
    ],
)
def test_no_lecturer_gets_through(reader: Reader, name: str) -> None:
    """The files hold lecturers and contact persons with telephone numbers; nobody asked for them."""
    courses, report = read_file(reader, name)
    assert courses
    assert "5550" in (FILES / name).read_text("utf-8", errors="replace")
    for secret in SECRET:
        assert secret not in repr([asdict(course) for course in courses.values()])
        assert secret not in repr(odd(report))


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    class Huge(BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return LIMIT + 1 if whence == 2 else super().seek(offset, whence)

    with pytest.raises(Unreadable, match="zu groß"):
        encoding_of(Huge(b"<kurse/>"), Report())


def test_text_that_no_database_takes_is_cleaned() -> None:
    courses, _ = read_bytes(csv.read, b"nummer,titel\nD\x00 1,<b>Deutsch</b> A1\x00 &lt;3\n")
    assert [(key, course.title) for key, course in courses.items()] == [("D 1", "Deutsch A1 <3")]


def test_long_values_are_cut_to_what_the_database_holds() -> None:
    line = f"{'9' * 150};Deutsch {'ä' * 500}\n{'8' * 201};Deutsch A1\n"
    courses, report = read_bytes(csv.read, ("nummer;titel\n" + line).encode())
    (course,) = courses.values()
    assert (len(course.key), len(course.number), len(course.title)) == (150, 64, 200)
    assert report.dropped == 1


READERS = {
    "openvhs.xml": openvhs.read,
    "openvhs.json": openvhs.read,
    "kufer.xml": kufer.read,
    "liste.csv": csv.read,
}
CONTENTS = {name: (FILES / name).read_bytes() for name in READERS}


@given(
    name=st.sampled_from(sorted(READERS)),
    at=st.floats(0, 1),
    cut=st.integers(0, 40),
    put=st.binary(max_size=40),
)
@example(name="openvhs.json", at=0.6, cut=0, put=b"[" * 40)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    name: str, at: float, cut: int, put: bytes
) -> None:
    content = CONTENTS[name]
    place = int(at * len(content))
    with suppress(Unreadable):
        read_bytes(READERS[name], content[:place] + put + content[place + cut :])


@given(name=st.sampled_from(sorted(READERS)), text=st.text(max_size=60), at=st.integers(0, 400))
def test_any_value_in_any_field_stops_nothing(name: str, text: str, at: int) -> None:
    """What stands between two tags, quotation marks or semicolons may be anything."""
    content = CONTENTS[name].decode("windows-1252" if name == "kufer.xml" else "utf-8")
    marks = [place for place, letter in enumerate(content) if letter in '>;"']
    place = marks[at % len(marks)] + 1
    safe = "".join(letter for letter in text if letter not in '<&"')
    try:
        _, report = read_bytes(
            READERS[name], f"{content[:place]}{safe}{content[place:]}".encode("utf-8", "replace")
        )
    except Unreadable:
        return
    assert report.records >= 2


def test_deep_nesting_is_no_danger() -> None:
    deep = b"[" * 900 + b"]" * 900
    content = b'{"veranstaltung": [{"guid": "a", "name": "Deutsch A1", "termin": ' + deep + b"}]}"
    courses, _ = read_bytes(openvhs.read, content)
    assert list(courses) == ["a"]
    inside = b"<x>" * 50_000 + b"</x>" * 50_000
    record = b"<kurs><knr>1</knr><haupttitel>Deutsch A1</haupttitel>" + inside + b"</kurs>"
    courses, _ = read_bytes(kufer.read, b"<kurse>" + record + b"</kurse>")
    assert list(courses) == ["1"]
