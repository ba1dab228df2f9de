"""Joins the rankers' opinions into one score per entry, with what the decision needs to know about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np

from bot.i18n import Words
from bot.knowledge.model import Entry, Text
from bot.understanding.bm25 import Row
from bot.understanding.lexical import Document, LetterRanker, Passage, WordRanker, counted
from bot.understanding.material import A_PERSON
from bot.understanding.normalise import tokens
from bot.understanding.towns import Towns

# What a word weighs by where it stands in an entry.
QUESTION, TITLE, SHORT, BODY = 1.0, 2.0, 1.0, 0.25
PAGE = 1.0  # the body of an imported page, which has nothing else
_READ = 20_000  # characters of a text


class Ranker(Protocol):
    """One opinion about which entries a question means."""

    @property
    def weight(self) -> float:
        """What the opinion counts against the others'."""

    def score(self, words: Sequence[str], language: str) -> tuple[Row, float]:
        """Return a score for each entry, in the order of the documents, and the highest possible one."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is ranked: folded tokens without politeness and towns, and the language they seem to be in."""

    words: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an entry, each between 0 and 1 (the margin between -1 and 1).

    agreed: the weighted sum of the rankers' scores, each divided by its best. margin: to the best other entry.
    explained: the share of the question's letter groups that the entry has. known: of its words that any entry has.
    """

    entry: str
    agreed: float
    margin: float
    explained: float
    known: float
    words: int


class Ranking:
    """All entries, ready to be ranked for a question."""

    def __init__(self, entries: Iterable[Entry], towns: Towns, words: Mapping[str, Words]) -> None:
        """`words` tell how people ask for a person: that is ranked like an entry, as A_PERSON."""
        told = tuple(entries)
        self.meanings = (*(entry.id for entry in told), A_PERSON)
        documents = counted(chain((_document(entry, towns) for entry in told), (_wishes(words),)))
        self.languages = frozenset(
            language
            for entry in told
            for language, text in entry.texts.items()
            if text.body or text.questions
        )
        self._words = WordRanker(documents)
        self._letters = LetterRanker(documents)
        self._rankers: tuple[Ranker, ...] = (self._words, self._letters)

    def knows(self, word: str, language: str) -> bool:
        """True if any entry has this word."""
        return self._words.knows(word, language)

    def agreed(self, question: Question) -> Row:
        """Return how much speaks for each of `meanings`, between 0 and 1."""
        return _joined(self._opinions(question))

    def _opinions(self, question: Question) -> list[tuple[float, Row, float]]:
        return [(ranker.weight, *ranker.score(question.words, question.language)) for ranker in self._rankers]

    def rank(self, question: Question, most: int = 5) -> tuple[Signals, ...]:
        """Return the best entries, best first; those that share nothing with the question are left out."""
        if (
            not question.words or len(self.meanings) == 1
        ):  # without entries, the wish for a person has no rival
            return ()
        opinions = self._opinions(question)
        agreed = _joined(opinions)
        _, scores, possible = opinions[-1]  # the letter groups'
        known = sum(self.knows(word, question.language) for word in question.words) / len(question.words)
        # Ties keep the inventory's order, so that the result is always the same.
        order = [int(number) for number in np.argsort(-agreed, kind="stable")[:most] if agreed[number] > 0]
        return tuple(
            Signals(
                entry=self.meanings[number],
                agreed=float(agreed[number]),
                margin=float(
                    agreed[number] - max((agreed[other] for other in order if other != number), default=0.0)
                ),
                explained=float(scores[number] / possible) if possible else 0.0,
                known=known,
                words=len(question.words),
            )
            for number in order
        )


def _joined(opinions: Sequence[tuple[float, Row, float]]) -> Row:
    total = sum(weight * scores / (scores.max() or 1.0) for weight, scores, _ in opinions)
    return np.asarray(total) / sum(weight for weight, _, _ in opinions)


def _document(entry: Entry, towns: Towns) -> Document:
    """Gather an entry's texts; towns are left out, for they say nothing about the matter."""
    return Document(
        entry.id,
        tuple(
            Passage(language, towns.leave_out(tokens(told, _READ)), weight)
            for language, text in entry.texts.items()
            for told, weight in _told(text)
        ),
    )


def _told(text: Text) -> Iterator[tuple[str, float]]:
    """Yield what a text says of its matter and how much that weighs.

    A title that has no answer below it is a name on a button and nothing more: learned from, it made the bot answer
    what is none of its business (measured: of 26 such French questions 26 were refused without, 24 with them).
    """
    yield from ((question, QUESTION) for question in text.questions)
    if text.body:
        yield from ((text.title, TITLE), (text.short, SHORT), (text.body, BODY if text.questions else PAGE))


def _wishes(words: Mapping[str, Words]) -> Document:
    return Document(
        A_PERSON,
        tuple(
            Passage(language, tokens(wish), QUESTION)
            for language, told in words.items()
            for wish in told.human
        ),
    )
