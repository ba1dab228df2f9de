"""The channel adapter and its list of routes."""

from pathlib import Path
from typing import Final

from aiohttp import web

from bot.channels.web.chat import Chat
from bot.channels.web.course_page import CoursePage
from bot.channels.web.deps import WebDeps
from bot.channels.web.legal import Legal
from bot.channels.web.lost import Lost
from bot.channels.web.onward import Onward
from bot.channels.web.pages import Pages
from bot.channels.web.resume import Resume
from bot.channels.web.session import CHANNEL, Sessions
from bot.channels.web.stream import Stream
from bot.channels.web.visit import Visits
from bot.domain.capabilities import Capabilities
from bot.domain.message import Address, Outbound
from bot.http.assets import Assets
from bot.http.guard import Handler, guarded

STATIC: Final = Path(__file__).parent / "static"
CAPABILITIES: Final = Capabilities(shows_welcome=True, needs_second_way=True)


class WebChannel:
    """Implements service.ports.Channel; a page fetches its messages itself, from the history."""

    name = CHANNEL
    capabilities = CAPABILITIES

    def __init__(self, deps: WebDeps) -> None:
        sessions = Sessions(deps.cookie_key, deps.secure, deps.retention.contacts)
        visits = Visits(deps, sessions)
        assets = Assets(STATIC)
        pages = Pages(deps, assets)
        self._secure = deps.secure
        self._assets = assets
        self._chat = Chat(deps, sessions, visits, pages)
        self._stream = Stream(deps, visits, pages)
        self._resume = Resume(deps, sessions, visits, pages)
        self._courses = CoursePage(deps, visits, pages)
        self._onward = Onward(deps, visits, pages)
        self._legal = Legal(deps, visits, pages)
        self._lost = Lost(visits, pages)

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Return an id: once the outbox has marked the message sent, every page of the contact shows it."""
        return f"web-{message_id}"

    def routes(self) -> list[web.RouteDef]:
        """Return everything the page needs; the server adds them to its own."""
        return [
            self._get("/", self._chat.page),
            self._post("/send", self._chat.send),
            self._post("/api/send", self._chat.send_json),
            self._get("/api/events", self._stream.serve),
            self._post("/api/seen", self._chat.seen),
            self._get(r"/data/{message:\d{1,18}}", self._chat.data),
            self._post("/keep", self._resume.make),
            self._get(r"/resume/{token:[A-Za-z0-9_-]{20,100}}", self._resume.ask),
            self._post("/resume", self._resume.open),
            self._get("/courses", self._courses.page),
            self._post("/onward", self._onward.make),
            self._get("/privacy", self._legal.privacy),
            self._get("/imprint", self._legal.imprint),
            self._get("/accessibility", self._legal.accessibility),
            self._get(self._assets.path, self._assets.serve),
            # aiohttp looks for fixed paths first, also those that the server adds after ours.
            self._get("/{path:.+}", self._lost.page),
        ]

    async def close_streams(self, _app: web.Application) -> None:
        """End the open event streams; a server that stops would wait for them (for `app.on_shutdown`)."""
        await self._stream.close()

    def _get(self, path: str, handler: Handler) -> web.RouteDef:
        return web.get(path, guarded(handler, self._secure))

    def _post(self, path: str, handler: Handler) -> web.RouteDef:
        return web.post(path, guarded(handler, self._secure))
