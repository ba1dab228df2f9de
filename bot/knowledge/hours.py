"""When a place is open and until when an answer is due: opening hours, NRW's holidays, absences. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import country_holidays
from opening_hours import OpeningHours, State, validate

from bot.knowledge.model import Place, Team

BERLIN = ZoneInfo("Europe/Berlin")
AHEAD = timedelta(days=14)  # a next opening further away says nothing to a newcomer
DEADLINE_WITHIN = timedelta(days=120)  # longer absences are no office hours any more
ALWAYS = "24/7"
FALLBACK = "||"  # "perhaps open": nothing that a newcomer could rely on
DAYS = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
# A rule's days with public holidays among them, as "Sa,Su,PH" or "PH,Mo-Fr".
WITH_HOLIDAY = re.compile(rf"(?:{DAYS}(?:-{DAYS})?,)*PH(?:,{DAYS}(?:-{DAYS})?)*(?= )")


@dataclass(frozen=True, slots=True)
class OpenState:
    """Open now, until `until` (None: round the clock); or closed until `opens` (None: over 14 days)."""

    open: bool
    until: datetime | None = None
    opens: datetime | None = None


def state(place: Place, at: datetime) -> OpenState | None:
    """Return whether a place is open at a moment; None if its hours are unknown or cannot be read.

    `at` must be aware; results are in Europe/Berlin. On NRW's public holidays it counts as closed, unless the
    hours mention PH or are round the clock. Raises ValueError for a naive `at`.
    """
    at = _berlin(at)
    spans = _spans(place.hours, at, at + AHEAD)
    if spans is None:
        return None
    following = next(iter(spans), None)
    if following is None:
        return OpenState(False)
    start, end = following
    if start > at:
        return OpenState(False, opens=start)
    return OpenState(True, until=end if end < at + AHEAD else None)


def is_readable(hours: str) -> bool:
    """True if the expression is one that `state` understands (OpenStreetMap's opening_hours)."""
    return _parse(hours, 2026) is not None


def working_deadline(team: Team, start: datetime, hours: float) -> datetime | None:
    """Return when `hours` working hours of the team have passed since `start`; None without readable hours.

    No hours: `start` itself if the team works then, else when it next does.

    Holidays and absences (whole days, first and last included) do not count. None too if the end is more than
    120 days away. Raises ValueError for a naive `start`.
    """
    start = _berlin(start)
    spans = _spans(team.hours, start, start + DEADLINE_WITHIN)
    left = timedelta(hours=hours)
    for begin, end in _present(spans or (), team.absences):
        span = _length(begin, end)
        if span >= left:
            return _later(begin, left)
        left -= span
    return None


def next_morning(team: Team, at: datetime) -> datetime | None:
    """Return when the team next begins a working day after `at`; None as in `working_deadline`."""
    at = _berlin(at)
    midnight = datetime.combine(at.date(), time(), BERLIN)
    spans = _spans(team.hours, midnight, midnight + DEADLINE_WITHIN)
    begun: set[date] = set()
    for begin, _ in _present(spans or (), team.absences):
        if begin > at and begin.date() not in begun:
            return begin
        begun.add(begin.date())
    return None


def holidays_of(year: int) -> tuple[date, ...]:
    """Return North Rhine-Westphalia's public holidays of a year."""
    return tuple(sorted(country_holidays("DE", subdiv="NW", years=year)))


def _spans(hours: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime]] | None:
    """Return the open times within a window, touching ones joined; None if the hours cannot be read."""
    parsed = _parse(hours, start.year)
    if parsed is None:
        return None
    joined: list[tuple[datetime, datetime]] = []
    for begin, until, mode, _ in parsed.intervals(start, end):
        if mode is not State.OPEN or begin >= until:
            continue
        if joined and joined[-1][1] == begin:
            begin = joined.pop()[0]
        joined.append((begin, until))
    return joined


@lru_cache(maxsize=512)
def _parse(hours: str, year: int) -> OpeningHours | None:
    """Read the hours, with the holidays of this year and the next told in dates: the library knows no NRW."""
    if not hours or FALLBACK in hours:
        return None
    if validate(hours) and str(OpeningHours(hours).normalize()) == ALWAYS:
        return OpeningHours(ALWAYS, timezone=BERLIN)
    dated = _with_holidays(hours, year)
    return OpeningHours(dated, timezone=BERLIN) if validate(dated) else None


def _with_holidays(hours: str, year: int) -> str:
    """Tell the holidays in dates, in rules at the end: the last rule that fits a day counts."""
    days = (*holidays_of(year), *holidays_of(year + 1))
    dates = ",".join(day.strftime("%Y %b %d") for day in days)
    rules = [rule.strip() for rule in hours.split(";") if rule.strip()]
    parts = [_parts(rule) for rule in rules]
    ordinary = [rule for rule, _ in parts if rule]
    festive = [dates + times for _, times in parts if times] or [f"{dates} off"]
    return "; ".join((*ordinary, *festive))


def _parts(rule: str) -> tuple[str, str]:
    """Split "Sa,PH 10:00-12:00" into "Sa 10:00-12:00" and what holds on holidays, " 10:00-12:00"."""
    found = WITH_HOLIDAY.match(rule)
    if not found:
        return rule, ""
    days = ",".join(day for day in found[0].split(",") if day != "PH")
    times = rule[found.end() :]
    return days and days + times, times


def _present(
    spans: list[tuple[datetime, datetime]] | tuple[()], absences: tuple[tuple[date, date], ...]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans cut at midnight, without the days of absence."""
    for begin, end in spans:
        while begin < end:
            midnight = datetime.combine(begin.date() + timedelta(days=1), time(), BERLIN)
            until = min(end, midnight)
            if not any(first <= begin.date() <= last for first, last in absences):
                yield begin, until
            begin = until


def _berlin(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("the moment must have a time zone")
    return at.astimezone(BERLIN)


def _length(begin: datetime, end: datetime) -> timedelta:
    """Return the time that really passes: subtracting Berlin times would ignore the change of the clocks."""
    return end.astimezone(UTC) - begin.astimezone(UTC)


def _later(begin: datetime, by: timedelta) -> datetime:
    return (begin.astimezone(UTC) + by).astimezone(BERLIN)
