"""Workers keep going: several at once, none in another's way, no fault ends them, what was begun is finished."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.service import loop
from bot.service.loop import Work, keep_going
from bot.storage.notify import LocalNotifier
from tests.fakes import FakeClock

ROOM = 3


@dataclass
class Bench:
    """Work by name: what waits, what is being done until its gate opens, and what was done."""

    waiting: list[str]
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    faults: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    notifier: LocalNotifier = field(default_factory=LocalNotifier)

    async def take(self, most: int) -> list[Work]:
        """Hand out what waits."""
        if self.faults:
            self.faults -= 1
            raise OSError("the database is away")
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return [self._work(name) for name in taken]

    def _work(self, name: str) -> Work:
        async def work() -> None:
            self.begun.append(name)
            if name in self.gates:
                await self.gates[name].wait()
            self.done.append(name)

        return work

    async def next_due(self) -> datetime | None:
        """Nothing falls due by itself."""
        return None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep going as long as the context lasts."""
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            going = keep_going(self.take, ROOM, "test", self.next_due, FakeClock(), self.notifier, self.stop)
            group.create_task(going)
            yield
            self.stop.set()
            await self.notifier.publish("test")

    async def until(self, *, begun: int = 0, done: int = 0) -> None:
        """Wait for so much to be begun or done."""
        while len(self.begun) < begun or len(self.done) < done:  # noqa: ASYNC110 - a step of the loop, no time
            await asyncio.sleep(0)


async def test_what_hangs_holds_up_no_other() -> None:
    bench = Bench(["slow", *"abcdef"], {"slow": asyncio.Event()})
    async with bench.running():
        await bench.until(done=6)
        assert "slow" not in bench.done
        bench.gates["slow"].set()
    assert bench.done == [*"abcdef", "slow"]


async def test_nothing_is_taken_without_room_for_it() -> None:
    names = ["one", "two", "three"]
    bench = Bench([*names, "four"], {name: asyncio.Event() for name in names})
    async with bench.running():
        await bench.until(begun=ROOM)
        await bench.notifier.publish("test")
        for _ in range(10):
            await asyncio.sleep(0)
        assert bench.waiting == ["four"]
        for gate in bench.gates.values():
            gate.set()
        await bench.until(done=4)


async def test_what_was_begun_is_finished_at_the_end() -> None:
    bench = Bench(["slow"], {"slow": asyncio.Event()})
    async with bench.running():
        await bench.until(begun=1)
        bench.stop.set()
        await bench.notifier.publish("test")
        asyncio.get_running_loop().call_later(0.05, bench.gates["slow"].set)
    assert bench.done == ["slow"]


async def test_a_fault_of_the_database_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "AFTER_A_FAULT", 0.01)
    bench = Bench(["late"], faults=2)
    async with bench.running():
        await bench.until(done=1)
