"""Telegram's rate limits: so many messages a second for the bot, a chat, and a minute for a group."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.telegram.fake.chats import Chat
from tests.telegram.fake.refusals import too_many


@dataclass(slots=True)
class Bucket:
    """Holds up to `size` tokens and gets `rate` new ones a second."""

    size: float
    rate: float
    tokens: float
    filled_at: float

    def wait(self, now: float) -> float:
        """Return the seconds until there is a token."""
        self.tokens = min(self.size, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        return max(0.0, (1 - self.tokens) / self.rate)


class Pace:
    """Off at first: most tests are not about it. `on = True` makes the limits bite, with a burst of five a chat."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.on = False
        self.a_second = 30
        self.a_chat_second = 1.0
        self.a_chat_burst = 5
        self.a_group_minute = 20
        self._clock = clock
        self._buckets: dict[int, Bucket] = {}

    def check(self, chat: Chat) -> None:
        """Take the tokens for one message. Raises Refusal 429 if there is none for the bot or for the chat."""
        if not self.on:
            return
        now = self._clock()
        buckets = (self._bucket(0, self.a_second, self.a_second, now), self._of_chat(chat, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            raise too_many(math.ceil(wait))
        for bucket in buckets:
            bucket.tokens -= 1

    def _of_chat(self, chat: Chat, now: float) -> Bucket:
        if chat.is_private:
            return self._bucket(chat.id, self.a_chat_burst, self.a_chat_second, now)
        return self._bucket(chat.id, self.a_group_minute, self.a_group_minute / 60, now)

    def _bucket(self, key: int, size: float, rate: float, now: float) -> Bucket:
        if key not in self._buckets:
            self._buckets[key] = Bucket(size, rate, size, now)
        return self._buckets[key]
