"""Tells open pages that a ticket has changed, as server-sent events without content; the page then asks anew."""

import asyncio
import random
from collections import Counter
from typing import Final

from aiohttp import web

from bot.domain.staff import Staff
from bot.service.ports import DESK
from bot.service.refusals import NoSuchTicket
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.gate import Gate
from bot.staff.web.tickets import Tickets
from bot.staff.web.visit import Session

HEARTBEAT: Final = 15.0  # seconds; proxies close what is silent for 30 to 60
AT_MOST_EVERY: Final = 0.5  # seconds: many changes at once are one
MOST_PER_PERSON: Final = 10
LONGEST: Final = 1800.0  # seconds; then the browser asks again, with a session that must still be there
CHANGED = b"event: desk\ndata:\n\n"
STILL_HERE = b": still here\n\n"
LOOKS_EVERY: Final = 4  # silences: a list on which nothing happens asks once a minute


class Live:
    """Serves the events."""

    def __init__(self, gate: Gate, deps: DeskDeps, tickets: Tickets) -> None:
        self._gate = gate
        self._deps = deps
        self._tickets = tickets
        self._open: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self, _app: web.Application) -> None:
        """End all streams; browsers come back by themselves (for `app.on_shutdown`)."""
        for task in self._tasks:
            task.cancel()

    async def events(self, request: web.Request, staff: Staff, session: Session) -> web.StreamResponse:
        """GET /staff/events[?ticket=N]: an event whenever a ticket changed, until the browser goes away."""
        if self._open[staff.id] >= MOST_PER_PERSON:
            return web.Response(status=429, headers={"Retry-After": "30"})
        asked = request.query.get("ticket", "")
        number = int(asked) if asked.isdecimal() and len(asked) < 16 else 0
        if number:
            await self._tickets.visible(number, staff)
        # X-Accel-Buffering: nginx would collect the events.
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        self._gate.harden(response)
        await response.prepare(request)
        self._open[staff.id] += 1
        try:
            # A task of its own: cancelling it at the end lets the request finish in order.
            async with asyncio.TaskGroup() as group:
                task = group.create_task(self._run(response, staff, number))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            self._open[staff.id] -= 1
        return response

    async def _run(self, response: web.StreamResponse, staff: Staff, number: int) -> None:
        try:
            async with asyncio.timeout(LONGEST), self._deps.notifier.subscribe(DESK) as news:
                await response.write(b"retry: 3000\n\n" + CHANGED)
                silent = 0
                while True:
                    if await news.wait(HEARTBEAT):
                        silent = 0
                        # Not all at once: each page asks for its list then.
                        await asyncio.sleep(random.uniform(0.0, AT_MOST_EVERY))  # noqa: S311
                    else:
                        silent += 1
                        await self._still_there(staff, number)
                    # Also after a silence: times pass, a colleague looks, and a lost wake-up must only cost a while.
                    asks = number or silent % LOOKS_EVERY == 0
                    await response.write(CHANGED if asks else STILL_HERE)
        except (ConnectionError, TimeoutError):
            return

    async def _still_there(self, staff: Staff, number: int) -> None:
        if number:
            try:
                await self._deps.desk.draft(number, staff.id, None)
            except NoSuchTicket:
                return
