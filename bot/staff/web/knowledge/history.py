"""What was changed when and by whom, and the way back."""

from difflib import unified_diff

from aiohttp import web

from bot.domain.staff import Staff
from bot.knowledge.history import Content
from bot.service.editing import Refused
from bot.staff.web.knowledge.deps import KNOWLEDGE, Desk, back
from bot.staff.web.knowledge.problems import told
from bot.staff.web.visit import Session
from bot.staff.web.words import moment


class Steps(Desk):
    """The handlers of /staff/knowledge/history."""

    async def listed(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/history: the latest steps."""
        return await self._page(staff, session, said=request.query.get("said", ""))

    async def step(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/history/<id>: what a step changed, line by line."""
        contents = await self._deps.editing.contents(request.match_info["id"])
        if contents is None:
            raise web.HTTPNotFound
        present = await self._deps.checking.present()
        return self.page(
            "step",
            staff,
            session,
            present,
            id=request.match_info["id"],
            files={name: _lines(content) for name, content in contents.items()},
        )

    async def undo(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/history/<id>/undo: take a step back."""
        done = await self._deps.editing.undo(request.match_info["id"], staff.name)
        if isinstance(done, Refused):
            return await self._page(staff, session, refused=done)
        await self.note(staff, done, "undo")
        return back(f"{KNOWLEDGE}/history", "undone" if done.id else "nothing")

    async def _page(
        self, staff: Staff, session: Session, said: str = "", refused: Refused | None = None
    ) -> web.Response:
        present = await self._deps.checking.present()
        now = self._deps.clock.now()
        return self.page(
            "history",
            staff,
            session,
            present,
            steps=await self._deps.editing.steps(),
            time=lambda at: moment(at, now),
            said=said,
            refused=refused,
            judged=None,
            problems=told(refused.problems, present.reading.marks, refused.files) if refused else (),
        )


def _lines(content: Content) -> list[tuple[str, str]]:
    """Return the lines that differ, with what became of each: -, + or a space for one beside them."""
    before, after = (content.before or "").split("\n"), (content.after or "").split("\n")
    found = list(unified_diff(before, after, lineterm="", n=1))[2:]
    return [("…", "") if line.startswith("@@") else (line[:1], line[1:]) for line in found]
