"""BM25 over terms, in own numpy: an inverted index in three flat arrays, built document by document.

Nothing of it is ever as large as terms times documents: with ten times as many entries it takes ten times the memory.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float64]  # one number per document, in the index's order; or per term
Numbers = NDArray[np.intp]  # of units, terms or documents
Ids = NDArray[np.int32]  # the same, many of them
Weights = NDArray[np.float32]
Unit = TypeVar("Unit", bound=Hashable)  # what documents are told in: terms, or words that are cut into terms

_SATURATION = 6.0  # BM25's k1, b: best of a grid on held-out questions
_LENGTH = 0.75
_CROWDED = (
    8  # terms of the whole index for each of a document, from which on sorting is cheaper than counting
)
_NOTHING = np.zeros(1, dtype=np.intp)


@dataclass(slots=True)
class Counted(Generic[Unit]):
    """Documents as numbers: which units each has, and how often (weighted, above 0)."""

    units: dict[Unit, int] = field(default_factory=dict)  # unit -> its number
    ids: list[Ids] = field(default_factory=list)  # of each document
    often: list[Weights] = field(default_factory=list)

    @classmethod
    def of(cls, documents: Iterable[Mapping[Unit, float]]) -> Self:
        """Count documents; each is let go before the next is asked for."""
        counted = cls()
        for document in documents:
            numbers = (counted.units.setdefault(unit, len(counted.units)) for unit in document)
            counted.ids.append(np.fromiter(numbers, np.int32, len(document)))
            counted.often.append(np.fromiter(document.values(), np.float32, len(document)))
        return counted


@dataclass(frozen=True, slots=True)
class Cuts:
    """Units cut into terms: the unit of number n has the terms numbered `ids[starts[n] : starts[n + 1]]`."""

    rows: dict[str, int]  # term -> its number
    ids: Ids
    starts: Numbers

    @classmethod
    def of(cls, terms: Sequence[str], owners: Numbers, inverse: Numbers, units: int) -> Self:
        """Join pairs: the unit `owners[n]` has the term `terms[inverse[n]]`; terms may be told twice."""
        return cls.joined([(terms, owners, inverse, units)])

    @classmethod
    def joined(cls, parts: Iterable[tuple[Sequence[str], Numbers, Numbers, int]]) -> Self:
        """Do the same for the units in parts, one after the other; owners are counted from 0 in each."""
        rows: dict[str, int] = {}
        ids, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.intp)]
        for terms, owners, inverse, units in parts:
            numbers = np.array([rows.setdefault(term, len(rows)) for term in terms], dtype=np.int32)
            ids.append(numbers[inverse[np.argsort(owners, kind="stable")]])
            lengths.append(np.bincount(owners, minlength=units))
        return cls(rows, np.concatenate(ids), _sums(np.concatenate(lengths)))

    def count(self, units: Ids, often: Weights) -> tuple[Ids, Weights]:
        """Return the terms of a document that has these units, ascending, and how often it has each."""
        begins = self.starts[units]
        lengths = self.starts[units + 1] - begins
        ends = np.cumsum(lengths)
        at = np.arange(ends[-1] if ends.size else 0) + np.repeat(begins - ends + lengths, lengths)
        terms, weights = self.ids[at], np.repeat(often, lengths)
        if len(self.rows) <= _CROWDED * terms.size:
            counted = np.bincount(terms, weights, minlength=len(self.rows))
            held = np.flatnonzero(counted)
            return held.astype(np.int32), counted[held].astype(np.float32)
        held, inverse = np.unique(terms, return_inverse=True)
        often = np.bincount(inverse, weights, minlength=held.size).astype(np.float32)
        return held.astype(np.int32), often


def cut_into_itself(units: Sequence[Unit]) -> Cuts:
    """Take each unit for a term."""
    numbers = np.arange(len(units))
    return Cuts.of([str(unit) for unit in units], numbers, numbers, len(units))


def _sums(lengths: Numbers) -> Numbers:
    """Return where each of some neighbours begins, and the end of the last."""
    return np.concatenate((_NOTHING, np.cumsum(lengths)))


class Bm25(Generic[Unit]):
    """An inverted index: for each term, what it adds to the score of each document that has it."""

    def __init__(
        self, documents: Counted[Unit], cut: Callable[[Sequence[Unit]], Cuts] = cut_into_itself
    ) -> None:
        """`cut` makes terms of all units."""
        self._size = len(documents.ids)
        cuts = cut(list(documents.units))
        self._rows = cuts.rows
        counted = [cuts.count(*pair) for pair in zip(documents.ids, documents.often, strict=True)]
        held = np.zeros(len(self._rows), dtype=np.intp)
        for terms, _ in counted:
            held[terms] += 1
        rarity = np.log(1 + (self._size - held + 0.5) / (held + 0.5))
        lengths = np.array([float(often.sum(dtype=np.float64)) for _, often in counted])
        norms = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / (lengths.mean() if lengths.any() else 1.0))
        self._starts = _sums(held)
        self._holders = np.empty(int(held.sum()), dtype=np.min_scalar_type(self._size))
        self._adds = np.empty(self._holders.size, dtype=np.float32)
        free = self._starts[:-1].copy()  # where the next document of each term is written
        for number in range(self._size):
            terms, often = counted[number]
            counted[number] = (terms[:0], often[:0])  # else all of it is held twice
            places = free[terms]
            self._holders[places] = number
            self._adds[places] = rarity[terms] * often * (_SATURATION + 1) / (often + norms[number])
            free[terms] += 1
        # What a term that nobody wrote would have told: as much as one that a single document has.
        self._unknown = log(1 + (self._size - 0.5) / 1.5) if self._size else 0.0

    def __contains__(self, term: str) -> bool:
        return term in self._rows

    def score(self, terms: Iterable[str]) -> tuple[Row, float]:
        """Return each document's score, and what a document that is best for each term would have."""
        found = np.zeros(self._size)
        possible = 0.0
        for term in dict.fromkeys(terms):
            row = self._rows.get(term)
            if row is None:
                possible += self._unknown
                continue
            postings = slice(self._starts[row], self._starts[row + 1])
            adds = self._adds[postings]
            found[self._holders[postings]] += adds
            possible += float(adds.max())
        return found, possible
