"""Fits what each opinion counts, and where a zone must begin, on examples that were held out of the learning.

Every example is judged by heads and by a ranking that never saw it. The examples of one entry are written from
different angles, so they are harder than what newcomers write: the probabilities err on the careful side.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.i18n import Words
from bot.knowledge.model import Entry, Knowledge
from bot.understanding.embedding import Vectors
from bot.understanding.heads import log_shares
from bot.understanding.judge import Asked, group_of, ranked_places
from bot.understanding.language import Languages
from bot.understanding.learned import Learned, learn
from bot.understanding.material import A_PERSON, OUTSIDE, SMALLTALK, Example, examples
from bot.understanding.mixing import ROMANISED, Scales, Weights
from bot.understanding.ranking import Question, Ranking
from bot.understanding.towns import Towns

Numbers = NDArray[np.float64]
Matter = Callable[[str], tuple[str, ...]]

PARTS = 3
_STEPS = 400
_STEP = 0.03
_START = (0.5, 0.4, 3.0)
_PULL = (40.0, 40.0, 0.8)  # of a group's weights towards the mean of all: some groups have few examples
# The held-out lines that mean no entry speak of the same matters as those learned from in other languages, so the fit
# is too sure of them; so much is added, by what tests/questions/*/_fallback.yaml shows, whose matters are others.
_UNHEARD_OF = {True: 3.1, False: 0.4}
THRESHOLDS = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was thought of each held-out example: (examples, meanings), then its meaning's place and its group's."""

    meanings: tuple[str, ...]
    letters: Numbers
    vectors: Numbers
    words: Numbers
    right: NDArray[np.intp]
    group: NDArray[np.intp]
    groups: tuple[str, ...]

    @property
    def opinions(self) -> Numbers:
        """All three, (examples, meanings, 3)."""
        return np.stack((self.letters, self.vectors, self.words), axis=2)

    @property
    def kinds(self) -> NDArray[np.intp]:
        """The kind of each meaning: 0 an entry, 1 outside, 2 a person, 3 small talk."""
        return np.array([_kind(meaning) for meaning in self.meanings], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Reached:
    """What comes of a threshold: shares of the examples that mean an entry, and of those that mean none."""

    threshold: float
    right: float
    wrong: float
    outside: float


def hold_out(
    knowledge: Knowledge, words: Mapping[str, Words], matter: Matter, vectors: Vectors | None
) -> HeldOut:
    """Judge every example by what was learned from the others; some minutes of one core."""
    told = examples(knowledge, words)
    part = _parts(told)
    meanings = tuple(dict.fromkeys(example.meaning for example in told))
    groups = (*knowledge.languages, ROMANISED)
    asked = _asked(told, matter, Languages(knowledge.languages))
    found = np.zeros((3, len(told), len(meanings)))
    for number in range(PARTS):
        kept = [example for example, own in zip(told, part, strict=True) if own != number]
        learned = learn(kept, matter, vectors)
        ranking = _ranking(knowledge, words, number)
        for place in np.flatnonzero(part == number).tolist():
            found[:, place] = _opinions(asked[place], vectors, learned, ranking)
    place_of = {meaning: place for place, meaning in enumerate(meanings)}
    return HeldOut(
        meanings,
        found[0],
        found[1],
        found[2],
        np.array([place_of[example.meaning] for example in told], dtype=np.intp),
        np.array([groups.index(each.group) for each in asked], dtype=np.intp),
        groups,
    )


def _parts(told: Sequence[Example]) -> NDArray[np.intp]:
    """Deal the examples of each meaning and language out to the parts in turn."""
    dealt: dict[tuple[str, str], int] = {}
    parts = []
    for example in told:
        key = example.meaning, example.language
        dealt[key] = dealt.get(key, -1) + 1
        parts.append(dealt[key] % PARTS)
    return np.array(parts, dtype=np.intp)


def _ranking(knowledge: Knowledge, words: Mapping[str, Words], part: int) -> Ranking:
    kept = [_without(entry, part) for entry in knowledge.entries.values()]
    wishes = {code: replace(told, human=_rest(told.human, part)) for code, told in words.items()}
    return Ranking(kept, Towns(knowledge.towns.values()), wishes)


def _rest(lines: Sequence[str], part: int) -> tuple[str, ...]:
    return tuple(line for number, line in enumerate(lines) if number % PARTS != part)


def _without(entry: Entry, part: int) -> Entry:
    texts = {code: replace(text, questions=_rest(text.questions, part)) for code, text in entry.texts.items()}
    return replace(entry, texts=texts)


def _asked(told: Sequence[Example], matter: Matter, languages: Languages) -> list[Asked]:
    return [
        Asked(text, matter(text), code, group_of(text, code, languages.guess(text, code)))
        for text, code in ((each.text, each.language) for each in told)
    ]


def _opinions(asked: Asked, vectors: Vectors | None, learned: Learned, ranking: Ranking) -> Numbers:
    agreed = np.append(ranking.agreed(Question(asked.words, asked.language)), 0.0)
    seen = np.zeros(len(learned.classes))
    if vectors is not None and learned.dense:
        seen = log_shares(learned.dense.odds(vectors.of([asked.text])[0])).astype(np.float64)
    letters = log_shares(learned.letters.odds(asked.words, asked.bones))
    return np.stack((letters, seen, agreed[ranked_places(ranking, learned.classes)]))


def _kind(meaning: str) -> int:
    if not meaning.startswith(SMALLTALK):
        return 0
    return {OUTSIDE: 1, A_PERSON: 2}.get(meaning, 3)


def fit(held: HeldOut, with_vectors: bool) -> Scales:
    """Return the scales under which the right meanings are likeliest (logistic regression, Adam)."""
    told, kinds = held.opinions, held.kinds
    used = np.array([1.0, float(with_vectors), 1.0])
    weights = np.tile(np.array(_START) * used, (len(held.groups), 1))
    added = np.zeros(4)
    truth = np.eye(len(held.meanings))[held.right]
    each_kind = np.eye(4)[kinds]
    moved = [np.zeros_like(weights), np.zeros_like(added)]
    usual = [np.zeros_like(weights), np.zeros_like(added)]
    for step in range(1, _STEPS + 1):
        wrong = _probabilities(told, weights[held.group], added[kinds]) - truth
        slope = np.zeros_like(weights)
        np.add.at(slope, held.group, (told * wrong[:, :, None]).sum(axis=1))
        slope = (slope + np.array(_PULL) * (weights - weights.mean(axis=0))) * used
        slope_added = (wrong @ each_kind).sum(axis=0) * np.array([0.0, 1.0, 1.0, 1.0])
        for place, (values, slopes) in enumerate(((weights, slope), (added, slope_added))):
            moved[place] += 0.1 * (slopes - moved[place])
            usual[place] += 0.01 * (slopes**2 - usual[place])
            ahead = np.sqrt(usual[place] / (1 - 0.99**step)) + 1e-9
            values -= _STEP * moved[place] / (1 - 0.9**step) / ahead
        np.maximum(weights, 0, out=weights)
    rows = [Weights(*(round(float(value), 2) for value in row)) for row in (*weights, weights.mean(axis=0))]
    outside, person, smalltalk = (round(float(value), 2) for value in added[1:])
    groups = tuple(zip(held.groups, rows, strict=False))
    return Scales(groups, rows[-1], round(outside + _UNHEARD_OF[with_vectors], 2), person, smalltalk)


def _probabilities(told: Numbers, weights: Numbers, added: Numbers) -> Numbers:
    odds = np.einsum("emo,eo->em", told, weights) + added
    grown = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def thresholds(held: HeldOut, scales: Scales) -> tuple[Reached, ...]:
    """Return what would be answered, rightly or not, from each of some probabilities on."""
    weights = np.array([[(own := scales.of(name)).letters, own.vectors, own.words] for name in held.groups])
    added = np.array([0.0, scales.outside, scales.person, scales.smalltalk])
    shares = _probabilities(held.opinions, weights[held.group], added[held.kinds])
    best = shares.argmax(axis=1)
    ours, outside = held.kinds[held.right] == 0, held.kinds[held.right] == 1
    found = []
    for threshold in THRESHOLDS:
        answered = (shares.max(axis=1) >= threshold) & (held.kinds[best] == 0)
        right = answered & (best == held.right)
        found.append(
            Reached(
                threshold, _share(right[ours]), _share((answered & ~right)[ours]), _share(answered[outside])
            )
        )
    return tuple(found)


def _share(held: NDArray[np.bool_]) -> float:
    return float(held.mean()) if held.size else 0.0


def as_code(name: str, scales: Scales) -> str:
    """Return the scales as they stand in scales.py."""
    rows = "".join(f'        ("{group}", {_weights(weights)}),\n' for group, weights in scales.groups)
    return (
        f"{name} = Scales(\n    groups=(\n{rows}    ),\n    other={_weights(scales.other)},\n"
        f"    outside={scales.outside},\n    person={scales.person},\n    smalltalk={scales.smalltalk},\n)"
    )


def _weights(weights: Weights) -> str:
    return f"Weights({weights.letters:.2f}, {weights.vectors:.2f}, {weights.words:.2f})"
