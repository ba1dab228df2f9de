"""Fetches updates by long polling: the offset moves after the commit, and one worker of many polls."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from bot.service.ports import SendError
from bot.telegram.client import Client
from bot.telegram.dispatch import NotNow
from bot.telegram.holding import AFTER_A_FAULT, Lease, pause, while_first

LONG_POLL = 25  # seconds that Telegram may hold a call open
TAKEN_AT_ONCE = 8  # chats; over PostgreSQL each needs a connection
TRIES = 10  # of one update that cannot be stored though the database takes other things

log = structlog.get_logger()

Take = Callable[[Mapping[str, Any]], Awaitable[None]]


class Offset(Lease, Protocol):
    """The number below which everything is acknowledged."""

    async def move(self, to: int) -> None:
        """Store a new value."""


class Poller:
    """One worker's part in polling."""

    def __init__(self, client: Client, offset: Offset, take: Take) -> None:
        """`take` stores an update; only after it returned is the update acknowledged."""
        self._client = client
        self._offset = offset
        self._take = take
        self._failed: dict[int, int] = {}  # tries by update

    async def run(self, stop: asyncio.Event) -> None:
        """Poll whenever no other worker does, until `stop` is set; what was not acknowledged comes again."""
        await while_first(self._offset, self._poll, stop, "polling")

    async def _poll(self, offset: int, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                found = await self._client.updates(offset, LONG_POLL)
            except SendError as error:
                log.warning("telegram.no_updates", problem=error.reason)
                await pause(stop, error.retry_after or AFTER_A_FAULT)
                continue
            offset = await self._taken(found, offset)

    async def _taken(self, found: Sequence[Mapping[str, Any]], offset: int) -> int:
        """Take updates, of each chat in the order of their numbers, chats beside one another; return the offset
        that acknowledges what was taken, up to the first that was not."""
        chats: dict[object, list[Mapping[str, Any]]] = defaultdict(list)
        for update in sorted(found, key=lambda update: int(update["update_id"])):
            chats[chat_of(update)].append(update)
        room = asyncio.Semaphore(TAKEN_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._all_taken(updates, room)) for updates in chats.values()]
        left = [number for task in tasks if (number := task.result()) is not None]
        newest = max((int(update["update_id"]) + 1 for update in found), default=offset)
        reached = max(offset, min(left, default=newest))
        if reached > offset:
            await self._offset.move(reached)
        return reached

    async def _all_taken(self, updates: Sequence[Mapping[str, Any]], room: asyncio.Semaphore) -> int | None:
        """Take the updates of one chat; return the number of the first that was not, if one was not."""
        async with room:
            for update in updates:
                if not await self._is_taken(update):
                    return int(update["update_id"])
        return None

    async def _is_taken(self, update: Mapping[str, Any]) -> bool:
        number = int(update["update_id"])
        try:
            await self._take(update)
        except NotNow:
            await asyncio.sleep(AFTER_A_FAULT)
            return False
        except Exception as error:
            log.error("telegram.not_taken", error=type(error).__name__)
            await asyncio.sleep(AFTER_A_FAULT)
            return await self._is_hopeless(number)
        self._failed.pop(number, None)
        return True

    async def _is_hopeless(self, number: int) -> bool:
        """True if an update fails again and again by itself: it must not keep back all others for ever."""
        if not await self._offset.keep():
            return False
        self._failed[number] = self._failed.get(number, 0) + 1
        if self._failed[number] < TRIES:
            return False
        log.error("telegram.update_given_up", tries=self._failed.pop(number))
        return True


def chat_of(update: Mapping[str, Any]) -> object:
    """Return what updates have in common that must keep their order."""
    for name, content in update.items():
        if name != "update_id" and isinstance(content, Mapping):
            of = content.get("chat") or content.get("from")
            return of.get("id") if isinstance(of, Mapping) else None
    return None
