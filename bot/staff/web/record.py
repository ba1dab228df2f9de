"""The page of the audit log, for those who look after data protection."""

import re
from typing import Final

from aiohttp import web

from bot.domain.audit import Act
from bot.domain.staff import Staff
from bot.i18n import BERLIN
from bot.staff.web.deps import StaffDeps
from bot.staff.web.pages import Pages
from bot.staff.web.visit import Session

AT_ONCE: Final = 200
NUMBER: Final = re.compile(r"[0-9]{1,18}")
READ: Final = "audit.read"


class Record:
    """Shows who did what; reading it is an act, too."""

    def __init__(self, deps: StaffDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages

    async def page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/audit: the latest lines, or those before a number."""
        before = request.query.get("before", "")
        async with self._deps.store.read() as unit:
            acts = await unit.audit.listed(
                before=int(before) if NUMBER.fullmatch(before) else 0, limit=AT_ONCE
            )
            chain = await unit.audit.check()
            names = {
                account.staff.id: account.staff.name for account in await unit.staff.listed(revoked=True)
            }
        async with self._deps.store.write() as unit:
            await unit.audit.note(staff.id, READ, "audit", self._deps.clock.now())
        texts = self._pages.texts(session)

        def words(act: Act) -> str:
            key = f"staff.act.{act.what}"
            return texts.say(key) if texts.has(key) else act.what

        def about(act: Act) -> str:
            kind, _, id = act.about.partition(":")
            return names.get(int(id), id) if kind == "staff" and id.isdecimal() else act.about

        lines = [
            (act.no, act.at.astimezone(BERLIN), names.get(act.staff or 0, ""), words(act), about(act))
            for act in acts
        ]
        older = acts[-1].no if len(acts) == AT_ONCE and acts[-1].no > 1 else 0
        return self._pages.page("audit.html", staff, session, lines=lines, chain=chain, older=older)
