"""Waking whoever waits for a topic, within this process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class LocalSubscription:
    """The promise `Subscription`: remembers a publish until its owner comes to wait for it."""

    def __init__(self) -> None:
        self._published = asyncio.Event()

    def wake(self) -> None:
        """Be a publish for this waiter alone."""
        self._published.set()

    async def wait(self, seconds: float) -> bool:
        """Return True if the topic was published since the last True, or as soon as it is; else False."""
        try:
            async with asyncio.timeout(seconds):
                await self._published.wait()
        except TimeoutError:
            return False
        self._published.clear()
        return True


class LocalNotifier:
    """The promise `Notifier` for one process."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, set[LocalSubscription]] = defaultdict(set)

    async def publish(self, topic: str) -> None:
        """Wake all who subscribed to `topic`."""
        self.wake(topic)

    def wake(self, topic: str) -> None:
        """Wake all who subscribed to `topic` in this process."""
        for subscription in self._subscriptions.get(topic, ()):
            subscription.wake()

    def wake_all(self) -> None:
        """Wake everybody, after a time in which publishes may have been missed."""
        for topic in list(self._subscriptions):
            self.wake(topic)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[LocalSubscription]:
        """Listen to `topic` as long as the context lasts."""
        subscription = LocalSubscription()
        self._subscriptions[topic].add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[topic].discard(subscription)
            if not self._subscriptions[topic]:
                del self._subscriptions[topic]
