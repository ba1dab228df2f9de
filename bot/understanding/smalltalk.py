"""Recognises politeness, and the wish for a person."""

from collections.abc import Callable, Iterable, Sequence

from bot.i18n import Words
from bot.understanding.normalise import tokens
from bot.understanding.patterns import Patterns
from bot.understanding.phrases import Phrases

# The kind that wins if a message has several: what is asked before what is said.
KINDS = ("who", "how", "thanks", "bye", "hello")

# The kinds that may stand around a question without belonging to it.
POLITE = ("hello", "thanks", "bye")

# A message without a word.
SIGNS = {"👍": "thanks", "🙏": "thanks", "❤": "thanks", "😊": "thanks", "🌹": "thanks", "👋": "hello"}

_SIGNS_WITHIN = 50  # characters
_HUMAN = "human"
_FILLER = "filler"
_SHORTEST = 4  # letters of a filler: a shorter one is another word in another language
_OTHERS = 1  # words that may stand between two words of a wish: "mit einem (netten) menschen sprechen"
_ALONE = 2  # a wish of fewer words counts only if it is all that is said


def fillers(words: Iterable[Words]) -> Phrases:
    """Return what says nothing about the matter in any language: greetings, please, thank you, "I have a question"."""
    return Phrases(
        (_FILLER, phrase)
        for told in words
        for phrase in (*told.fillers, *(phrase for kind in POLITE for phrase in told.smalltalk[kind]))
        if len(phrase) >= _SHORTEST
    )


class Smalltalk:
    """Greetings, thanks, farewells and questions to the program itself."""

    def __init__(self, words: Iterable[Words]) -> None:
        told = tuple(words)
        self._phrases = Phrases(
            (
                *((kind, phrase) for kind in KINDS for each in told for phrase in each.smalltalk[kind]),
                *((_FILLER, phrase) for each in told for phrase in each.fillers),
            )
        )

    def __contains__(self, word: str) -> bool:
        return word in self._phrases

    def find(self, words: Sequence[str], text: str, means_something: Callable[[str], bool]) -> str:
        """Return the kind that the message is and nothing else, or "".

        `means_something` tells known words: one of them is not taken for a misspelt greeting.
        """
        if not words:
            return next((kind for sign, kind in SIGNS.items() if sign in text[:_SIGNS_WITHIN]), "")
        strange = [word for word in words if word not in self._phrases]
        found = self._phrases.cover(words, mending=not any(map(means_something, strange)))
        return next((kind for kind in KINDS if kind in found), "hello" if found else "")


class Human:
    """Wishes for a person instead of a program, in words that are listed; the ranking finds similar ones."""

    def __init__(self, words: Iterable[Words], fillers: Phrases) -> None:
        told = tuple(words)
        wishes = [wish for each in told for wish in each.human]
        self._fillers = fillers
        self._whole = Phrases(
            (_HUMAN, wish) for wish in (*wishes, *(word for each in told for word in each.commands["person"]))
        )
        self._within = Patterns(
            ((_HUMAN, " ".join(wish)) for wish in map(tokens, wishes) if len(wish) > _ALONE), gap=_OTHERS
        )

    def wanted(self, words: Sequence[str]) -> bool:
        """True if the message asks for a person and nothing else, or has a listed wish within a longer text."""
        return bool(
            self._whole.whole(words)
            or self._whole.whole(self._fillers.strip(words))
            or self._within.find(" ".join(words))
        )
