"""Finds imported pages, which have no example questions, by the sentence vectors of their parts.

A page's title alone says little, and its words only what is asked in its own language; the vectors of title and parts
are near a question in any language, the more so without what all texts of a language have in common. How likely it is
that a page is meant at all is left to the classifier over vectors, which learned the titles beside all that means no
page: only the pages' common share is dealt out anew among them. So scores of pages and of entries with examples stay
probabilities of one kind.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.markup import parse
from bot.understanding.embedding import LONGEST
from bot.understanding.letters import Matrix, Values

MOST_PARTS = 12  # of a page in one language: what comes later is small print, and each takes 0.1 s to embed
_STEPS = 127  # a number of a vector is kept in one byte
# How many times likelier a part gets when its vector is nearer by 1: fitted on the development questions of OMoS-QA.
_SHARPNESS = 20.0
# What a title alone counts beside a piece, which begins with it: as much, and a page of one piece would be little more
# than its title.
_TITLE = 0.5


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
    """The vectors of all parts of all texts of pages; a page has a text in each of its languages.

    owners: the class of each text. starts: where its parts begin. shares: the logarithm of what each part counts in its
    text. values: in steps, of a size of their own for each part. middle: what all parts have in common, taken off.
    """

    owners: NDArray[np.int32]  # (texts,), ascending
    starts: NDArray[np.int32]  # (texts,), ascending
    shares: Values  # (parts,)
    values: NDArray[np.int8]  # (parts, dimensions)
    steps: Values  # (parts,)
    middle: Values  # (dimensions,)

    @classmethod
    def of(cls, texts: Iterable[tuple[int, Matrix]]) -> Self:
        """Keep texts: the class and the vectors of each, its title's first; there is one text at least."""
        told = sorted(texts, key=lambda text: text[0])
        sizes = [len(vectors) for _, vectors in told]
        vectors = np.concatenate([vectors for _, vectors in told])
        middle = vectors.mean(axis=0)
        straight = _straight(vectors, middle)
        most = np.abs(straight).max(axis=1)
        steps = np.where(most > 0, most, 1).astype(np.float32) / np.float32(_STEPS)
        return cls(
            np.array([owner for owner, _ in told], dtype=np.int32),
            np.cumsum([0, *sizes[:-1]], dtype=np.int32),
            np.concatenate(list(map(_shares, sizes))),
            np.rint(straight / steps[:, None]).astype(np.int8),
            steps,
            middle,
        )

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is to be kept."""
        return {
            "owners": self.owners,
            "starts": self.starts,
            "shares": self.shares,
            "values": self.values,
            "steps": self.steps,
            "middle": self.middle,
        }

    def dealt(self, odds: Values, vector: Values, centre: Values) -> Values:
        """Return a classifier's logarithms of probabilities with the pages' common share dealt out by nearness.

        A text is as near as its parts are on average, the near ones counting nearly alone: by the nearest part, a long
        text would have more chances than a short one. Of a page's texts the nearest counts. centre: of the question's
        language.
        """
        near = self.values.astype(np.float32) @ _straight(vector[None], centre)[0] * self.steps
        texts = np.logaddexp.reduceat(np.float32(_SHARPNESS) * near + self.shares, self.starts)
        pages, first = np.unique(self.owners, return_index=True)
        return _dealt(odds, pages, np.maximum.reduceat(texts, first))

    def levelled(self, odds: Values) -> Values:
        """Return logarithms of probabilities with the pages' common share dealt out in equal parts."""
        pages = np.unique(self.owners)
        return _dealt(odds, pages, np.zeros(pages.size, dtype=np.float32))


def _shares(size: int) -> Values:
    """Return the logarithms of what a text's parts count, (size,), 1 together."""
    weights = np.ones(size, dtype=np.float32)
    weights[0] = _TITLE
    return np.asarray(np.log(weights / weights.sum()), dtype=np.float32)


def _dealt(odds: Values, pages: NDArray[np.int32], score: Values) -> Values:
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
