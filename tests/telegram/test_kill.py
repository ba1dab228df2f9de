"""Lotse is killed in the middle of many updates: none is lost, the order stays, nothing has two effects.

KILL_CHATS=200 KILL_TIMES=5 is the whole trial of 1,200 updates; what was counted is printed (pytest -s).
"""

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.held import Held
from bot.domain.message import Address, Author, Delivery
from bot.i18n import read_locales
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.vault import Vault, keys_from_file
from bot.telegram.render import messages
from bot.telegram.webhook import HEADER, path_of
from tests.reliability.server import ROOT, Server
from tests.telegram.driver import SECRET
from tests.telegram.fake import FakeTelegram, Person
from tests.telegram.fake.entities import clean
from tests.telegram.fake.html import parse_html

CHATS = int(os.environ.get("KILL_CHATS", "10"))
KILLS = int(os.environ.get("KILL_TIMES", "1"))
WORKERS = 2  # in each process: so many messages may be between "sent" and "marked" when it is killed
LINES = ("danke", "Wer bist du?", "Mein Klavier muss in den dritten Stock, wer hilft mir?")
ASKED = read_locales(ROOT / "locales").catalogues["de"]["handoff.ask_question"]
SETTLED_WITHIN = 600.0


@dataclass
class Counted:
    """What a trial counted."""

    updates: int = 0
    sent: int = 0
    sent_twice: int = 0


async def _talk(person: Person, chance: random.Random) -> None:
    """Six updates; the last three make exactly one ticket, however often they come."""
    person.start()
    await asyncio.sleep(chance.uniform(0, 3))
    for line in LINES[:2]:
        person.says(line)
        await asyncio.sleep(chance.uniform(0, 6))
    shown = (await person.until(lambda seen: any(one.from_bot for one in seen), SETTLED_WITHIN))[-1]
    welcome = next(one for one in person.sees() if one.from_bot)
    person.forges("person", welcome)
    await person.until(lambda seen: any(one.text == ASKED for one in seen), SETTLED_WITHIN)
    person.says(LINES[2])
    await asyncio.sleep(chance.uniform(0, 2))
    person.forges("handoff:yes", shown if shown.from_bot else welcome)


async def _kill(servers: list[Server], chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(1.0, 4.0))
        server = chance.choice(servers)
        await server.kill()
        await server.start()


async def _until_still(fake: FakeTelegram, servers: list[Server]) -> None:
    async with asyncio.timeout(SETTLED_WITHIN):
        while True:
            if not fake.world.updates.waiting and not await _waiting(servers[0]):
                return
            await asyncio.sleep(0.2)


async def _waiting(server: Server) -> int:
    try:
        found = await server.health()
    except aiohttp.ClientError:
        return 1
    return sum(next(iter(found[name].values())) for name in ("intake", "outbox"))  # type: ignore[attr-defined]


async def _held(store: Database, person: Person, account: str) -> Held:
    async with store.read() as unit:
        found = await unit.contacts.find(Address("telegram", account, str(person.id)))
        assert found is not None
        held = await unit.held(found[0].id)
    assert held is not None
    return held


def _check(held: Held, person: Person, counted: Counted) -> None:
    said = [line.body.text for line in held.messages if line.author is Author.NEWCOMER]
    assert [text for text in said if text] == list(LINES)
    assert len(said) == 6
    assert len(held.tickets) == 1
    ours = [line for line in held.messages if line.author is Author.PROGRAM]
    assert {line.delivery for line in ours} == {Delivery.SENT}
    expected = [
        clean(parse_html(part).text)
        for line in ours
        for part in messages(line.body.text, line.body.footnote, False)
    ]
    counted.updates += 6
    counted.sent += len(expected)
    counted.sent_twice += _repeated(person.hears(), expected)


