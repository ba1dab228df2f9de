"""A record of a file, as text, and how it becomes a course; what is odd is reported, and nothing stops the reading."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time

from bot.courses import kinds, values
from bot.courses.kinds import Told
from bot.courses.report import Origin, Report
from bot.domain.course import CourseKind, Entry, Level, Listed, Meeting, Venue

LONGEST_KEY, LONGEST_NUMBER, LONGEST_TITLE, LONGEST_NAME = (
    200,
    64,
    200,
    120,
)  # the first two are the database's
MOST_MEETINGS = 400  # a course that meets on every working day for more than a year
MIDNIGHT = time(0)  # stands for "not told" in exports that have no empty times
REDUCED = frozenset(
    {CourseKind.INTEGRATION, CourseKind.LITERACY}
)  # BAMF: free on application (vhs-courses 2)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with its times, as the file writes them."""

    day: str
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """All that is ever looked at in a record, as text; "" where the file says nothing.

    where: how staff find it. about: subtitle, subject, target group, key words. dates: its meetings; without any,
    `starts` with `first` is the only one known. kind, levels: told by the file itself, not by its words.
    booked_needed: without a count of the VHS's own no seat may be given away.
    """

    where: str
    key: str
    number: str
    title: str
    about: tuple[str, ...] = ()
    category: str = ""
    level: str = ""
    starts: str = ""
    ends: str = ""
    first: tuple[str, str] = ("", "")  # from when to when on the first date
    dates: tuple[Moment, ...] = ()
    place: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    accessible: bool | None = None
    minimum: str = ""
    maximum: str = ""
    booked: str = ""
    price: str = ""
    free: bool = False
    exemption: bool = False
    entry: Entry = Entry.SEAT
    deadline: str = ""
    url: str = ""
    online: bool = False
    women_only: bool = False
    childcare: bool = False
    cancelled: bool = False
    example: bool = False
    vhs: str = ""
    kind: CourseKind | None = None


def listed(records: Iterable[Record], origin: Origin, report: Report) -> Iterator[Listed]:
    """Yield the courses of a file that are about German as a foreign language, each key once."""
    seen: set[str] = set()
    for record in records:
        report.records += 1
        told = kinds.tell(
            record.title, record.about, record.category, record.level, sure=record.kind is not None
        )
        if told is None and record.title:
            report.other += 1
            continue
        reader = _Reader(record, origin, report)
        key = reader.usable_key(seen)
        if told is not None and key:
            seen.add(key)
            yield reader.course(key, told)


