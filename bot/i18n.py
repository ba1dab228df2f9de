"""Catalogues of interface texts and word lists per language: read at start, fallback chain, direction, isolates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import PoFileError, read_po
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2027, 1, 11)  # any
FSI, LRI, PDI = "\u2068", "\u2066", "\u2069"
COMMANDS = (
    "start",
    "help",
    "browse",
    "courses",
    "status",
    "language",
    "town",
    "person",
    "my_data",
    "forget_me",
    "privacy",
    "stop",
)
FORM = ("back", "later", "cancel")
SMALLTALK = ("hello", "thanks", "bye", "who", "how")


class LocaleError(Exception):
    """A locale file cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Words:
    """Word lists of one language, as newcomers type them (folding is the reader's business).

    commands: id of COMMANDS -> words that always work. smalltalk: id of SMALLTALK -> phrases.
    human: ways to ask for a person. fillers: greetings and politeness that say nothing about the matter.
    yes, no: short answers. form: id of FORM -> ways to say it while a form is filled in.
    outside: messages that mean no entry, near our matters and far from them.
    """

    commands: Mapping[str, tuple[str, ...]]
    smalltalk: Mapping[str, tuple[str, ...]]
    human: tuple[str, ...]
    fillers: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    form: Mapping[str, tuple[str, ...]]
    outside: tuple[str, ...]


def isolate(value: str, rtl: bool) -> str:
    """Wrap a value for a text (`rtl`: one that reads from the right), so that numbers and names keep their order.

    Measured: without isolates `02541 939-0` prints as `0-939 02541` in Arabic, and what follows an Arabic name in a
    German line stands before it. What has a right-to-left letter in it ("18 or older" in Arabic) reads from the right,
    also when a number comes first.
    """
    from_right = any(bidirectional(sign) in ("R", "AL") for sign in value)
    if not value or not (rtl or from_right):
        return value
    number = value[0] == "+" or value[0].isdigit()
    return f"{LRI if number and not from_right else FSI}{value}{PDI}"


def day(moment: date) -> str:
    """Return a date as doors and letters in Germany write it: 07.03.2026, in Latin digits in every language."""
    return f"{moment:%d.%m.%Y}"


def when(moment: datetime, locale: str, now: datetime) -> str:
    """Return a time of day, with weekday (in both languages) and date unless it is today: 24 h, Latin digits."""
    local, today = moment.astimezone(BERLIN), now.astimezone(BERLIN).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return in_full(moment, locale)


def in_full(moment: datetime, locale: str) -> str:
    """Return a moment as it must be read on any later day, too: weekday in both languages, date, 24 h."""
    local = moment.astimezone(BERLIN)
    return f"{weekday_and_date(local.date(), locale)}, {local:%H:%M}"


def weekday_and_date(moment: date, locale: str) -> str:
    """Return a date with its weekday in both languages: the German one is the one on the door."""
    names = dict.fromkeys(format_date(moment, "EEEE", locale=code) for code in (locale, "de"))
    return f"{' / '.join(names)}, {day(moment)}"


def weekdays(days: Iterable[int], locale: str) -> str:
    """Return weekdays (0: Monday) in their order, and in brackets how a German timetable writes them: "Mo, Mi"."""
    dates = [MONDAY + timedelta(days=number) for number in sorted(days)]
    names = ", ".join(format_date(one, "EEEE", locale=locale) for one in dates)
    if locale == "de":
        return names
    return f"{names} ({', '.join(format_date(one, 'EEE', locale='de').rstrip('.') for one in dates)})"


@lru_cache(maxsize=256)
@lru_cache(maxsize=256)
def names_of(language: str, locales: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a language is called in each locale, as Babel's CLDR data have it."""
    found = (Locale.parse(locale).languages.get(language, "") for locale in locales)
    return tuple(name for name in found if name)


class Texts:
    """The interface texts of one language, with its fallbacks; `say` never fails on a missing translation.

    always: values of placeholders that any text may have, such as the name of the region.
    """

    def __init__(
        self,
        language: str,
        locale: str,
        rtl: bool,
        catalogues: Iterable[Mapping[str, str]],
        always: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.language = language
        self.locale = locale
        self.rtl = rtl
        self._catalogues = tuple(catalogues)
        self._always = always

    def say(self, key: str, /, **values: str | int) -> str:
        """Return the text of `key` with its placeholders filled, each value isolated where it needs it."""
        pattern = self.pattern(key)
        filled = {**self._always, **values}
        return pattern.format_map({name: isolate(str(value), self.rtl) for name, value in filled.items()})

    def has(self, key: str) -> bool:
        """True if any catalogue of the chain knows the key."""
        return any(catalogue.get(key) for catalogue in self._catalogues)

    def pattern(self, key: str) -> str:
        """Return the raw text of `key`; raise KeyError for a key that no catalogue has (a test finds these)."""
        for catalogue in self._catalogues:
            if found := catalogue.get(key):
                return found
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Locales:
    """Everything under `locales/`."""

    catalogues: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Words]

    def texts(
        self,
        chain: tuple[str, ...],
        locales: Mapping[str, str],
        rtl: frozenset[str],
        always: Mapping[str, str] = MappingProxyType({}),
    ) -> Texts:
        """Return the texts for the first language of a fallback chain that has any.

        The texts' own language, locale and direction are those of the language that is really shown.
        `locales` maps a language to its Babel locale (Dari is fa_AF).
        """
        held = [code for code in chain if code in self.catalogues]
        shown = held[0]
        catalogues = [self.catalogues[code] for code in held]
        return Texts(shown, locales.get(shown, shown), shown in rtl, catalogues, always)


def placeholders(pattern: str) -> frozenset[str]:
    """Return the names of the placeholders in a pattern; raise ValueError if it is malformed."""
    return frozenset(name for _, name, _, _ in Formatter().parse(pattern) if name is not None)


def read_locales(folder: Path) -> Locales:
    """Read `<language>/*.po` and `<language>/words.yaml`; raise LocaleError with the file's name.

    One .po file a part of the product (dialogue, web); a key that stands in two of them is refused.

    The .po files are read as they are (14 languages take under half a second): nothing compiled can be stale.
    """
    catalogues: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*/*.po")):
        _join(catalogues.setdefault(path.parent.name, {}), _read_catalogue(path), path)
    words = {path.parent.name: _read_words(path) for path in sorted(folder.glob("*/words.yaml"))}
    if not catalogues:
        raise LocaleError(f"{folder}: no .po file found in any folder")
    return Locales(catalogues, words)


def _join(held: dict[str, str], more: dict[str, str], path: Path) -> None:
    if twice := held.keys() & more.keys():
        raise LocaleError(f"{path}: {', '.join(sorted(twice))} stands in another file of this language too")
    held.update(more)


def _read_catalogue(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except (OSError, PoFileError, UnicodeDecodeError) as error:
        raise LocaleError(f"{path}: {error}") from error
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def _read_words(path: Path) -> Words:
    try:
        raw = YAML(typ="safe").load(path.read_text("utf-8"))
        return Words(
            commands={name: tuple(raw["commands"].get(name, ())) for name in COMMANDS},
            smalltalk={name: tuple(raw["smalltalk"].get(name, ())) for name in SMALLTALK},
            human=tuple(raw["human"]),
            fillers=tuple(raw["fillers"]),
            yes=tuple(raw["yes"]),
            no=tuple(raw["no"]),
            form={way: tuple(raw["form"][way]) for way in FORM},
            outside=tuple(raw["outside"]),
        )
    except (OSError, YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise LocaleError(f"{path}: {error!r}") from error
