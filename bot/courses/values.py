"""Single values as files write them: dates, times, numbers, prices, words; None for what cannot be read."""

import html
import re
from datetime import date, time, timedelta

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
IN_DAYS = re.compile(r"\+(\d{1,3})")
TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?(?:\s*Uhr)?")
COUNT = re.compile(r"(\d{1,6})(?:[.,]0+)?")
PRICE = re.compile(r"(?:EUR|€)?\s*(\d{1,6}|\d{1,3}(?:[. ]\d{3})+)(?:[.,](\d{1,2})|,-+)?0*\s*(?:EUR|Euro|€)?")
NOTHING = frozenset({"", "-", "–", "00.00.0000", "0000-00-00", "k.A.", "k. A."})
FREE = frozenset({"kostenlos", "kostenfrei", "gebührenfrei", "frei", "entgeltfrei"})
YES = frozenset({"ja", "j", "x", "1", "true", "wahr", "yes"})
FIRST_YEAR, LAST_YEAR = 1990, 2099
TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def words(text: str, limit: int) -> str:
    """Return a text as one line without mark-up, at most so long."""
    plain = TAG.sub(" ", html.unescape(text))
    line = " ".join(CONTROL.sub(" ", plain).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def is_told(text: str) -> bool:
    """True if the file says anything."""
    return text not in NOTHING


def day(text: str, today: date) -> date | None:
    """Read `2027-01-11`, `11.01.2027` or `+14`, in so many days."""
    if found := IN_DAYS.fullmatch(text):
        return today + timedelta(days=int(found.group(1)))
    if found := ISO.fullmatch(text):
        year, month, of_month = map(int, found.groups())
    elif found := GERMAN.fullmatch(text):
        of_month, month, year = map(int, found.groups())
        year += 2000 if year < 100 else 0
    else:
        return None
    try:
        return date(year, month, of_month) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def clock(text: str) -> time | None:
    """Read `18:30`, `18.30 Uhr`, `13:00:00+02:00`: local time, whatever the offset says."""
    found = TIME.fullmatch(text)
    if not found:
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def count(text: str) -> int | None:
    """Read a number of people."""
    found = COUNT.fullmatch(text)
    return int(found.group(1)) if found else None


def cents(text: str) -> int | None:
    """Read a price: `82.8`, `82,80 €`, `1.603,00`, `kostenlos`."""
    if text.lower() in FREE:
        return 0
    found = PRICE.fullmatch(text)
    if not found:
        return None
    whole, part = found.group(1), found.group(2) or ""
    return int(re.sub(r"[. ]", "", whole)) * 100 + int(part.ljust(2, "0") or 0)


def yes(text: str) -> bool:
    """True for a clear yes."""
    return text.strip().lower() in YES


def link(text: str) -> str:
    """Return a web address that may be shown, "" for anything else."""
    return text if re.fullmatch(r"https?://[^\s<>\"]{3,500}", text) else ""
