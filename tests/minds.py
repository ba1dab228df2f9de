"""The mind that ships: knowledge, texts and understanding as the product has them, made once a session."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from bot import app
from bot.dialogue.welcome import Operator
from bot.dialogue.world import World
from bot.embedders import Bundled
from bot.i18n import read_locales
from bot.service.library import SHIPPED, VECTORS, read_vectors, write_vectors
from bot.service.mind import Mind, MindKeeper
from bot.service.sentences import Sentences
from bot.settings import Settings
from bot.understanding.embedding import Vectors
from bot.understanding.letters import Matrix
from tests.fakes import FakeClock

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "questions"
ROMANISED = ROOT / "tests" / "romanised"
WISHES = ROOT / "tests" / "wishes.yaml"
REMEMBERED = QUESTIONS / VECTORS
YAML_READER = YAML(typ="safe", pure=True)


class Remembered:
    """The shipped embedder's vectors of the test questions, read from a file: a minute of work less in every run.

    Other texts are embedded, if the embedder works here; else they are nothing.
    """

    def __init__(self) -> None:
        with np.load(SHIPPED / VECTORS, allow_pickle=False) as file:
            self.name = str(file["model"])
        self._known = read_vectors(REMEMBERED, self.name)

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return a vector a text."""
        return self._known.of(texts) if not self._known.missing(texts) else Bundled().embed(texts)


@pytest.fixture(scope="session")
def mind() -> Mind:
    """What the product thinks with, run by no authority."""
    locales = read_locales(ROOT / "locales")
    sentences = Sentences(Remembered())
    return MindKeeper(ROOT / "knowledge", locales, Operator(), 30, FakeClock(), sentences=sentences).mind


@pytest.fixture(scope="session")
def shipped_world() -> World:
    """What commands read of the knowledge that ships."""
    return app.make_world(Settings(knowledge=ROOT / "knowledge", locales=ROOT / "locales"))


@pytest.fixture
def reads_once(monkeypatch: pytest.MonkeyPatch, shipped_world: World) -> None:
    """Let commands of this process share what each of them would read in two seconds."""
    monkeypatch.setattr(app, "make_world", lambda settings: shipped_world)


def questions() -> Iterator[str]:
    """Yield every test question."""
    for path in sorted(QUESTIONS.glob("*/*.yaml")):
        yield from YAML_READER.load(path)["questions"]
    for path in sorted(ROMANISED.glob("*.yaml")):
        yield from YAML_READER.load(path).values()
    for told in YAML_READER.load(WISHES).values():
        yield from told


def remember() -> None:
    """Embed the test questions that are new: python -m tests.minds"""
    embedder, told = Bundled(), list(questions())
    known = read_vectors(REMEMBERED, embedder.name)
    if missing := known.missing(told):
        known = known.with_more(missing, embedder.embed(missing))
    write_vectors(REMEMBERED, Vectors(known.model, known.keys, known.values).only(told))
    sys.stdout.write(f"{len(known)} vectors, {len(missing)} of them new\n")


if __name__ == "__main__":
    remember()
