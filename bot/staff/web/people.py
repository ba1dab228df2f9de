"""The page of accounts, for administrators: who is there, invite, revoke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.domain.entering import NAME_LENGTH
from bot.domain.staff import Role, Staff
from bot.http.client import client_address
from bot.http.form import read_lists
from bot.service import entering
from bot.service.entering import TooOften, Wrong
from bot.staff.web.deps import StaffDeps
from bot.staff.web.entry import status_of, told
from bot.staff.web.pages import PEOPLE, Pages
from bot.staff.web.visit import Session, invitation_link

NOBODY: Final = Staff(0, "", Role.CLERK)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a form went. link: of a new invitation, told this once. asked: what was filled in, to be shown again."""

    link: str = ""
    refusal: Wrong | TooOften | None = None
    asked: Staff = NOBODY


NOTHING: Final = Outcome()


class People:
    """Handlers behind the gate."""

    def __init__(self, deps: StaffDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages

    async def page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/people."""
        return await self._page(staff, session)

    async def invite(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/people: make an account, or let one begin anew, and show its link this once."""
        form = await read_lists(request)
        asked = self._read(form)
        try:
            await self._prove(request, staff, "".join(form.get("old", ())))
            async with self._deps.store.write() as unit:
                token = await entering.invite(unit, asked, self._deps.clock.now(), by=staff.id)
        except (Wrong, TooOften) as refusal:
            return await self._page(staff, session, Outcome(refusal=refusal, asked=asked))
        origin = self._deps.public_url or f"{request.scheme}://{request.host}"
        return await self._page(staff, session, Outcome(invitation_link(origin, token), asked=asked))

    async def revoke(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/people/<id>/revoke: end an account at once; not one's own, lest nobody is left."""
        id = int(request.match_info["id"])
        async with self._deps.store.write() as unit:
            account = await unit.staff.get(id)
            if account is None or account.revoked_at or id == staff.id:
                raise web.HTTPNotFound
            await entering.revoke(unit, account, self._deps.clock.now(), by=staff.id)
        return web.Response(status=303, headers={"Location": PEOPLE})

    async def _prove(self, request: web.Request, staff: Staff, password: str) -> None:
        async with self._deps.store.read() as unit:
            account = await unit.staff.get(staff.id)
        if account is None:
            raise web.HTTPNotFound
        await self._deps.entrance.prove(account, password, client_address(request, self._deps.proxies))

    def _read(self, form: Mapping[str, Sequence[str]]) -> Staff:
        knowledge = self._deps.knowledge()
        told = "".join(form.get("role", ()))
        role = Role(told) if told in set(Role) else Role.CLERK
        towns = frozenset(form.get("town", ())) & knowledge.towns.keys()
        vhs = frozenset(form.get("vhs", ())) & frozenset(knowledge.vhs_places())
        return Staff(
            0,
            " ".join("".join(form.get("name", ())).split()),
            role,
            towns if role is Role.CLERK else frozenset(),
            vhs if role is Role.COURSE_CLERK else frozenset(),
            tuple(code for code in knowledge.languages if code in form.get("spoken", ())),
        )

    async def _page(self, staff: Staff, session: Session, outcome: Outcome = NOTHING) -> web.Response:
        knowledge = self._deps.knowledge()
        async with self._deps.store.read() as unit:
            accounts = await unit.staff.listed()
            own = await unit.staff.get(staff.id)
        towns = {id: town.name for id, town in knowledge.towns.items()}
        vhs = {id: knowledge.places[id].name for id in knowledge.vhs_places()}
        return self._pages.page(
            "people.html",
            staff,
            session,
            status_of(outcome.refusal),
            accounts=accounts,
            roles=list(Role),
            towns=towns,
            vhs=vhs,
            languages={code: language.name for code, language in knowledge.languages.items()},
            longest=NAME_LENGTH,
            # Whoever comes by the town's provider has no password to ask for before such a step.
            may_invite=self._deps.passwords and own is not None and bool(own.password),
            link=outcome.link,
            asked=outcome.asked,
            **told(outcome.refusal),
        )