def _repeated(screen: list[str], expected: list[str]) -> int:
    """Return how often a message stands twice in a row; anything else that is not as expected fails."""
    at = repeated = 0
    for text in screen:
        if at < len(expected) and text == expected[at].strip():
            at += 1
        else:
            assert at, f"unexpected: {text}"
            assert text == expected[at - 1].strip()
            repeated += 1
    assert at == len(expected)
    return repeated


async def _trial(
    fake: FakeTelegram, servers: list[Server], url: str, data: Path, page: str = "", seed: int = 7
) -> Counted:
    """`page`: the address that updates are delivered to; empty: they are fetched."""
    chance = random.Random(seed)
    counted = Counted()
    people = [fake.person("de") for _ in range(CHATS)]
    try:
        for server in servers:
            await server.start()
        if page:
            await _deliver_to(fake, page)
        await asyncio.gather(_kill(servers, chance), *(_talk(person, chance) for person in people))
        await _until_still(fake, servers)
        store = Database(url, Vault(keys_from_file(data / "master.key")), Folder(data / "files"))
        for person in people:
            _check(await _held(store, person, fake.token.partition(":")[0]), person, counted)
        await store.close()
    finally:
        for server in servers:
            await server.close()
    print(f"\n{KILLS} kills: {counted}")
    assert counted.sent_twice <= KILLS * WORKERS
    return counted


async def _deliver_to(fake: FakeTelegram, page: str) -> None:
    url = f"{fake.base_url}{fake.token}/setWebhook"
    values = {"url": f"{page}{path_of(SECRET)}", "secret_token": SECRET}
    async with aiohttp.ClientSession() as session, session.post(url, data=values) as answer:
        assert answer.status == 200, await answer.text()


@asynccontextmanager
async def _before(servers: list[Server]) -> AsyncIterator[str]:
    """Give the address of a web server that stands before all, in turn; who is down is answered for with a 502."""
    turns = itertools.cycle(servers)

    async def pass_on(request: web.Request) -> web.Response:
        url, body = f"{next(turns).url}{request.path}", await request.read()
        headers = {name: request.headers[name] for name in ("Content-Type", HEADER)}
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                return web.Response(status=answer.status, body=await answer.read())
        except aiohttp.ClientError:
            return web.Response(status=502)

    app = web.Application()
    app.add_routes([web.post("/{path:.*}", pass_on)])
    async with aiohttp.ClientSession() as session, TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


def _settings(fake: FakeTelegram, webhook: bool, **more: str) -> dict[str, str]:
    return {
        "LOTSE_TELEGRAM_TOKEN": fake.token,
        "LOTSE_TELEGRAM_API": fake.address,
        "LOTSE_TELEGRAM_RATE": "1000",
        "LOTSE_WORKERS": str(WORKERS),
        **({"LOTSE_TELEGRAM_WEBHOOK_SECRET": SECRET} if webhook else {}),
        **more,
    }


BOTH_WAYS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


@BOTH_WAYS
async def test_sqlite(fake: FakeTelegram, tmp_path: Path, webhook: bool) -> None:
    server = Server(tmp_path / "data", _settings(fake, webhook))
    url = f"sqlite:///{tmp_path / 'data' / 'lotse.db'}"
    counted = await _trial(fake, [server], url, tmp_path / "data", server.url if webhook else "")
    assert counted.updates == 6 * CHATS


@pytest.mark.postgres
@BOTH_WAYS
async def test_postgresql_with_two_processes(
    fake: FakeTelegram, tmp_path: Path, new_postgres: Callable[[], AbstractContextManager[str]], webhook: bool
) -> None:
    """One of them polls, the other one takes over when it is killed; what is delivered goes to either."""
    with new_postgres() as url:
        servers = [Server(tmp_path / "data", _settings(fake, webhook, DATABASE_URL=url)) for _ in range(2)]
        async with _before(servers) as page:
            counted = await _trial(fake, servers, url, tmp_path / "data", page if webhook else "")
    assert counted.updates == 6 * CHATS
