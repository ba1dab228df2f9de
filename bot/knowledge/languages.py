"""Reads languages.yaml: the languages that are offered, in the order of offering."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

from bot.knowledge.model import Language
from bot.knowledge.yamlfile import Page, Section

GERMAN = "de"  # every text exists in German, so every chain of fallbacks ends there
CODE = re.compile(r"[a-z]{2,3}")


def read_languages(page: Page) -> Mapping[str, Language]:
    """Return code -> language."""
    root = page.root()
    languages = {
        code: _language(code, section, tuple(root))
        for code, section in root.sections(("name", "locale"), ("rtl", "fallback", "aliases"))
    }
    if languages and GERMAN not in languages:
        root.error("Deutsch fehlt. Ergänzen Sie: de: {name: Deutsch, locale: de}")
    return MappingProxyType(languages)


def _language(code: str, section: Section, codes: tuple[str, ...]) -> Language:
    if not CODE.fullmatch(code):
        section.error(
            f"'{code}' ist kein Sprachkürzel. Es besteht aus zwei oder drei kleinen Buchstaben, zum Beispiel"
            " 'ar'."
        )
    fallback = section.ids("fallback", codes, "Die Sprache")
    if code in fallback:
        section.error(f"'{code}' darf nicht auf sich selbst verweisen.", "fallback")
    if code != GERMAN and fallback[-1:] != (GERMAN,):
        section.error("'fallback' muss mit 'de' enden, zum Beispiel: fallback: [en, de]", "fallback")
    return Language(
        code=code,
        name=section.text("name"),
        locale=_locale(section),
        rtl=section.flag("rtl"),
        fallback=fallback,
        aliases=section.texts("aliases"),
    )


def _locale(section: Section) -> str:
    name = section.text("locale")
    try:
        if name:
            Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        section.error(
            f"'locale' ist '{name}'. Diese Einstellung für Datum und Uhrzeit gibt es nicht.", "locale"
        )
        return ""
    return name
