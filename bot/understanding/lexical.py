"""Ranks entries by the words and letter groups that a question shares with what the entry's editors wrote.

BM25 twice, over words and over groups of three or four letters. All languages of an entry make one
document: measured on held-out questions, a question profits from what the other languages say (people mix them).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import Stemmer

from bot.understanding.bm25 import Bm25, Counted, Cuts, Numbers, Row

_GROUPS = range(3, 5)  # letters
_SYLLABLES = range(2, 4)  # an Ethiopic letter is a syllable
_SHORTEST = 2  # letters of a word that counts
_AT_ONCE = 20_000  # words that are cut in one go: ten times as many would take half a gigabyte for a moment
_NONE = np.array([], dtype=np.intp)

# Snowball's names; the other languages have no stemmer and lean on the letter groups.
STEMMERS = {
    "de": "german",
    "en": "english",
    "ar": "arabic",
    "fa": "persian",
    "ru": "russian",
    "tr": "turkish",
    "fr": "french",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an entry's text: folded tokens of one language and what a word in it weighs."""

    language: str
    words: Sequence[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is written about an entry, in all languages."""

    entry: str
    passages: tuple[Passage, ...]


class Stems:
    """Cuts words to their stems, where the language has rules for it."""

    def __init__(self, languages: Iterable[str]) -> None:
        self._stemmers = {code: Stemmer.Stemmer(STEMMERS[code]) for code in languages if code in STEMMERS}

    def __call__(self, words: Iterable[str], language: str) -> list[str]:
        told = [word for word in words if len(word) >= _SHORTEST]
        stemmer = self._stemmers.get(language)
        return stemmer.stemWords(told) if stemmer else told


def groups(words: Iterable[str], language: str = "") -> list[str]:
    """Return all groups of three or four letters (two or three syllables) of each word, its edges marked by blanks."""
    found: list[str] = []
    for word in words:
        padded = f" {word} "
        for length in _SYLLABLES if _is_syllabic(word) else _GROUPS:
            found += [padded[start : start + length] for start in range(len(padded) - length + 1)]
    return found


def _is_syllabic(word: str) -> bool:
    return "\u1200" <= word[:1] < "\u1400"


Told = tuple[str, str]  # a word and its language


def counted(documents: Iterable[Document]) -> Counted[Told]:
    """Return what both rankers are made from; a document is let go before the next is asked for."""
    return Counted.of(map(_weigh, documents))


def cut_into_groups(words: Sequence[str]) -> Cuts:
    """Do for many words at once what `groups` does for some; all are folded and not empty."""
    parts = (words[start : start + _AT_ONCE] for start in range(0, len(words), _AT_ONCE))
    return Cuts.joined(map(_groups_of, parts))


def _groups_of(words: Sequence[str]) -> tuple[list[str], Numbers, Numbers, int]:
    terms: list[str] = []
    owners: list[Numbers] = [_NONE]
    inverse: list[Numbers] = [_NONE]
    syllabic = np.array([_is_syllabic(word) for word in words], dtype=bool)
    for numbers, lengths in (
        (np.flatnonzero(syllabic), _SYLLABLES),
        (np.flatnonzero(~syllabic), _GROUPS),
    ):
        padded = [f" {words[number]} " for number in numbers.tolist()]
        text = "".join(padded)
        owner = np.repeat(numbers, list(map(len, padded)))
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        letters = np.unique(points, return_inverse=True)[1]
        alphabet = int(letters.max(initial=0)) + 1
        for length in lengths:
            starts = np.arange(max(len(text) - length + 1, 0))
            starts = starts[owner[starts] == owner[starts + length - 1]]
            keys = np.zeros(starts.size, dtype=np.int64)
            for place in range(length):
                keys = keys * alphabet + letters[starts + place]
            _, first, found = np.unique(keys, return_index=True, return_inverse=True)
            owners.append(owner[starts])
            inverse.append(found + len(terms))
            terms += [text[start : start + length] for start in starts[first].tolist()]
    return terms, np.concatenate(owners), np.concatenate(inverse), len(words)


class WordRanker:
    """By whole words, stemmed."""

    weight = 1.0

    def __init__(self, documents: Counted[Told]) -> None:
        self._terms = Stems({language for _, language in documents.units})
        self._index = Bm25(documents, self._cut)

    def score(self, words: Sequence[str], language: str) -> tuple[Row, float]:
        """Return each entry's score and the highest possible one."""
        return self._index.score(self._terms(words, language))

    def knows(self, word: str, language: str) -> bool:
        """True if the word stands in any document."""
        return any(term in self._index for term in (word, *self._terms((word,), language)))

    def _cut(self, told: Sequence[Told]) -> Cuts:
        numbers: dict[str, list[int]] = {}
        for number, (word, language) in enumerate(told):
            if len(word) >= _SHORTEST:
                numbers.setdefault(language, []).append(number)
        terms = [
            term
            for language, held in numbers.items()
            for term in self._terms([told[number][0] for number in held], language)
        ]
        owners = np.fromiter(chain.from_iterable(numbers.values()), np.intp)
        return Cuts.of(terms, owners, np.arange(len(terms)), len(told))


class LetterRanker:
    """By groups of letters: forgives endings, typing errors and spellings."""

    weight = 3.0  # against the words: best of 1, 2, 3, 4 on held-out questions

    def __init__(self, documents: Counted[Told]) -> None:
        self._index = Bm25(documents, lambda told: cut_into_groups([word for word, _ in told]))

    def score(self, words: Sequence[str], language: str) -> tuple[Row, float]:
        """Return each entry's score and the highest possible one."""
        return self._index.score(groups(words))


def _weigh(document: Document) -> dict[Told, float]:
    """Return (word, language) -> what the word weighs in a document."""
    heaps: dict[tuple[str, float], list[str]] = {}
    for passage in document.passages:
        heaps.setdefault((passage.language, passage.weight), []).extend(passage.words)
    weighed: dict[Told, float] = {}
    for (language, weight), words in heaps.items():
        for word, times in Counter(words).items():
            told = (word, language)
            weighed[told] = weighed.get(told, 0.0) + times * weight
    return weighed
