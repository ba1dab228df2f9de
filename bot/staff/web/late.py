"""Words that come when the session is over: they become a draft, or stand on a page to be taken along."""

from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.domain.staff import Staff
from bot.http.form import read_form
from bot.service.desk import LONGEST
from bot.service.ports import Conflict
from bot.service.refusals import NoSuchTicket
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.gate import Gate
from bot.staff.web.tickets import TICKETS, Tickets, number_of
from bot.staff.web.visit import ROOT, Session

# The end of the address by which the pages of the login and of the ticket know that words were kept.
KEPT: Final = "?said=kept"


class Late:
    """A `LateHandler` for the forms of a ticket's page."""

    def __init__(self, gate: Gate, deps: DeskDeps, tickets: Tickets) -> None:
        self._gate = gate
        self._deps = deps
        self._tickets = tickets

    async def save(
        self, request: web.Request, staff: Staff | None, session: Session
    ) -> web.StreamResponse | None:
        """Keep an answer as the draft of who wrote it; give back all else, to whoever holds it in their hands."""
        form = await read_form(request)
        words = (form.get("text") or form.get("note") or "").replace("\r\n", "\n").strip()[:LONGEST]
        if not words:
            return None
        number, is_fetched = number_of(request), "HX-Request" in request.headers
        # A note must not stand where answers are written.
        if staff and form.get("text"):
            await self._tickets.visible(number, staff)
            try:
                await self._deps.desk.draft(number, staff.id, words)
            except (NoSuchTicket, Conflict):
                return None
            login = f"{ROOT}/login?next={quote(f'{TICKETS}/{number}{KEPT}', safe='/')}"
            if is_fetched:
                return web.Response(status=401, headers={"HX-Redirect": login})
            return web.Response(status=303, headers={"Location": login})
        if is_fetched:  # they still stand in the field, where the script leaves them
            return web.Response(status=401)
        return self._gate.pages.page("late.html", None, session, 403, words=words, number=number)
