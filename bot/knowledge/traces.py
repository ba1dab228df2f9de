"""Patterns of what tells who somebody is: numbers, dates, addresses, towns, in the languages that people write."""

import re
from collections.abc import Iterable

from babel.dates import get_month_names

from bot.knowledge.model import Knowledge
from bot.knowledge.phone import SHORT_NUMBERS

LEAST_DIGITS = 5  # of a number that may be that of a paper; "B1", "3 children" and "112" have fewer
LEAST_MIXED = 7  # letters and digits of such a number, if both are in it
LEAST_DIALLED = 6  # digits of a telephone number, which begins with 0 or +
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\"]+|(?<![\w@])@[A-Za-z]\w{3,}")
DATE = re.compile(
    r"(?<![\d.])(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})?|\d{4}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d\d)(?![\d/-]|\.\d)"
)
NUMBER = re.compile(r"(?<![\w{])(?:[A-Z]{1,4} ?)?\d[\dA-Z]*(?:[ ./-]?[A-Z]*\d[\dA-Z]*)*(?!\w)")
ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?\d{4}){3,}(?: ?\d{1,4})?\b")
AMOUNT = re.compile(r"\s*(?:€|Euro\b|EUR\b)")
ABROAD = re.compile(
    r"(?:شارع|خیابان|سړک|ул\.|улица|улице|вул\.|вулиця|вулиці|rue|rruga|waddada)\s+[^\s,.؟?]+(?:\s+\d+\s?[a-z]?\b)?"
    r"|\b[\w.]+\s+(?:Sokak|Sokağı|Caddesi|Street|street|Road|road)(?:\s+(?:No:?\s*)?\d+\w?)?",
)
BEFORE, AFTER = 2, 4  # letters that languages glue to a town's name: "в Дюльмене", "بدولمن", "Dülmenda"
DAILY = frozenset({"senden"})  # a town with its capital, else "to send"
GLUED = 5  # letters of a name to which they are glued


def towns(knowledge: Knowledge) -> re.Pattern[str]:
    """Return what finds towns, with what languages glue to their names."""
    names = {name for town in knowledge.towns.values() for name in (town.name, *town.spellings, *town.parts)}
    parts = []
    for name in sorted(names, key=len, reverse=True):
        flags = "" if name.casefold() in DAILY else "(?i:"
        glued = len(name) >= GLUED and flags
        pattern = rf"\w{{0,{BEFORE}}}{re.escape(name)}\w{{0,{AFTER}}}" if glued else re.escape(name)
        parts.append(f"{flags}{pattern}{')' if flags else ''}")
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)" if parts else r"(?!)")


def months(locales: Iterable[str]) -> re.Pattern[str]:
    """Return what finds a day with a month's name, with or without its year, in any of the languages."""
    names: set[str] = set()
    for locale in locales:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                found = get_month_names(width, context, locale=locale).values()
                names |= {name.rstrip(".") for name in found if any(map(str.isalpha, name))}
    month = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    year = r"(?:19|20)\d\d"
    return re.compile(
        rf"\b\d{{1,2}}(?:\.|st|nd|rd|th|er)?\s*(?:de\s+)?(?:{month})\b\.?(?:\s*{year})?|\b(?:{month})\s+{year}\b",
        re.IGNORECASE,
    )


def of_fact(field: str, fact: str) -> str:
    """Return a pattern for a fact however it is set; of an address the street and number are enough."""
    if field != "address":
        return rf"{re.escape(fact.rstrip('/'))}/?"
    parts = [re.escape(part.strip()) for part in fact.split(",")]
    street = next((number for number, part in enumerate(parts) if any(map(str.isdigit, part))), 0)
    above = "".join(rf"(?:{part},?\s*)?" for part in parts[:street])
    below = "".join(rf"(?:,?\s*{part})?" for part in parts[street + 1 :])
    return rf"(?<!\w){above}{parts[street]}(?!\w){below}".replace(r"\ ", r"\s+")


def of_number(number: str) -> str | None:
    """Return a pattern for a number however it is set, with or without its country; None if it is too short."""
    found = "".join(filter(str.isdigit, number))
    if len(found) < LEAST_DIGITS:
        return None
    dialled = re.sub(r"^(?:00)?49|^0", "", found)
    apart = r"[\s()/.\-]*"
    country = rf"(?:(?:\+|00)49{apart}0?|0)?"
    return rf"(?<!\d)\(?{country}{apart.join(dialled)}(?!\d)"


def digits(text: str) -> int:
    """Return how many digits are in it."""
    return sum(map(str.isdigit, text))


def is_of_a_paper(number: str) -> bool:
    """True for what is long enough to be the number of a paper, an account or a file."""
    if number in SHORT_NUMBERS:
        return False
    found, letters = digits(number), sum(map(str.isalpha, number))
    return found >= LEAST_DIGITS or (found > 1 and letters > 1 and found + letters >= LEAST_MIXED)
