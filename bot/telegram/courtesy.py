"""Small calls that may fail: done beside the work, never waited for, dropped when there are too many."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.service.ports import SendError

MOST_WAITING = 200
AT_ONCE = 4

Courtesy = Callable[[], Awaitable[object]]


class Courtesies:
    """Typing signs and answers to button presses."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Courtesy] = asyncio.Queue(MOST_WAITING)
        self._planned: dict[int, asyncio.TimerHandle] = {}

    def do(self, courtesy: Courtesy) -> None:
        """Have it done soon, perhaps."""
        if not self._queue.full():
            self._queue.put_nowait(courtesy)

    def do_later(self, chat: int, courtesy: Courtesy, seconds: float) -> None:
        """Have it done in so many seconds, unless the chat is spared it by then."""
        if chat not in self._planned and len(self._planned) < MOST_WAITING:
            loop = asyncio.get_running_loop()
            self._planned[chat] = loop.call_later(seconds, self._do_planned, chat, courtesy)

    def spare(self, chat: int) -> None:
        """Let it be: the chat has something better."""
        planned = self._planned.pop(chat, None)
        if planned:
            planned.cancel()

    def _do_planned(self, chat: int, courtesy: Courtesy) -> None:
        del self._planned[chat]
        self.do(courtesy)

    @property
    def planned(self) -> int:
        """Return how many chats are to have one later."""
        return len(self._planned)

    async def run(self, stop: asyncio.Event) -> None:
        """Do what comes until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            doing = [group.create_task(self._keep_doing()) for _ in range(AT_ONCE)]
            await stop.wait()
            for task in doing:
                task.cancel()

    async def _keep_doing(self) -> None:
        while True:
            courtesy = await self._queue.get()
            try:
                await courtesy()
            except SendError:
                continue  # as the class says
