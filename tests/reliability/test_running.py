"""The running product: a broken file, a canary, an orderly end."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.operations import probe
from bot.storage.vault import Unreadable, Vault, keys_from_file
from tests.reliability.newcomer import Newcomer
from tests.reliability.server import PATIENCE, ROOT, Server

CANARY = "Zwitscherkanarie4711"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server with a copy of the shipped knowledge that may be broken."""
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    running = Server(tmp_path / "data", {"LOTSE_KNOWLEDGE": str(tmp_path / "knowledge")})
    await running.start()
    yield running
    await running.close()


@pytest.fixture
async def newcomer(server: Server) -> AsyncIterator[Newcomer]:
    """Somebody who writes."""
    somebody = Newcomer(server, 1)
    yield somebody
    await somebody.close()


async def _until_problems(server: Server, expected: int) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        while True:
            knowledge = (await server.health())["knowledge"]
            assert isinstance(knowledge, dict)
            problems: list[str] = knowledge["problems"]
            if len(problems) == expected:
                return problems
            await asyncio.sleep(0.2)


async def test_metrics_are_for_the_bearer_of_the_token_only(tmp_path: Path) -> None:
    """Also on the machine itself: behind a proxy there that adds nothing, everybody would seem to be on it."""
    for token, asked in (("", 404), ("geheim", 200)):
        settings = {"LOTSE_METRICS_TOKEN": token} if token else {}
        server = Server(tmp_path / "data", settings)
        await server.start()
        try:
            async with aiohttp.ClientSession() as session:
                for given, status in ((None, 404), ("", 404), ("falsch", 404), (token or "x", asked)):
                    headers = {} if given is None else {"Authorization": f"Bearer {given}"}
                    async with session.get(f"{server.url}/metrics", headers=headers) as answer:
                        assert answer.status == status, given
        finally:
            await server.close()


async def test_a_broken_file_is_named_and_the_old_version_answers(
    server: Server, newcomer: Newcomer, tmp_path: Path
) -> None:
    """The message is German, with file and line; mending the file mends the state."""
    path = tmp_path / "knowledge" / "places.yaml"
    good = path.read_text("utf-8")
    path.write_text(good.replace('phone: "110"', "phone: 0110"), "utf-8")
    (problem,) = await _until_problems(server, 1)
    line = good[: good.index('phone: "110"')].count("\n") + 1
    assert f"places.yaml:{line}:" in problem
    assert "Anführungszeichen" in problem
    assert (await server.health())["status"] == "degraded"
    assert probe.main([server.url]) == 0  # a restart would mend nothing
    await newcomer.send(choice="entry:emergency-call")
    await server.settled()
    assert 'href="tel:110"' in await newcomer.page()
    path.write_text(good, "utf-8")
    assert await _until_problems(server, 0) == []
    assert (await server.health())["status"] == "ok"


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _wrapped_keys(data: Path) -> dict[int, tuple[str, bytes]]:
    with sqlite3.connect(data / "lotse.db") as connection:
        rows = connection.execute("SELECT contact_id, key_id, wrapped FROM contact_keys").fetchall()
    return {contact: (key_id, wrapped) for contact, key_id, wrapped in rows}


async def _until_gone(folder: Path, piece: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if not any(piece in content for content in _bytes_of(folder).values()):
                return
            await asyncio.sleep(0.2)


async def _say_nonsense(server: Server) -> None:
    """Send what is no HTTP: the server must not quote it."""
    for raw in (f"GET /{CANARY} \\ HTTP/9\r\n\r\n", f"GET / HTTP/1.1\r\nHost: x\r\n{CANARY} bad\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(raw.encode())
        assert (await reader.read(12)).startswith(b"HTTP/1.")
        writer.close()


async def test_a_canary_is_found_nowhere_and_gone_for_good(server: Server, newcomer: Newcomer) -> None:
    """Neither the files nor the logs show what was typed; after "forget me" the master key does not help either."""
    await newcomer.send(text=f"Ich heiße {CANARY} und brauche Hilfe mit meinem Klavier")
    await newcomer.send(choice="handoff:yes")
    await _say_nonsense(server)
    await server.settled()
    for name, content in {**_bytes_of(server.data), "log": server.log.read_bytes()}.items():
        assert CANARY.encode() not in content, name
    (contact, (key_id, wrapped)), *_ = _wrapped_keys(server.data).items()
    vault = Vault(keys_from_file(server.data / "master.key"))
    assert vault.unwrap(contact, key_id, wrapped)
    await newcomer.send(choice="cmd:forget_me")
    await newcomer.send(choice="erase:yes")
    await _until_gone(server.data, wrapped)
    left = _wrapped_keys(server.data)
    assert contact not in left
    for other, (other_id, other_wrapped) in left.items():
        with pytest.raises(Unreadable):
            vault.unwrap(contact, other_id, other_wrapped)
        assert vault.unwrap(other, other_id, other_wrapped)


async def test_an_orderly_end_finishes_what_was_begun(server: Server, newcomer: Newcomer) -> None:
    """SIGTERM: exit code 0, and what was acknowledged is answered by the next process."""
    for _ in range(5):
        await newcomer.send(choice="cmd:help")
    assert await server.stop() == 0
    await server.start()
    await server.settled()
    assert (await newcomer.page()).count('value="cmd:forget_me"') >= 5
