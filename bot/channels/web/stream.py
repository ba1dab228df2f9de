"""The live part of the page: new messages and who is writing, as server-sent events."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from bot.channels.web.deps import WebDeps
from bot.channels.web.pages import Pages
from bot.channels.web.visit import Visit, Visits
from bot.domain.message import Author, StoredMessage
from bot.domain.ticket import Ticket
from bot.http.guard import harden
from bot.service.ports import DESK

HEARTBEAT: Final = 15.0  # seconds; proxies close what is silent for 30 to 60
IMPATIENT: Final = 2.0  # seconds between looks while an answer is due: an erased contact can wake nobody
MOST_PER_SESSION: Final = 5
MOST: Final = 500  # of one process; each looks into the database now and then
FULL_WAIT: Final = 30  # seconds
WRITING: Final = timedelta(seconds=15)  # so long the page says that an answer is coming


@dataclass(frozen=True, slots=True)
class Look:
    """One glance at a conversation. `language`: of its interface, empty if none is set, None if gone."""

    language: str | None
    fresh: tuple[StoredMessage, ...] = ()
    writing: bool = False


class Stream:
    """Serves the events of a session."""

    def __init__(self, deps: WebDeps, visits: Visits, pages: Pages) -> None:
        self._deps = deps
        self._visits = visits
        self._pages = pages
        self._open: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End all streams; browsers come back by themselves."""
        for task in self._tasks:
            task.cancel()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Send events until the browser goes away; 204 tells it not to come back."""
        visit = await self._visits.of(request)
        if visit.contact is None:
            return web.Response(status=204)
        if self._open.total() >= MOST:  # whoever gets none still sees everything by loading the page
            text = visit.texts.say("web.busy")
            return web.Response(status=503, text=text, headers={"Retry-After": str(FULL_WAIT)})
        if self._open[visit.session] >= MOST_PER_SESSION:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "30"})
        self._open[visit.session] += 1
        try:
            return await self._serve(request, visit, visit.contact.id)
        finally:
            self._open[visit.session] -= 1
            if not self._open[visit.session]:
                del self._open[visit.session]

    async def _serve(self, request: web.Request, visit: Visit, contact: int) -> web.StreamResponse:
        # X-Accel-Buffering: nginx would collect the events.
        headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        harden(response, self._deps.secure)
        await response.prepare(request)
        shown = _number(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
        # A task of its own: cancelling it at the end lets the request finish in order.
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._run(response, visit, contact, shown))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return response

    async def _run(self, response: web.StreamResponse, visit: Visit, contact: int, shown: int) -> None:
        writing = False
        try:
            await response.write(b"retry: 3000\n\n")
            async with self._deps.notifier.subscribe(f"web:{contact}") as news:
                while True:
                    look = await self._look(contact, shown)
                    if look.language is None:
                        await response.write(_event("gone", ""))
                        return
                    for message in look.fresh:
                        shown = message.id
                        await response.write(_event("message", self._pages.fragment(visit, message), shown))
                    if any(message.author is Author.STAFF for message in look.fresh):
                        await self._delivered(contact, shown)
                    if look.writing != writing:
                        writing = look.writing
                        await response.write(_event("writing", "yes" if writing else "no"))
                    if look.language and look.language != visit.texts.language:
                        await response.write(_event("language", look.language))
                    if not await news.wait(IMPATIENT if writing else HEARTBEAT):
                        await response.write(b": still here\n\n")
        except ConnectionError:
            return

    async def _delivered(self, contact: int, up_to: int) -> None:
        """Note that the page has what a person wrote; it says itself when somebody has it before their eyes."""
        now = self._deps.clock.now()
        async with self._deps.store.write() as unit:
            by_staff = await unit.outbox.delivered(contact, up_to, now)
        if by_staff:
            await self._deps.notifier.publish(DESK)

    async def _look(self, contact: int, shown: int) -> Look:
        async with self._deps.store.read() as unit:
            known = await unit.contacts.get(contact)
            if known is None:
                return Look(language=None)
            fresh = await unit.messages.after(contact, shown)
            latest = await unit.messages.latest(contact, 1)
            tickets = await unit.tickets.of(contact, only_open=True)
        wished = known.conversation.language
        return Look(
            self._deps.texts(wished).language if wished else "",
            tuple(fresh),
            awaits_answer(latest, tickets, self._deps.clock.now()),
        )


def awaits_answer(messages: Sequence[StoredMessage], open_tickets: Sequence[Ticket], now: datetime) -> bool:
    """True if the newcomer spoke last, just now, and no person is on it: then the program answers."""
    if not messages or messages[-1].author is not Author.NEWCOMER:
        return False
    if any(ticket.is_attended(now) for ticket in open_tickets):
        return False
    return now - messages[-1].at < WRITING


def _event(name: str, data: str, number: int = 0) -> bytes:
    lines = [f"event: {name}", *(f"data: {line}" for line in data.splitlines() or [""])]
    if number:
        lines.append(f"id: {number}")
    return ("\n".join(lines) + "\n\n").encode()


def _number(text: str) -> int:
    """Return the id of the last message the page shows; 0 sends all, and the page drops what it has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
