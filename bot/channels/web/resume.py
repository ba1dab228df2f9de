"""The link that brings a conversation back on another device or after the browser forgot it."""

from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.channels.web.deps import WebDeps
from bot.channels.web.limits import PER_ADDRESS, Buckets
from bot.channels.web.pages import Pages
from bot.channels.web.session import Sessions, address_of
from bot.channels.web.visit import Visits
from bot.http.client import client_address
from bot.http.form import read_form

PURPOSE: Final = "resume"


class Resume:
    """Handlers that make and open resume links."""

    def __init__(self, deps: WebDeps, sessions: Sessions, visits: Visits, pages: Pages) -> None:
        self._deps = deps
        self._sessions = sessions
        self._visits = visits
        self._pages = pages
        self._per_address = Buckets(PER_ADDRESS, deps.clock)

    async def make(self, request: web.Request) -> web.Response:
        """POST /keep: make a link and show it, to be copied or shared."""
        visit = await self._visits.of(request, {})
        if visit.contact is None:
            return self._pages.page("keep.html", visit, link="", days=0)
        self._slow_down(request)
        days = self._deps.retention.contacts
        async with self._deps.store.write() as unit:
            expires_at = self._deps.clock.now() + timedelta(days=days)
            # A link that fell into wrong hands ends with the next one that is made.
            await unit.tokens.revoke(visit.contact.id, PURPOSE)
            token = await unit.tokens.issue(visit.contact.id, PURPOSE, expires_at)
        origin = self._deps.public_url or f"{request.scheme}://{request.host}"
        return self._pages.page("keep.html", visit, link=f"{origin}/resume/{token}", days=days)

    async def ask(self, request: web.Request) -> web.Response:
        """GET /resume/<token>: ask before anything changes; messengers open links for a preview."""
        visit = await self._visits.of(request)
        return self._pages.page("resume.html", visit, token=request.match_info["token"], is_known=True)

    async def open(self, request: web.Request) -> web.Response:
        """POST /resume: take the conversation over to this browser."""
        self._slow_down(request)
        try:
            token = (await read_form(request)).get("token", "")
        except ValueError:
            return await self._unknown(request, 400)
        session = await self._session(token)
        if not session:
            return await self._unknown(request, 404)
        response = web.Response(status=303, headers={"Location": "/#end"})
        self._sessions.remember(response, session)
        return response

    async def _unknown(self, request: web.Request, status: int) -> web.Response:
        visit = await self._visits.of(request, {})
        return self._pages.page("resume.html", visit, status, token="", is_known=False)

    async def _session(self, token: str) -> str:
        async with self._deps.store.write() as unit:
            contact = await unit.tokens.redeem(token, PURPOSE, self._deps.clock.now(), once=False)
            if contact is None:
                return ""
            addresses = [address for _, address in await unit.contacts.addresses(contact)]
        return next((held.id for held in addresses if held == address_of(held.id)), "")

    def _slow_down(self, request: web.Request) -> None:
        wait = self._per_address.take(client_address(request, self._deps.proxies))
        if wait:
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait) + 1)})
