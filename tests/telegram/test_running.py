"""The running product on Telegram: what the health page tells, and an orderly end."""

import asyncio
from pathlib import Path

from tests.reliability.server import PATIENCE, Server
from tests.telegram.driver import SECRET
from tests.telegram.fake import FakeTelegram


def _server(fake: FakeTelegram, data: Path, token: str) -> Server:
    return Server(data, {"LOTSE_TELEGRAM_TOKEN": token, "LOTSE_TELEGRAM_API": fake.address})


async def test_a_refused_token_is_on_the_health_page_and_in_no_log(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """The page goes on; Telegram is asked seldom."""
    token = "8200000001:AAWrongTokenOfTheTests_0123456789012"
    server = _server(fake, tmp_path / "data", token)
    await server.start()
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await server.health()
                if found["status"] != "ok":
                    break
                await asyncio.sleep(0.05)
    finally:
        await server.close()
    assert (found["status"], found["channels"]) == ("degraded", {"web": "ok", "telegram": "token refused"})
    assert token not in server.log.read_text("utf-8")


async def test_a_webhook_that_nobody_set_is_told(fake: FakeTelegram, tmp_path: Path) -> None:
    """Otherwise the bot would wait for ever for what is not delivered."""
    settings = {"LOTSE_TELEGRAM_TOKEN": fake.token, "LOTSE_TELEGRAM_API": fake.address}
    server = Server(tmp_path / "data", settings | {"LOTSE_TELEGRAM_WEBHOOK_SECRET": SECRET})
    await server.start()
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                log = server.log.read_text("utf-8")
                if "telegram connect" in log:
                    break
                await asyncio.sleep(0.05)
    finally:
        await server.close()
    assert SECRET not in log


async def test_an_orderly_end_and_a_start_lose_nothing(fake: FakeTelegram, tmp_path: Path) -> None:
    """Also what was written while it was down is answered; the end does not wait for a long poll."""
    server = _server(fake, tmp_path / "data", fake.token)
    person = fake.person("uk")
    await server.start()
    try:
        person.start()
        await person.until(lambda seen: person.hears(), PATIENCE)
        async with asyncio.timeout(10):
            assert await server.stop() == 0
        person.says("дякую")
        await server.start()
        await person.until(lambda seen: len(person.hears()) == 2, PATIENCE)
        log = server.log.read_text("utf-8")
    finally:
        await server.close()
    assert [word for word in (fake.token, str(person.id), "дякую", "Samira") if word in log] == []
