"""A draft in two languages: asks for its translation, and shows what the newcomer will read."""

from aiohttp import web

from bot.domain.staff import Staff
from bot.domain.ticket import Ticket
from bot.http.form import read_form
from bot.service.ports import Conflict
from bot.service.refusals import NoSuchTicket
from bot.service.translating import Translating
from bot.staff.web.beside import shown
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.gate import Gate
from bot.staff.web.tickets import TICKETS, Tickets, number_of, text_of
from bot.staff.web.visit import Session


class Translated:
    """The handlers around a draft in two languages."""

    def __init__(self, gate: Gate, deps: DeskDeps, tickets: Tickets) -> None:
        self._gate = gate
        self._deps = deps
        self._tickets = tickets

    async def ask(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/tickets/N/translate: keep the draft and ask for its translation."""
        ticket = await self._tickets.visible(number_of(request), staff)
        form = await read_form(request)
        text, source = text_of(form), form.get("language", "")
        translating = self._translating(ticket)
        known = self._deps.knowledge().languages
        if text and source in known and source != ticket.language:
            try:
                await translating.render(ticket.number, staff.id, text, source)
            except (NoSuchTicket, Conflict):
                raise web.HTTPNotFound from None
        if "HX-Request" in request.headers:
            return await self._part(ticket, staff, session)
        path = f"{TICKETS}/{ticket.number}#rendering"
        return web.Response(status=303, headers={"Location": path})

    async def part(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/tickets/N/rendering: what becomes of the draft, for a script."""
        ticket = await self._tickets.visible(number_of(request), staff)
        self._translating(ticket)
        return await self._part(ticket, staff, session)

    async def _part(self, ticket: Ticket, staff: Staff, session: Session) -> web.Response:
        async with self._deps.store.read() as unit:
            drafts = await unit.tickets.drafts(ticket.number)
            rendering = await unit.translations.rendering(ticket.number, staff.id)
        draft = next((one.text for one in drafts if one.staff == staff.id), "")
        words = self._tickets.words(session)
        return self._gate.pages.page(
            "ticket_rendering.html",
            staff,
            session,
            ticket=ticket,
            shown=shown(rendering, draft, words),
            words=words,
        )

    def _translating(self, ticket: Ticket) -> Translating:
        translating = self._deps.translating
        if translating is None or not translating.covers(ticket.language):
            raise web.HTTPNotFound
        return translating
