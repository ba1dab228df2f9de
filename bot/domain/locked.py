"""What no translation may change: numbers, dates, times, amounts, addresses, links, names; locked away, then compared.

A translator gets marks instead, so that it can neither change nor even see them. What it must see to get the grammar
right (numbers of one or two digits) stays, and is compared afterwards.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

SEEN_DIGITS = 2  # a number of so many digits stays in the text: three children, at 10
LATIN = "A-Za-zÀ-ɏ"
MONTHS = (
    ("januar", "jänner", "january"),
    ("februar", "february"),
    ("märz", "march"),
    ("april",),
    ("mai", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("august",),
    ("september",),
    ("oktober", "october"),
    ("november",),
    ("dezember", "december"),
)
_MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
# As we write it, and as it comes back: with blanks, wide brackets, digits of another script.
_MARK = re.compile(r"[\[［【]\s*[\[［【]\s*(\d+)\s*[\]］】]\s*[\]］】]")
_ENDS = ".,;:!?)]}'\"»“”"


class Kind(StrEnum):
    """What a locked part is, for the sentence that says what was changed."""

    LINK = "link"
    EMAIL = "email"
    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"
    DATE = "date"
    TIME = "time"
    AMOUNT = "amount"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Part:
    """A locked part. shown: as it stands in a translation; a date in words becomes 12.03.2026, as on doors."""

    kind: Kind
    text: str
    shown: str


class Wrong(StrEnum):
    """Why a translation must not be used."""

    MISSING = "missing"  # a locked part is not in it
    EXTRA = "extra"  # it has a number, link or address that the text has not
    EMPTY = "empty"
    UNCHANGED = "unchanged"  # the same text came back
    LANGUAGE = "language"  # it is in another language than asked for
    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a translation; kind and value where a part is missing or too much."""

    wrong: Wrong
    kind: Kind | None = None
    value: str = ""


_DAY, _MON = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_EURO = r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}|-))?"
_END = r"\s?\d{1,4}(?:\s?[a-z](?![A-Za-zÀ-ɏ]))?"
# In this order: what begins at the same place is the first of them that fits.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.NUMBER, _MARK),  # somebody's own brackets must not be taken for ours
    (Kind.EMAIL, re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")),
    (Kind.LINK, re.compile(r"(?:https?://|www\.)[!-;=?-~]+")),
    (
        Kind.LINK,
        re.compile(
            r"(?<![A-Za-z0-9@.-])(?:[A-Za-z0-9-]+\.)+(?:de|com|org|net|eu|info|nrw|app|me|io)(?![A-Za-z0-9-])"
            r"(?:/[!-;=?-~]*)?"
        ),
    ),
    (
        Kind.ADDRESS,
        re.compile(
            rf"(?<![{LATIN}])(?:[A-ZÄÖÜ][{LATIN}.-]{{,40}} (?:Straße|Strasse|Str\.|Allee|Gasse)"
            rf"|[A-ZÄÖÜ][{LATIN}-]{{2,40}}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|wall|damm|ufer|kamp|stiege))"
            rf"{_END}"
        ),
    ),
    (Kind.ADDRESS, re.compile(rf"(?<!\d)\d{{5}} [A-ZÄÖÜ][{LATIN}-]+")),
    (Kind.DATE, re.compile(rf"(?<!\d)\d{{4}}-{_MON}-{_DAY}(?!\d)")),
    (Kind.DATE, re.compile(rf"(?<![\d.]){_DAY}\.\s?{_MON}\.(?:\s?(?:\d{{4}}|\d{{2}})(?!\d))?")),
    (Kind.DATE, re.compile(rf"(?<![\d/]){_DAY}/{_MON}/(?:\d{{4}}|\d{{2}})(?!\d)")),
    (
        Kind.DATE,
        re.compile(
            rf"(?<!\d)(?P<day>{_DAY})\.?\s(?P<month>{'|'.join(_MONTH)})(?![{LATIN}])(?:\s(?P<year>\d{{4}})(?!\d))?",
            re.IGNORECASE,
        ),
    ),
    (Kind.TIME, re.compile(r"(?<![\d.])(\d{1,2})(?::|\.(?=\d\d\s?(?:Uhr|h\b)))(\d{2})(?![\d.]*\d)")),
    (Kind.TIME, re.compile(r"(?<![\d.,:])(\d{1,2})(?=\s?Uhr)()")),
    (Kind.AMOUNT, re.compile(rf"(?<![\d.,]){_EURO}\s?(?:€|Euro\b|EUR\b)")),
    (Kind.AMOUNT, re.compile(rf"€\s?{_EURO}(?!\d)")),
    (
        Kind.PHONE,
        re.compile(r"(?<!\d)(?:\+|00)\d(?:[ /()-]{0,2}\d){6,14}|(?<!\d)\(?0\d{1,5}\)?(?:[ /-]{0,3}\d){4,12}"),
    ),
    (Kind.NUMBER, re.compile(r"\d+(?:[.,:/-]\d+)*")),
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A text with marks `[[0]]`, `[[1]]` … in the place of its locked parts."""

    text: str
    parts: tuple[Part, ...]

    @property
    def has_words(self) -> bool:
        """True if anything is left to translate."""
        return any(letter.isalpha() for letter in _MARK.sub(" ", self.text))

    def restored(self, translation: str, wrap: Callable[[str], str] = str) -> str:
        """Return a translation with the parts in the place of their marks.

        wrap: puts a number or a name into a text of another direction; links stay bare, or they would break.
        """

        def part(found: re.Match[str]) -> str:
            number = int(found[1])
            if number >= len(self.parts):
                return found[0]
            one = self.parts[number]
            return one.shown if one.kind in (Kind.LINK, Kind.EMAIL) else wrap(one.shown)

        return _MARK.sub(part, translation)

    def faults(self, translation: str) -> tuple[Fault, ...]:
        """Return what a translation that still has its marks changed of what is locked."""
        found = Counter(int(mark) for mark in _MARK.findall(translation))
        missing = [one for number, one in enumerate(self.parts) if not found[number]]
        double = [one for number, one in enumerate(self.parts) if found[number] > 1]
        foreign = [mark for mark in found if mark >= len(self.parts)]
        faults = [Fault(Wrong.MISSING, one.kind, one.text) for one in missing]
        faults += [Fault(Wrong.EXTRA, one.kind, one.text) for one in double]
        faults += [Fault(Wrong.EXTRA, Kind.NUMBER, str(mark)) for mark in foreign]
        faults += _difference(_seen(self.text), _seen(translation))
        # The same again, without knowing how it was locked: as the reader will see it, in digits of any script.
        if not faults and digits(self.restored(self.text)) != digits(self.restored(translation)):
            faults.append(Fault(Wrong.EXTRA, Kind.NUMBER))
        return tuple(faults)


def lock(text: str, names: re.Pattern[str] | None = None) -> Locked:
    """Return a text with its locked parts taken out. names: of places and people, see `names_in`."""
    clean = _BIDI.sub("", text)
    shown, parts, end = "", list[Part](), 0
    for start, stop, part in _parts(clean, names):
        if part.kind is Kind.NUMBER and len(part.text) <= SEEN_DIGITS:
            continue
        shown += f"{clean[end:start]}[[{len(parts)}]]"
        parts.append(part)
        end = stop
    return Locked(shown + clean[end:], tuple(parts))


def names_in(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of these names in a text, the longest first; None without names."""
    known = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    if not known:
        return None
    # A letter of another script before it is a particle (Arabic "in Dülmen"), no part of the name.
    return re.compile(rf"(?<![{LATIN}])(?:{'|'.join(map(re.escape, known))})(?![{LATIN}])", re.IGNORECASE)


def western(text: str) -> str:
    """Return a text with the digits of every script as 0 to 9, letter for letter."""
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() and not letter.isascii() else letter
        for letter in text
    )


