"""Puts the facts into the texts: `{police.phone}` becomes a number that can be tapped."""

from bot.i18n import isolate
from bot.knowledge.model import Knowledge, Place
from bot.knowledge.phone import tel_link
from bot.knowledge.placeholder import fact_of, placeholders
from bot.markup import escape, link


def fill(text: str, knowledge: Knowledge, language: str) -> str:
    """Return Markdown with every placeholder replaced; `language` is the one the text is written in.

    Phone numbers, e-mail and web addresses become links; in a right-to-left text every value is isolated.
    Raises KeyError for a place that `load` would have refused.
    """
    rtl = knowledge.languages[language].rtl
    filled, end = [], 0
    for found in placeholders(text):
        if found.place:
            filled += [text[end : found.start], value(knowledge.places[found.place], found.field, rtl)]
            end = found.end
    return "".join((*filled, text[end:]))


def value(place: Place, field: str, rtl: bool) -> str:
    """Return one fact of a place as Markdown, "" if it is not known; `field` is one of placeholder.FIELDS."""
    fact = fact_of(place, field)
    if not fact:
        return ""
    if field == "phone":
        return link(isolate(fact, rtl), tel_link(fact))
    if field == "email":
        return link(isolate(fact, rtl), f"mailto:{fact}")
    if field == "url":
        return link(isolate(fact.removeprefix("https://").rstrip("/"), rtl), fact)
    return isolate(escape(fact), rtl)
