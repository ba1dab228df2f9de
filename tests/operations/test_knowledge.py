"""Changed files: what cannot be learned is told and not used, and no fault ends the watching."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from bot.app import minds
from bot.dialogue.welcome import Operator
from bot.i18n import read_locales
from bot.knowledge.problem import Problem
from bot.operations.health import Watched, state
from bot.service import mind
from bot.service.mind import MindKeeper
from bot.storage.engine import Database
from tests.fakes import FakeClock

ROOT = Path(__file__).parent.parent.parent


def _unable(*_: Any) -> None:
    raise ValueError("words of a file")


async def test_what_cannot_be_learned_is_not_live(
    tmp_path: Path, sqlite_store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    keeper = MindKeeper(folder, read_locales(ROOT / "locales"), Operator(), 30, FakeClock())
    before, watched = keeper.mind, Watched(sqlite_store, FakeClock(), keeper, ["web"])
    answer = folder / "de" / "first-steps.md"
    answer.write_text(answer.read_text("utf-8") + "\nNoch ein Satz.\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(mind, "Engine", _unable)
        assert not keeper.reload()
        assert keeper.mind is before
        found = await state(watched)
    assert found["status"] == "degraded"
    assert found["knowledge"]["version"] == before.world.knowledge.version
    (problem,) = found["knowledge"]["problems"]
    assert "ValueError" in problem
    assert "words of a file" not in problem
    assert keeper.reload()
    assert keeper.mind is not before
    found = await state(watched)
    assert (found["status"], found["knowledge"]["problems"]) == ("ok", [])
    assert found["knowledge"]["version"] == keeper.mind.world.knowledge.version


@dataclass(frozen=True)
class Sound:
    """Knowledge that is well."""

    version: str = "1"
    embedder: str = "none"
    trouble: str = ""
    is_learned: bool = True
    loaded_at: datetime = FakeClock().moment
    problems: tuple[Problem, ...] = ()


async def test_each_channel_tells_whether_it_works(sqlite_store: Database) -> None:
    troubles = {"telegram": "token refused"}
    watched = Watched(sqlite_store, FakeClock(), Sound(), ["web", "telegram"], lambda: troubles)
    found = await state(watched)
    assert found["channels"] == {"web": "ok", "telegram": "token refused"}
    assert found["status"] == "degraded"
    troubles.clear()
    assert (await state(watched))["status"] == "ok"


@dataclass
class Keeper:
    """What the watch needs of a keeper; fails as often as it is told."""

    folder: Path
    faults: int = 0
    reloads: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def reload(self) -> bool:
        """Count; called in a thread."""
        self._loop.call_soon_threadsafe(self.done.set)
        self.reloads += 1
        if self.reloads <= self.faults:
            raise OSError("broken")
        return True

    async def after(self, path: Path) -> None:
        """Change a file until that was heard: the watch may have to begin first."""
        self.done.clear()
        async with asyncio.timeout(60):
            while not self.done.is_set():
                with path.open("a") as file:
                    file.write("x")
                await asyncio.sleep(0.2)


@asynccontextmanager
async def watching(keeper: Keeper) -> AsyncIterator[None]:
    """Watch as the server does; a fault of the watch comes out at the end."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(minds.watch(cast("MindKeeper", keeper), stop))
        yield
        stop.set()


async def test_a_fault_does_not_end_the_watch(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, faults=2)
    async with watching(keeper):
        for _ in range(3):
            await keeper.after(tmp_path / "a.md")
    assert keeper.reloads >= 3


async def test_another_folder_in_its_place_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a roll-out does it: the old folder away, for a moment none, then the new one."""
    monkeypatch.setattr(minds, "WATCH_AGAIN", 0.1)
    folder = tmp_path / "knowledge"
    folder.mkdir()
    keeper = Keeper(folder)
    async with watching(keeper):
        await keeper.after(folder / "a.md")
        folder.rename(tmp_path / "old")
        keeper.done.clear()
        async with asyncio.timeout(60):
            await keeper.done.wait()
        folder.mkdir()
        await keeper.after(folder / "b.md")
        await asyncio.sleep(1)  # what was still to come of the change of folders
        await keeper.after(folder / "b.md")
