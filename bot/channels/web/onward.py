"""The way from the page to a messenger: a link that works once and goes on with the same conversation there."""

from typing import Final

from aiohttp import web

from bot.channels.web.deps import WebDeps
from bot.channels.web.limits import PER_ADDRESS, Buckets
from bot.channels.web.pages import Pages
from bot.channels.web.visit import Visit, Visits
from bot.http.client import client_address
from bot.http.form import read_form
from bot.service.join import VALID, invite
from bot.service.ports import Conflict

MINUTES: Final = int(VALID.total_seconds() // 60)


class Onward:
    """The handler that makes such links."""

    def __init__(self, deps: WebDeps, visits: Visits, pages: Pages) -> None:
        self._deps = deps
        self._visits = visits
        self._pages = pages
        self._per_address = Buckets(PER_ADDRESS, deps.clock)

    async def make(self, request: web.Request) -> web.Response:
        """POST /onward: show the button that opens the messenger. A GET would use tokens up for previews."""
        try:
            form = await read_form(request)
        except ValueError:
            form = {}
        visit = await self._visits.of(request, form)
        messengers = {messenger.name: messenger for messenger in self._deps.messengers}
        messenger = messengers.get(form.get("messenger", ""))
        if messenger is None:
            raise web.HTTPNotFound
        if wait := self._per_address.take(client_address(request, self._deps.proxies)):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait) + 1)})
        link = messenger.start(await self._payload(visit)) if messenger.start("") else ""
        return self._pages.page(
            "onward.html",
            visit,
            link=link,
            messenger=messenger.name,
            joins=bool(visit.contact),
            minutes=MINUTES,
        )

    async def _payload(self, visit: Visit) -> str:
        """Return what goes on with the conversation, or starts one as this page would."""
        if visit.contact:
            try:
                return await invite(self._deps.store, visit.contact.id, self._deps.clock.now())
            except Conflict:  # erased this moment
                pass
        return visit.start_payload() or visit.language
