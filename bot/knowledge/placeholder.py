"""The placeholders in the texts: `{place.field}` stands for a fact that is told once, in places.yaml."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.knowledge.model import Place

FIELDS = ("name", "address", "phone", "email", "url")
BRACES = re.compile(r"\{([^{}\n]*)\}|[{}]")
INSIDE = re.compile(r"([a-z0-9-]+)\.([a-z]+)")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder from character `start` to `end`; without place and field it is a stray brace."""

    place: str
    field: str
    start: int
    end: int


def placeholders(text: str) -> Iterator[Placeholder]:
    """Yield the placeholders of a text in their order, broken ones too."""
    for found in BRACES.finditer(text):
        inside = INSIDE.fullmatch(found[1] or "")
        place, field = inside.groups() if inside else ("", "")
        yield Placeholder(place, field, found.start(), found.end())


def fact_of(place: Place, field: str) -> str:
    """Return the fact that a placeholder stands for; `field` is one of FIELDS."""
    fact: str = getattr(place, field)
    return fact
