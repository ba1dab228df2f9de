"""Takes out of a text what tells who wrote it; what an office publishes becomes a placeholder of that place."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from phonenumbers import Leniency, PhoneNumberMatcher

from bot.knowledge.facts import STREET
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Knowledge, Place
from bot.knowledge.name_signs import ADDRESSES, GIVEN, INTRODUCES, RELATIVES, SIGNS_OFF
from bot.knowledge.phone import REGION, tel_link
from bot.knowledge.placeholder import FIELDS, fact_of, placeholders
from bot.knowledge.traces import (
    ABROAD,
    ACCOUNT,
    AMOUNT,
    DATE,
    EMAIL,
    LEAST_DIALLED,
    LINK,
    NUMBER,
    digits,
    is_of_a_paper,
    months,
    of_fact,
    of_number,
    towns,
)


class Kind(StrEnum):
    """What was taken out."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    LINK = "link"
    DATE = "date"
    NUMBER = "number"
    ADDRESS = "address"
    TOWN = "town"
    FACT = "fact"  # an office's: a placeholder stands there


# What stands in the text instead; the texts of the knowledge are German.
MARKS: Mapping[Kind, str] = {
    Kind.NAME: "[Name]",
    Kind.PHONE: "[Telefon]",
    Kind.EMAIL: "[E-Mail]",
    Kind.LINK: "[Link]",
    Kind.DATE: "[Datum]",
    Kind.NUMBER: "[Nummer]",
    Kind.ADDRESS: "[Anschrift]",
    Kind.TOWN: "[Ort]",
}
MARK = re.compile("|".join(map(re.escape, MARKS.values())))
LEAST_PART = 3  # letters of a word of somebody's name or address that is looked for
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
POLITE = frozenset({"guten", "grüße", "grüsse", "gruß", "liebe", "lieber", "viele", "freundlichen"})


@dataclass(frozen=True, slots=True)
class Mask:
    """A piece of the text that was taken out. shown: what stands there instead."""

    kind: Kind
    text: str
    shown: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without what tells who wrote it. doubts: words left in it that may be names; a person looks at both."""

    text: str
    masks: tuple[Mask, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the people around a text. names: of who asked; every word of them is taken out.

    told: ways to somebody as they wrote them, names of the team; words of every day in them stay.
    """

    names: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def __add__(self, other: "Known") -> "Known":
        """Return what either knows."""
        return Known((*self.names, *other.names), (*self.told, *other.told))


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: Kind
    shown: str


