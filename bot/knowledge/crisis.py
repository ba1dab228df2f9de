"""Reads crisis.yaml: the emergency cards and the words they answer to."""

from collections.abc import Iterable, Mapping
from itertools import takewhile
from types import MappingProxyType

from bot.knowledge.model import CrisisCard, Place
from bot.knowledge.prose import check_placeholders
from bot.knowledge.yamlfile import Page, Section

REQUIRED = ("rank", "places", "cards", "words")


def read_crisis(
    page: Page, entries: Iterable[str], places: Mapping[str, Place], languages: tuple[str, ...]
) -> Mapping[str, CrisisCard]:
    """Return entry id -> card."""
    root = page.root()
    known = tuple(entries)
    cards = {}
    for id, section in root.sections(REQUIRED, ()):
        root.check_key(id, known, "Den Eintrag")
        cards[id] = _card(id, section, places, languages)
    return MappingProxyType(cards)


def _card(id: str, section: Section, places: Mapping[str, Place], languages: tuple[str, ...]) -> CrisisCard:
    cards = section.section("cards", ("de",), set(languages) - {"de"})
    texts = {code: cards.lines(code) for code in cards}
    for code, text in texts.items():
        check_placeholders(text, cards.text_mark(code), places, cards.page.findings)
    words = section.section("words", (), languages)
    return CrisisCard(
        entry=id,
        rank=section.number("rank"),
        places=section.ids("places", places, "Die Stelle"),
        cards=MappingProxyType({code: text for code, text in texts.items() if text}),
        words=MappingProxyType({code: _patterns(words, code) for code in words}),
    )


def _patterns(words: Section, code: str) -> tuple[str, ...]:
    marked = words.marked_texts(code)
    for pattern, mark in marked:
        if fault := _fault(pattern):
            words.page.findings.error(mark, f"Das Muster '{pattern}' geht so nicht: {fault}")
    return tuple(pattern for pattern, _ in marked)


def _fault(pattern: str) -> str:
    """Return what is wrong with a pattern, or ""; the syntax is told in docs/knowledge-format.md."""
    words = pattern.split()
    wanted = list(takewhile(lambda word: not word.startswith("~"), words))
    open_ended = [
        part for word in words if "*" in word for part in word.removeprefix("~").split("|") if "*" in part
    ]
    if not all(word.startswith("~") for word in words[len(wanted) :]):
        return (
            "Nach einem Wort mit ~ darf nur noch eines mit ~ folgen. Schreiben Sie ~ vor jedes Wort, das"
            " ausschließt."
        )
    if not wanted:
        return "Vor dem Wort mit ~ muss mindestens ein Wort stehen, auf das geachtet wird."
    if any("*" in part.strip("*") for part in open_ended):
        return "Das Zeichen * darf nur am Anfang oder am Ende eines Wortes stehen."
    if not all(part.strip("*") for part in open_ended):
        return "Ein * allein passt auf jedes Wort. Schreiben Sie mindestens einen Buchstaben dazu."
    if not any(all(word.split("|")) for word in wanted):
        return "Jedes Wort darf fehlen. Löschen Sie bei mindestens einem Wort den | am Rand."
    return ""
