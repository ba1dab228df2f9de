"""Writes a registration as Kufer's XML. EXPERIMENTAL: no specification is public; the shape is that of an open-source
client whose files KuferSQL takes (d2u_courses, `Cart.createXMLRegistration`). Try it with the VHS first.
"""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.courses.table import AGES, ANSWERS, LEVELS, TIMES, Town, language
from bot.domain.course import Course
from bot.domain.registration import Registration, State

STATUS = "A"  # registered; which letters stand for a waiting list or an enquiry is not known
REPRESENTATIVE = "-1"  # ABW_TNR as the client writes it: nobody else pays
# What we never ask and Kufer's form has; the fields stay empty, and whoever exports is told.
EMPTY = ("STRASSE", "NATION", "GESCHLECHT", "GEBDATUM", "ZUSATZ")
# Invoice and bank are left out whole: they belong to the contract that the VHS makes.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # by XML 1.0


def may_go(registration: Registration) -> bool:
    """True for who is registered and has not been handed over yet; twice would be two registrations there."""
    return registration.state is State.CONFIRMED and registration.exported_at is None


def file_name(registration: Registration) -> str:
    """Return the name of its file: the time and a number, as the client does it."""
    return f"{int(registration.created_at.timestamp())}-{registration.id}.xml"


def document(registration: Registration, course: Course, town: Town) -> bytes:
    """Return one person's registration as a file of its own."""
    root = Element("ANMELDUNGEN")
    one = SubElement(root, "ANMELDUNG")
    _person(SubElement(one, "STAMMDATEN"), registration, town)
    _course(SubElement(SubElement(one, "KURSE"), "KURS"), course)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written + b"\n"


def _person(parent: Element, registration: Registration, town: Town) -> None:
    person, application = registration.person, registration.application
    _add(parent, "NAME", person.family_name)
    _add(parent, "VORNAME", person.given_name)
    _add(parent, "STRASSE", "")
    _add(
        parent, "ORT", town(application.town)
    )  # the client writes "postcode town"; a postcode is never asked
    for name in EMPTY[1:]:
        _add(parent, name, "")
    _add(parent, "BEMERKUNG", _remark(registration))
    _add(parent, "SESSIONTIME", str(int(registration.created_at.timestamp())))
    ways = SubElement(parent, "KOMMUNIKATION")
    if application.reach:
        mail = "@" in application.reach
        way = SubElement(ways, "KOMMUNIKATIONSEINTRAG")
        _add(way, "KOMMART", "E" if mail else "T")
        _add(way, "KOMMBEZ", "eMail" if mail else "Telefon")
        _add(way, "KOMMWERT", application.reach)


def _remark(registration: Registration) -> str:
    application = registration.application
    times = ", ".join(TIMES.get(name, name) for name in application.availability)
    told = {
        "Lotse-Nummer": str(registration.receipt),
        "Alter": AGES[registration.person.age],
        "Sprache": language(application.language),
        "liest lateinische Schrift": ANSWERS[application.reads_latin],
        "Deutsch": LEVELS[application.level] if application.level else "",
        "hat Zeit": times,
        "Kinderbetreuung": "nötig" if application.childcare else "",
        "Berechtigung": ANSWERS[application.entitlement],
    }
    return "; ".join(f"{name}: {value}" for name, value in told.items() if value)


def _course(parent: Element, course: Course) -> None:
    price = course.listed.price
    _add(parent, "KURSNUMMER", course.listed.number)
    _add(parent, "STATUS", STATUS)
    _add(parent, "KURSGEBUEHR", "" if price is None else f"{price // 100},{price % 100:02}")
    _add(parent, "ABW_TNR", REPRESENTATIVE)
    _add(parent, "ANZAHL", "1")


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = FORBIDDEN.sub("", text)
