"""Finds imported pages, which have no example questions, by the sentence vectors of their parts.

A page's title alone says little, and its words only what is asked in its own language; the vectors of title and parts
are near a question in any language, the more so without what all texts of a language have in common. How likely it is
that a page is meant at all is left to the classifier over vectors, which learned the titles beside all that means no
page: only the pages' common share is dealt out anew among them. So scores of pages and of entries with examples stay
probabilities of one kind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.markup import parse
from bot.understanding.embedding import LONGEST
from bot.understanding.letters import Matrix, Values

MOST_PARTS = 12  # of a page in one language: what comes later is small print, and each takes 0.1 s to embed
_STEPS = 127
# How many times likelier a page gets when its vector is nearer by 1: fitted on the development questions of OMoS-QA.
_SHARPNESS = 20.0


def parts(title: str, body: str) -> Iterator[str]:
    """Yield a page's title, then pieces of its Markdown body, each behind the title, short enough to be embedded."""
    yield title
    room = LONGEST - len(title) - 2
    if room <= 0:
        return
    lines = [line for block in parse(body) for line in "".join(span.text for span in block.spans).split("\n")]
    pieces = list(_filled([" ".join(line.split()) for line in lines], room))
    yield from (f"{title}. {piece}" for piece in pieces[: MOST_PARTS - 1])


def _filled(lines: Sequence[str], room: int) -> Iterator[str]:
    """Join lines as long as they fit, and cut those that are too long."""
    piece = ""
    for line in lines:
        while (piece and len(piece) + 1 + len(line) > room) or len(line) > room:
            if piece:
                yield piece
                piece = ""
            else:
                yield line[:room]
                line = line[room:]
        piece = f"{piece} {line}".strip()
    if piece:
        yield piece


@dataclass(frozen=True, slots=True)
class Centres:
    """What the vectors of a language's questions have in common, whatever they are about.

    Taken off, a question and a page that mean the same are near each other although their languages differ.
    """

    languages: NDArray[np.str_]
    values: Matrix  # (languages, dimensions)

    @classmethod
    def of(cls, languages: Sequence[str], vectors: Matrix) -> Self:
        """Average vectors by language."""
        names, owner = np.unique(np.array(languages), return_inverse=True)
        means = [vectors[owner == number].mean(axis=0) for number in range(names.size)]
        return cls(names, np.stack(means).astype(np.float32))

    def of_language(self, language: str) -> Values:
        """Return a language's centre; that of all languages for an unknown one."""
        (place,) = np.nonzero(self.languages == language)
        found = self.values[place[0]] if place.size else self.values.mean(axis=0)
        return np.asarray(found, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is to be kept."""
        return {"languages": self.languages, "values": self.values}


@dataclass(frozen=True, slots=True)
class PageHead:
    """The vectors of all parts of all pages.

    owners: the class of each part. middle: what all parts have in common, taken off.
    """

    owners: NDArray[np.int32]  # (parts,), ascending
    values: NDArray[np.int8]  # (parts, dimensions)
    middle: Values  # (dimensions,)

    @classmethod
    def of(cls, owners: NDArray[np.int32], vectors: Matrix) -> Self:
        """Keep the vectors of parts in the order of their owners; there is one at least."""
        order = np.argsort(owners, kind="stable")
        middle = vectors.mean(axis=0)
        steps = np.rint(_straight(vectors[order], middle) * _STEPS).astype(np.int8)
        return cls(owners[order], steps, middle)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is to be kept."""
        return {"owners": self.owners, "values": self.values, "middle": self.middle}

    def dealt(self, odds: Values, vector: Values, centre: Values) -> Values:
        """Return a classifier's logarithms of probabilities with the pages' common share dealt out by nearness.

        centre: of the question's language.
        """
        near = self.values.astype(np.float32) @ _straight(vector[None], centre)[0] / np.float32(_STEPS)
        pages, starts = np.unique(self.owners, return_index=True)
        score = np.float32(_SHARPNESS) * np.maximum.reduceat(near, starts)
        dealt = odds.copy()
        dealt[pages] = _log_total(odds[pages]) + score - _log_total(score)
        return dealt


def _straight(vectors: Matrix, middle: Values) -> Matrix:
    moved = vectors - middle
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.where(length > 0, length, 1), dtype=np.float32)


def _log_total(odds: Values) -> np.float32:
    most = odds.max()
    return np.float32(most + np.log(np.exp(odds - most).sum()))
