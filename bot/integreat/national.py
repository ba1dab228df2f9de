"""What an imported region takes over from our own folder: languages, and what holds in all of Germany."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.integreat.error import IntegreatError
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import CrisisCard, Entry, Knowledge, Language, Place, Text
from bot.knowledge.placeholder import placeholders


@dataclass(frozen=True, slots=True)
class National:
    """The languages, the emergency cards without anything local, and the entries and places that they name."""

    languages: Mapping[str, Language]
    areas: Mapping[str, Mapping[str, str]]
    entries: tuple[Entry, ...]
    cards: tuple[CrisisCard, ...]
    places: tuple[Place, ...]


def national(own: Knowledge) -> National:
    """Return what of our own folder holds everywhere, going by the places marked `nationwide`.

    Raises IntegreatError if no emergency card does: a region without any would be dangerous.
    """
    everywhere = {id for id, place in own.places.items() if place.nationwide}
    cut = (_card(card, everywhere) for card in own.crisis.values())
    cards = tuple(card for card in cut if GERMAN in card.cards and _places_of(card))
    if not cards:
        raise IntegreatError(
            "Keine Notfallkarte gilt in ganz Deutschland. Ergänzen Sie in places.yaml bei Polizei und Feuerwehr:"
            ' nationwide: "true"'
        )
    ids = {card.entry for card in cards}
    towns = {
        name.casefold() for town in own.towns.values() for name in (town.name, *town.spellings, *town.parts)
    }
    entries = tuple(_entry(own.entries[card.entry], card, ids, towns) for card in cards)
    named = {place for card in cards for place in _places_of(card)}
    places = tuple(_place(place) for id, place in own.places.items() if id in named)
    areas = {entry.area: own.areas[entry.area] for entry in entries}
    return National(own.languages, MappingProxyType(areas), entries, cards, places)


def _card(card: CrisisCard, everywhere: set[str]) -> CrisisCard:
    """Return the card without the lines and places that are true only here."""
    texts = {language: _without_local(text, everywhere) for language, text in card.cards.items()}
    return replace(
        card,
        places=tuple(place for place in card.places if place in everywhere),
        cards=MappingProxyType({language: text for language, text in texts.items() if text}),
    )


def _places_of(card: CrisisCard) -> set[str]:
    """Return the places that a card shows, below it or in its words."""
    return {*card.places, *_named("\n".join(card.cards.values()))}


def _without_local(text: str, everywhere: set[str]) -> str:
    lines = [line for line in text.split("\n") if everywhere.issuperset(_named(line))]
    kept = "\n".join(lines).strip()
    while "\n\n\n" in kept:
        kept = kept.replace("\n\n\n", "\n\n")
    return kept


def _entry(entry: Entry, card: CrisisCard, ids: set[str], towns: set[str]) -> Entry:
    """Return the entry behind a card, which answers in its place: its words to be found by, nothing of the town."""
    texts = {
        language: _text(text, card.cards[language], towns)
        for language, text in entry.texts.items()
        if language in card.cards
    }
    return replace(
        entry,
        places=card.places,
        roles=(),
        source=None,
        then="",
        related=tuple(id for id in entry.related if id in ids),
        texts=MappingProxyType(texts),
    )


def _text(text: Text, card: str, towns: set[str]) -> Text:
    """Return the card as the entry's text, with the example questions that name none of our towns."""
    questions = (each for each in text.questions if not any(town in each.casefold() for town in towns))
    return replace(text, body=card if text.body else "", questions=tuple(questions))


def _place(place: Place) -> Place:
    """Return a place without its web page and address: those may be the ones of here."""
    return replace(place, address="", email="", url="")


def _named(text: str) -> Iterator[str]:
    return (found.place for found in placeholders(text) if found.place)
