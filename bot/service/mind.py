"""What the bot thinks with: knowledge, texts and understanding of one version, swapped whole when files change."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from bot.dialogue.welcome import Operator
from bot.dialogue.world import World
from bot.i18n import Locales, Words
from bot.knowledge.live import Live
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem
from bot.service.fault import place_of
from bot.service.library import Library
from bot.service.ports import Clock
from bot.service.sentences import Sentences
from bot.understanding.engine import Engine
from bot.understanding.heads import Tick
from bot.understanding.learned import Learned
from bot.understanding.material import Example, examples, source_of
from bot.understanding.result import Understood

log = structlog.get_logger()


class Understands(Protocol):
    """The understanding, as the services need it."""

    @property
    def crises(self) -> frozenset[str]:
        """The entries with an emergency card."""

    def understand(
        self, text: str, *, language: str = "", language_chosen: bool = False, previous: str = ""
    ) -> Understood:
        """Read a message; never raises."""

    def matter(self, text: str) -> tuple[str, ...]:
        """Return the folded words of a text that say what it is about."""


@dataclass(frozen=True, slots=True)
class Mind:
    """One consistent state of everything the bot thinks with."""

    world: World
    engine: Understands


class MindKeeper:
    """Holds the current mind and makes the next one from changed files; a broken file changes nothing."""

    def __init__(
        self,
        folder: Path,
        locales: Locales,
        operator: Operator,
        kept_days: int,
        clock: Clock,
        library: Library | None = None,
        sentences: Sentences | None = None,
    ) -> None:
        """Read the knowledge; raise KnowledgeError if there is no good version to start with.

        library: where what was learned is found and kept; sentences: what gives vectors, none if left out.
        """
        self.folder = folder
        self._locales = locales
        self._operator = operator
        self._kept_days = kept_days
        self._library = library or Library()
        self._sentences = sentences or Sentences(None)
        self._learned: Learned | None = None
        self._live = Live(folder, clock.now)
        self._mind = self._think(self._live.current)
        self._loaded_at = self._live.loaded_at
        self._unlearned: tuple[Problem, ...] = ()

    @property
    def mind(self) -> Mind:
        """The mind to use for the next message."""
        return self._mind

    @property
    def version(self) -> str:
        """The version of the knowledge that answers are made from."""
        return self._mind.world.knowledge.version

    @property
    def loaded_at(self) -> datetime:
        """When that was read."""
        return self._loaded_at

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the files as they are now from being used; empty if the mind is made from them."""
        return self._live.problems or self._unlearned

    @property
    def embedder(self) -> str:
        """What gives vectors of messages, or "none"."""
        return self._sentences.model or "none"

    @property
    def trouble(self) -> str:
        """What keeps messages from being understood as well as they could be, "" if nothing does."""
        return self._sentences.trouble

    @property
    def is_learned(self) -> bool:
        """False while something was not learned yet: an example that is new, or the embedder's vectors."""
        if self._learned is None or self._learned.source != self._source:
            return False
        return self._sentences.embedder is None or self._learned.model == self._sentences.model

    @property
    def learned(self) -> Learned | None:
        """What is in use, maybe of earlier examples."""
        return self._learned

    @property
    def words(self) -> Mapping[str, Words]:
        """The word lists of all languages."""
        return self._locales.words

    @property
    def examples(self) -> tuple[Example, ...]:
        """What is to be learned from."""
        return examples(self._mind.world.knowledge, self._locales.words)

    def learn(self, tick: Tick) -> None:
        """Learn the present examples and use it at once. Blocking, a minute or more: call it in a thread.

        Raises NoVectors if the embedder does not work; what is in use stays in use. `tick` is called often, and ends
        it by raising.
        """
        mind = self._mind
        learned = self._library.learn(
            mind.world.knowledge, self._locales.words, mind.engine.matter, self._sentences.embedder, tick
        )
        if self._mind is mind:  # else the files have changed meanwhile, and there is more to learn
            self._learned = learned
            self._mind = Mind(mind.world, self._engine(mind.world.knowledge))

    def reload(self) -> bool:
        """Read the files again; False (with the reasons in `problems`) if the old mind stays.

        Blocking, some hundred milliseconds: call it in a thread.
        """
        if not self._live.reload():
            for problem in self._live.problems:
                log.error("knowledge.broken", problem=str(problem))
            return False
        if self._live.current.version != self.version and not self._relearned():
            return False
        self._unlearned = ()
        return True

    def _relearned(self) -> bool:
        """Make the next mind; False if that fails: files without errors that we cannot make an engine from."""
        knowledge = self._live.current
        try:
            mind = self._think(knowledge)
        except Exception as error:
            kind, place = type(error).__name__, place_of(error)
            log.error("knowledge.not_learned", version=knowledge.version, error=kind, place=place)
            message = (
                f"Die Dateien sind gültig, aber das Programm kann nicht aus ihnen lernen: {kind}, {place}"
            )
            self._unlearned = (Problem(self.folder.name, 0, 0, message),)
            return False
        self._mind, self._loaded_at = mind, self._live.loaded_at
        return True

    def _think(self, knowledge: Knowledge) -> Mind:
        began = time.monotonic()
        world = World(knowledge, self._locales, self._operator, self._kept_days)
        words = self._locales.words
        self._source = source_of(knowledge, words)
        found = self._library.find(self._source, self._sentences.model)
        self._learned = found or self._learned  # what was learned before knows most of it
        engine = self._engine(knowledge)
        log.info("knowledge.live", version=knowledge.version, seconds=round(time.monotonic() - began, 2))
        return Mind(world, engine)

    def _engine(self, knowledge: Knowledge) -> Engine:
        return Engine(knowledge, self._locales.words, self._learned, self._sentences.vector)


MindSource = Callable[[], Mind]
