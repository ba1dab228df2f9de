"""Files that newcomers sent, handed to staff as downloads."""

from typing import Final

from aiohttp import web

from bot.domain.staff import Staff
from bot.http.form import read_form
from bot.service.received import NotOpened, Opened
from bot.service.refusals import NoSuchTicket
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.gate import Gate
from bot.staff.web.tickets import TICKETS, Tickets, number_of
from bot.staff.web.visit import Session

# Even if a browser showed it in spite of `attachment`: no script, no form, no origin of ours.
POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


class FileDesk:
    """The handler of POST /staff/tickets/N/file."""

    def __init__(self, gate: Gate, deps: DeskDeps, tickets: Tickets) -> None:
        self._gate = gate
        self._deps = deps
        self._tickets = tickets

    async def open(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """Hand over a file of the ticket's exchange; the look is logged, so that it is no GET."""
        ticket = await self._tickets.visible(number_of(request), staff)
        form = await read_form(request)
        wanted, no = form.get("message", ""), form.get("no", "")
        lines = await self._tickets.lines(ticket)
        line = next((one for one in lines if str(one.id) == wanted), None)
        if line is None or no not in map(str, range(len(line.attachments))):
            raise web.HTTPNotFound
        try:
            return _download(await self._deps.files.open(ticket.number, line, int(no), staff.id))
        except NoSuchTicket:
            raise web.HTTPNotFound from None
        except NotOpened as refusal:
            where = f"{TICKETS}/{ticket.number}?wrong=file_{refusal.why}"
            return web.Response(status=303, headers={"Location": where})


def _download(opened: Opened) -> web.Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{opened.name}"',
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return web.Response(body=opened.content, content_type=opened.media_type, headers=headers)
