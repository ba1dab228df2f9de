"""Reads towns.yaml: the regions, their towns, and who has which role where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.knowledge.model import Region, Town
from bot.knowledge.yamlfile import Page, Section

TOWN_REQUIRED = ("name", "region", "spellings")
TOWN_OPTIONAL = ("parts", "roles", "unsure_roles")


@dataclass(frozen=True, slots=True)
class Map:
    """The regions and towns, by id."""

    regions: Mapping[str, Region]
    towns: Mapping[str, Town]

    @property
    def roles(self) -> frozenset[str]:
        """Every role that is named anywhere."""
        everywhere = (role for region in self.regions.values() for role in region.roles)
        somewhere = (role for town in self.towns.values() for role in (*town.roles, *town.unsure_roles))
        return frozenset((*everywhere, *somewhere))


def read_towns(page: Page, places: Iterable[str]) -> Map:
    """Return what towns.yaml says."""
    root = page.root(("regions", "towns"), ())
    known = tuple(places)
    regions = {
        id: Region(
            id, section.text("name"), _roles(section, known), section.id("central", known, "Die Stelle")
        )
        for id, section in root.section("regions").sections(("name",), ("roles", "central"))
    }
    towns = {
        id: _town(id, section, regions, known)
        for id, section in root.section("towns").sections(TOWN_REQUIRED, TOWN_OPTIONAL)
    }
    return Map(MappingProxyType(regions), MappingProxyType(towns))


def _town(id: str, section: Section, regions: Iterable[str], places: tuple[str, ...]) -> Town:
    return Town(
        id=id,
        name=section.text("name"),
        region=section.id("region", regions, "Die Region"),
        spellings=section.texts("spellings"),
        parts=section.texts("parts"),
        roles=_roles(section, places),
        unsure_roles=frozenset(section.texts("unsure_roles")),
    )


def _roles(section: Section, places: tuple[str, ...]) -> Mapping[str, str]:
    roles = section.section("roles")
    found = {role: roles.id(role, places, "Die Stelle") for role in roles}
    return MappingProxyType({role: place for role, place in found.items() if place})
