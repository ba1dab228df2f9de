"""Changes the knowledge files: judged whole before anything is written, one writer at a time, every step kept.

Every worker takes a change up by its watch over the folder, as it does one that was made by hand.
"""

import asyncio
import fcntl
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeVar

from ruamel.yaml.error import YAMLError

from bot.domain.capabilities import Capabilities
from bot.i18n import BERLIN
from bot.knowledge.check import of_files, refused
from bot.knowledge.edits import (
    Edit,
    EntryFacts,
    EntryText,
    Files,
    Missing,
    MoreQuestions,
    NewEntry,
    PlaceFacts,
    Stale,
    WholeFile,
    apply,
)
from bot.knowledge.files import Reading, read
from bot.knowledge.history import Content, Copies, History, Step
from bot.knowledge.merging import merged
from bot.knowledge.model import Knowledge
from bot.knowledge.new_entry import NewEntryError
from bot.knowledge.problem import Problem
from bot.knowledge.versions import version_of
from bot.knowledge.worktree import Worktree
from bot.knowledge.writing import write_whole
from bot.knowledge.yamledit import NotEditable
from bot.service.ports import Clock

LOCK = ".lock"  # in the knowledge folder, whose reader passes over both
UNFINISHED = ".unfinished.json"
LOCK_WITHIN = 10.0  # seconds; a save takes one or two
TRY_AGAIN = 0.05
MOST_STEPS = 100
SHORT_SUMMARY = 120  # letters

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Change:
    """What an editor wants, as one step. summary: a line for the history; "": it is made from the edits."""

    edits: tuple[Edit, ...]
    summary: str = ""


