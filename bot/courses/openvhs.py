"""Reads Open-vhs 1.2, the exchange format of the Volkshochschulen, as XML or as Berlin's JSON; the key is `guid`.

Only the fields named here are looked at: older versions and Berlin's dialect hold lecturers and contact persons.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, SubElement

from bot.courses import values
from bot.courses.decoding import encoding_of
from bot.courses.listing import Moment, Record, listed
from bot.courses.report import Origin, Report, Unreadable
from bot.courses.xml import children, elements, local, text, texts
from bot.domain.course import Listed
from bot.i18n import BERLIN

ROOT, COURSE, EXPORT = "veranstaltungen", "veranstaltung", "export"
ONLINE = frozenset({"online_angebot", "selbstlernangebot"})  # `blended_learning` meets, too
DEPTH = 12  # nothing that is read lies deeper
JSON_LIMIT = 30 * 1024 * 1024  # bytes: JSON is read whole


def read(file: BinaryIO, origin: Origin, report: Report) -> Iterator[Listed]:
    """Yield the courses; raise Unreadable if the file is not Open-vhs."""
    return listed(_records(file, report), origin, report)


def _records(file: BinaryIO, report: Report) -> Iterator[Record]:
    number = 0
    for element in _elements(file, report):
        if local(element) == EXPORT:
            report.counted_at = _moment_of(text(element, "erstellungszeitpunkt"))
        else:
            number += 1
            yield _record(element, f"{number}. Veranstaltung")


def _elements(file: BinaryIO, report: Report) -> Iterator[Element]:
    beginning = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    file.seek(0)
    if beginning[:1] in (b"{", b"["):
        return _from_json(file, report)
    return elements(file, ROOT, (COURSE, EXPORT), report)


def _moment_of(told: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=BERLIN)


def _record(course: Element, where: str) -> Record:
    features = {
        (text(one, "name"), wert)
        for block in children(course, "merkmale")
        for one in children(block, "merkmal")
        for wert in texts(one, "wert")
    }
    places = children(course, "veranstaltungsort")
    place = places[0] if places else None
    return Record(
        where=where,
        key=text(course, "guid"),
        number=text(course, "nummer"),
        title=text(course, "name"),
        about=(*texts(course, "untertitel"), *texts(course, "zielgruppe"), *texts(course, "schlagwort")),
        category=text(course, "dvv_kategorie"),
        level=text(course, "level"),
        starts=text(course, "beginn_datum"),
        ends=text(course, "ende_datum"),
        dates=tuple(_dates(course)),
        place=text(place, "name"),
        street=_address(course, place, "strasse"),
        postcode=_address(course, place, "plz"),
        town=_address(course, place, "ort"),
        accessible={"true": True, "false": False}.get(text(place, "barrierefrei")),
        minimum=text(course, "minimale_teilnehmerzahl"),
        maximum=text(course, "maximale_teilnehmerzahl"),
        booked=text(course, "aktuelle_teilnehmerzahl"),
        price=text(course, "preis", "betrag"),
        exemption=values.yes(text(course, "preis", "rabatt_moeglich")),
        url=_page(course),
        online=any(name == "kursart_digital" and value in ONLINE for name, value in features),
    )


def _dates(course: Element) -> Iterator[Moment]:
    """Yield the meetings, which Berlin keeps one level lower."""
    for block in (course, *children(course, "ortetermine")):
        for one in children(block, "termin"):
            yield Moment(text(one, "beginn_datum"), text(one, "beginn_uhrzeit"), text(one, "ende_uhrzeit"))


def _address(course: Element, place: Element | None, name: str) -> str:
    return text(place, "adresse", name) or text(course, "ortetermine", "adresse", name)


def _page(course: Element) -> str:
    pages = children(course, "webadresse")
    return next((text(one, "uri") for one in pages if text(one, "typ") == "website"), "")


# --- JSON


def _from_json(file: BinaryIO, report: Report) -> Iterator[Element]:
    """Yield what a JSON file says as elements, so that object or list, number or text makes no difference."""
    encoding = encoding_of(file, report)
    if file.seek(0, 2) > JSON_LIMIT:
        raise Unreadable(f"JSON wird bis {JSON_LIMIT // 1_000_000} MB gelesen. Nehmen Sie die XML-Datei.")
    file.seek(0)
    try:
        found = json.loads(file.read().decode(encoding, errors="replace"))
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise Unreadable(f"Zeile {line}: Das ist kein gültiges JSON. Ist die Datei vollständig?") from error
    top = found.get(ROOT, found) if isinstance(found, dict) else {COURSE: found}
    if not isinstance(top, dict) or COURSE not in top:
        raise Unreadable(f"Die Datei hat kein '{COURSE}'. Stimmt --format?")
    courses = top[COURSE]
    for one in courses if isinstance(courses, list) else [courses]:
        yield _element(COURSE, one)


def _element(name: str, value: Any) -> Element:
    holder = Element("holder")
    _add(holder, name, value)
    return holder[0] if len(holder) else SubElement(holder, name)


def _add(parent: Element, name: str, value: Any, depth: int = 0) -> None:
    if depth > DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            _add(parent, name, one, depth + 1)
        return
    element = SubElement(parent, name)
    if isinstance(value, dict):
        element.text = str(value.get("#text", ""))
        for key, inner in value.items():
            if not key.startswith(("#", "@")):
                _add(element, key, inner, depth + 1)
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
