"""Slows down who writes too fast, per session and per network address, in memory."""

from dataclasses import dataclass
from datetime import datetime

from bot.service.ports import Clock


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one every `seconds`."""

    burst: int
    seconds: float


# Faster than anybody types or presses buttons.
PER_SESSION = Rate(burst=10, seconds=3)
# A shelter or a library shares one address.
PER_ADDRESS = Rate(burst=90, seconds=0.5)
SEEN = Rate(burst=30, seconds=1)
# Entries kept; the one not used for longest goes first.
MOST = 20_000


class Buckets:
    """A token bucket for each key."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._held: dict[str, tuple[float, datetime]] = {}

    def take(self, key: str) -> float:
        """Take a token; return 0.0, or how many seconds to wait if there is none."""
        now = self._clock.now()
        tokens, since = self._held.pop(key, (float(self._rate.burst), now))
        passed = max(0.0, (now - since).total_seconds())
        tokens = min(float(self._rate.burst), tokens + passed / self._rate.seconds)
        wait = 0.0 if tokens >= 1 else (1 - tokens) * self._rate.seconds
        self._held[key] = (tokens if wait else tokens - 1, now)
        if len(self._held) > MOST:
            del self._held[next(iter(self._held))]
        return wait
