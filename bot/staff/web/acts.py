"""What the buttons of a ticket's page do; each leads back to the page, which says how it went."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.staff import Staff
from bot.domain.ticket import Ticket
from bot.http.form import read_form
from bot.service.desk import (
    REASONS,
    UNDO_WITHIN,
    Meanwhile,
    NotReachable,
    Reply,
    TooLate,
    morning,
)
from bot.service.merging import GrownTogether, NotTogether
from bot.service.ports import Conflict
from bot.service.refusals import NoSuchTicket, Taken
from bot.service.translating import NotReady
from bot.staff.web.answers import answer_of
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.tickets import TICKETS, Tickets, number_of, text_of
from bot.staff.web.visit import Session

DAYS: Final = {"tomorrow": 1, "three_days": 3, "week": 7}

Form = Mapping[str, str]
Act = Callable[[Ticket, Staff, Form], Awaitable[str]]


class Acts:
    """The handlers of POST /staff/tickets/N/<act>."""

    def __init__(self, deps: DeskDeps, tickets: Tickets) -> None:
        self._deps = deps
        self._desk = deps.desk
        self._tickets = tickets
        # Each returns what the page says then: the last part of a text's key, "" for nothing.
        self._acts: dict[str, Act] = {
            "take": self._take,
            "release": self._release,
            "give": self._give,
            "reply": self._reply,
            "undo": self._undo,
            "again": self._again,
            "note": self._note,
            "snooze": self._snooze,
            "tags": self._tags,
            "close": self._close,
            "reopen": self._reopen,
            "reached": self._reached,
            "insert": self._insert,
            "merge": self._merge,
            "part": self._part,
            "translated": self._translated,
            "interpret": self._interpret,
        }

    async def act(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """Carry out the act of the address."""
        act = self._acts.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        ticket = await self._tickets.visible(number_of(request), staff)
        form = await read_form(request)
        try:
            return _back(ticket, said=await act(ticket, staff, form))
        except Taken as taken:
            return _back(ticket, wrong="taken" if taken.by else "free", by=str(taken.by or ""))
        except Meanwhile as meanwhile:
            return _back(ticket, wrong=f"meanwhile_{meanwhile.line.author.value}")
        except (NoSuchTicket, Conflict):
            return _back(ticket, wrong="closed")
        except NotReachable:
            return _back(ticket, wrong="unreachable")
        except TooLate:
            return _back(ticket, wrong="too_late")
        except NotTogether:
            return _back(ticket, wrong="not_together")
        except GrownTogether:
            return _back(ticket, wrong="grown_together")
        except NotReady as reason:
            return _back(ticket, wrong=f"translation_{reason.why}")

    async def draft(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/tickets/N/draft: keep what has been typed; for a script, which needs no page."""
        ticket = await self._tickets.visible(number_of(request), staff)
        form = await read_form(request)
        try:
            await self._desk.draft(ticket.number, staff.id, form.get("text", ""), _seen(form))
        except (NoSuchTicket, Conflict):
            raise web.HTTPNotFound from None
        return web.Response(status=204)

    async def way(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/tickets/N/way: show another way to the newcomer, for a reason, which is logged."""
        ticket = await self._tickets.visible(number_of(request), staff)
        reason = (await read_form(request)).get("reason", "")
        if reason not in REASONS:
            return _back(ticket, wrong="reason")
        way = await self._desk.show_way(ticket.number, staff.id, reason)
        return await self._tickets.show(request, staff, session, ticket, way=way)

    async def _take(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        instead = form.get("instead_of", "")
        await self._desk.take(ticket.number, staff.id, int(instead) if instead.isdecimal() else None)
        return "taken"

    async def _release(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.release(ticket.number, staff.id)
        return "released"

    async def _give(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        async with self._deps.store.read() as unit:
            accounts = {str(account.staff.id): account.staff for account in await unit.staff.listed()}
        to = accounts.get(form.get("to", ""))
        if to is None or not to.may_answer(ticket.town):
            return ""
        await self._desk.give(ticket.number, to.id, by=staff.id)
        return "given"

    async def _reply(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        text = text_of(form)
        if not text:
            return ""
        # Whatever happens now, the words are there again afterwards.
        await self._desk.draft(ticket.number, staff.id, text)
        language = form.get("language", "")
        known = language if language in self._deps.knowledge().languages else ""
        return await self._send(ticket, Reply(text, staff.id, known), form)

    async def _send(self, ticket: Ticket, reply: Reply, form: Form) -> str:
        closes = form.get("send") == "close"
        whole = replace(reply, seen=_seen(form), close=closes, undo=UNDO_WITHIN)
        try:
            await self._desk.reply(ticket.number, whole)
        except (Meanwhile, NoSuchTicket):
            if reply.staff is None or not await self._desk.has_sent(ticket.number, whole):
                raise
            await self._desk.draft(ticket.number, reply.staff, "")
        return "sent_closed" if closes else "sent"

    async def _translated(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        """Send the translation that was made of exactly these words, and has been checked."""
        text, translating = text_of(form), self._deps.translating
        await self._desk.draft(ticket.number, staff.id, text)
        if translating is None:
            raise NotReady("none")
        try:
            ready = await translating.ready(ticket.number, staff.id, text)
        except NotReady:
            if not await self._desk.has_sent(ticket.number, Reply(text, staff.id, seen=_seen(form))):
                raise
            await self._desk.draft(ticket.number, staff.id, "")  # pressed twice
            return "sent"
        reply = Reply(ready.shown, staff.id, ready.language, original=ready.text, source=ready.source)
        return await self._send(ticket, reply, form)

    async def _interpret(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        """Translate a message of the newcomer's, once more or for the first time."""
        if not self._deps.translating:
            return ""
        await self._deps.translating.again(ticket.number, _number(form, "message"))
        return "interpreted"

    async def _undo(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.undo(ticket.number, _number(form, "message"), staff.id)
        return "undone"

    async def _again(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.again(ticket.number, _number(form, "message"))
        return "again"

    async def _note(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        text = form.get("note", "").replace("\r\n", "\n").strip()
        if not text:
            return ""
        await self._desk.note(ticket.number, staff.id, text)
        return "noted"

    async def _snooze(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        days = DAYS.get(form.get("until", ""))
        await self._desk.snooze(ticket.number, morning(self._deps.clock.now(), days) if days else None)
        return "snoozed" if days else "woken"

    async def _tags(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.tag(ticket.number, form.get("tags", ""))
        return "tagged"

    async def _close(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.close(ticket.number, staff.id)
        return "closed"

    async def _reopen(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.reopen(ticket.number)
        return "reopened"

    async def _reached(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.reached(ticket.number)
        return "reached"

    async def _merge(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        """Let the one become part of the other that the form chose, in the direction of its button."""
        other = await self._tickets.visible(_number(form, "other"), staff)
        gone, kept = (ticket, other) if form.get("into") == "other" else (other, ticket)
        await self._desk.merge(gone.number, kept.number, staff.id)
        return "merged"

    async def _part(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        await self._desk.part(ticket.number, staff.id)
        return "parted"

    async def _insert(self, ticket: Ticket, staff: Staff, form: Form) -> str:
        """Put a ready answer behind what is in the draft: for browsers without scripts."""
        words = self._tickets.words(Session(0, "", "de", ""))
        found = answer_of(words, form.get("entry", ""), ticket.language)
        if found is None:
            return ""
        async with self._deps.store.read() as unit:
            drafts = await unit.tickets.drafts(ticket.number)
        before = next((draft.text for draft in drafts if draft.staff == staff.id), "")
        await self._desk.draft(ticket.number, staff.id, f"{before}\n\n{found.text}".strip())
        return "inserted"


def _number(form: Form, field: str) -> int:
    """Return a number that a form holds; 0 for anything else."""
    told = form.get(field, "")
    return int(told) if told.isdecimal() and len(told) < 19 else 0


def _seen(form: Form) -> int | None:
    """Return the last message that stood on the page; None if the form does not tell."""
    return _number(form, "seen") or None


def _back(ticket: Ticket, **told: str) -> web.Response:
    query = urlencode({name: value for name, value in told.items() if value})
    path = f"{TICKETS}/{ticket.number}" + (f"?{query}" if query else "")
    return web.Response(status=303, headers={"Location": path})
