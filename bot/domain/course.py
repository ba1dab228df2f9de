"""A course as a Volkshochschule offers it, and what may be told of its seats."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class CourseKind(StrEnum):
    """What kind of course; each is explained to newcomers in its own words."""

    INTEGRATION = "integration"  # BAMF, general
    LITERACY = "literacy"  # BAMF, for people who do not read Latin letters
    ORIENTATION = "orientation"  # Erstorientierungskurs
    JOB = "job"  # Berufssprachkurs
    LOCAL = "local"  # a voluntary course of the town with the VHS
    OTHER = "other"


class Level(StrEnum):
    """How much German a course needs or a person has, lowest first; `ALPHA` teaches reading and writing."""

    ALPHA = "alpha"
    NONE = "none"  # a person's: no German yet. No course's.
    A1 = "a1"
    A2 = "a2"
    B1 = "b1"
    B2 = "b2"
    C1 = "c1"


class DayTime(StrEnum):
    """When in the day a course meets, by the beginning of its meetings."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    WEEKEND = "weekend"


class Entry(StrEnum):
    """How one gets into a course."""

    SEAT = "seat"  # the bot gives the seat
    ENQUIRY = "enquiry"  # the bot asks, the VHS decides: integration courses, and whoever tells no maximum
    CLOSED = "closed"  # only at the VHS itself


# BAMF's courses: who may take part is decided by the VHS and the BAMF, never by us.
DECIDED_BY_VHS = frozenset(
    {CourseKind.INTEGRATION, CourseKind.LITERACY, CourseKind.ORIENTATION, CourseKind.JOB}
)
NOON, EVENING = time(12), time(17)
SATURDAY = 5  # date.weekday()


@dataclass(frozen=True, slots=True)
class Meeting:
    """One date of a course; files often leave the times out."""

    day: date
    begins: time | None = None
    ends: time | None = None

    @property
    def day_time(self) -> DayTime | None:
        """When in the day it is, None if that is not told."""
        if self.day.weekday() >= SATURDAY:
            return DayTime.WEEKEND
        if self.begins is None:
            return None
        if self.begins < NOON:
            return DayTime.MORNING
        return DayTime.AFTERNOON if self.begins < EVENING else DayTime.EVENING


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a course meets."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""  # as the file writes it
    town_id: str = ""  # one of towns.yaml, if it is one
    accessible: bool | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A course as a file lists it; `source` and `key` (guid or knr) name it across imports.

    booked: the seats that the VHS counts itself; more than `maximum` in real files. price: cents; None if not told.
    levels: lowest first, empty if not told.
    """

    source: str
    key: str
    number: str
    title: str
    vhs: str  # id of a place in places.yaml
    kind: CourseKind = CourseKind.OTHER
    levels: tuple[Level, ...] = ()
    starts: date | None = None
    ends: date | None = None
    meetings: tuple[Meeting, ...] = ()
    venue: Venue = Venue()
    online: bool = False
    minimum: int | None = None
    maximum: int | None = None
    booked: int = 0
    price: int | None = None
    exemption: bool = False  # a reduction or exemption is possible
    entry: Entry = Entry.SEAT
    deadline: date | None = None
    url: str = ""
    women_only: bool = False
    childcare: bool = False
    cancelled: bool = False
    example: bool = False  # invented: ships with the product and goes with the first real import

    @property
    def is_free(self) -> bool:
        """True only if the file says so."""
        return self.price == 0

    @property
    def day_times(self) -> frozenset[DayTime]:
        """When in the day it meets; empty if not told."""
        return frozenset(found for meeting in self.meetings if (found := meeting.day_time))

    @property
    def last_day(self) -> date | None:
        """The last day of all that the file tells; real files have ends before their beginnings."""
        days = [day for day in (self.starts, self.ends, *(one.day for one in self.meetings)) if day]
        return max(days, default=None)

    def meets_as(self, other: "Listed", on: date) -> bool:
        """True if dates, times and place from that day on are the same; people must be told if they are not."""
        return self._ahead(on) == other._ahead(on)

    def _ahead(self, on: date) -> tuple[object, ...]:
        starts = self.starts if self.starts and self.starts >= on else None
        venue = self.venue
        where = (venue.name, venue.street, venue.postcode, venue.town, self.online)
        return (starts, tuple(one for one in self.meetings if one.day >= on), where)

    def closed_on(self, today: date) -> bool:
        """True if nobody can get in any more: over, past its deadline, or only at the VHS itself."""
        last = self.deadline or self.last_day
        return self.entry is Entry.CLOSED or (last is not None and last < today)


@dataclass(frozen=True, slots=True)
class Course:
    """A stored course with what we gave away of it.

    taken: our own seats that the VHS's count does not hold yet. waiting: people on our waiting list.
    imported_at: when the list was read; the newcomer is told when it is old.
    """

    id: int
    listed: Listed
    imported_at: datetime
    taken: int = 0
    waiting: int = 0
    cancelled: bool = False  # by the VHS's list or by staff
    gone: bool = False  # no longer in the VHS's list
    seats: int | None = None  # set by staff: instead of the file's maximum

    @property
    def maximum(self) -> int | None:
        """How many may take part; 0 means none, None means that nobody told."""
        return self.listed.maximum if self.seats is None else self.seats

    @property
    def left(self) -> int | None:
        """Seats that can be given away now, never below 0; None if nobody can tell."""
        if self.maximum is None:
            return None
        return max(0, self.maximum - self.listed.booked - self.taken)

    @property
    def decided_by_vhs(self) -> bool:
        """True if the bot only asks: what it may not decide, and what it cannot count."""
        return (
            self.listed.entry is not Entry.SEAT or self.listed.kind in DECIDED_BY_VHS or self.maximum is None
        )

    @property
    def first_day(self) -> date | None:
        """The first date."""
        days = [meeting.day for meeting in self.listed.meetings]
        return min(days, default=self.listed.starts)

    def open_on(self, today: date) -> bool:
        """True if one can ask for it: a seat, a place on the waiting list or an answer of the VHS."""
        return not (self.gone or self.cancelled or self.listed.closed_on(today))
