"""Two small classifiers in plain numpy: one over letters, one over sentence vectors; both say log-odds per class.

Training is deterministic: the same examples in the same order give the same heads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.understanding.letters import SPACE, Matrix, Row, Values, rarity

Labels = NDArray[np.int64]  # a class's number for each example
Arrays = Mapping[str, NDArray[np.generic]]

_SEED = 1
# Letters: stochastic gradients with a step of its own for each feature (AdaGrad, one for all classes).
_ROUNDS = 5
_BATCH = 128
_STEP = 0.15
_STEP_ALL = 0.025  # of what every message has
_DOUBT = 0.1  # share of certainty that a training example leaves to all other classes
_TINY = np.float32(1e-6)
_LEAST = np.float32(1e-6)  # of a probability: one opinion alone cannot rule a meaning out
# Vectors: one hidden layer, Adam with a step that falls to nothing.
HIDDEN = 512
MEMBERS = 3
_DENSE_ROUNDS = 30
_DENSE_BATCH = 256
_DENSE_STEP = 0.003
_DECAY = 0.01
_NOISE = np.float32(0.3)  # added to each number of a vector in training
_DROPPED = 0.5  # share of the hidden layer that is silent in each step of training


Tick = Callable[[], None]  # called often in training; may raise to end it


def softmax(odds: Matrix) -> Matrix:
    """Turn each row of log-odds into probabilities."""
    grown = np.exp(odds - odds.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), dtype=np.float32)


def log_shares(odds: Matrix) -> Matrix:
    """Return the logarithms of the probabilities; none is quite impossible."""
    return np.asarray(np.log(softmax(odds) + _LEAST), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LetterHead:
    """A linear classifier over `letters.Row`; weights are kept in bytes, each feature with a scale of its own."""

    rarity: NDArray[np.float16]  # (SPACE,)
    weights: NDArray[np.int8]  # (SPACE, classes)
    scale: NDArray[np.float16]  # (SPACE,)
    bias: Values  # (classes,)

    def odds(self, words: Sequence[str], bones: float = 1.0) -> Values:
        """Return log-odds of each class for folded words; of a message without any, what is likely in general.

        bones: how often the features of skeletons count, against the others'.
        """
        row = Row.of(words, bones).weighed(self.rarity.astype(np.float32))
        strength = row.values * self.scale[row.ids].astype(np.float32)
        return np.asarray(strength @ self.weights[row.ids].astype(np.float32) + self.bias, dtype=np.float32)

    @classmethod
    def train(cls, rows: Sequence[Row], labels: Labels, classes: int, tick: Tick) -> Self:
        """Learn from examples: `labels` has the class of each."""
        counts = rarity(rows).astype(np.float16)
        weighed = [row.weighed(counts.astype(np.float32)) for row in rows]
        found, bias = _descend(weighed, labels, classes, tick)
        scale = (np.abs(found).max(axis=1) / 127).astype(np.float16)
        divisor = np.where(scale > 0, scale, 1).astype(np.float32)
        return cls(counts, np.rint(found / divisor[:, None]).clip(-127, 127).astype(np.int8), scale, bias)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is to be kept."""
        return {"rarity": self.rarity, "weights": self.weights, "scale": self.scale, "bias": self.bias}


def _descend(rows: Sequence[Row], labels: Labels, classes: int, tick: Tick) -> tuple[Matrix, Values]:
    """Return the weights of each feature, and the bias."""
    told = [number for number, row in enumerate(rows) if row.ids.size]
    random = np.random.default_rng(_SEED)
    found = np.zeros((SPACE, classes), dtype=np.float32)
    bias = np.zeros(classes, dtype=np.float32)
    moved = np.full(SPACE, _TINY)
    for _ in range(_ROUNDS):
        order = random.permutation(told)
        for start in range(0, len(order), _BATCH):
            tick()
            batch = order[start : start + _BATCH]
            ids = np.concatenate([rows[number].ids for number in batch])
            values = np.concatenate([rows[number].values for number in batch])
            lengths = np.array([rows[number].ids.size for number in batch])
            starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
            wrong = softmax(np.add.reduceat(found[ids] * values[:, None], starts, axis=0) + bias)
            wrong -= np.float32(_DOUBT / classes)
            wrong[np.arange(batch.size), labels[batch]] -= np.float32(1 - _DOUBT)
            owner = np.repeat(np.arange(batch.size), lengths)
            by_place = np.argsort(ids, kind="stable")
            places, first = np.unique(ids[by_place], return_index=True)
            slope = np.add.reduceat(wrong[owner[by_place]] * values[by_place][:, None], first, axis=0)
            moved[places] += (slope * slope).mean(axis=1)
            found[places] -= np.float32(_STEP) * slope / np.sqrt(moved[places])[:, None]
            bias -= np.float32(_STEP_ALL) * wrong.mean(axis=0)
    return found, bias


