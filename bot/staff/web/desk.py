"""The desk: which address is whose, and who answers it."""

from aiohttp import web

from bot.domain.staff import ANSWERS_TICKETS, SEES_COURSES, Staff
from bot.staff.web.acts import Acts
from bot.staff.web.course_desk import COURSES, CourseDesk
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.files import FileDesk
from bot.staff.web.gate import Gate
from bot.staff.web.late import Late
from bot.staff.web.live import Live
from bot.staff.web.pages import home
from bot.staff.web.tickets import TICKETS, Tickets
from bot.staff.web.translated import Translated
from bot.staff.web.visit import ROOT, Session


class DeskPages:
    """All pages of those who answer."""

    def __init__(self, gate: Gate, deps: DeskDeps) -> None:
        self._gate = gate
        self._tickets = Tickets(gate, deps)
        self._acts = Acts(deps, self._tickets)
        self._late = Late(gate, deps, self._tickets)
        self._files = FileDesk(gate, deps, self._tickets)
        self._courses = CourseDesk(gate, deps)
        self._translated = Translated(gate, deps, self._tickets)
        self.live = Live(gate, deps, self._tickets)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each says whose it is."""
        guarded, late = self._gate.guarded, self._late.save
        one, course = f"{TICKETS}/{{number:[0-9]{{1,15}}}}", f"{COURSES}/{{course:[0-9]{{1,15}}}}"
        return [
            web.get(ROOT, guarded(self._home)),
            web.get(TICKETS, guarded(self._tickets.listed, *ANSWERS_TICKETS)),
            web.get(f"{ROOT}/keys", guarded(self._keys, *ANSWERS_TICKETS)),
            web.get(f"{ROOT}/events", guarded(self.live.events, *ANSWERS_TICKETS)),
            web.get(one, guarded(self._tickets.page, *ANSWERS_TICKETS)),
            web.get(f"{one}/answers", guarded(self._tickets.answers, *ANSWERS_TICKETS)),
            web.post(f"{one}/draft", guarded(self._acts.draft, *ANSWERS_TICKETS, late=late)),
            web.post(f"{one}/way", guarded(self._acts.way, *ANSWERS_TICKETS)),
            web.post(f"{one}/file", guarded(self._files.open, *ANSWERS_TICKETS)),
            web.post(f"{one}/translate", guarded(self._translated.ask, *ANSWERS_TICKETS, late=late)),
            web.get(f"{one}/rendering", guarded(self._translated.part, *ANSWERS_TICKETS)),
            web.post(f"{one}/{{act:[a-z]+}}", guarded(self._acts.act, *ANSWERS_TICKETS, late=late)),
            web.get(COURSES, guarded(self._courses.listed, *SEES_COURSES)),
            web.get(course, guarded(self._courses.page, *SEES_COURSES)),
            web.post(f"{course}/{{decision:confirm|reject}}", guarded(self._courses.decide, *SEES_COURSES)),
        ]

    async def _home(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff: lead to where somebody begins."""
        return web.Response(status=303, headers={"Location": home(staff)})

    async def _keys(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/keys: the sheet of keyboard shortcuts."""
        return self._gate.pages.page("keys.html", staff, session)
