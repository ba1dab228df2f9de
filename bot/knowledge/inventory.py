"""Reads entries.yaml: the areas and the entries, without their texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.knowledge.model import ANSWER, PAGE, Entry
from bot.knowledge.places import source_of
from bot.knowledge.yamlfile import Page, Section

REQUIRED = ("area", "importance", "reviewed", "revision")
OPTIONAL = ("places", "roles", "source", "then", "related", "kind")
IMPORTANCE = ("required", "usable")
THEN = ("handoff", "registration")
KINDS = (ANSWER, PAGE)
RELATED = 3  # more suggestions than a phone's screen shows beside the answer's own buttons


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that an entry may name."""

    languages: tuple[str, ...]
    places: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Areas with their names per language, and entries by id, still without texts."""

    areas: Mapping[str, Mapping[str, str]]
    entries: Mapping[str, Entry]


def read_inventory(page: Page, known: Known) -> Inventory:
    """Return what entries.yaml says."""
    root = page.root(("areas", "entries"), ())
    areas = {
        area: section.by_key()
        for area, section in root.section("areas").sections(("de",), set(known.languages) - {"de"})
    }
    listed = root.section("entries")
    ids = tuple(listed)
    entries = {
        id: _entry(id, section, tuple(areas), ids, known)
        for id, section in listed.sections(REQUIRED, OPTIONAL)
    }
    return Inventory(MappingProxyType(areas), MappingProxyType(entries))


def _entry(id: str, section: Section, areas: tuple[str, ...], ids: tuple[str, ...], known: Known) -> Entry:
    return Entry(
        id=id,
        area=section.id("area", areas, "Den Bereich"),
        importance=section.choice("importance", IMPORTANCE, "usable"),
        places=section.ids("places", known.places, "Die Stelle"),
        roles=section.ids("roles", known.roles, "Die Rolle"),
        revision=section.number("revision"),
        reviewed=section.day("reviewed"),
        source=source_of(section) if "source" in section else None,
        then=section.choice("then", THEN),
        related=_related(id, section, ids),
        texts=MappingProxyType({}),
        kind=section.choice("kind", KINDS, ANSWER),
    )


def _related(id: str, section: Section, ids: tuple[str, ...]) -> tuple[str, ...]:
    related = section.ids("related", ids, "Den Eintrag")
    if id in related:
        section.error(f"'{id}' verweist auf sich selbst. Löschen Sie den Punkt.", "related")
    if len(related) > RELATED:
        section.error(
            f"'related' nennt {len(related)} Einträge, erlaubt sind {RELATED}. Kürzen Sie die Liste.",
            "related",
        )
    return related
