"""What the knowledge files say, as one frozen object that is swapped whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

PAGE = "page"  # an entry whose text is a page of another site: long, quoted with its address and date
ANSWER = "answer"  # an entry that was written to be an answer


@dataclass(frozen=True, slots=True)
class Language:
    """A language that is offered; `fallback` lists the codes to try next, in order."""

    code: str
    name: str
    locale: str
    rtl: bool = False
    fallback: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A body or helpline with what is known of it; an unknown field is empty."""

    id: str
    name: str
    source: Source
    verified_on: date
    status: str  # verified, old, general
    address: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""
    hours: str = ""  # OpenStreetMap syntax
    hours_of: str = "visit"  # visit, phone
    appointment: bool = False
    cost: str = ""
    note: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    check: frozenset[str] = frozenset()  # fields to be shown with "please check first"
    nationwide: bool = False  # holds in all of Germany: an imported region shows it too

    def unsure(self, name: str) -> bool:
        """True if this field must be shown with "please check first"."""
        return self.status != "verified" or name in self.check

    @property
    def has_contact(self) -> bool:
        """True if somebody can write, call or go there."""
        return any((self.address, self.phone, self.email, self.url))

    @property
    def is_reachable(self) -> bool:
        """True if there is a contact, or at least a word on how to find it."""
        return self.has_contact or bool(self.note)


@dataclass(frozen=True, slots=True)
class Region:
    """A Kreis (or an imported region) with the roles that are the same for all its towns.

    central: id of the place that is shown where nobody is known for a role, "" for none.
    """

    id: str
    name: str
    roles: Mapping[str, str]  # role -> place id
    central: str = ""


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its spellings and who has which role there; its own role wins over the region's."""

    id: str
    name: str
    region: str
    spellings: tuple[str, ...]
    parts: tuple[str, ...]
    roles: Mapping[str, str]
    unsure_roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Text:
    """An entry in one language; `body` is empty where only questions exist yet.

    source_url, last_updated: where and of which day the page is that an entry of the kind PAGE quotes.
    """

    title: str
    short: str
    body: str
    revision: int
    machine: bool
    questions: tuple[str, ...]
    source_url: str = ""
    last_updated: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One answerable matter."""

    id: str
    area: str
    importance: str
    places: tuple[str, ...]
    roles: tuple[str, ...]
    revision: int
    reviewed: date
    source: Source | None
    then: str  # "", handoff, registration
    related: tuple[str, ...]
    texts: Mapping[str, Text]  # language -> text
    kind: str = ANSWER


@dataclass(frozen=True, slots=True)
class CrisisCard:
    """A reviewed emergency card."""

    entry: str
    rank: int
    places: tuple[str, ...]
    cards: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]  # language -> patterns


@dataclass(frozen=True, slots=True)
class Team:
    """Who answers tickets; without `hours` no time is ever promised."""

    id: str
    name: str
    towns: frozenset[str]  # "all" or town ids
    matters: frozenset[str]  # "all" or area or entry ids
    hours: str = ""
    promise_hours: int | None = None  # working hours until an answer
    absences: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the editors keep; `version` is a short hash of all files."""

    version: str
    languages: Mapping[str, Language]
    regions: Mapping[str, Region]
    towns: Mapping[str, Town]
    places: Mapping[str, Place]
    areas: Mapping[str, Mapping[str, str]]  # area -> language -> name
    entries: Mapping[str, Entry]
    crisis: Mapping[str, CrisisCard]
    teams: Mapping[str, Team]

    @property
    def region(self) -> str:
        """What the bot speaks for, as people call it."""
        return ", ".join(region.name for region in self.regions.values())

    def chain(self, language: str) -> tuple[str, ...]:
        """Return the language and its fallbacks, in order, each once."""
        known = self.languages.get(language)
        return (language, *known.fallback) if known else tuple(self.languages)[:1]

    def text(self, entry: str, language: str) -> tuple[str, Text] | None:
        """Return (language, text) of the first language in the chain that has a body."""
        texts = self.entries[entry].texts
        for code in self.chain(language):
            if code in texts and texts[code].body:
                return code, texts[code]
        return None

    def named(self, entry: str, language: str) -> Text | None:
        """Return the first text in the chain that has a title, also where the answer is still missing."""
        texts = self.entries[entry].texts
        titled = (texts[code] for code in self.chain(language) if code in texts and texts[code].title)
        return next(titled, None)

    def card(self, entry: str, language: str) -> tuple[str, str] | None:
        """Return (language, card) of the first language in the chain that has one."""
        for code in self.chain(language):
            if code in self.crisis[entry].cards:
                return code, self.crisis[entry].cards[code]
        return None

    def vhs_places(self) -> tuple[str, ...]:
        """Return the ids of the Volkshochschulen that any town has."""
        found = {place.id for town in self.towns if (place := self.place_for("vhs", town))}
        return tuple(sorted(found))

    def place_for(self, role: str, town: str) -> Place | None:
        """Return who has a role in a town: it or its region; without a town the only region's."""
        if town in self.towns:
            own = self.towns[town]
            found = own.roles.get(role) or self.regions[own.region].roles.get(role)
        else:
            held = {region.roles.get(role) for region in self.regions.values()}
            found = held.pop() if len(held) == 1 else None
        return self.places.get(found) if found else None

    def central(self, town: str) -> Place | None:
        """Return whom to ask where nothing better is known; without a town, the only one there is."""
        if town in self.towns:
            found = {self.regions[self.towns[town].region].central}
        else:
            found = {region.central for region in self.regions.values() if region.central}
        return self.places.get(found.pop()) if len(found) == 1 else None

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that a region, a town or an entry names, in the order of the files."""
        regions = (role for region in self.regions.values() for role in region.roles)
        towns = (role for town in self.towns.values() for role in (*town.roles, *sorted(town.unsure_roles)))
        entries = (role for entry in self.entries.values() for role in entry.roles)
        return tuple(dict.fromkeys((*regions, *towns, *entries)))

    def differs_by_town(self, role: str) -> bool:
        """True if the towns have different places for this role."""
        found = [self.place_for(role, town) for town in self.towns]
        return len({place.id if place else "" for place in found}) > 1
