"""Reads places.yaml: bodies and helplines with what is known of them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.knowledge.model import Place, Source
from bot.knowledge.yamlfile import Page, Section

REQUIRED = ("name", "source", "verified_on", "status")
OPTIONAL = (
    "address",
    "phone",
    "email",
    "url",
    "hours",
    "hours_of",
    "appointment",
    "cost",
    "note",
    "check",
    "nationwide",
)
STATUS = ("verified", "old", "general")
HOURS_OF = ("visit", "phone")
CHECKABLE = ("name", "address", "phone", "email", "url", "hours", "appointment", "cost", "note")


def read_places(page: Page, languages: Iterable[str]) -> Mapping[str, Place]:
    """Return id -> place."""
    sections = page.root().sections(REQUIRED, OPTIONAL)
    return MappingProxyType({id: _place(id, section, tuple(languages)) for id, section in sections})


def source_of(section: Section) -> Source:
    """Return the source named in a section's `source` block."""
    source = section.section("source", ("name",), ("url",))
    return Source(source.text("name"), source.text("url"))


def _place(id: str, section: Section, languages: tuple[str, ...]) -> Place:
    return Place(
        id=id,
        name=section.text("name"),
        source=source_of(section),
        verified_on=section.day("verified_on"),
        status=section.choice("status", STATUS, "old"),
        address=section.text("address"),
        phone=section.text("phone"),
        email=section.text("email"),
        url=section.text("url"),
        hours=section.text("hours"),
        hours_of=section.choice("hours_of", HOURS_OF, "visit"),
        appointment=section.flag("appointment"),
        cost=section.text("cost"),
        note=section.section("note", (), languages).by_key(),
        check=frozenset(section.ids("check", CHECKABLE, "Die Angabe")),
        nationwide=section.flag("nationwide"),
    )
