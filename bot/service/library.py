"""Finds what was learned before, keeps what is learned now; what ships with the product needs no learning."""

import time
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog

from bot.i18n import Words
from bot.knowledge.model import Knowledge
from bot.understanding.embedding import Embedder, NoVectors, Vectors
from bot.understanding.heads import Tick
from bot.understanding.learned import Learned, Unreadable, key_of, learn
from bot.understanding.material import Example, examples, page_parts
from bot.understanding.pages import Centres

SHIPPED = Path(__file__).parents[1] / "understanding" / "data"
HEAD, VECTORS = "head.npz", "vectors.npz"
_AT_ONCE = 32  # texts that are embedded in one go
_KEPT_HEADS = 2  # files: the present one, and the one before for a change that is taken back

log = structlog.get_logger()
Matter = Callable[[str], tuple[str, ...]]


class Library:
    """Heads and vectors in files: the shipped folder, which is only read, and one of our own."""

    def __init__(self, own: Path | None = None, shipped: Path = SHIPPED) -> None:
        """own: where to keep what is learned; None: it is forgotten with the process."""
        self._own = own
        self._shipped = shipped

    def find(self, source: str, model: str) -> Learned | None:
        """Return what was learned from examples of this fingerprint, with the model's vectors if there are such.

        If nothing was, something that was learned from others: it knows what has not changed.
        """
        found = [head for path in self._heads(source, model) if (head := _read_head(path))]
        wanted = ((source, model), (source, ""), ("", model))
        for own_source, own_model in wanted:
            for head in found:
                if own_source in ("", head.source) and own_model in ("", head.model):
                    return head
        return next(iter(found), None)

    def _heads(self, source: str, model: str) -> list[Path]:
        if self._own is None:
            return [self._shipped / HEAD]
        exact = self._own / f"{_file_name(key_of(source, model))}.head.npz"
        latest = sorted(self._own.glob("*.head.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
        return [exact, self._shipped / HEAD, *(path for path in latest if path != exact)]

    def learn(
        self,
        knowledge: Knowledge,
        words: Mapping[str, Words],
        matter: Matter,
        embedder: Embedder | None,
        tick: Tick,
    ) -> Learned:
        """Learn anew, and keep it: embed what is new, train. Blocking, a minute or more; raises NoVectors.

        tick: is called often, and ends it by raising.
        """
        began = time.monotonic()
        told = examples(knowledge, words)
        parts = page_parts(knowledge)
        vectors = self.vectors_of((*told, *parts), embedder, tick) if embedder else None
        learned = learn(told, matter, vectors, tick, parts, self._centres(embedder) if parts else None)
        if self._own:
            self._keep(self._own, learned, vectors)
        log.info("knowledge.learned", version=knowledge.version, seconds=round(time.monotonic() - began, 1))
        return learned

    def _centres(self, embedder: Embedder | None) -> Centres | None:
        """Return what shipped questions tell of the languages: pages come without questions of their own."""
        head = _read_head(self._shipped / HEAD)
        return head.centres if head and embedder and head.model == embedder.name else None

    def vectors_of(self, told: Sequence[Example], embedder: Embedder, tick: Tick) -> Vectors:
        """Return vectors of all examples: shipped, kept or made now."""
        texts = [example.text for example in told]
        known = Vectors(embedder.name)
        for folder in (self._shipped, self._own):
            if folder and len(missing := known.missing(texts)):
                known = _joined(known, read_vectors(folder / VECTORS, embedder.name).only(missing))
        missing = known.missing(texts)
        for start in range(0, len(missing), _AT_ONCE):
            tick()
            some = missing[start : start + _AT_ONCE]
            known = known.with_more(some, embedder.embed(some))
        return known

    def ship(self, told: Sequence[Example], learned: Learned | None, embedder: Embedder | None) -> Path:
        """Write what goes with the product, and return where; raises NoVectors."""
        if learned is None or embedder is None or learned.model != embedder.name:
            raise NoVectors("only what was learned with an embedder is shipped")
        vectors = self.vectors_of(told, embedder, lambda: None)
        self._shipped.mkdir(exist_ok=True)
        _write(self._shipped / HEAD, learned.to_bytes())
        write_vectors(self._shipped / VECTORS, vectors.only(example.text for example in told))
        return self._shipped

    def _keep(self, folder: Path, learned: Learned, vectors: Vectors | None) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / f"{_file_name(learned.key)}.head.npz", learned.to_bytes())
            if vectors:
                write_vectors(folder / VECTORS, vectors)
            heads = sorted(folder.glob("*.head.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in heads[_KEPT_HEADS:]:
                path.unlink()
        except OSError as error:  # a full disk: it is learned again with the next start
            log.error("knowledge.not_kept", error=type(error).__name__)


def _file_name(key: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-." else "_" for sign in key)


def _read_head(path: Path) -> Learned | None:
    try:
        return Learned.from_bytes(path.read_bytes()) if path.exists() else None
    except (OSError, Unreadable) as error:
        log.warning("knowledge.head_unreadable", file=path.name, error=type(error).__name__)
        return None


def read_vectors(path: Path, model: str) -> Vectors:
    """Return the vectors in a file; none if it is missing, damaged or of another model."""
    if not path.exists():
        return Vectors(model)
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as file:
            if str(file["model"]) == model:
                return Vectors(model, file["keys"], file["values"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        log.warning("knowledge.vectors_unreadable", file=path.name, error=type(error).__name__)
    return Vectors(model)


def _joined(first: Vectors, second: Vectors) -> Vectors:
    if not len(first) or not len(second):
        return first if len(first) else second
    keys, places = np.unique(np.concatenate((first.keys, second.keys)), return_index=True)
    return Vectors(first.model, keys, np.concatenate((first.values, second.values))[places])


def write_vectors(path: Path, vectors: Vectors) -> None:
    """Keep vectors in a file."""
    file = BytesIO()
    about = np.array(vectors.model)
    np.savez(file, allow_pickle=False, model=about, keys=vectors.keys, values=vectors.values)
    _write(path, file.getvalue())


def _write(path: Path, told: bytes) -> None:
    """Write a file so that a reader, or a power cut, sees the old or the new one and never half of it."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(told)
    beside.replace(path)
