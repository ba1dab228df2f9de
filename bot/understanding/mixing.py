"""Weighs the three opinions on a message - letters, vectors, shared words - into one probability per meaning.

What each opinion is worth differs: the vectors know German and English best, Kurmanji, Somali and Tigrinya hardly, and
nothing of a language in a foreign script. The weights are fitted by `calibrate`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from bot.understanding.heads import log_shares, softmax
from bot.understanding.letters import Values
from bot.understanding.material import A_PERSON, OUTSIDE, SMALLTALK

ROMANISED = "~"  # the group of all languages that are typed in Latin letters but have another script


@dataclass(frozen=True, slots=True)
class Weights:
    """What the opinions count for one group of messages."""

    letters: float
    vectors: float
    words: float


@dataclass(frozen=True, slots=True)
class Scales:
    """Weights by group (a language, or ROMANISED), and what is added for each kind of meaning that is no entry."""

    groups: tuple[tuple[str, Weights], ...]
    other: Weights  # for a group without weights of its own
    outside: float
    person: float
    smalltalk: float

    def of(self, group: str) -> Weights:
        """Return a group's weights."""
        return next((weights for name, weights in self.groups if name == group), self.other)


@dataclass(frozen=True, slots=True)
class Opinions:
    """What is thought of one message, a number for each meaning: log-odds, and the ranking's score from 0 to 1."""

    letters: Values
    vectors: Values | None
    words: Values


@cache
def added(meanings: tuple[str, ...], scales: Scales) -> Values:
    """Return what is added for each meaning."""
    return np.array([_added(meaning, scales) for meaning in meanings], dtype=np.float32)


def _added(meaning: str, scales: Scales) -> float:
    if meaning == OUTSIDE:
        return scales.outside
    if meaning == A_PERSON:
        return scales.person
    return scales.smalltalk if meaning.startswith(SMALLTALK) else 0.0


def mixed(opinions: Opinions, weights: Weights, added: Values) -> Values:
    """Return the probability of each meaning."""
    total = weights.letters * log_shares(opinions.letters) + weights.words * opinions.words + added
    if opinions.vectors is not None:
        total = total + weights.vectors * log_shares(opinions.vectors)
    return softmax(np.asarray(total, dtype=np.float32))
