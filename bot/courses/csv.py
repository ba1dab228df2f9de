"""Reads the simple CSV list for a VHS without an export, and the invented list that ships (docs/courses.md)."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from io import TextIOBase
from typing import BinaryIO, TypeVar

from bot.courses import values
from bot.courses.decoding import as_text, encoding_of
from bot.courses.kinds import fold
from bot.courses.listing import MOST_MEETINGS, Moment, Record, listed
from bot.courses.report import Origin, Report, Unreadable
from bot.domain.course import CourseKind, Entry, Listed

COLUMNS = (
    *("nummer", "titel", "art", "niveau", "beginn", "ende", "wochentage", "von", "bis", "termine"),
    *("ort", "strasse", "plz", "raum", "plaetze", "mindestens", "belegt", "preis", "ermaessigung"),
    *("anmeldung", "anmeldeschluss", "online", "frauen", "kinderbetreuung", "barrierefrei", "internet"),
    *("faellt_aus", "vhs", "beispiel"),
)
NEEDED = ("nummer", "titel")
KINDS = {
    "integrationskurs": CourseKind.INTEGRATION,
    "alphabetisierung": CourseKind.LITERACY,
    "erstorientierung": CourseKind.ORIENTATION,
    "beruf": CourseKind.JOB,
    "vor ort": CourseKind.LOCAL,
    "sonstiger": CourseKind.OTHER,
}
ENTRIES = {"platz": Entry.SEAT, "anfrage": Entry.ENQUIRY, "nur vhs": Entry.CLOSED}
WEEKDAYS = {name: number for number, name in enumerate(("mo", "di", "mi", "do", "fr", "sa", "so"))}
DELIMITERS = ";\t,"

Meaning = TypeVar("Meaning")


def read(file: BinaryIO, origin: Origin, report: Report) -> Iterator[Listed]:
    """Yield the courses; raise Unreadable without the columns that are needed."""
    return listed(_records(file, origin, report), origin, report)


def _records(file: BinaryIO, origin: Origin, report: Report) -> Iterator[Record]:
    stream = as_text(file, encoding_of(file, report))
    try:
        names, delimiter = _header(stream, report)
        lines = csv.reader(stream, delimiter=delimiter)

        def where() -> str:
            return f"Zeile {lines.line_num + 1}"  # the first one is read already

        for row in _rows(lines, where, report):
            if any(cell.strip() for cell in row):
                cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
                yield _Row(cells, where(), origin, report).record()
    finally:
        stream.detach()  # the file is the caller's to close


def _header(stream: TextIOBase, report: Report) -> tuple[list[str], str]:
    line = stream.readline(10_000)
    delimiter = max(DELIMITERS, key=line.count)
    cells = next(csv.reader([line], delimiter=delimiter), [])
    names = [fold(cell).replace(" ", "_").replace("-", "_") for cell in cells]
    if missing := [name for name in NEEDED if name not in names]:
        raise Unreadable(
            f"In der ersten Zeile fehlt: {', '.join(missing)}. Erwartet werden Spalten wie {', '.join(COLUMNS[:6])} …"
        )
    if unknown := [values.words(name, 30) for name in names if name and name not in COLUMNS]:
        report.note_odd("Zeile 1", f"Unbekannte Spalten werden nicht gelesen: {', '.join(unknown)}.")
    return names, delimiter


def _rows(lines: Iterator[list[str]], where: Callable[[], str], report: Report) -> Iterator[list[str]]:
    """Yield the rows; one that cannot be read (a quotation mark that is never closed) stops nothing."""
    while True:
        try:
            yield next(lines)
        except StopIteration:
            return
        except csv.Error:
            report.records += 1
            report.drop(where(), "Die Zeile ist nicht zu lesen (Anführungszeichen?).")


class _Row:
    """One line of the list."""

    def __init__(self, cells: dict[str, str], where: str, origin: Origin, report: Report) -> None:
        self.cells = cells
        self.where = where
        self.origin = origin
        self.report = report

    def record(self) -> Record:
        """Return it as a record."""
        get = self.cells.get
        starts = self._starts()
        accessible = get("barrierefrei", "")
        return Record(
            where=self.where,
            key=get("nummer", ""),
            number=get("nummer", ""),
            title=get("titel", ""),
            level=get("niveau", ""),
            starts=starts.isoformat() if starts else get("beginn", ""),
            ends=get("ende", ""),
            first=(get("von", ""), get("bis", "")),
            dates=self._dates() or self._weekly(starts),
            place=get("raum", ""),
            street=get("strasse", ""),
            postcode=get("plz", ""),
            town=get("ort", ""),
            accessible=values.yes(accessible) if accessible else None,
            minimum=get("mindestens", ""),
            maximum=get("plaetze", ""),
            booked=get("belegt", ""),
            price=get("preis", ""),
            exemption=values.yes(get("ermaessigung", "")),
            entry=self._word("anmeldung", ENTRIES) or Entry.SEAT,
            deadline=get("anmeldeschluss", ""),
            url=get("internet", ""),
            online=values.yes(get("online", "")),
            women_only=values.yes(get("frauen", "")),
            childcare=values.yes(get("kinderbetreuung", "")),
            cancelled=values.yes(get("faellt_aus", "")),
            example=values.yes(get("beispiel", "")),
            vhs=get("vhs", ""),
            kind=self._word("art", KINDS),
        )

    def _word(self, column: str, known: Mapping[str, Meaning]) -> Meaning | None:
        word = fold(self.cells.get(column, "")).replace("_", " ")
        if word and word not in known:
            self.report.note_odd(
                self.where,
                f"{column} '{values.words(word, 30)}' ist unbekannt. Möglich: {', '.join(known)}.",
            )
        return known.get(word)

    def _starts(self) -> date | None:
        """Return the beginning; one that is counted from today moves on to the first weekday of the course."""
        told = self.cells.get("beginn", "")
        starts = values.day(told, self.origin.today)
        days = self._weekdays()
        if starts and days and told.startswith("+"):
            return next(day for ahead in range(7) if (day := starts + timedelta(ahead)).weekday() in days)
        return starts

    def _dates(self) -> tuple[Moment, ...]:
        """Read `11.01.2027 18:00-20:00 | 18.01.2027 18:00-20:00`; times may be left out."""
        found = []
        for part in self.cells.get("termine", "").split("|"):
            day, _, times = part.strip().partition(" ")
            begins, _, ends = times.replace("–", "-").partition("-")
            if day:
                found.append(Moment(day, begins.strip(), ends.strip()))
        return tuple(found)

    def _weekly(self, starts: date | None) -> tuple[Moment, ...]:
        """Return every date of the weekdays from beginning to end; holidays are not known here."""
        days = self._weekdays()
        ends = values.day(self.cells.get("ende", ""), self.origin.today)
        if not (days and starts and ends and starts <= ends):
            return ()
        begins, until = self.cells.get("von", ""), self.cells.get("bis", "")
        dates = (starts + timedelta(ahead) for ahead in range((ends - starts).days + 1))
        wanted = [day for day in dates if day.weekday() in days]
        return tuple(Moment(day.isoformat(), begins, until) for day in wanted[:MOST_MEETINGS])

    def _weekdays(self) -> frozenset[int]:
        told = fold(self.cells.get("wochentage", "")).replace(",", " ").replace("/", " ").split()
        return frozenset(number for word in told if (number := WEEKDAYS.get(word[:2])) is not None)
