"""What was learned from the examples: both heads with their classes, as one file that can be kept and shipped."""

import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Self

import numpy as np

from bot.understanding.embedding import Vectors
from bot.understanding.heads import Arrays, DenseHead, LetterHead, Tick, log_shares
from bot.understanding.letters import Row, Values
from bot.understanding.material import Example, fingerprint
from bot.understanding.pages import Centres, PageHead

Matter = Callable[[str], tuple[str, ...]]

VERSION = "2"  # of everything that a kept head depends on: features, training, what is stored


class Unreadable(Exception):
    """A kept head is damaged, or of another version."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Knows what each class looks like, in letters and, if `model` is not empty, in vectors.

    source: the fingerprint of the examples. classes: what the columns of both heads mean. centres: only with vectors;
    pages: if there are, besides, pages without example questions.
    """

    source: str
    model: str
    classes: tuple[str, ...]
    letters: LetterHead
    dense: DenseHead | None
    centres: Centres | None = None
    pages: PageHead | None = None

    def seen(self, vector: Values, language: str) -> Values:
        """Return log-odds of each class for the vector of a text in this language; there is a dense head."""
        if self.dense is None:
            raise ValueError("learned without vectors")
        odds = self.dense.odds(vector)
        if self.pages is None or self.centres is None:
            return odds
        return self.pages.dealt(log_shares(odds), vector, self.centres.of_language(language))

    def without_titles(self, letters: Values) -> Values:
        """Return the letters' log-odds as if they told that a page is meant, but not which."""
        return self.pages.levelled(log_shares(letters)) if self.pages else letters

    @property
    def key(self) -> str:
        """What it depends on; another key means to learn anew."""
        return key_of(self.source, self.model)

    def knows_most_of(self, entries: Collection[str]) -> bool:
        """False of another knowledge folder's entries, of which nothing was learned yet."""
        return 2 * len(set(self.classes) & set(entries)) > len(entries)

    def to_bytes(self) -> bytes:
        """Return the file to keep; the same for the same heads."""
        arrays: dict[str, np.ndarray] = {
            "about": np.array([VERSION, self.source, self.model]),
            "classes": np.array(self.classes),
            **{f"letters.{name}": array for name, array in self.letters.arrays().items()},
        }
        if self.dense:
            arrays |= {f"dense.{name}": array for name, array in self.dense.arrays().items()}
        if self.centres:
            arrays |= {f"centres.{name}": array for name, array in self.centres.arrays().items()}
        if self.pages:
            arrays |= {f"pages.{name}": array for name, array in self.pages.arrays().items()}
        file = BytesIO()
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, told: bytes) -> Self:
        """Read what `to_bytes` wrote; raise Unreadable."""
        try:
            with np.load(BytesIO(told), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            version, source, model = map(str, arrays["about"])
            if version != VERSION:
                raise Unreadable(f"version {version}")
            letters = LetterHead(**_under("letters.", arrays))
            dense = DenseHead(**_under("dense.", arrays)) if "dense.bias" in arrays else None
            centres = Centres(**_under("centres.", arrays)) if "centres.values" in arrays else None
            pages = PageHead(**_under("pages.", arrays)) if "pages.owners" in arrays else None
            return cls(source, model, tuple(map(str, arrays["classes"])), letters, dense, centres, pages)
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise Unreadable(type(error).__name__) from error


def _under(prefix: str, arrays: Arrays) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def key_of(source: str, model: str) -> str:
    """Return the key of what is learned from these examples with this model ("" for none)."""
    return f"{VERSION}-{source}-{model}" if model else f"{VERSION}-{source}"


def _on() -> None:
    """Let the training go on."""


def learn(
    told: Sequence[Example],
    matter: Matter,
    vectors: Vectors | None,
    tick: Tick = _on,
    parts: Sequence[Example] = (),
    centres: Centres | None = None,
) -> Learned:
    """Train both heads, the dense one only with vectors (which lack none of the texts).

    parts: those of pages. centres: the model's, learned from more questions than these, if there are such.

    `matter` gives the folded words of a text that say what it is about. Takes half a minute of one core for 16,000
    examples. `tick` is called often, and ends it by raising.
    """
    classes = tuple(dict.fromkeys(example.meaning for example in told))
    number = {meaning: place for place, meaning in enumerate(classes)}
    labels = np.array([number[example.meaning] for example in told], dtype=np.int64)
    letters = LetterHead.train([Row.of(matter(example.text)) for example in told], labels, len(classes), tick)
    source = fingerprint((*told, *parts))
    if vectors is None:
        return Learned(source, "", classes, letters, None)
    seen = vectors.of([example.text for example in told])
    dense = DenseHead.train(seen, labels, len(classes), tick)
    own = Centres.of([example.language for example in told], seen)
    pages = _page_head(parts, number, vectors) if parts else None
    return Learned(source, vectors.model, classes, letters, dense, centres or own, pages)


def _page_head(parts: Sequence[Example], number: Mapping[str, int], vectors: Vectors) -> PageHead:
    texts = groupby(parts, lambda part: (part.meaning, part.language))
    return PageHead.of(
        (number[meaning], vectors.of([part.text for part in own])) for (meaning, _), own in texts
    )
