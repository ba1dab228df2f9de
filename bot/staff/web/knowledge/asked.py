"""Try a question, and see what newcomers say is wrong."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from bot.domain.staff import Staff
from bot.http.form import read_lists
from bot.service.ask import replies, understand
from bot.staff.web.knowledge.bubbles import bubble
from bot.staff.web.knowledge.deps import KNOWLEDGE, Desk, back
from bot.staff.web.knowledge.forms import one
from bot.staff.web.visit import Session
from bot.staff.web.words import moment
from bot.understanding.decide import ZONES

LONGEST_QUESTION: Final = 500
CHANNEL: Final = "web"


class Asked(Desk):
    """The handlers of /staff/knowledge/try and /notes."""

    async def try_page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/try: the empty form."""
        return await self._try(staff, session, "", "", "")

    async def try_out(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/try: what would be answered, and why. Nothing of it is kept."""
        form = await read_lists(request)
        question = one(form, "question")[:LONGEST_QUESTION]
        return await self._try(staff, session, question, one(form, "language"), one(form, "town"))

    async def _try(
        self, staff: Staff, session: Session, question: str, language: str, town: str
    ) -> web.Response:
        present = await self._deps.checking.present()
        mind, now = self._deps.mind(), self._deps.clock.now()
        known = mind.world.knowledge  # what the bot answers from; the files may be a second ahead
        language = language if language in known.languages else ""
        town = town if town in known.towns else ""
        found = understand(mind, question, language) if question else None
        can = self._deps.capabilities[CHANNEL]
        said = replies(mind, question, language, town, now, can) if question else ()
        return self.page(
            "try",
            staff,
            session,
            present,
            question=question,
            language=language,
            town=town,
            found=found,
            zones=ZONES,
            lead=_lead([one.score for one in found.candidates]) if found else 0.0,
            shown=[bubble(message, known) for message in said],
        )

    async def notes(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/notes: what newcomers say is wrong."""
        present = await self._deps.checking.present()
        async with self._deps.store.read() as unit:
            notes = await unit.feedback.listed()
        now = self._deps.clock.now()
        return self.page(
            "notes",
            staff,
            session,
            present,
            notes=notes,
            time=lambda at: moment(at, now),
            said=request.query.get("said", ""),
        )

    async def done(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/notes/<id>/done: close one."""
        async with self._deps.store.write() as unit:
            if not await unit.feedback.done(int(request.match_info["id"]), self._deps.clock.now()):
                raise web.HTTPNotFound
        return back(f"{KNOWLEDGE}/notes", "done")


def _lead(scores: Sequence[float]) -> float:
    """Return how far the best is ahead of the next."""
    first, second, *_ = (*scores, 0.0, 0.0)
    return first - second
