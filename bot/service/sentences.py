"""Vectors of messages on the way: few at once, the latest remembered, and no fault ever holds a message up."""

import time
from collections import OrderedDict
from hashlib import blake2b
from threading import BoundedSemaphore, Lock

import structlog

from bot.understanding.embedding import Embedder, NoVectors, shortened
from bot.understanding.letters import Values

AT_ONCE = 2  # vectors in the making: as many as the machine has cores
WAIT = 0.2  # seconds for one of these places; then the message is understood without a vector
REST = 30.0  # seconds after a fault in which nothing is asked
REMEMBERED = 2_000  # messages, as hashes: greetings and the bot's own examples come again and again

log = structlog.get_logger()


class Sentences:
    """Gives the vector of a message, or None when there is none now."""

    def __init__(self, embedder: Embedder | None, trouble: str = "") -> None:
        """trouble: why there is no embedder, if one was wanted."""
        self.embedder = embedder
        self._trouble = trouble
        self._places = BoundedSemaphore(AT_ONCE)
        self._lock = Lock()
        self._latest: OrderedDict[bytes, Values] = OrderedDict()
        self._rests_until = 0.0

    @property
    def trouble(self) -> str:
        """What keeps vectors from being used, for the health page; "" if nothing does."""
        return self._trouble

    @property
    def model(self) -> str:
        """The embedder's name, "" without one."""
        return self.embedder.name if self.embedder else ""

    def vector(self, text: str) -> Values | None:
        """Return the vector of a text; None without an embedder, under pressure, or while it is out of order."""
        if self.embedder is None or time.monotonic() < self._rests_until:
            return None
        key = blake2b(shortened(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if (known := self._latest.get(key)) is not None:
                self._latest.move_to_end(key)
                return known
        if not self._places.acquire(timeout=WAIT):
            return None
        try:
            found: Values = self.embedder.embed([text])[0]
        except NoVectors as error:
            self._fail(str(error))
            return None
        finally:
            self._places.release()
        self._remember(key, found)
        return found

    def _remember(self, key: bytes, found: Values) -> None:
        with self._lock:
            self._trouble = ""
            self._latest[key] = found
            if len(self._latest) > REMEMBERED:
                self._latest.popitem(last=False)

    def _fail(self, reason: str) -> None:
        if not self._trouble:
            log.error("embedder.failed", reason=reason)
        self._trouble = reason
        self._rests_until = time.monotonic() + REST
