"""The whole product behind a browser: started as `python3 run.py` does, and the steps of whoever uses the chat."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.reliability.server import Server

LOADS = 6
PATIENCE = 60_000  # milliseconds; the machine may be busy


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """The product, as `python3 run.py` starts it."""
    running = Server(tmp_path / "data", {"LOTSE_TRUSTED_PROXIES": "0"})
    await running.start()
    yield running
    await running.close()


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
