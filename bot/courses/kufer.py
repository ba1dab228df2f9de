"""Reads Kufer's "Internet-XML" (`<kurse><kurs>`), which most VHS web pages are made from; the key is `knr`.

Only the fields named here are looked at. Full exports hold lecturers with their telephone numbers.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from bot.courses import values
from bot.courses.listing import Moment, Record, listed
from bot.courses.report import Origin, Report
from bot.courses.xml import children, elements, text, texts
from bot.domain.course import Entry, Listed

TITLES = ("titellang_bf", "haupttitel", "titelkurz", "titellang")  # the first that says something
PLACES = ("ortgebaeude", "ortraumname", "ortaussenstelle", "ort")
ABOUT = ("fachbtext", "titellang", "titelkurz", "zielgruppe")
# Kufer's `keinewebanmeldung`: W forbids registering on the web, F allows it.
ENTRIES = {"W": Entry.CLOSED, "F": Entry.SEAT}


def read(file: BinaryIO, origin: Origin, report: Report) -> Iterator[Listed]:
    """Yield the courses; raise Unreadable if the file is none of Kufer's."""
    return listed(_records(file, report), origin, report)


def _records(file: BinaryIO, report: Report) -> Iterator[Record]:
    for number, course in enumerate(elements(file, "kurse", ("kurs",), report), 1):
        yield _record(course, f"{number}. Kurs")


def _record(course: Element, where: str) -> Record:
    reduced = values.cents(text(course, "geberm"))
    return Record(
        where=where,
        key=text(course, "knr"),
        number=text(course, "knr"),
        title=_first(course, TITLES),
        about=(*(text(course, name) for name in ABOUT), *_structure(course)),
        starts=text(course, "beginndat"),
        ends=text(course, "endedat"),
        first=(text(course, "beginnuhr"), text(course, "endeuhr")),
        dates=tuple(
            _moment(one) for block in children(course, "termine") for one in children(block, "termin")
        ),
        place=_first(course, PLACES),
        street=text(course, "ortstr"),
        postcode=text(course, "ortplz"),
        town=text(course, "ortname"),
        minimum=_above_zero(text(course, "tnmin")),
        maximum=_above_zero(text(course, "tnmax")),
        booked=text(course, "tnanmeldungen"),
        price=_above_zero(text(course, "gebnorm")),
        free=bool(values.FREE & set(text(course, "gebuehrergaenztext").lower().split())),
        exemption=bool(reduced),
        entry=ENTRIES.get(text(course, "keinewebanmeldung"), Entry.SEAT),
        deadline=text(course, "anm_ende"),
        # It is enough that the element is there: Kufer writes it for courses that are off, often empty.
        cancelled=bool(children(course, "ausfall")) and text(course, "ausfall") not in ("F", "0", "N"),
    )


def _structure(course: Element) -> list[str]:
    return [
        found
        for block in children(course, "kategorien")
        for one in children(block, "kategorie")
        for found in texts(one, "bezeichnungstruktur")
    ]


def _moment(termin: Element) -> Moment:
    return Moment(text(termin, "tag"), text(termin, "zeitvon"), text(termin, "zeitbis"))


def _first(course: Element, names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := text(course, name))), "")


def _above_zero(number: str) -> str:
    """Return "" for a zero, which Kufer writes where nothing is told: no maximum, no price."""
    return "" if number.strip("0,. ") == "" else number