class Why(StrEnum):
    """Why a change was not made."""

    INVALID = "invalid"  # `problems` says what is wrong, in the words of `knowledge check`
    STALE = "stale"  # somebody else has changed the same; `theirs` is the file as it is now
    MISSING = "missing"  # what was to be changed is not there; `problems` says it
    BY_HAND = "by_hand"  # the file is written in a way that only a person can change
    BUSY = "busy"  # another save did not end in time
    UNWRITABLE = "unwritable"  # the folder cannot be written to


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written. id: of the step, "" if nothing had to be changed. problems: warnings of these files."""

    id: str
    files: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not written: nothing of the change was.

    file: the one in question, below the folder; theirs: as it is now. files: the change that has errors.
    """

    why: Why
    problems: tuple[Problem, ...] = ()
    file: str = ""
    theirs: str = ""
    files: Mapping[str, Content] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A change that could be written. `knowledge` is what there would be, None while other files have errors."""

    files: Mapping[str, Content]
    problems: tuple[Problem, ...]
    knowledge: Knowledge | None


class _Refusal(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.why)
        self.refused = refused


class Editing:
    """The use cases of whoever keeps the knowledge."""

    def __init__(self, folder: Path, capabilities: Mapping[str, Capabilities], clock: Clock) -> None:
        """capabilities: by a channel's name; texts must fit them."""
        self.folder = folder
        self._capabilities = capabilities
        self._clock = clock
        is_worktree = Worktree.is_one(folder) and shutil.which("git") is not None
        self._history: History = Worktree(folder) if is_worktree else Copies(folder)

    async def save(self, change: Change, editor: str) -> Saved | Refused:
        """Write a change if all files stay valid, and keep it as a step. editor: the name that the history shows."""
        return await self._told(partial(self._save, lambda: change, editor))

    async def judge(self, change: Change) -> Judged | Refused:
        """Return what `save` would find, and write nothing."""
        return await self._told(partial(self._judge, change))

    async def undo(self, id: str, editor: str) -> Saved | Refused:
        """Take a step back, also if other lines of its files were changed since; it is a step of its own."""
        return await self._told(partial(self._save, partial(self._back, id), editor))

    async def steps(self) -> Sequence[Step]:
        """Return the latest steps, the last one first."""
        return await asyncio.to_thread(self._history.steps, MOST_STEPS)

    async def contents(self, id: str) -> Mapping[str, Content] | None:
        """Return what a step changed; None if there is no such step."""
        return await asyncio.to_thread(self._history.contents, id)

    async def file(self, name: str) -> str | None:
        """Return a file's text as it is now; name: below the folder. None if there is none, or none to be read."""
        try:
            return await asyncio.to_thread(self._text, name)
        except _Refusal:
            return None

    async def _told(self, work: Callable[[], Found]) -> Found | Refused:
        """Do it in a thread, and turn what may go wrong into a refusal."""
        try:
            return await asyncio.to_thread(work)
        except _Refusal as refusal:
            return refusal.refused
        except OSError:
            return Refused(Why.UNWRITABLE)

    def finish(self) -> None:
        """End what a dead process had begun to write, before anybody reads the files. Blocking; raises OSError."""
        if (self.folder / UNFINISHED).exists():
            with self._locked():
                self._finish()

    # --- in a thread

    def _save(self, plan: Callable[[], Change], editor: str) -> Saved:
        with self._locked():
            self._finish()
            change = plan()
            judged = self._judge(change)
            if not judged.files:
                return Saved("", ())
            for name, content in judged.files.items():
                if (now := self._text(name)) != content.before:  # by hand, while we judged
                    raise _Refusal(Refused(Why.STALE, file=name, theirs=now or ""))
            summary = (change.summary or summary_of(change.edits))[:SHORT_SUMMARY]
            self._history.prepare(judged.files)
            self._note_unfinished(judged.files, editor, summary)
            id = self._finish()
            return Saved(id, tuple(judged.files), judged.problems)

    def _judge(self, change: Change) -> Judged:
        today = self._clock.now().astimezone(BERLIN).date()
        files = self._changed(change, today)
        reading = read(self.folder, {name: content.after for name, content in files.items()})
        errors = _errors(reading, self.folder, today)
        if errors:
            self._refuse_new(errors, files, today)
        problems = of_files(reading, self.folder, self._capabilities, today, set(files))
        return Judged(files, tuple(problems), reading.knowledge)

    def _changed(self, change: Change, today: date) -> Mapping[str, Content]:
        files = Files(self._text)
        try:
            for edit in change.edits:
                apply(edit, files, today)
        except Stale as stale:
            raise _Refusal(Refused(Why.STALE, file=stale.name, theirs=stale.text)) from stale
        except (Missing, NewEntryError) as error:
            problem = Problem(self.folder.resolve().name, 0, 0, str(error))
            raise _Refusal(Refused(Why.MISSING, (problem,))) from error
        except (NotEditable, YAMLError, KeyError, ValueError) as error:
            raise _Refusal(Refused(Why.BY_HAND)) from error
        return files.changed

    def _refuse_new(self, errors: Sequence[Problem], files: Mapping[str, Content], today: date) -> None:
        """Refuse, unless all errors were there before, and none is in a text that the change is about.

        So what somebody broke by hand elsewhere stops nobody, and can be mended one after the other.
        """
        folder = self.folder.resolve().name
        own = {f"{folder}/{name}" for name in files if "/" in name}
        before = {_said(problem) for problem in _errors(read(self.folder), self.folder, today)}
        new = [problem for problem in errors if _said(problem) not in before or problem.file in own]
        if new:
            raise _Refusal(Refused(Why.INVALID, tuple(new), files=files))

    def _back(self, id: str) -> Change:
        """Return the change that takes a step back."""
        step = self._history.contents(id)
        if step is None:
            raise _Refusal(Refused(Why.MISSING))
        edits = []
        for name, content in step.items():
            now = self._text(name)
            text = content.before if now == content.after else _taken_back(content, now)
            if text is None and now != content.after:
                raise _Refusal(Refused(Why.STALE, file=name, theirs=now or ""))
            edits.append(WholeFile(name, version_of(now), text))
        told = next((one.summary for one in self._history.steps(MOST_STEPS) if one.id == id), "")
        return Change(tuple(edits), f"Zurückgenommen: {told}")

    def _text(self, name: str) -> str | None:
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise _Refusal(Refused(Why.BY_HAND, file=name))  # a link that leads out of the folder
        if not path.is_file():
            return None
        try:
            return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise _Refusal(Refused(Why.BY_HAND, file=name)) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock that all workers share; the system frees it if one dies."""
        with (self.folder / LOCK).open("a") as file:
            ends = time.monotonic() + LOCK_WITHIN
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > ends:
                        raise _Refusal(Refused(Why.BUSY)) from error
                    time.sleep(TRY_AGAIN)
            yield

    def _note_unfinished(self, files: Mapping[str, Content], editor: str, summary: str) -> None:
        """Write down what is about to be written: a change of several files must not end half done."""
        told = {
            "editor": editor,
            "summary": summary,
            "files": {name: [one.before, one.after] for name, one in files.items()},
        }
        write_whole(self.folder / UNFINISHED, json.dumps(told, ensure_ascii=False))

    def _finish(self) -> str:
        """Write what is noted, also of a worker that died in between; return the step's id, "" if nothing is."""
        note = self.folder / UNFINISHED
        if not note.exists():
            return ""
        told = json.loads(note.read_text("utf-8"))
        files = {name: Content(before, after) for name, (before, after) in told["files"].items()}
        for name, content in files.items():
            path = self.folder / name
            if content.after is None:
                path.unlink(missing_ok=True)
            elif self._text(name) == content.before:  # else it is written, or somebody was faster by hand
                write_whole(path, content.after)
        id = self._history.keep(files, told["editor"], told["summary"], self._clock.now())
        note.unlink()
        return id


def summary_of(edits: Sequence[Edit]) -> str:
    """Return a line for the history, in German as all of the folder's messages."""
    told = []
    for edit in edits:
        match edit:
            case EntryText():
                told.append(f"{edit.entry} ({edit.language}): Text")
            case MoreQuestions():
                told.append(f"{edit.entry} ({edit.language}): Beispielfragen")
            case PlaceFacts():
                told.append(f"{edit.place}: {', '.join(edit.values)}")
            case EntryFacts():
                told.append(f"{edit.entry}: {', '.join(edit.values)}")
            case NewEntry():
                told.append(f"{edit.entry}: neu")
            case WholeFile():
                told.append(edit.name)
    return "; ".join(told)


def _errors(reading: Reading, folder: Path, today: date) -> tuple[Problem, ...]:
    """Return what keeps a running bot from taking these files up."""
    return (
        *(problem for problem in reading.problems if problem.is_error),
        *refused(reading, folder, today),
    )


def _said(problem: Problem) -> tuple[str, str]:
    return problem.file, problem.message  # a change may move it to another line


def _taken_back(content: Content, now: str | None) -> str | None:
    """Return the file without the step, but with what was changed since; None if both touch the same lines."""
    if content.before is None or content.after is None or now is None:
        return None
    return merged(content.after, content.before, now)
