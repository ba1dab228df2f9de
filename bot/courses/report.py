"""What came of reading a list, told in German to the staff of a VHS; it names no person."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says in German where and why. Nothing may be changed then."""


@dataclass(frozen=True, slots=True)
class Odd:
    """Something odd in a record. where: its number or line, as staff find it in the file."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a list comes from.

    vhs: id of a place, for all its courses; places: those that a course may name instead. town_of: a town's id by the
    name as the file writes it, "" if it is none of ours. today: what "+14" counts from.
    """

    source: str
    vhs: str
    today: date
    town_of: Callable[[str], str] = lambda name: ""
    places: frozenset[str] = frozenset()


@dataclass(slots=True)
class Report:
    """Filled while a file is read.

    other: records that are not about German as a foreign language. dropped: records that could not be used.
    notes: what is missing in many records, with how often. counted_at: when the file says it was made.
    """

    records: int = 0
    other: int = 0
    dropped: int = 0
    odd: list[Odd] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    counted_at: datetime | None = None

    def note_odd(self, where: str, what: str) -> None:
        """Remember something odd."""
        self.odd.append(Odd(where, what))

    def drop(self, where: str, what: str) -> None:
        """Remember why a record is left out."""
        self.dropped += 1
        self.note_odd(where, f"{what} Der Kurs wird nicht übernommen.")
