"""Writes the registrations of a course as a table, CSV or XLSX, in German; no cell is ever a formula."""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

import xlsxwriter

from bot.courses.decoding import as_text
from bot.domain.course import Course, DayTime, Level
from bot.domain.registration import AgeGroup, Answer, Registration, State
from bot.i18n import BERLIN, names_of

STATES = {
    State.SUBMITTED: "Anfrage, die VHS entscheidet",
    State.CONFIRMED: "angemeldet",
    State.WAITLISTED: "Warteliste",
    State.OFFERED: "Platz angeboten, noch keine Antwort",
    State.REJECTED: "abgelehnt",
    State.DECLINED: "wollte den Platz nicht",
    State.EXPIRED: "hat nicht geantwortet",
    State.WITHDRAWN: "abgemeldet",
    State.CANCELLED: "Kurs fällt aus",
    State.ATTENDED: "war da",
    State.NO_SHOW: "war nicht da",
}
AGES = {AgeGroup.ADULT: "18 oder älter", AgeGroup.YOUTH: "16 oder 17"}
ANSWERS = {Answer.YES: "ja", Answer.NO: "nein", Answer.UNKNOWN: "weiß nicht"}
LEVELS = {Level.ALPHA: "Alphabetisierung", Level.NONE: "keine Kenntnisse"} | {
    level: level.value.upper() for level in Level if level not in (Level.ALPHA, Level.NONE)
}
TIMES = {
    DayTime.MORNING: "vormittags",
    DayTime.AFTERNOON: "nachmittags",
    DayTime.EVENING: "abends",
    DayTime.WEEKEND: "am Wochenende",
    "online": "online",
}
WIDTH = 22  # of a column, in letters
# A cell that begins with one of these may be run by a spreadsheet; the wide forms are read as the plain ones.
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Town = Callable[[str], str]  # a town's name by its id
Cell = Callable[[Registration, Course, Town], str]

COLUMNS: Mapping[str, Cell] = {
    "Nummer": lambda one, course, town: str(one.receipt),
    "Stand": lambda one, course, town: STATES[one.state],
    "Familienname": lambda one, course, town: one.person.family_name,
    "Vorname": lambda one, course, town: one.person.given_name,
    "Alter": lambda one, course, town: AGES[one.person.age],
    "Wohnort": lambda one, course, town: town(one.application.town),
    "Erreichbar": lambda one, course, town: one.application.reach,
    "Sprache": lambda one, course, town: language(one.application.language),
    "Liest lateinische Schrift": lambda one, course, town: ANSWERS[one.application.reads_latin],
    "Deutsch (eigene Einschätzung)": lambda one, course, town: (
        LEVELS[one.application.level] if one.application.level else ""
    ),
    "Hat Zeit": lambda one, course, town: ", ".join(
        TIMES.get(name, name) for name in one.application.availability
    ),
    "Kinderbetreuung nötig": lambda one, course, town: "ja" if one.application.childcare else "nein",
    "Berechtigung": lambda one, course, town: ANSWERS[one.application.entitlement],
    "Eingegangen": lambda one, course, town: moment(one.created_at),
    "Übergeben": lambda one, course, town: moment(one.exported_at) if one.exported_at else "",
    "Kursnummer": lambda one, course, town: course.listed.number,
    "Kurs": lambda one, course, town: course.listed.title,
}


def moment(at: datetime) -> str:
    """Return a moment as people here write it."""
    return f"{at.astimezone(BERLIN):%d.%m.%Y %H:%M}"


def language(code: str) -> str:
    """Return what a language is called in German: "ti" means nothing to most people."""
    return next(iter(names_of(code, ("de",))), code)


def rows(registrations: Sequence[Registration], course: Course, town: Town) -> list[list[str]]:
    """Return the heading and a row a person."""
    return [
        list(COLUMNS),
        *([cell(one, course, town) for cell in COLUMNS.values()] for one in registrations),
    ]


def harmless(text: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" \xa0").startswith(LIVE) else text


def write_csv(file: BinaryIO, table: Sequence[Sequence[str]]) -> None:
    """Write it as Excel in Germany opens it: semicolons, UTF-8 with its mark."""
    stream = as_text(file, "utf-8-sig")
    writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    writer.writerows([harmless(cell) for cell in row] for row in table)
    stream.flush()
    stream.detach()


def write_xlsx(file: BinaryIO, table: Sequence[Sequence[str]]) -> None:
    """Write it as XLSX; every cell is a text, so that `=1+1` stays what somebody is called."""
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, {**plain, "in_memory": True}) as book:
        sheet = book.add_worksheet("Anmeldungen")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table[0]) - 1, WIDTH)
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, *([bold] if row == 0 else []))