class _Reader:
    """Reads the values of one record."""

    def __init__(self, record: Record, origin: Origin, report: Report) -> None:
        self.record = record
        self.origin = origin
        self.report = report
        name = record.key or record.number
        self.where = f"{record.where} ({values.words(name, 60)})" if name else record.where

    def usable_key(self, seen: set[str]) -> str:
        """Return what names the course from import to import, "" (with the reason reported) if nothing does."""
        key = values.words(self.record.key, LONGEST_KEY + 1)
        if not key:
            self.report.drop(self.where, "Die Nummer fehlt.")
        elif not self.record.title:
            self.report.drop(self.where, "Der Titel fehlt.")
        elif len(key) > LONGEST_KEY:
            self.report.drop(self.where, "Die Nummer ist zu lang.")
        elif key in seen:
            self.report.drop(self.where, "Diese Nummer stand schon weiter oben.")
        else:
            return key
        return ""

    def course(self, key: str, told: Told) -> Listed:
        """Return the course."""
        record = self.record
        kind = record.kind or told.kind
        starts, ends = self._span()
        meetings = self._meetings(starts)
        maximum, booked = self._count("Höchstzahl", record.maximum), self._count("Belegung", record.booked)
        return Listed(
            source=self.origin.source,
            key=key,
            number=values.words(record.number, LONGEST_NUMBER),
            title=values.words(record.title, LONGEST_TITLE),
            vhs=self._vhs(),
            kind=kind,
            levels=self._levels(told, kind),
            starts=starts or (meetings[0].day if meetings else None),
            ends=ends,
            meetings=meetings,
            venue=self._venue(),
            online=record.online or told.online,
            minimum=self._count("Mindestzahl", record.minimum),
            maximum=maximum,
            booked=booked or 0,
            price=self._price(told),
            exemption=record.exemption or kind in REDUCED,
            entry=self._entry(maximum, booked),
            deadline=self._day("Anmeldeschluss", record.deadline),
            url=values.link(record.url),
            women_only=record.women_only or told.women_only,
            childcare=record.childcare or told.childcare,
            cancelled=record.cancelled,
            example=record.example,
        )

    def _vhs(self) -> str:
        told = self.record.vhs
        if told and told not in self.origin.places:
            self._odd(f"Die VHS '{values.words(told, 30)}' steht nicht in places.yaml.")
        return told if told in self.origin.places else self.origin.vhs

    def _levels(self, told: Told, kind: CourseKind) -> tuple[Level, ...]:
        if kind is CourseKind.LITERACY and Level.ALPHA not in told.levels:
            return (Level.ALPHA, *told.levels)
        return told.levels

    def _entry(self, maximum: int | None, booked: int | None) -> Entry:
        """Give no seats where the file does not tell how many are left."""
        if maximum is None:
            self.report.notes["ohne Höchstzahl: Anfrage statt Platzvergabe"] += 1
        elif booked is None:
            self.report.notes["ohne Belegung: Anfrage statt Platzvergabe"] += 1
        elif booked > maximum:
            self._odd(f"{booked} Anmeldungen für {maximum} Plätze; der Kurs gilt als voll.")
        if self.record.entry is Entry.SEAT and (maximum is None or booked is None):
            return Entry.ENQUIRY
        return self.record.entry

    def _span(self) -> tuple[date | None, date | None]:
        starts, ends = self._day("Beginn", self.record.starts), self._day("Ende", self.record.ends)
        if starts and ends and ends < starts:
            self._odd(f"Das Ende ({ends:%d.%m.%Y}) liegt vor dem Beginn ({starts:%d.%m.%Y}); es bleibt weg.")
            return starts, None
        return starts, ends

    def _meetings(self, starts: date | None) -> tuple[Meeting, ...]:
        moments = self.record.dates
        if not moments:
            self.report.notes["ohne einzelne Termine"] += 1
            if starts is None:
                return ()
            begins, ends = self._times(*self.record.first)
            return (Meeting(starts, begins, ends),) if begins else ()
        found = {meeting for moment in moments if (meeting := self._meeting(moment))}
        if len(found) > MOST_MEETINGS:
            self._odd(f"{len(found)} Termine; die ersten {MOST_MEETINGS} werden übernommen.")
        if found and not any(meeting.begins for meeting in found):
            self.report.notes["Termine ohne Uhrzeit"] += 1
        return tuple(sorted(found, key=lambda one: (one.day, one.begins or MIDNIGHT))[:MOST_MEETINGS])

    def _meeting(self, moment: Moment) -> Meeting | None:
        day = self._day("Termin", moment.day)
        return Meeting(day, *self._times(moment.begins, moment.ends)) if day else None

    def _times(self, begins: str, ends: str) -> tuple[time | None, time | None]:
        start, end = self._clock(begins), self._clock(ends)
        if start == MIDNIGHT and end in (MIDNIGHT, None):
            return None, None
        if start and end and end <= start:
            self._odd(
                f"Ein Termin endet ({end:%H:%M}) vor seinem Beginn ({start:%H:%M}); das Ende bleibt weg."
            )
            end = None
        return start, end if start else None

    def _venue(self) -> Venue:
        record = self.record
        town = values.words(record.town, LONGEST_NAME)
        return Venue(
            name=values.words(record.place, LONGEST_NAME),
            street=values.words(record.street, LONGEST_NAME),
            postcode=values.words(record.postcode, 10),
            town=town,
            town_id=self.origin.town_of(town) if town else "",
            accessible=record.accessible,
        )

    def _price(self, told: Told) -> int | None:
        if self.record.free or told.free:
            return 0
        if not values.is_told(self.record.price):
            return None
        price = values.cents(self.record.price)
        if price is None:
            self._unclear("Preis", self.record.price)
        return price

    def _day(self, what: str, text: str) -> date | None:
        if not values.is_told(text):
            return None
        found = values.day(text, self.origin.today)
        if found is None:
            self._unclear(what, text)
        return found

    def _clock(self, text: str) -> time | None:
        if not values.is_told(text):
            return None
        found = values.clock(text)
        if found is None:
            self._unclear("Uhrzeit", text)
        return found

    def _count(self, what: str, text: str) -> int | None:
        if not values.is_told(text):
            return None
        found = values.count(text)
        if found is None:
            self._unclear(what, text)
        return found

    def _unclear(self, what: str, text: str) -> None:
        self._odd(f"{what} '{values.words(text, 30)}' ist nicht zu verstehen und bleibt leer.")

    def _odd(self, what: str) -> None:
        self.report.note_odd(self.where, what)
