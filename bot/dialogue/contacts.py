"""Who helps: a place as lines of text, with what must be checked first said beside it."""

from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.world import World
from bot.i18n import Texts, day, isolate, when
from bot.knowledge.fill import value
from bot.knowledge.hours import state
from bot.knowledge.model import Entry, Knowledge, Place

_ICONS = {"address": "📍", "phone": "📞", "email": "✉️", "url": "🌐"}


@dataclass(frozen=True, slots=True)
class Shown:
    """The places under an answer: those that are the same everywhere, then the town's own."""

    everywhere: tuple[Place, ...]
    by_town: tuple[Place, ...]
    unsure: bool  # who has the role in this town is presumed, not known

    @property
    def all(self) -> tuple[Place, ...]:
        """All of them, each once."""
        return tuple({place.id: place for place in (*self.by_town, *self.everywhere)}.values())


def places_of(entry: Entry, knowledge: Knowledge, town: str) -> Shown:
    """Return the places that an entry shows for a town; without a town only those that do not depend on it.

    Where nobody is known, or nobody knows how to reach who is, the central contact of the region stands in.
    """
    everywhere = [knowledge.places[place] for place in entry.places]
    own: list[Place] = []
    nobody = False
    for role in entry.roles:
        place = knowledge.place_for(role, town)
        nobody |= place is None and town in knowledge.towns
        if place and (town or not knowledge.differs_by_town(role)):
            (own if knowledge.differs_by_town(role) else everywhere).append(place)
    central = knowledge.central(town)
    if central and (nobody or not all(place.is_reachable for place in (*everywhere, *own))):
        (own if nobody else everywhere).append(central)
    unsure = nobody or (
        town in knowledge.towns and not knowledge.towns[town].unsure_roles.isdisjoint(entry.roles)
    )
    return Shown(tuple(everywhere), tuple(own), unsure)


def contact_lines(place: Place, texts: Texts, world: World, at: datetime, language: str) -> str:
    """Return a place as lines: name, address, phone, e-mail, page, hours, each unsure fact marked."""
    rtl = texts.rtl
    lines = [f"**{isolate(place.name, rtl)}**"]
    lines += _note(place, world, language)
    for name, icon in _ICONS.items():
        if shown := value(place, name, rtl):
            mark = f" ({texts.say('contacts.check')})" if place.unsure(name) else ""
            lines.append(f"{icon} {shown}{mark}")
    if place.appointment:
        lines.append(texts.say("contacts.appointment"))
    lines += _hours(place, texts, at)
    return "\n".join(lines)


def source_line(entry: Entry | None, places: tuple[Place, ...], texts: Texts) -> str:
    """Return where the facts were read and of which day they are.

    A place with facts that must be checked first has no day: it would make them look certain.
    """
    sources = [entry.source.name] if entry and entry.source else []
    sources += [place.source.name for place in places if place.source.name]
    dates = [place.verified_on for place in places if place.status == "verified" and not place.check]
    if entry:
        dates.append(entry.reviewed)
    names = ", ".join(dict.fromkeys(sources))
    if names and dates:
        return texts.say("answer.source", source=names, date=day(min(dates)))
    if names:
        return texts.say("answer.source_only", source=names)
    return texts.say("answer.as_of", date=day(min(dates))) if dates else ""


def _note(place: Place, world: World, language: str) -> list[str]:
    for code in world.knowledge.chain(language):
        if code in place.note:
            return [place.note[code]]
    return []


def _hours(place: Place, texts: Texts, at: datetime) -> list[str]:
    """Return whether it is open now and until when, or when it opens next."""
    now = state(place, at)
    if now is None:
        return []
    if now.open:
        key = "hours.open_always" if now.until is None else "hours.open_until"
    else:
        key = "hours.closed" if now.opens is None else "hours.opens"
    moment = now.until if now.open else now.opens
    line = texts.say(key, time=when(moment, texts.locale, at)) if moment else texts.say(key)
    mark = f" ({texts.say('contacts.check')})" if place.unsure("hours") else ""
    return [f"🕑 {line}{mark}"]
