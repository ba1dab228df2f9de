"""Keeps workers going: takes what waits while there is room, else sleeps until it is woken or something falls due."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime

import structlog

from bot.service.fault import place_of
from bot.service.ports import Clock, Notifier

LONGEST_SLEEP = 2.0  # seconds; a lost wake-up costs no more than this
AFTER_A_FAULT = 1.0  # seconds; the database is away, or worse

log = structlog.get_logger()

NextDue = Callable[[], Awaitable[datetime | None]]
Work = Callable[[], Coroutine[None, None, None]]
Take = Callable[[int], Awaitable[Sequence[Work]]]


async def keep_going(
    take: Take,
    at_once: int,
    topic: str,
    next_due: NextDue,
    clock: Clock,
    notifier: Notifier,
    stop: asyncio.Event,
) -> None:
    """Take up to `at_once` pieces of work and do them beside one another, until `stop` is set; then what was begun
    is finished. What waits together is taken together, and one piece that hangs holds up no other.

    A fault outside the work itself (no database) is logged and tried again: the loop never ends by one. The work
    raises nothing.
    """
    busy: set[asyncio.Task[None]] = set()
    async with notifier.subscribe(topic) as subscription, asyncio.TaskGroup() as group:

        def ended(task: asyncio.Task[None]) -> None:
            busy.discard(task)
            subscription.wake()

        while not stop.is_set():
            seconds = LONGEST_SLEEP
            try:
                if room := at_once - len(busy):
                    for work in await take(room):
                        task = group.create_task(work())
                        busy.add(task)
                        task.add_done_callback(ended)
                    if not busy:  # else whoever ends wakes us
                        seconds = _until(await next_due(), clock.now())
            except Exception as error:
                log.error("loop.fault", topic=topic, error=type(error).__name__, place=place_of(error))
                seconds = AFTER_A_FAULT
            await subscription.wait(seconds)


def _until(due: datetime | None, now: datetime) -> float:
    if due is None:
        return LONGEST_SLEEP
    return min(max((due - now).total_seconds(), 0.01), LONGEST_SLEEP)
