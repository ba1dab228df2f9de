"""The smoke dialogue on an emulator that nobody here wrote (lo-bot-api-emulator), so that our fake cannot drift into
our own idea of Telegram."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from lo_bot_api_emulator import LoBotApiEmulator

from bot.channels.telegram import deliver_to
from bot.domain.message import Address, Author
from bot.service import receive
from bot.service.mind import Mind
from bot.service.ports import Store
from bot.telegram import Poller, Webhook
from tests.telegram.driver import SECRET, Lotse, until

TOKEN = "8200000001:AAFakeTokenOfLotsesTestsOnly_0123456"
PERSON = 77
USER = {"id": PERSON, "is_bot": False, "first_name": "Samira", "language_code": "de"}
CHAT = {"id": PERSON, "type": "private", "first_name": "Samira"}


class Emulator(LoBotApiEmulator):  # type: ignore[misc]  # it has no types
    """It models a smaller server than Telegram's: what that one knows and this one refuses is left out."""

    async def read_request(self, request: web.Request) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read a call."""
        fields, uploads = await super().read_request(request)
        fields.pop("link_preview_options", None)
        return fields, uploads


class Foreign:
    """The emulator on a port, and somebody who writes through it."""

    def __init__(self) -> None:
        self.emulator = Emulator(allow_insecure_loopback_webhooks=True)
        self.server = TestServer(self.emulator.app())
        self.token = TOKEN
        self._numbers = itertools.count(1)

    @property
    def address(self) -> str:
        """Where it listens."""
        return str(self.server.make_url("")).rstrip("/")

    async def says(self, text: str) -> None:
        """Write."""
        number = next(self._numbers)
        message = {
            "message_id": number,
            "date": 1_790_000_000 + number,
            "chat": CHAT,
            "from": USER,
            "text": text,
        }
        await self.emulator.enqueue_update({"message": message}, token=TOKEN)

    async def presses(self, data: str) -> None:
        """Press a button."""
        message = {"message_id": 1, "date": 1_790_000_000, "chat": CHAT, "text": "?"}
        query = {
            "id": str(next(self._numbers)),
            "from": USER,
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        await self.emulator.enqueue_update({"callback_query": query}, token=TOKEN)

    def calls(self, method: str) -> list[Any]:
        """Return what was called, with its status."""
        return [request for request in self.emulator.requests if request["method"] == method]


@pytest.fixture
async def foreign() -> AsyncIterator[Foreign]:
    """The emulator, running."""
    running = Foreign()
    async with running.server:
        yield running


@pytest.fixture
async def lotse(foreign: Foreign, sqlite_store: Store, mind: Mind) -> AsyncIterator[Lotse]:
    """Lotse on it, with its updates neither fetched nor delivered yet."""
    bot = Lotse(foreign, sqlite_store, mind)  # type: ignore[arg-type]  # address and token are all it needs here
    stop = asyncio.Event()
    async with bot.client, asyncio.TaskGroup() as group:
        group.create_task(bot.courtesies.run(stop))
        yield bot
        stop.set()


async def _said(lotse: Lotse) -> list[str]:
    async with lotse.store.read() as unit:
        found = await unit.contacts.find(Address("telegram", lotse.client.account, str(PERSON)))
        lines = await unit.messages.latest(found[0].id, 100) if found else []
    return [line.body.text for line in lines if line.author is Author.NEWCOMER]


async def _taken(lotse: Lotse, count: int) -> None:
    async with asyncio.timeout(20):
        while True:
            if len(await _said(lotse)) == count:
                return
            await asyncio.sleep(0.02)


async def _dialogue(foreign: Foreign, lotse: Lotse) -> None:
    """A welcome, an answer, a hand-over by a button, one's own data as a file; nothing is refused."""
    for number, act in enumerate(
        (
            foreign.says("/start de_duelmen"),
            foreign.presses("person"),
            foreign.says("Wie bekomme ich mein Klavier in den dritten Stock?"),
            foreign.says("Wo kann ich Deutsch lernen?"),
            foreign.presses("cmd:my_data"),
        ),
        1,
    ):
        await act
        await _taken(lotse, number)
        lotse.clock.advance(seconds=3)
        while await lotse.worker.work_once():
            pass
        await lotse.send()
    await until(lambda: len(foreign.calls("answerCallbackQuery")) == 2)
    assert len(foreign.calls("sendMessage")) >= 5
    assert len(foreign.calls("sendDocument")) == 1
    assert [one for one in foreign.emulator.requests if one["status"] != 200] == []
    async with lotse.store.read() as unit:
        assert len(await unit.tickets.listed()) == 1


async def test_polling(foreign: Foreign, lotse: Lotse) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Poller(lotse.client, lotse.position, lotse.dispatcher.take).run(stop))
        await _dialogue(foreign, lotse)
        stop.set()


async def test_webhook(foreign: Foreign, lotse: Lotse, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its secret; what was answered 503 is delivered again."""
    app = web.Application()
    app.add_routes(Webhook(SECRET, lotse.dispatcher.take).routes())
    async with TestServer(app) as server:
        await deliver_to(lotse.client, str(server.make_url("")), SECRET)
        await _dialogue(foreign, lotse)
        with monkeypatch.context() as full:
            full.setattr(receive, "MOST_WAITING", 0)
            await foreign.says("danke")
            assert len(await _said(lotse)) == 5
        assert await foreign.emulator.deliver_updates(token=TOKEN) == 1
        assert (await _said(lotse))[-1] == "danke"
        assert (await lotse.client.webhook()).pending_update_count == 0
