"""Telegram's limits on how much a bot may send; who must wait is told how long, nobody sleeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one every `seconds`."""

    burst: int
    seconds: float


# core.telegram.org/bots/faq: one a second in a chat, short bursts excepted; 20 a minute in a group; 30 a second
# in all.
A_CHAT = Rate(burst=5, seconds=1.0)
A_GROUP = Rate(burst=3, seconds=3.5)
ALL_A_SECOND = 30.0
MOST_CHATS = 20_000  # remembered; the one not written to for longest goes first


class Limits:
    """Token buckets for one process: over all chats, and for each."""

    def __init__(
        self, all_a_second: float = ALL_A_SECOND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take how many messages a second this process may send; `clock` counts seconds."""
        self._everything = Rate(max(1, int(all_a_second)), 1 / all_a_second)
        self._clock = clock
        self._all = (float(self._everything.burst), clock())
        self._chats: dict[int, tuple[float, float]] = {}

    def take(self, chat: int) -> float:
        """Take the right to send one message now: 0.0, or else the seconds until it may be asked for again."""
        now = self._clock()
        rate = A_GROUP if chat < 0 else A_CHAT
        mine = _filled(rate, self._chats.pop(chat, (float(rate.burst), now)), now)
        everybodys = _filled(self._everything, self._all, now)
        wait = max((1 - mine) * rate.seconds, (1 - everybodys) * self._everything.seconds, 0.0)
        taken = 0.0 if wait else 1.0
        self._all = (everybodys - taken, now)
        self._chats[chat] = (mine - taken, now)
        if len(self._chats) > MOST_CHATS:
            del self._chats[next(iter(self._chats))]
        return wait


def _filled(rate: Rate, held: tuple[float, float], now: float) -> float:
    tokens, since = held
    return min(float(rate.burst), tokens + max(0.0, now - since) / rate.seconds)
