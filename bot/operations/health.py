"""Is everything well: database, knowledge, outbox, channels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from bot.knowledge.problem import Problem
from bot.service.ports import Clock, Store

SLOW = 120.0  # seconds that a message may wait before the state is called "slow"


class Learned(Protocol):
    """The knowledge that answers are made from."""

    @property
    def version(self) -> str:
        """The version that is in use."""

    @property
    def loaded_at(self) -> datetime:
        """Since when."""

    @property
    def embedder(self) -> str:
        """What gives vectors of messages, or "none"."""

    @property
    def trouble(self) -> str:
        """What keeps messages from being understood as well as they could be; "" if nothing does."""

    @property
    def is_learned(self) -> bool:
        """False while something new has still to be learned."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What keeps the files as they are now from being used."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What the health page looks at."""

    store: Store
    clock: Clock
    learned: Learned
    channels: Sequence[str]
    troubles: Callable[[], Mapping[str, str]] = dict  # by channel: what is wrong, in a few words of ours
    notices: Callable[[], str] = lambda: "off"  # e-mail to staff: "off", "ok", or what is wrong


async def state(watched: Watched) -> dict[str, Any]:
    """Return the state as a JSON-ready dict; `status` is ok, degraded or down."""
    troubles = dict(watched.troubles())
    found: dict[str, Any] = {
        "channels": {name: troubles.get(name, "ok") for name in watched.channels},
        "knowledge": _knowledge(watched.learned),
        "understanding": _understanding(watched.learned),
        "notices": watched.notices(),
    }
    try:
        async with watched.store.read() as unit:
            now = watched.clock.now()
            waiting, waiting_age = await unit.intake.waiting(now)
            pending, pending_age = await unit.outbox.pending(now)
    except Exception as error:
        return {"status": "down", "database": type(error).__name__, **found}
    found["database"] = "ok"
    found["intake"] = {"waiting": waiting, "oldest_seconds": round(waiting_age, 1)}
    found["outbox"] = {"pending": pending, "oldest_seconds": round(pending_age, 1)}
    learned = watched.learned
    well = (
        not learned.problems
        and not learned.trouble
        and not troubles
        and found["notices"] in ("off", "ok")
        and max(waiting_age, pending_age) < SLOW
    )
    return {"status": "ok" if well else "degraded", **found}


def _knowledge(learned: Learned) -> dict[str, Any]:
    problems = [str(problem) for problem in learned.problems]
    return {"version": learned.version, "loaded_at": learned.loaded_at.isoformat(), "problems": problems}


def _understanding(learned: Learned) -> dict[str, Any]:
    found = {"embedder": learned.embedder, "learned": learned.is_learned}
    return found | ({"trouble": learned.trouble} if learned.trouble else {})


def routes(watched: Watched, public: Callable[[web.Request], bool]) -> list[web.RouteDef]:
    """Return the health page; from outside it tells the status only, not the files."""

    async def healthz(request: web.Request) -> web.Response:
        found = await state(watched)
        code = 503 if found["status"] == "down" else 200
        return web.json_response({"status": found["status"]} if public(request) else found, status=code)

    return [web.get("/healthz", healthz)]