class Masker:
    """Masks texts with one state of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._places = tuple(knowledge.places.values())
        self._words = frozenset(_vocabulary(knowledge))
        self._towns = towns(knowledge)
        self._months = months(language.locale for language in knowledge.languages.values())
        self._given = _GIVEN - self._words

    def mask(
        self, text: str, language: str = GERMAN, known: Known = NOTHING, *, with_towns: bool = False
    ) -> Masked:
        """Return the text with marks instead of names, numbers, dates, addresses, ways to somebody.

        known: taken out wherever it stands. with_towns: towns' names too, as in a question. An office's number,
        address, e-mail or link becomes its placeholder.
        """
        plain = _with_our_digits(text)
        found = [_Span(one.start, one.end, Kind.FACT, "") for one in placeholders(text)]
        found += [_Span(one.start(), one.end(), Kind.FACT, "") for one in MARK.finditer(text)]
        for look in (self._known(plain, known), self._ways(plain), self._names(plain, language)):
            _put(found, look)
        if with_towns:
            _put(found, (_span(one, Kind.TOWN) for one in self._towns.finditer(plain)))
        kept = sorted((span for span in found if span.shown), key=lambda span: span.start)
        taken = [(span.start, span.end) for span in found]
        return Masked(
            _replaced(text, kept),
            tuple(Mask(span.kind, text[span.start : span.end], span.shown) for span in kept),
            tuple(dict.fromkeys(self._doubts(plain, taken))) if language == GERMAN else (),
        )

    def cover(self, text: str, known: Known) -> str:
        """Return the text with marks where it tells what is known of the writer, and else as it is."""
        plain = _with_our_digits(text)
        found = [_Span(one.start, one.end, Kind.FACT, "") for one in placeholders(text)]
        _put(found, self._known(plain, known))
        return _replaced(text, sorted((span for span in found if span.shown), key=lambda span: span.start))

    # --- what is known of the writer

    def _known(self, text: str, known: Known) -> Iterator[_Span]:
        for fact in known.told:
            plain = _with_our_digits(fact)
            for address in EMAIL.findall(plain):
                yield from _spans(re.escape(address), text, Kind.EMAIL)
            for number in NUMBER.findall(plain):
                if pattern := of_number(number):
                    yield from _spans(pattern, text, Kind.PHONE)
            words = (word for word in WORD.findall(EMAIL.sub(" ", plain)) if len(word) >= LEAST_PART)
            yield from self._name_spans((word for word in words if _same(word) not in self._words), text)
        yield from self._name_spans(chain.from_iterable(map(WORD.findall, known.names)), text)

    def _name_spans(self, words: Iterable[str], text: str) -> Iterator[_Span]:
        for word in words:
            yield from _spans(rf"(?<!\w){re.escape(word)}(?:'?s)?(?!\w)", text, Kind.NAME)

    # --- ways to somebody, and what has digits

    def _ways(self, text: str) -> Iterator[_Span]:
        yield from self._facts(text)
        yield from (_span(one, Kind.EMAIL) for one in EMAIL.finditer(text))
        yield from (_span(one, Kind.LINK) for one in LINK.finditer(text))
        yield from (_span(one, Kind.ADDRESS) for one in chain(STREET.finditer(text), ABROAD.finditer(text)))
        yield from (_span(one, Kind.DATE) for one in chain(self._months.finditer(text), DATE.finditer(text)))
        yield from (_span(one, Kind.NUMBER) for one in ACCOUNT.finditer(text))
        for call in PhoneNumberMatcher(text, REGION, Leniency.POSSIBLE):
            if call.raw_string[0] in "0+(" and digits(call.raw_string) >= LEAST_DIALLED:
                yield _Span(call.start, call.end, Kind.PHONE, MARKS[Kind.PHONE])
        for one in NUMBER.finditer(text):
            if is_of_a_paper(one[0]) and not AMOUNT.match(text, one.end()):
                yield _span(one, Kind.NUMBER)

    def _facts(self, text: str) -> Iterator[_Span]:
        """Yield what offices publish: of places that share a fact, the one that the text names."""
        named = sorted(self._places, key=lambda place: place.name not in text)
        dialled = {tel_link(place.phone): place for place in reversed(named) if place.phone}
        for call in PhoneNumberMatcher(text, REGION, Leniency.POSSIBLE):
            if place := dialled.get(tel_link(call.raw_string)):
                yield _Span(call.start, call.end, Kind.FACT, _placeholder(place, "phone"))
        for place in named:
            for field in FIELDS:
                if field not in ("name", "phone") and (fact := fact_of(place, field)):
                    yield from _spans(of_fact(field, fact), text, Kind.FACT, _placeholder(place, field))

    # --- names

    def _names(self, text: str, language: str) -> Iterator[_Span]:
        words = list(WORD.finditer(text))
        for number, word in enumerate(words):
            before = text[: word.start()].casefold().rstrip(" \n\t,.:-–")
            if _ends_with(before, INTRODUCES) or (_ends_with(before, SIGNS_OFF) and _is_capital(word[0])):
                yield from self._run(words[number : number + 3])
            elif _ends_with(text[: word.start()].casefold().rstrip(), ADDRESSES):
                yield from self._addressed(words[number : number + 2], before)
            elif self._is_given(word[0]) or self._stands_out(text, word, language):
                yield _span(word, Kind.NAME)

    def _run(self, words: Sequence[re.Match[str]]) -> Iterator[_Span]:
        """Yield the first word, and those behind it as long as they look like names."""
        for number, word in enumerate(words):
            is_name = _same(word[0]) in _GIVEN or (
                _may_begin_name(word[0]) and _same(word[0]) not in self._words
            )
            if number and not is_name:
                return
            yield _span(word, Kind.NAME)

    def _addressed(self, words: Sequence[re.Match[str]], before: str) -> Iterator[_Span]:
        is_own = bool(re.search(r"\b(?:mein|sein|ihr|unser|dein)\w*\s+frau$", before))
        for word in words:
            ours = _same(word[0]) in self._words
            if not _may_begin_name(word[0]) or (ours and (is_own or word is not words[0])):
                return
            if ours and not _is_capital(word[0]):
                return
            yield _span(word, Kind.NAME)

    def _is_given(self, word: str) -> bool:
        return _same(word) in self._given

    def _stands_out(self, text: str, word: re.Match[str], language: str) -> bool:
        """True for a word with a capital letter in the middle of a sentence that none of our texts has.

        German writes every noun so: there only behind a relative ("mein Sohn Ali").
        """
        if not _is_capital(word[0]) or _same(word[0]) in self._words or _begins_sentence(text, word.start()):
            return False
        if language != GERMAN:
            return True
        return _ends_with(text[: word.start()].casefold().rstrip(" ,"), RELATIVES)

    def _doubts(self, text: str, taken: Sequence[tuple[int, int]]) -> Iterator[str]:
        for word in WORD.finditer(text):
            is_free = all(word.end() <= start or end <= word.start() for start, end in taken)
            if is_free and _is_capital(word[0]) and _same(word[0]) not in self._words | POLITE:
                yield word[0]


def unmasked(text: str) -> str:
    """Return an example question with an ellipsis where something was taken out: what is learned from has no marks."""
    return " ".join(MARK.sub("…", text).split())


def has_marks(text: str) -> bool:
    """True if a text still has a mark: it is not fit to be shown."""
    return MARK.search(text) is not None


def _vocabulary(knowledge: Knowledge) -> Iterator[str]:
    """Yield every word of our own texts, and what places, areas and languages are called."""
    texts = (text for entry in knowledge.entries.values() for text in entry.texts.values())
    told = chain.from_iterable((text.title, text.short, text.body, *text.questions) for text in texts)
    names = chain.from_iterable(names.values() for names in knowledge.areas.values())
    places = (place.name for place in knowledge.places.values())
    towns = (name for town in knowledge.towns.values() for name in (town.name, *town.spellings, *town.parts))
    languages = (language.name for language in knowledge.languages.values())
    for line in chain(told, names, places, towns, languages):
        for word in WORD.findall(line):
            yield _same(word)
            yield from map(_same, word.split("-"))


def _spans(pattern: str, text: str, kind: Kind, shown: str = "") -> Iterator[_Span]:
    for found in re.finditer(pattern, text, re.IGNORECASE):
        yield _Span(found.start(), found.end(), kind, shown or MARKS[kind])


def _span(found: re.Match[str], kind: Kind) -> _Span:
    return _Span(found.start(), found.start() + len(found[0].rstrip()), kind, MARKS[kind])


def _put(found: list[_Span], more: Iterable[_Span]) -> None:
    """Add the spans that overlap none that is there: what was found first is surer."""
    for span in more:
        if all(span.end <= one.start or one.end <= span.start for one in found):
            found.append(span)


def _replaced(text: str, spans: Sequence[_Span]) -> str:
    parts: list[str] = []
    at = 0
    for span in spans:
        is_same = (
            span.kind is Kind.NAME and parts and parts[-1] == span.shown and not text[at : span.start].strip()
        )
        if not is_same:  # a name of several words is one mark
            parts += [text[at : span.start], span.shown]
        at = span.end
    return "".join((*parts, text[at:]))


def _placeholder(place: Place, field: str) -> str:
    return f"{{{place.id}.{field}}}"


def _with_our_digits(text: str) -> str:
    """Return the text with digits of all scripts as ours, letter for letter."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _same(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


_GIVEN = frozenset(map(_same, GIVEN))


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _may_begin_name(word: str) -> bool:
    """True if the script has no capitals, or the word begins with one."""
    return not word[0].islower()


def _ends_with(text: str, phrases: Iterable[str]) -> bool:
    return any(text.endswith(phrase) and not text[: -len(phrase)][-1:].isalnum() for phrase in phrases)


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'“„«(*-–")
    return not before or before[-1] in ".!?:;\n؟።"