@dataclass(frozen=True, slots=True)
class DenseHead:
    """Some classifiers over sentence vectors, each with one hidden layer, that differ in nothing but chance.

    Together they are right more often than any of them (by a point), and less sure where they know nothing.
    """

    middle: Values  # (dimensions,): the mean of what it learned from
    spread: Values  # (1,)
    inner: NDArray[np.float16]  # (MEMBERS, dimensions, HIDDEN)
    inner_bias: Values  # (MEMBERS, HIDDEN)
    outer: NDArray[np.float16]  # (MEMBERS, HIDDEN, classes)
    bias: Values  # (MEMBERS, classes)

    def odds(self, vector: Values) -> Values:
        """Return log-odds of each class for one vector."""
        hidden = (vector - self.middle) / self.spread @ self.inner.astype(np.float32) + self.inner_bias
        heard = np.maximum(hidden, 0)[:, None, :] @ self.outer.astype(np.float32)
        return np.asarray(log_shares(heard[:, 0] + self.bias).mean(axis=0), dtype=np.float32)

    @classmethod
    def train(cls, vectors: Matrix, labels: Labels, classes: int, tick: Tick) -> Self:
        """Learn from examples: `labels` has the class of each."""
        middle = vectors.mean(axis=0)
        spread = np.array([(vectors - middle).std() or 1.0], dtype=np.float32)
        inputs = (vectors - middle) / spread
        members = [_learn(inputs, labels, classes, _SEED + number, tick) for number in range(MEMBERS)]
        learned = {name: np.stack([member[name] for member in members]) for name in members[0]}
        half = {name: learned[name].astype(np.float16) for name in ("inner", "outer")}
        return cls(middle, spread, half["inner"], learned["inner_bias"], half["outer"], learned["bias"])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is to be kept."""
        return {
            "middle": self.middle,
            "spread": self.spread,
            "inner": self.inner,
            "inner_bias": self.inner_bias,
            "outer": self.outer,
            "bias": self.bias,
        }


def _learn(vectors: Matrix, labels: Labels, classes: int, seed: int, tick: Tick) -> dict[str, Matrix]:
    random = np.random.default_rng(seed)
    count, dimensions = vectors.shape
    start = random.standard_normal((dimensions, HIDDEN), dtype=np.float32) * np.sqrt(2 / dimensions)
    kept: dict[str, Matrix] = {
        "inner": start.astype(np.float32),
        "inner_bias": np.zeros(HIDDEN, dtype=np.float32),
        "outer": np.zeros((HIDDEN, classes), dtype=np.float32),
        "bias": np.zeros(classes, dtype=np.float32),
    }
    adam = _Adam(kept, _DENSE_ROUNDS * -(-count // _DENSE_BATCH))
    for _ in range(_DENSE_ROUNDS):
        order = random.permutation(count)
        for begin in range(0, count, _DENSE_BATCH):
            tick()
            batch = order[begin : begin + _DENSE_BATCH]
            inputs = vectors[batch] + _NOISE * random.standard_normal(
                (batch.size, dimensions), dtype=np.float32
            )
            heard = random.random((batch.size, HIDDEN), dtype=np.float32) >= _DROPPED
            before = inputs @ kept["inner"] + kept["inner_bias"]
            open_gates = (before > 0) & heard
            hidden = np.where(open_gates, before / np.float32(1 - _DROPPED), np.float32(0))
            wrong = softmax(hidden @ kept["outer"] + kept["bias"])
            wrong[np.arange(batch.size), labels[batch]] -= 1
            wrong /= np.float32(batch.size)
            back = np.where(open_gates, wrong @ kept["outer"].T / np.float32(1 - _DROPPED), np.float32(0))
            adam.step(
                {
                    "inner": inputs.T @ back,
                    "inner_bias": back.sum(axis=0),
                    "outer": hidden.T @ wrong,
                    "bias": wrong.sum(axis=0),
                }
            )
    return kept


class _Adam:
    """Moves arrays along their slopes in place (Kingma and Ba 2015, with decoupled decay of the weights)."""

    def __init__(self, moved: dict[str, Matrix], steps: int) -> None:
        self._moved = moved
        self._steps = steps
        self._mean = {name: np.zeros_like(array) for name, array in moved.items()}
        self._square = {name: np.zeros_like(array) for name, array in moved.items()}
        self._done = 0

    def step(self, slopes: Mapping[str, Matrix]) -> None:
        """Take one step; its length falls with a cosine."""
        self._done += 1
        length = _DENSE_STEP * 0.5 * (1 + np.cos(np.pi * self._done / self._steps))
        for name, slope in slopes.items():
            mean, square, array = self._mean[name], self._square[name], self._moved[name]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            known = mean / (1 - 0.9**self._done)
            usual = np.sqrt(square / (1 - 0.999**self._done)) + 1e-8
            decay = _DECAY * array if array.ndim > 1 else 0.0
            array -= np.float32(length) * (known / usual + decay)
