"""Keeps the last good knowledge in use while editors change the files."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.knowledge.check import refused
from bot.knowledge.files import KnowledgeError, read
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem


@dataclass(frozen=True, slots=True)
class _State:
    knowledge: Knowledge
    loaded_at: datetime
    problems: tuple[Problem, ...]


class Live:
    """The knowledge that is in use; whoever needs it asks for `current` once a turn and keeps that.

    now: gives the present moment, aware. Raises KnowledgeError if the files cannot be used at the start.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self.folder = folder
        self._now = now
        reading = read(folder)
        if reading.knowledge is None:
            raise KnowledgeError(reading.problems)
        self._state = _State(reading.knowledge, now(), ())

    @property
    def current(self) -> Knowledge:
        """The last good knowledge."""
        return self._state.knowledge

    @property
    def loaded_at(self) -> datetime:
        """When `current` was read."""
        return self._state.loaded_at

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the files as they are now from being used; empty when `current` is what they say."""
        return self._state.problems

    def reload(self) -> bool:
        """Read all files again and swap at once; False if they have errors: `current` stays as it was.

        A wrong telephone number is such an error, but none that keeps the bot from starting: a newer numbering plan
        may refuse one that was right yesterday, and all else would be silent with it.
        """
        reading, now = read(self.folder), self._now()
        errors = tuple(problem for problem in reading.problems if problem.is_error)
        errors = errors or refused(reading, self.folder, now.date())
        if errors or reading.knowledge is None:
            self._state = replace(self._state, problems=errors)
            return False
        self._state = _State(reading.knowledge, now, ())
        return True
