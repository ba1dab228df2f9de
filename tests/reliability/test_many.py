"""Many conversations at once: no lost update, no inversion, no lock error, also when one of two processes dies."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bot.app import SystemClock
from bot.domain.message import Address, Author, Inbound
from bot.service.ports import Store
from bot.service.receive import receive
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.notify import LocalNotifier
from bot.storage.vault import Vault, keys_from_file
from tests.reliability.server import Server

CONVERSATIONS, MESSAGES = 50, 20


async def _talk(store: Store, number: int) -> None:
    """Twenty messages; each third is a button, so that there are many turns."""
    address = Address("web", "page", f"guest-{number}")
    clock, notifier = SystemClock(), LocalNotifier()
    for line in range(MESSAGES):
        what = (
            {"choice": "cmd:help"}
            if line % 3 == 2
            else {"text": f"Zeile {line}: Wo finde ich einen Deutschkurs?"}
        )
        await receive(store, notifier, clock, Inbound(address, f"{number}-{line}", clock.now(), **what))
        await asyncio.sleep(0)


async def _in_order(store: Store, number: int) -> bool:
    """True if everything is there once, in its order, and nothing of it waits."""
    async with store.read() as unit:
        found = await unit.contacts.find(Address("web", "page", f"guest-{number}"))
        held = await unit.held(found[0].id) if found else None
    assert held is not None
    lines = [line for line in held.messages if line.author is Author.NEWCOMER]
    texts = [line.body.text for line in lines if line.body.text.startswith("Zeile")]
    expected = [f"Zeile {n}: Wo finde ich einen Deutschkurs?" for n in range(MESSAGES) if n % 3 != 2]
    return texts == expected and len(lines) == MESSAGES and held.waiting == 0


async def _check(servers: list[Server], url: str, data: Path, kill: Server | None) -> None:
    store = Database(url, Vault(keys_from_file(data / "master.key")), Folder(data / "files"))
    try:
        talking = asyncio.gather(*(_talk(store, number) for number in range(CONVERSATIONS)))
        if kill:
            await asyncio.sleep(1.0)
            await kill.kill()
        await talking
        await servers[0].settled()
        assert [await _in_order(store, number) for number in range(CONVERSATIONS)] == [True] * CONVERSATIONS
    finally:
        await store.close()
        for server in servers:
            await server.close()
    for server in servers:
        assert "locked" not in server.log.read_text("utf-8")


async def test_sqlite(tmp_path: Path) -> None:
    """One process, while another one writes into the same file."""
    server = Server(tmp_path / "data")
    await server.start()
    await _check([server], f"sqlite:///{tmp_path / 'data' / 'lotse.db'}", tmp_path / "data", None)


@pytest.mark.postgres
async def test_postgresql_with_two_processes_of_which_one_dies(
    tmp_path: Path, new_postgres: Callable[[], AbstractContextManager[str]]
) -> None:
    """The other one takes over what the dead one had leased."""
    with new_postgres() as url:
        servers = [Server(tmp_path / "data", {"DATABASE_URL": url}) for _ in range(2)]
        for server in servers:
            await server.start()
        await _check(servers, url, tmp_path / "data", kill=servers[1])
