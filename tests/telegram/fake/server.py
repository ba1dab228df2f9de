"""The fake as an HTTP server: routes, tokens, faults, and its life in a test or a demo."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Self

from aiohttp import web

from tests.telegram.fake.arguments import Arguments, read_arguments
from tests.telegram.fake.calls import Call, Calls, Delivery
from tests.telegram.fake.faults import Fault, Faults
from tests.telegram.fake.groups import Group
from tests.telegram.fake.limits import UPLOAD
from tests.telegram.fake.methods import METHODS
from tests.telegram.fake.pace import Pace
from tests.telegram.fake.page import Page
from tests.telegram.fake.people import Person
from tests.telegram.fake.refusals import Refusal, refusal
from tests.telegram.fake.webhook import Deliverer
from tests.telegram.fake.world import World

TOKEN = "8200000001:AAFakeTokenOfLotsesTestsOnly_0123456"
USERNAME = "lotse_test_bot"
HTML_ERROR = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center>nginx</body></html>"


class FakeTelegram:
    """A Telegram of its own on a free port. `async with FakeTelegram() as fake: ...`

    `base_url` and `base_file_url` are what python-telegram-bot's Bot wants. People and groups are made with
    `person`, `group` and `channel`; `faults` and `pace` make it fail; `calls` and `deliveries` tell what went on.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, token: str = TOKEN) -> None:
        self.host = host
        self.port = port
        self.world = World(token, USERNAME)
        self.faults = Faults()
        self.calls = Calls()
        self._deliverer = Deliverer(self.world, self.faults, lambda: self._site is not None)
        self._page = Page(self.world, self.faults, self.calls, self.vanish)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.world.updates.comes_twice = lambda update: self.faults.take_twice(update.chat_id)

    @property
    def token(self) -> str:
        """Return the bot's token."""
        return self.world.token

    @property
    def address(self) -> str:
        """Return the address of the page, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def base_url(self) -> str:
        """Return what stands before token and method."""
        return f"{self.address}/bot"

    @property
    def base_file_url(self) -> str:
        """Return what stands before token and path of a file."""
        return f"{self.address}/file/bot"

    @property
    def pace(self) -> Pace:
        """Return the rate limits."""
        return self.world.pace

    @property
    def deliveries(self) -> list[Delivery]:
        """Return all attempts to reach the webhook."""
        return self._deliverer.seen

    def person(
        self, language_code: str = "de", first_name: str = "Samira", last_name: str = "", username: str = ""
    ) -> Person:
        """Return somebody new with a phone."""
        return Person(self.world, self.world.new_person(first_name, last_name, username, language_code))

    def group(
        self,
        title: str = "Team",
        people: Iterable[Person] = (),
        forum: bool = False,
        supergroup: bool = False,
    ) -> Group:
        """Return a new group that the bot is not yet in; a forum is always a supergroup."""
        kind = "supergroup" if forum or supergroup else "group"
        group = Group(self.world, self.world.new_room(kind, title, forum))
        for person in people:
            group.add(person)
        return group

    def channel(self, title: str = "Nachrichten") -> Group:
        """Return a new channel that the bot is not yet in."""
        return Group(self.world, self.world.new_room("channel", title))

    async def start(self) -> Self:
        """Listen; from here on `port` is the real one."""
        app = web.Application(client_max_size=2 * UPLOAD)
        app.add_routes(self._page.routes())
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self.come_back()
        self._tasks.add(asyncio.create_task(self._deliverer.run()))
        return self

    async def stop(self) -> None:
        """Hang up on everybody and stop listening."""
        self.world.updates.interrupt("the server stops")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._runner:
            await self._runner.cleanup()
        self._site = self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def go_away(self) -> None:
        """Refuse connections and cut those that are open, as when the network is gone."""
        if self._site:
            site, self._site = self._site, None
            await site.stop()
            assert self._runner
            assert self._runner.server
            for connection in self._runner.server.connections:
                connection.force_close()

    async def come_back(self) -> None:
        """Listen (again, on the same port)."""
        if self._site is None and self._runner:
            self._site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
            await self._site.start()
            self.port = self._runner.addresses[-1][1]
            self.world.updates.arrived.fire()

    @asynccontextmanager
    async def gone(self) -> AsyncIterator[None]:
        """Be away for as long as the block takes."""
        await self.go_away()
        try:
            yield
        finally:
            await self.come_back()

    async def vanish(self, seconds: float) -> None:
        """Go away soon, and come back by itself."""
        self._tasks.add(asyncio.create_task(self._vanish(seconds)))

    async def _vanish(self, seconds: float) -> None:
        await asyncio.sleep(0.1)  # the page that asked for it gets its answer
        async with self.gone():
            await asyncio.sleep(seconds)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _json(refusal(401).body(), 401)
        try:
            arguments = await read_arguments(request)
            chat_id = arguments.number("chat_id")
        except Refusal as refused:
            return _json(refused.body(), refused.code)
        call = Call(request.match_info["method"], dict(arguments.values), chat_id)
        self.calls.made.append(call)
        fault = self.faults.take(call.method, chat_id)
        if fault is None:
            return await self._carry_out(call, arguments)
        return await self._disturbed(request, call, arguments, fault)

    async def _carry_out(self, call: Call, arguments: Arguments) -> web.Response:
        try:
            method = METHODS.get(call.method.lower())
            if method is None:
                raise refusal(404)
            result = method(self.world, arguments)
            body = {"ok": True, "result": await result if inspect.isawaitable(result) else result}
            status = 200
        except Refusal as refused:
            body, status = refused.body(), refused.code
        call.outcome = str(status)
        return _json(body, status)

    async def _disturbed(
        self, request: web.Request, call: Call, arguments: Arguments, fault: Fault
    ) -> web.StreamResponse:
        if fault.name == "slow":
            await asyncio.sleep(fault.seconds)
            return await self._carry_out(call, arguments)
        answer = await self._carry_out(call, arguments) if fault.accepted else None
        call.outcome = fault.name
        if fault.name == "garbage" and answer:
            body = answer.body
            assert isinstance(body, bytes)
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        if fault.refusal:
            return _json(fault.refusal.body(), fault.refusal.code)
        if fault.status:
            page = HTML_ERROR.format(f"{fault.status} {HTTPStatus(fault.status).phrase}")
            return web.Response(text=page, status=fault.status, content_type="text/html")
        return await _hang_up(request, fault.seconds)

    async def _file(self, request: web.Request) -> web.Response:
        file = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or file is None:
            return _json(refusal(404).body(), 404)
        return web.Response(body=file.data, content_type="application/octet-stream")


def _json(body: dict[str, Any], status: int) -> web.Response:
    data = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(body=data, status=status, content_type="application/json")


async def _hang_up(request: web.Request, seconds: float) -> web.Response:
    """Wait until the caller gives up, or the seconds are over; then cut the line."""
    waited = 0.0
    while waited < seconds and request.transport and not request.transport.is_closing():
        await asyncio.sleep(0.05)
        waited += 0.05
    if isinstance(request.transport, asyncio.Transport):
        request.transport.abort()
    return web.Response()
