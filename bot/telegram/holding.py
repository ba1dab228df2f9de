"""Does work that only one worker of many may do: whoever holds a lease does it, another follows if it dies."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import structlog

BEAT = 2.0  # seconds between two signs of life
LOOK_AGAIN = 1.0  # seconds until a worker that does not hold it asks whether it may
AFTER_A_FAULT = 1.0

log = structlog.get_logger()


class Lease(Protocol):
    """A number that survives, held by one worker of many."""

    async def take(self) -> int | None:
        """Hold it and return it; None if another worker holds it."""

    async def keep(self) -> bool:
        """Go on holding it; False if it is lost."""

    async def give_back(self) -> None:
        """Let another worker hold it at once."""


Work = Callable[[int, asyncio.Event], Coroutine[Any, Any, None]]


async def while_first(
    lease: Lease,
    work: Work,
    stop: asyncio.Event,
    name: str,
    otherwise: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """Do `work` with the number whenever no other worker does, until `stop` is set. Never ends by a fault.

    The work may be ended at any moment. name: for the log. otherwise: done now and then while another holds it.
    """
    while not stop.is_set():
        try:
            at = await lease.take()
            if at is None:
                if otherwise:
                    await otherwise()
                await pause(stop, LOOK_AGAIN)
                continue
            await _while_held(lease, work(at, stop), stop)
            await lease.give_back()
        except Exception as error:
            log.error(f"telegram.{name}_fault", error=type(error).__name__)
            await pause(stop, AFTER_A_FAULT)


async def _while_held(lease: Lease, work: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work), group.create_task(_beat(lease, stop))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


async def _beat(lease: Lease, stop: asyncio.Event) -> None:
    while not stop.is_set() and await lease.keep():
        await pause(stop, BEAT)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not beyond `stop`."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
