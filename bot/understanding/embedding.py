"""Sentence vectors: what gives them, and how those of known texts are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bot.understanding.letters import Matrix, Values

LONGEST = 300  # characters of a text that are looked at: a longer one costs time and tells little more
_KEY = 8  # bytes
_STEPS = 127  # a number of a vector is kept in one byte


class NoVectors(Exception):
    """The embedder cannot work, now or at all; the message says why, without any text."""


class Embedder(Protocol):
    """Turns texts into vectors; texts of one meaning get similar ones, across languages."""

    @property
    def name(self) -> str:
        """The model: vectors of different names must not be mixed."""

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one vector of length 1 a text, (texts, dimensions); raise NoVectors. Blocking: call it in a thread."""


def shortened(text: str) -> str:
    """Return what of a text is embedded."""
    whole = text[: 2 * LONGEST].encode("utf-8", "replace").decode()  # half a character is none
    return " ".join(whole.split())[:LONGEST]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of known texts, in bytes, found by a hash of model and text: no text is kept."""

    model: str
    keys: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))  # ascending
    values: NDArray[np.int8] = field(default_factory=lambda: np.zeros((0, 0), np.int8))  # (keys, dimensions)

    def __len__(self) -> int:
        return int(self.keys.size)

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Return the texts without a vector, each once."""
        told = list(dict.fromkeys(texts))
        held = np.isin(self._keys_of(told), self.keys).tolist()
        return [text for text, known in zip(told, held, strict=True) if not known]

    def of(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of texts that are not missing, (texts, dimensions), each of length 1."""
        found = self.values[np.searchsorted(self.keys, self._keys_of(texts))].astype(np.float32)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)

    def with_more(self, texts: Sequence[str], vectors: Matrix) -> Self:
        """Return these and some more."""
        steps = np.rint(vectors * (_STEPS / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)
        keys = np.concatenate((self.keys, self._keys_of(texts)))
        values = np.concatenate((self.values, steps)) if len(self) else steps
        keys, first = np.unique(keys, return_index=True)
        return type(self)(self.model, keys, values[first])

    def only(self, texts: Iterable[str]) -> Self:
        """Return those of these texts, without what nobody needs any more."""
        kept = np.isin(self.keys, self._keys_of(list(texts)))
        return type(self)(self.model, self.keys[kept], self.values[kept])

    def _keys_of(self, texts: Sequence[str]) -> NDArray[np.uint64]:
        return np.array([_key(self.model, text) for text in texts], dtype=np.uint64)


def _key(model: str, text: str) -> int:
    told = f"{model}\0{shortened(text)}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=_KEY).digest(), "big")


def quantised(vector: Values) -> Values:
    """Return a vector as `Vectors` would give it back, so that known and new texts are judged alike."""
    steps = np.rint(vector * (_STEPS / np.abs(vector).max()))
    return np.asarray(steps / np.linalg.norm(steps), dtype=np.float32)
