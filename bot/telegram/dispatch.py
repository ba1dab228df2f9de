"""Hands every update to the first who takes it; one that nobody can read is acknowledged, not repeated for ever."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from telegram import Update

Taker = Callable[[Update], Awaitable[bool]]

log = structlog.get_logger()


class NotNow(Exception):
    """A taker is full; the update must come again later."""


class Dispatcher:
    """The takers in their order; each returns whether the update was for it.

    Once `take` returns, the update may be acknowledged. What a taker raises (the database is away, the intake is
    full) goes to the caller, who must not acknowledge.
    """

    def __init__(self, takers: Sequence[Taker]) -> None:
        self._takers = tuple(takers)

    async def take(self, raw: Mapping[str, Any]) -> None:
        """Read an update as Telegram wrote it and hand it over."""
        update = _read(raw)
        if update is None:
            return
        for taker in self._takers:
            if await taker(update):
                return
        log.info("telegram.nobodys_update", kind=kind_of(raw))


def kind_of(raw: Mapping[str, Any]) -> str:
    """Return the name of what an update holds, such as "message"."""
    return next((name for name in raw if name != "update_id"), "none")


def _read(raw: Mapping[str, Any]) -> Update | None:
    try:
        return Update.de_json(dict(raw), None)
    except Exception as error:  # whatever a new kind of update breaks, the next ones must come through
        log.error("telegram.unreadable_update", kind=kind_of(raw), error=type(error).__name__)
        return None
