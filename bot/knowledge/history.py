"""What was changed when and by whom: numbered copies beside the knowledge, or commits where the folder is a git
work tree."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bot.knowledge.writing import write_whole

FOLDER = ".history"  # in the knowledge folder, whose reader passes over it
KEPT = 500  # copies; a year or two of an office's changes
BY_HAND = "von Hand geändert"


@dataclass(frozen=True, slots=True)
class Step:
    """One change: its files by name below the folder. editor: as they are called; "" for somebody outside."""

    id: str
    at: datetime
    editor: str
    summary: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A file before and after a step; None where there was none."""

    before: str | None
    after: str | None


class History(Protocol):
    """Keeps steps; all of it blocks for some milliseconds. Raises OSError if it cannot keep one."""

    def prepare(self, files: Mapping[str, Content]) -> None:
        """Secure what somebody changed by hand in these files before they are written over."""

    def keep(self, files: Mapping[str, Content], editor: str, summary: str, at: datetime) -> str:
        """Note a step whose files are written; return its id."""

    def steps(self, limit: int) -> Sequence[Step]:
        """Return the latest steps, the last one first."""

    def contents(self, id: str) -> Mapping[str, Content] | None:
        """Return what a step changed; None if it is not (or no longer) known."""


class Copies:
    """Numbered files, each with the whole of what was changed, before and after."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def prepare(self, files: Mapping[str, Content]) -> None:
        """Nothing: each step has its own "before"."""

    def keep(self, files: Mapping[str, Content], editor: str, summary: str, at: datetime) -> str:
        """Write the next number."""
        numbers = self._numbers()
        number = (numbers[-1] if numbers else 0) + 1
        told = {
            "at": at.isoformat(),
            "editor": editor,
            "summary": summary,
            "files": {name: {"before": one.before, "after": one.after} for name, one in files.items()},
        }
        write_whole(self._path(number), json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        for old in numbers[: -KEPT + 1]:
            self._path(old).unlink(missing_ok=True)
        return str(number)

    def steps(self, limit: int) -> Sequence[Step]:
        """Read the latest."""
        found = []
        for number in reversed(self._numbers()[-limit:]):
            told = self._read(number)
            at = datetime.fromisoformat(told["at"])
            found.append(Step(str(number), at, told["editor"], told["summary"], tuple(told["files"])))
        return found

    def contents(self, id: str) -> Mapping[str, Content] | None:
        """Read one."""
        if not id.isdecimal() or int(id) not in self._numbers():
            return None
        files = self._read(int(id))["files"]
        return {name: Content(one["before"], one["after"]) for name, one in files.items()}

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob("*.json") if path.stem.isdecimal())

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.json"

    def _read(self, number: int) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._path(number).read_text("utf-8"))
        return told
