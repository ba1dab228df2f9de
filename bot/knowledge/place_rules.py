"""Rules for facts: phone numbers, hours, web addresses, when they were checked, who is named nowhere."""

import re
from collections.abc import Iterable, Iterator

from bot.knowledge.hours import is_readable
from bot.knowledge.model import Entry, Place
from bot.knowledge.phone import is_real
from bot.knowledge.placeholder import fact_of, placeholders
from bot.knowledge.problem import Problem
from bot.knowledge.problem import unreadable_hours as hours_message
from bot.knowledge.subject import SOON, Subject

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}")
GERMAN = {
    "name": "Name",
    "address": "Adresse",
    "phone": "Telefonnummer",
    "email": "E-Mail-Adresse",
    "url": "Internetseite",
    "hours": "Öffnungszeiten",
}
# Days after which somebody must look again. A wrong number or closed door hurts most, and changes most often.
VERIFY_WITHIN = {"phone": 180, "hours": 180, "address": 365, "email": 365, "url": 365}


def wrong_phones(subject: Subject) -> Iterator[Problem]:
    """A number that the numbering plan does not have."""
    for place in subject.knowledge.places.values():
        if place.phone and not is_real(place.phone):
            yield subject.error(
                f"Die Telefonnummer '{place.phone}' gibt es so nicht. Prüfen Sie Vorwahl und Ziffern.",
                "places",
                place.id,
                "phone",
            )


def wrong_emails(subject: Subject) -> Iterator[Problem]:
    """Something that is no e-mail address."""
    for place in subject.knowledge.places.values():
        if place.email and not EMAIL.fullmatch(place.email):
            message = f"'{place.email}' ist keine E-Mail-Adresse. Prüfen Sie die Schreibweise."
            yield subject.error(message, "places", place.id, "email")


def unreadable_hours(subject: Subject) -> Iterator[Problem]:
    """Hours of a place that cannot be worked with."""
    for place in subject.knowledge.places.values():
        if place.hours and not is_readable(place.hours):
            yield subject.warning(
                hours_message(place.hours, "'jetzt geöffnet' wird nicht gezeigt"), "places", place.id, "hours"
            )


def plain_addresses(subject: Subject) -> Iterator[Problem]:
    """Web addresses that do not begin with https."""
    for place in subject.knowledge.places.values():
        if place.url and not place.url.startswith("https://"):
            yield subject.error(_not_https(place.url), "places", place.id, "url")
        if place.source.url and not place.source.url.startswith("https://"):
            yield subject.warning(_not_https(place.source.url), "places", place.id, "source", "url")
    for entry in subject.knowledge.entries.values():
        if entry.source and entry.source.url and not entry.source.url.startswith("https://"):
            yield subject.warning(_not_https(entry.source.url), "entries", entry.id, "source", "url")


def long_unverified(subject: Subject) -> Iterator[Problem]:
    """Facts that nobody has looked at for too long, or will be so soon, or from a day that has not come yet."""
    for place in subject.knowledge.places.values():
        age = subject.age(place.verified_on)
        path = ("places", place.id, "verified_on")
        if age < 0:
            yield subject.warning(
                "Das Datum liegt in der Zukunft. Tragen Sie den Tag ein, an dem geprüft wurde.", *path
            )
        left = {name: limit - age for name, limit in VERIFY_WITHIN.items() if getattr(place, name)}
        if due := [GERMAN[name] for name, days in left.items() if days < 0]:
            yield subject.warning(
                f"Zuletzt vor {age} Tagen geprüft: {', '.join(due)}. Vergleichen Sie mit der Quelle"
                f" ({place.source.name}) und tragen Sie dann das Datum von heute ein.",
                *path,
            )
        if soon := {name: days for name, days in left.items() if 0 <= days <= SOON}:
            yield subject.warning(
                f"In {min(soon.values())} Tagen wieder zu prüfen: {', '.join(GERMAN[name] for name in soon)}."
                f" Vergleichen Sie mit der Quelle ({place.source.name}).",
                *path,
            )


def unused_places(subject: Subject) -> Iterator[Problem]:
    """Places that no answer, role, card or placeholder names."""
    used = set(_used(subject))
    for place in subject.knowledge.places:
        if place not in used:
            message = (
                f"'{place}' wird nirgends gezeigt. Nennen Sie die Stelle in entries.yaml oder löschen Sie"
                " sie."
            )
            yield subject.warning(message, "places", place)


def unreachable_places(subject: Subject) -> Iterator[Problem]:
    """Places of which nothing but the name is known: nobody can write, call or go there."""
    for place in subject.knowledge.places.values():
        if not place.is_reachable:
            central = subject.knowledge.central("")
            instead = f" Gezeigt wird dazu: {central.name}." if central else ""
            yield subject.warning(
                f"'{place.name}' ist nicht erreichbar: Es fehlen Adresse, Telefon, E-Mail und Internetseite."
                f"{instead} Tragen Sie eines davon ein, oder einen Hinweis (note).",
                "places",
                place.id,
            )


def unsure_in_text(subject: Subject) -> Iterator[Problem]:
    """Facts in a text's own words that would need "please check first" beside them."""
    for entry, language, text in subject.answers():
        for found in placeholders(text.body):
            if _is_unsure(subject.knowledge.places[found.place], found.field):
                yield subject.warning(
                    f"'{{{found.place}.{found.field}}}' ist nicht sicher und stünde hier ohne Hinweis. Nehmen"
                    " Sie den Platzhalter heraus: Die Stelle wird unter dem Text gezeigt.",
                    "texts",
                    language,
                    entry.id,
                    "body",
                )


def roles_without_place(subject: Subject) -> Iterator[Problem]:
    """Towns for which nobody is known to have a role, and who is shown instead."""
    knowledge = subject.knowledge
    for town in knowledge.towns.values():
        missing = [role for role in knowledge.roles if knowledge.place_for(role, town.id) is None]
        if missing:
            central = knowledge.central(town.id)
            instead = (
                f"Gezeigt wird: {central.name}."
                if central
                else "Gezeigt wird niemand. Tragen Sie bei der Region 'central' ein, zum Beispiel die Zentrale."
            )
            message = f"Für {town.name} ist nicht bekannt, wer zuständig ist: {', '.join(missing)}. {instead}"
            yield subject.info(message, "towns", town.id)


def _is_unsure(place: Place, field: str) -> bool:
    return field != "name" and place.unsure(field) and bool(fact_of(place, field))


def _used(subject: Subject) -> Iterator[str]:
    knowledge = subject.knowledge
    for region in knowledge.regions.values():
        yield from region.roles.values()
    for town in knowledge.towns.values():
        yield from town.roles.values()
    for entry in knowledge.entries.values():
        yield from _named(entry)
    for card in knowledge.crisis.values():
        yield from card.places
        yield from _placed(card.cards.values())


def _named(entry: Entry) -> Iterator[str]:
    yield from entry.places
    yield from _placed(text.body for text in entry.texts.values())


def _placed(texts: Iterable[str]) -> Iterator[str]:
    return (found.place for text in texts for found in placeholders(text))


def _not_https(url: str) -> str:
    return f"Die Adresse '{url}' beginnt nicht mit https://. Nur sichere Adressen werden als Link gezeigt."
