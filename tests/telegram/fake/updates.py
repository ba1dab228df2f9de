"""What the bot is told: updates in their order, kept until they are confirmed."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.telegram.fake.limits import UPDATES
from tests.telegram.fake.refusals import Refusal, conflict
from tests.telegram.fake.signal import Signal

FIRST_ID = 700_000_001
# What a bot gets only if it asks for it by name.
ON_REQUEST = ("chat_member", "message_reaction", "message_reaction_count")
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class Update:
    """Something that happened in a chat; `kind` is the field it is told in."""

    update_id: int
    chat_id: int
    kind: str
    payload: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return Telegram's Update."""
        return {"update_id": self.update_id, self.kind: self.payload}


class Updates:
    """The queue between chats and bot, for polling as for a webhook.

    `comes_twice` decides about an update that was confirmed; a poll then gets it whatever its offset.
    """

    def __init__(self) -> None:
        self.pending: dict[int, Update] = {}
        self.allowed: tuple[str, ...] = ()
        self.comes_twice: Callable[[Update], bool] = lambda update: False
        self.arrived = Signal()
        self._ids = itertools.count(FIRST_ID)
        self._again: dict[int, Update] = {}
        self._poller: asyncio.Future[None] | None = None

    def put(self, kind: str, payload: dict[str, Any], chat_id: int) -> Update | None:
        """Queue something that happened; None if the bot did not ask for such updates."""
        unwanted = kind not in self.allowed if self.allowed else kind in ON_REQUEST
        if unwanted:
            return None
        update = Update(next(self._ids), chat_id, kind, payload)
        self.pending[update.update_id] = update
        self._wake()
        return update

    def confirm(self, update_id: int) -> None:
        """Forget one update, unless it is to come twice; harmless for one that is forgotten already."""
        if self._again.pop(update_id, None):
            return
        if (update := self.pending.pop(update_id, None)) and self.comes_twice(update):
            self._again[update_id] = update

    def drop(self) -> None:
        """Forget everything that waits, as if it had never happened."""
        self.pending.clear()
        self._again.clear()

    @property
    def waiting(self) -> list[Update]:
        """Return what is to be told, first of all what comes for the second time."""
        return [*self._again.values(), *self.pending.values()]

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """Return what waits from `offset` on; waits up to `seconds` for the first.

        Raises Refusal 409 in the poll that is already waiting: the newer one wins.
        """
        self.interrupt(OTHER_POLLER)
        self._confirm_below(offset)
        if not self.waiting and seconds > 0:
            await self._wait(seconds)
        batch = self.waiting[: limit if 1 <= limit <= UPDATES else UPDATES]
        for update in batch:
            self._again.pop(update.update_id, None)
        return batch

    def interrupt(self, reason: str) -> None:
        """End the poll that waits, with a 409."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(conflict(reason))

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:  # Telegram: from the end of the queue; everything before it is forgotten
            offset = next(iter([*self.pending][offset:]), 0)
        for update_id in [i for i in self.pending if i < offset]:
            self.confirm(update_id)

    async def _wait(self, seconds: float) -> None:
        poller: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poller = poller
        try:
            async with asyncio.timeout(seconds):
                await poller
        except TimeoutError:
            return
        finally:
            if self._poller is poller:
                self._poller = None

    def _wake(self) -> None:
        self.arrived.fire()
        if self._poller and not self._poller.done():
            self._poller.set_result(None)


def allowed_updates(value: object, before: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds a bot asks for; not given means as before, an empty list means the usual ones."""
    if value is None:
        return before
    if not isinstance(value, list):
        raise Refusal(400, "Bad Request: can't parse allowed updates: expected an Array of String")
    return tuple(str(kind) for kind in value)
