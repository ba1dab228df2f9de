"""The whole product behind a browser: started as `python3 run.py` does, and the steps of whoever uses the chat."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from bot.app import SystemClock
from bot.domain.staff import Staff
from bot.service import entering
from bot.service.entering import Entrance
from bot.service.passwords import Passwords
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.migrations import upgrade
from bot.storage.vault import Vault, keys_from_file
from tests.reliability.server import Server
from tests.staff.wiring import CHEAP, PASSWORD

LOADS = 6
PATIENCE = 60_000  # milliseconds; the machine may be busy


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """The product, as `python3 run.py` starts it."""
    running = Server(tmp_path / "data", {"LOTSE_TRUSTED_PROXIES": "0"})
    await running.start()
    yield running
    await running.close()


async def join(data: Path, *people: Staff) -> dict[str, str]:
    """Make a data folder with these people of the team, all logged in; return name -> token of the session."""
    data.mkdir()  # noqa: ASYNC240 - before anything runs
    vault = Vault(keys_from_file(data / "master.key"))
    database = Database(f"sqlite:///{data / 'lotse.db'}", vault, Folder(data / "files"))
    await upgrade(database)
    clock = SystemClock()
    entrance = Entrance(database, clock, Passwords(CHEAP))
    tokens = {}
    for person in people:
        async with database.write() as unit:
            link = await entering.invite(unit, person, clock.now())
        found = await entrance.invitation(link)
        assert found
        code = pyotp.TOTP(found[1]).now()
        tokens[person.name] = (await entrance.accept(link, PASSWORD, code, "192.0.2.1")).token
    await database.close()
    return tokens


async def say(page: Page, text: str) -> None:
    """Write and send."""
    await page.get_by_role("textbox").fill(text)
    await page.locator(".send").click()


async def press(page: Page, choice: str) -> None:
    """Press a button; on a busy machine a page without scripts may have to be loaded again to show it."""
    button = page.locator(f'button[value="{choice}"]:visible').last
    for _ in range(LOADS):
        try:
            await expect(button).to_be_visible(timeout=PATIENCE / LOADS)
            break
        except AssertionError:
            await page.reload()
    await button.click()
