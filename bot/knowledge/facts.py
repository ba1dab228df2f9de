"""Compares what the knowledge tells with a list of facts that people have checked, such as local-facts.md."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from phonenumbers import PhoneNumberMatcher

from bot.knowledge.model import Knowledge, Place
from bot.knowledge.phone import REGION, SHORT_NUMBERS

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WAY = r"stra(?:ß|ss)e|str\.|weg|platz|allee|ring|wall|gasse|ufer|damm|dyk|wehr"
# "Ostlandwehr 107", or in two words "Lange Straße 12a"
STREET = re.compile(rf"(?:[A-ZÄÖÜ][\w.-]*(?:{_WAY})|[A-ZÄÖÜ][\w.-]* (?i:{_WAY}))\s+\d+\s?[a-z]?\b")
SHORT = re.compile(
    rf"(?<![\d.,-])(?:{'|'.join(r' ?'.join(number) for number in sorted(SHORT_NUMBERS))})(?![\d.,-]*\d)"
)
SEPARATORS = r"[\s()/.\-–\u2011]*"
# Paragraphs of a list of facts that name what must not be shown.
FORBIDDEN = re.compile(r"\W*(?:never publish|out-of-date|nie veröffentlichen|veraltet)", re.IGNORECASE)
# What the last column of a table, or a mark behind a line, says of the facts before it. The first that fits wins.
BLOCKS: Mapping[str, re.Pattern[str]] = {
    "phone": re.compile(
        r"\bphones? not?\b|\bname only\b|^(?:\W*V-old\W*)?no$|verify before|\[GK", re.IGNORECASE
    ),
    "address": re.compile(r"\bname only\b|\bno street\b|^link$|^(?:\W*V-old\W*)?no$", re.IGNORECASE),
    "email": re.compile(r"\bname only\b|^(?:\W*V-old\W*)?no$|do not show .*e-mail", re.IGNORECASE),
    "hours": re.compile(r"\bname only\b|\bno hours\b|^(?:\W*V-old\W*)?no$", re.IGNORECASE),
}
CHECKS: Mapping[str, re.Pattern[str]] = {
    "phone": re.compile(r"\bphones? (?:times )?\"check\"|^\W*(?:show with )?\"check\"|V-old", re.IGNORECASE),
    "address": re.compile(r"\baddress \"check\"|^\W*(?:show with )?\"check\"|V-old", re.IGNORECASE),
    "email": re.compile(r"^\W*(?:show with )?\"check\"|V-old", re.IGNORECASE),
    "hours": re.compile(
        r"\b(?:phone times|hours) \"check\"|^\W*(?:show with )?\"check\"|V-old", re.IGNORECASE
    ),
}
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
DAY = r"(?:mo|tu|we|th|fr|sa|su)[a-z]*"
DAYS_AND_TIMES = re.compile(
    rf"(?P<days>{DAY}(?:\s*[-,]\s*{DAY})*)|(?P<from>\d{{1,2}})(?::(?P<from_min>\d\d))?\s*-\s*(?P<to>\d{{1,2}})(?::(?P<to_min>\d\d))?"
)
Slot = tuple[str, str, str]  # day, from, to


class Found(StrEnum):
    """How a fact stands with the list."""

    YES = "yes"
    UNMARKED = "unmarked"  # the list wants it checked first, the knowledge does not say so
    FORBIDDEN = "forbidden"  # it is there, but must not be shown
    NO = "no"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that the knowledge tells: its kind (phone, address, email, hours), where, and if it is marked as unsure.

    beside: other facts of the same place, kind -> text; opening hours count only in a line that has one of them.
    """

    kind: str
    text: str
    where: str
    unsure: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fact with how it stands, and the number (from 1) of the line that decided, 0 for none."""

    fact: Fact
    found: Found
    line: int = 0

    @property
    def is_good(self) -> bool:
        """True if the fact may be shown as it is."""
        return self.found is Found.YES


def facts_of(knowledge: Knowledge) -> Iterator[Fact]:
    """Yield every telephone number, address, e-mail address and opening hour that a newcomer can be shown."""
    for place in knowledge.places.values():
        yield from _of_place(place)
    for where, text in _texts(knowledge):
        yield from _written(text, where)


def compare(knowledge: Knowledge, listed: str) -> list[Verdict]:
    """Return each fact with how it stands in the list's text: one statement a line, in a table's last column or
    in words how it may be used."""
    lines = _allowed(listed)
    return [_judged(fact, lines) for fact in facts_of(knowledge)]


def untold(knowledge: Knowledge, listed: str) -> list[Fact]:
    """Return the telephone numbers and e-mail addresses that the list allows and the knowledge does not tell."""
    told = list(facts_of(knowledge))
    return [
        fact
        for number, line in _allowed(listed)
        for fact in _written(line, str(number))
        if fact.kind in ("phone", "email")
        and _use(fact, line) is not Found.FORBIDDEN
        and not any(fact.kind == other.kind and FINDERS[fact.kind](other.text, fact.text) for other in told)
    ]


def _allowed(listed: str) -> list[tuple[int, str]]:
    return [line for line in enumerate(listed.splitlines(), 1) if not FORBIDDEN.match(line[1])]


def _judged(fact: Fact, lines: list[tuple[int, str]]) -> Verdict:
    """Rows of a table decide, the kindest of them: prose repeats them without saying how sure they are."""
    found = [(number, line) for number, line in lines if _stands_in(fact, line)]
    rows = [(number, line) for number, line in found if line.startswith("|")]
    order = list(Found)
    verdicts = [Verdict(fact, _use(fact, line), number) for number, line in rows or found]
    return min(verdicts, key=lambda verdict: order.index(verdict.found), default=Verdict(fact, Found.NO))


def _stands_in(fact: Fact, line: str) -> bool:
    """True if the line tells the fact; "always open" is said of many, so hours need their place beside them."""
    if not FINDERS[fact.kind](fact.text, line):
        return False
    return fact.kind != "hours" or any(FINDERS[kind](text, line) for kind, text in fact.beside.items())


def _use(fact: Fact, line: str) -> Found:
    use = line.rstrip().rstrip("|").rsplit("|", maxsplit=1)[-1].strip().replace("“", '"').replace("”", '"')
    if BLOCKS[fact.kind].search(use):
        return Found.FORBIDDEN
    if CHECKS[fact.kind].search(use) and not fact.unsure:
        return Found.UNMARKED
    return Found.YES


def _of_place(place: Place) -> Iterator[Fact]:
    facts: dict[str, str] = {kind: text for kind in FINDERS if (text := getattr(place, kind))}
    for kind, text in facts.items():
        beside = {other: told for other, told in facts.items() if other != kind}
        yield Fact(kind, text, f"places.yaml, {place.id}", place.unsure(kind), beside)


def _written(text: str, where: str) -> Iterator[Fact]:
    """Yield the facts that are typed in a text, instead of a placeholder."""
    yield from (Fact("email", email, where) for email in EMAIL.findall(text))
    yield from (Fact("address", street, where) for street in STREET.findall(text))
    numbers = (*SHORT.findall(text), *(found.raw_string for found in PhoneNumberMatcher(text, REGION)))
    yield from (Fact("phone", number, where) for number in numbers)


def _texts(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    for entry in knowledge.entries.values():
        yield from ((f"{language}/{entry.id}.md", text.body) for language, text in entry.texts.items())
    for card in knowledge.crisis.values():
        yield from ((f"crisis.yaml, {card.entry}, {code}", text) for code, text in card.cards.items())
    for place in knowledge.places.values():
        yield from ((f"places.yaml, {place.id}, note, {code}", text) for code, text in place.note.items())


def _has_phone(phone: str, line: str) -> bool:
    digits = "".join(letter for letter in phone if letter.isdigit())
    national = f"0{digits[2:]}" if phone.strip().startswith("+49") else digits
    written = [national]
    if national.startswith("0"):
        written.append(f"49{national[1:]}")
    # Digits next to it, or behind a blank, would be of the same number: "02541 18" is not in "02541 18-0".
    return any(
        re.search(rf"(?<!\d)(?<!\d[\s/-]){SEPARATORS.join(number)}(?![\s/-]?\d)", line) for number in written
    )


def _has_address(address: str, line: str) -> bool:
    """True if every part stands in the line: street with number, postcode, town, house."""
    parts = [part.strip() for part in address.split(",")]
    words = [word for part in parts for word in re.split(r"(?<=^\d{5})\s+", part)]
    return all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line, re.IGNORECASE) for word in words)


def _has_email(email: str, line: str) -> bool:
    return email.lower() in (found.lower() for found in EMAIL.findall(line))


def _has_hours(hours: str, line: str) -> bool:
    if hours == "24/7":
        return bool(re.search(r"\balways\b|24 h\b|24/7|24/365", line, re.IGNORECASE))
    told = _slots(re.sub(r"\bPH off\b", "", hours))
    return bool(told) and told <= _slots(line)


def _slots(text: str) -> set[Slot]:
    """Return the hours of a text, whether written "Mo 9–12 & 14–16" or "Mo 09:00-12:00,14:00-16:00"."""
    plain = re.sub(r"[–‑]", "-", text.lower())
    found: set[Slot] = set()
    days: list[str] = []
    for match in DAYS_AND_TIMES.finditer(plain):
        if match["days"]:
            days = _days(match["days"])
        else:
            times = (_time(match["from"], match["from_min"]), _time(match["to"], match["to_min"]))
            found |= {(day, *times) for day in days}
    return found


def _days(text: str) -> list[str]:
    named: list[str] = []
    for part in text.split(","):
        ends = [DAYS.index(day.strip()[:2]) for day in part.split("-")]
        named += DAYS[ends[0] : ends[-1] + 1]
    return named


def _time(hour: str, minute: str | None) -> str:
    return f"{int(hour):02}:{minute or '00'}"


FINDERS = {"phone": _has_phone, "address": _has_address, "email": _has_email, "hours": _has_hours}
