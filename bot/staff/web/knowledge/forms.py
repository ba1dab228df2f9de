"""Reads the editors' forms into edits."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.knowledge.edits import EntryFacts, EntryText, NewEntry, PlaceFacts
from bot.knowledge.model import Entry, Place
from bot.knowledge.places import CHECKABLE, HOURS_OF, STATUS
from bot.knowledge.yamledit import Value

Fields = Mapping[str, list[str]]
LONGEST: Final = 8_000  # letters of a field
ONE_LINE: Final = ("name", "address", "phone", "email", "url", "hours", "cost")
YES: Final = "true"


def one(form: Fields, name: str) -> str:
    """Return a field on one line."""
    return " ".join(text(form, name).split())


def text(form: Fields, name: str) -> str:
    """Return a field with its lines."""
    return "".join(form.get(name, [])[-1:]).replace("\r\n", "\n").strip()[:LONGEST]


def lines(form: Fields, name: str) -> tuple[str, ...]:
    """Return the lines of a field that hold something, each once."""
    found = (" ".join(line.split()) for line in text(form, name).split("\n"))
    return tuple(dict.fromkeys(line for line in found if line))


def ticked(form: Fields, name: str) -> bool:
    """True if a box is ticked."""
    return bool(one(form, name))


def entry_text(form: Fields, entry: str, language: str) -> EntryText:
    """Return what the form of an entry's text holds."""
    return EntryText(
        entry,
        language,
        one(form, "base"),
        one(form, "title"),
        one(form, "short"),
        text(form, "body"),
        lines(form, "questions"),
        checked=ticked(form, "checked"),
        current=ticked(form, "current"),
        sense=ticked(form, "sense"),
        reviewed=ticked(form, "reviewed"),
    )


def new_entry(form: Fields) -> NewEntry:
    """Return what the form of a new entry holds."""
    return NewEntry(
        one(form, "entry"),
        one(form, "area"),
        one(form, "title"),
        one(form, "short"),
        text(form, "body"),
        lines(form, "questions"),
        importance="required" if ticked(form, "required") else "usable",
        places=tuple(form.get("places", ())),
        roles=tuple(form.get("roles", ())),
    )


def entry_facts(form: Fields, entry: Entry, today: str) -> EntryFacts:
    """Return what the form of an entry's facts changes; lists keep their order as long as nothing is added."""
    values: dict[str, Value | None] = {
        "area": one(form, "area"),
        "importance": "required" if ticked(form, "required") else "usable",
    }
    values = _changed(values, {"area": entry.area, "importance": entry.importance})
    for name, held in (("places", entry.places), ("roles", entry.roles)):
        chosen = form.get(name, [])
        if set(chosen) != set(held):
            kept = [id for id in held if id in chosen]
            values[name] = [*kept, *(id for id in chosen if id not in kept)] or None
    if ticked(form, "reviewed"):
        values["reviewed"] = today
    return EntryFacts(entry.id, one(form, "base"), values)


def place_facts(form: Fields, place: Place, languages: Sequence[str], today: str) -> PlaceFacts:
    """Return what the form of a place changes; what is empty is not known any more."""
    values: dict[str, Value | None] = {name: one(form, name) or None for name in ONE_LINE}
    values["hours_of"] = one(form, "hours_of") if one(form, "hours_of") in HOURS_OF[1:] else None
    values["appointment"] = YES if ticked(form, "appointment") else None
    values["status"] = one(form, "status") if one(form, "status") in STATUS else place.status
    values["verified_on"] = today if ticked(form, "verified") else one(form, "verified_on")
    source = {"name": one(form, "source_name"), "url": one(form, "source_url")}
    values["source"] = {key: value for key, value in source.items() if value}
    values["check"] = sorted(set(form.get("check", ())) & set(CHECKABLE)) or None
    note = {code: told for code in languages if (told := one(form, f"note_{code}"))}
    values["note"] = note or None
    return PlaceFacts(place.id, one(form, "base"), _changed(values, typed(place)))


def _changed(values: Mapping[str, Value | None], held: Mapping[str, Value | None]) -> dict[str, Value | None]:
    """Return only what is different, which is what the history will name."""
    return {key: value for key, value in values.items() if (value or None) != (held[key] or None)}


def typed(place: Place) -> dict[str, Value | None]:
    """Return a place as its form holds it."""
    source = {"name": place.source.name, "url": place.source.url}
    return {
        "name": place.name,
        "address": place.address,
        "phone": place.phone,
        "email": place.email,
        "url": place.url,
        "hours": place.hours,
        "hours_of": place.hours_of if place.hours_of in HOURS_OF[1:] else None,
        "appointment": YES if place.appointment else None,
        "cost": place.cost,
        "status": place.status,
        "verified_on": place.verified_on.isoformat(),
        "source": {key: value for key, value in source.items() if value},
        "check": sorted(place.check),
        "note": dict(place.note),
    }
