"""How the knowledge files are, as editors look at them: read and checked once for each state of the folder."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.domain.capabilities import Capabilities
from bot.i18n import BERLIN
from bot.knowledge.asking import read_asking
from bot.knowledge.check import check
from bot.knowledge.files import Reading, read
from bot.knowledge.folder import fingerprint
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem
from bot.service.ports import Clock


@dataclass(frozen=True, slots=True)
class Present:
    """The files as they are. `knowledge` is what they say, of broken ones what is legible, or the last good version;
    errors: what keeps a running bot from taking them up."""

    reading: Reading
    knowledge: Knowledge

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Only of files that cannot be read; the rules' are told by `Checking.problems`."""
        return tuple(problem for problem in self.reading.problems if problem.is_error)


class Checking:
    """Reads and checks in a thread; whoever asks for the same state meanwhile waits for the first one's answer."""

    def __init__(
        self,
        folder: Path,
        questions: Path,
        capabilities: Mapping[str, Capabilities],
        clock: Clock,
        live: Callable[[], Knowledge],
    ) -> None:
        """questions: where the test questions are, if anywhere; live: what the bot answers from."""
        self._folder = folder
        self._questions = questions
        self._capabilities = capabilities
        self._clock = clock
        self._live = live
        self._reading = asyncio.Lock()
        self._checking = asyncio.Lock()
        self._read: tuple[str, Reading] | None = None
        self._checked: tuple[tuple[str, date], tuple[Problem, ...]] | None = None

    async def present(self) -> Present:
        """Return the files as they are now; a second after a change, at once otherwise."""
        async with self._reading:
            state = await asyncio.to_thread(fingerprint, self._folder)
            if self._read is None or self._read[0] != state:
                self._read = state, await asyncio.to_thread(read, self._folder)
            reading = self._read[1]
        return Present(reading, reading.legible or self._live())

    async def problems(self) -> tuple[Problem, ...]:
        """Return what `knowledge check` says, in the same words; some seconds after a change."""
        async with self._checking:
            state = await asyncio.to_thread(fingerprint, self._folder), self._today()
            if self._checked is None or self._checked[0] != state:
                self._checked = state, await asyncio.to_thread(self._check)
            return self._checked[1]

    def _check(self) -> tuple[Problem, ...]:
        reading = read(self._folder)
        if reading.knowledge is None:
            return reading.problems
        asking = read_asking(self._questions)
        return tuple(check(reading.knowledge, self._folder, self._capabilities, self._today(), asking))

    def _today(self) -> date:
        return self._clock.now().astimezone(BERLIN).date()
