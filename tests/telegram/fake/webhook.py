"""Brings updates to the bot's webhook: again until it says 2xx, one at a time per chat."""

import asyncio
import random
import time
from collections.abc import Callable

import aiohttp

from tests.telegram.fake.calls import Delivery
from tests.telegram.fake.faults import DELIVERY, Faults
from tests.telegram.fake.updates import Update
from tests.telegram.fake.world import Webhook, World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
# Telegram waits 1 s, then twice as long each time; here a test should not have to wait.
FIRST_DELAY = 0.05
LONGEST_DELAY = 2.0
PATIENCE = 15.0  # seconds until an answer counts as missing


class Deliverer:
    """The one that posts; `seen` are all attempts in the order of their end."""

    def __init__(self, world: World, faults: Faults, is_up: Callable[[], bool]) -> None:
        self.world = world
        self.faults = faults
        self.seen: list[Delivery] = []
        self._is_up = is_up
        self._resting: dict[int, tuple[float, float]] = {}  # chat -> not before, delay
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._dice = random.Random(7)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
            try:
                while True:
                    self._start(session)
                    await self._wait()
            finally:
                tasks = list(self._under_way.values())
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, session: aiohttp.ClientSession) -> None:
        webhook = self.world.webhook
        if webhook is None or not self._is_up():
            return
        ready = self._ready()
        if self.faults.shuffled:
            self._dice.shuffle(ready)
        for update in ready[: webhook.max_connections - len(self._under_way)]:
            task = asyncio.create_task(self._deliver(session, webhook, update))
            self._under_way[update.chat_id] = task

    def _ready(self) -> list[Update]:
        """Return the oldest update of every chat that has none under way and need not rest."""
        heads: dict[int, Update] = {}
        for update in self.world.updates.waiting:
            heads.setdefault(update.chat_id, update)
        now = time.monotonic()
        return [
            update
            for chat_id, update in heads.items()
            if chat_id not in self._under_way and self._resting.get(chat_id, (0.0, 0.0))[0] <= now
        ]

    async def _wait(self) -> None:
        """Wait for an update, for the end of a delivery, or until a chat has rested."""
        now = time.monotonic()
        rests = [until - now for until, _ in self._resting.values() if until > now]
        try:
            async with asyncio.timeout(min(rests, default=None)):
                await self.world.updates.arrived.next()
        except TimeoutError:
            return

    async def _deliver(self, session: aiohttp.ClientSession, webhook: Webhook, update: Update) -> None:
        fault = self.faults.take(DELIVERY, update.chat_id)
        name = fault.name if fault else ""
        try:
            if fault and fault.seconds:
                await asyncio.sleep(fault.seconds)
            status, error = await self._post(session, webhook, update)
            self.seen.append(Delivery(update.update_id, update.chat_id, status))
            if name == "lost answer":
                status, error = 0, "Webhook connection closed"
            self._settle(update, status, error)
        finally:
            del self._under_way[update.chat_id]
            self.world.updates.arrived.fire()

    async def _post(
        self, session: aiohttp.ClientSession, webhook: Webhook, update: Update
    ) -> tuple[int, str]:
        headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
        try:
            async with session.post(webhook.url, json=update.to_json(), headers=headers) as response:
                await response.read()
                wrong = f"Wrong response from the webhook: {response.status} {response.reason}"
                return response.status, "" if response.ok else wrong
        except TimeoutError:
            return 0, "Read timeout expired"
        except aiohttp.ClientError:
            return 0, "Connection refused"

    def _settle(self, update: Update, status: int, error: str) -> None:
        if 200 <= status <= 299:
            self._resting.pop(update.chat_id, None)
            self.world.updates.confirm(update.update_id)
            return
        self.world.webhook_error = (int(time.time()), error)
        self.world.changed.fire()
        delay = min(self._resting.get(update.chat_id, (0.0, FIRST_DELAY / 2))[1] * 2, LONGEST_DELAY)
        self._resting[update.chat_id] = (time.monotonic() + delay, delay)
