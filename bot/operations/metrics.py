"""Counts for prometheus; none says anything about a person."""

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot.operations.health import Watched, state


class Metrics:
    """Queue lengths and ages, and whether the knowledge is sound; read from the database when asked."""

    def __init__(self, watched: Watched, allowed: Callable[[web.Request], bool]) -> None:
        self._watched = watched
        self._allowed = allowed
        self._registry = CollectorRegistry()
        self._up = self._gauge("lotse_database_up", "1 if the database answers")
        self._waiting = self._gauge("lotse_intake_waiting", "messages not worked on yet")
        self._waiting_age = self._gauge("lotse_intake_oldest_seconds", "age of the oldest of them")
        self._pending = self._gauge("lotse_outbox_pending", "messages not delivered yet")
        self._pending_age = self._gauge("lotse_outbox_oldest_seconds", "age of the oldest due one")
        self._problems = self._gauge(
            "lotse_knowledge_problems", "errors in the knowledge files; the last good version is live"
        )

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self._registry)

    def routes(self) -> list[web.RouteDef]:
        """Return the route `/metrics`."""
        return [web.get("/metrics", self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        if not self._allowed(request):
            raise web.HTTPNotFound
        found = await state(self._watched)
        self._up.set(found["status"] != "down")
        self._problems.set(len(found["knowledge"]["problems"]))
        if "intake" in found:
            self._waiting.set(found["intake"]["waiting"])
            self._waiting_age.set(found["intake"]["oldest_seconds"])
            self._pending.set(found["outbox"]["pending"])
            self._pending_age.set(found["outbox"]["oldest_seconds"])
        return web.Response(body=generate_latest(self._registry), content_type="text/plain", charset="utf-8")