def digits(text: str) -> Counter[str]:
    """Return the runs of digits in a text, whatever script they are in."""
    return Counter(re.findall(r"[0-9]+", western(_BIDI.sub(" ", text))))


def _parts(text: str, names: re.Pattern[str] | None) -> Iterator[tuple[int, int, Part]]:
    """Yield start, end and part, in their order and without overlap."""
    plain = western(text)
    ahead = _Ahead(plain, ((Kind.NAME, names), *_PATTERNS) if names else _PATTERNS)
    at = 0
    while found := ahead.first(at):
        kind, match = found
        start, stop = match.span()
        if kind is Kind.LINK:
            stop = start + len(match[0].rstrip(_ENDS))
        yield start, stop, Part(kind, text[start:stop], _shown(kind, match, plain[start:stop]))
        at = stop


class _Ahead:
    """The next match of each pattern: each goes through the text once, however many parts there are."""

    def __init__(self, text: str, patterns: Iterable[tuple[Kind, re.Pattern[str]]]) -> None:
        self._text = text
        self._next = [(kind, pattern, pattern.search(text)) for kind, pattern in patterns]

    def first(self, at: int) -> tuple[Kind, re.Match[str]] | None:
        """Return what begins first at or after a place."""
        self._next = [
            (kind, pattern, match if match.start() >= at else pattern.search(self._text, at))
            for kind, pattern, match in self._next
            if match
        ]
        found = [(kind, match) for kind, _, match in self._next if match]
        return min(found, key=lambda one: one[1].start(), default=None)


def _shown(kind: Kind, match: re.Match[str], text: str) -> str:
    if kind is Kind.TIME:
        return f"{match[1]}:{match[2] or '00'}"
    if kind is Kind.AMOUNT:
        cents = f",{match[2]}" if match[2] and match[2] != "-" else ""
        return f"{match[1]}{cents} €"
    told = match.groupdict()
    if "month" not in told:
        return text
    return f"{int(told['day']):02}.{_MONTH[told['month'].lower()]:02}.{told['year'] or ''}"


def _seen(text: str) -> list[Part]:
    """Return what stands in a text besides its marks."""
    return [part for _, _, part in _parts(_MARK.sub(" \n ", text), None)]


def _difference(before: list[Part], after: list[Part]) -> Iterator[Fault]:
    had, has = (Counter((one.kind, one.shown) for one in parts) for parts in (before, after))
    for kind, value in had - has:
        yield Fault(Wrong.MISSING, kind, value)
    for kind, value in has - had:
        yield Fault(Wrong.EXTRA, kind, value)
