"""One text through the translator, and checked: what must not change is locked away before and compared after."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from bot.domain.locked import Fault, Wrong, lock, names_in
from bot.domain.translation import judge
from bot.i18n import isolate
from bot.knowledge.model import Knowledge
from bot.service.ports import TranslationError, Translator
from bot.understanding.language import SCRIPTS, Languages

LONGEST = 4000  # characters of a text
SHORTEST_NAME = 4  # letters; shorter ones are words too often


@dataclass(frozen=True, slots=True)
class Interpreted:
    """A translation with its locked parts in place, the same translated back, and what is wrong with it."""

    shown: str
    back: str = ""
    faults: tuple[Fault, ...] = ()


class Interpreter:
    """Translates with what the knowledge of the moment says: names of places and towns, directions."""

    def __init__(self, translator: Translator, knowledge: Callable[[], Knowledge]) -> None:
        self._translator = translator
        self._knowledge = knowledge
        self._last: _Known | None = None

    def source_of(self, text: str, language: str) -> str:
        """Return the language of a text by somebody who talks with us in `language`."""
        guess = self._known.languages.guess(text, language)
        return guess.language if guess and guess.clear else language

    async def translate(
        self, text: str, source: str, target: str, people: Iterable[str] = (), *, back: bool = False
    ) -> Interpreted:
        """Return a translation, and it back in `source` if wanted. people: names that are nobody's business.

        Raise TranslationError; a translation that came but must not be used has faults instead.
        """
        if len(text) > LONGEST:
            raise TranslationError("too_long", permanent=True)
        known = self._known
        locked = lock(text, names_in((*known.names, *people)))
        if not locked.has_words:
            return Interpreted(text, text)
        answer = await self._translator.translate(locked.text, source, target)
        faults = judge(locked, answer)
        if not faults and known.is_other_language(answer, target):
            faults = (Fault(Wrong.LANGUAGE),)
        shown = locked.restored(answer, partial(isolate, rtl=known.is_rtl(target)))
        if faults or not back:
            return Interpreted(shown, "", faults)
        again = await self._translator.translate(answer, target, source)
        if not again.strip() or known.is_other_language(again, source):
            raise TranslationError("answer")
        return Interpreted(shown, locked.restored(again))

    @property
    def _known(self) -> "_Known":
        knowledge = self._knowledge()
        if self._last is None or self._last.knowledge is not knowledge:
            self._last = _Known.of(knowledge)
        return self._last


@dataclass(frozen=True, slots=True)
class _Known:
    """What is taken from one state of the knowledge, once."""

    knowledge: Knowledge
    names: tuple[str, ...]
    languages: Languages

    @classmethod
    def of(cls, knowledge: Knowledge) -> "_Known":
        found = [place.name for place in knowledge.places.values()]
        found += [place.address for place in knowledge.places.values()]
        for town in knowledge.towns.values():
            found += [town.name, *town.parts]
        names = tuple(name for name in found if len(name) >= SHORTEST_NAME)
        return cls(knowledge, names, Languages(knowledge.languages))

    def is_other_language(self, text: str, wanted: str) -> bool:
        """True if a text is clearly in another language; of a few words in the same script nobody can tell."""
        guess = self.languages.guess(text)
        if guess is None:
            return any(letter.isalpha() for letter in text)
        if SCRIPTS.get(guess.language, "latin") != SCRIPTS.get(wanted, "latin"):
            return True
        return guess.clear and guess.language != wanted

    def is_rtl(self, code: str) -> bool:
        """True if a language is written from right to left."""
        known = self.knowledge.languages.get(code)
        return known is not None and known.rtl
