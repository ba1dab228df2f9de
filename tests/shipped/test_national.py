"""What a region that is imported takes over from the shipped folder: cards for everybody, and nothing of the Kreis."""

import re
from functools import cache
from pathlib import Path

from bot.integreat.national import National, national
from bot.knowledge.files import load
from bot.knowledge.model import Knowledge

FOLDER = Path(__file__).parents[2] / "knowledge"


@cache
def own() -> Knowledge:
    return load(FOLDER)


@cache
def taken() -> National:
    return national(own())


def test_all_cards_come_along_in_all_languages() -> None:
    assert {card.entry: set(card.cards) for card in taken().cards} == {
        entry: set(card.cards) for entry, card in own().crisis.items()
    }
    assert all(card.words == own().crisis[card.entry].words for card in taken().cards)


def test_only_national_numbers_come_along() -> None:
    assert taken().places
    assert all(own().places[place.id].nationwide for place in taken().places)
    assert not any(place.address or place.email or place.url for place in taken().places)


def test_no_town_of_ours_is_named() -> None:
    names = "|".join(
        re.escape(name)
        for town in own().towns.values()
        for name in (town.name, *town.spellings)
        if len(name) > 4  # "Olfen" and longer: shorter ones stand in other words
    )
    said = [text for card in taken().cards for text in card.cards.values()]
    said += [
        words
        for entry in taken().entries
        for text in entry.texts.values()
        for words in (text.title, text.short, text.body, *text.questions)
    ]
    assert [
        words for words in said if re.search(rf"\b({names})\b|Kreis Coesfeld", words, re.IGNORECASE)
    ] == []
