"""From the page to Telegram and on with the same conversation, through the real product and a fake Telegram."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from bot.i18n import read_locales
from tests.browser.chromium import chromium, faults_of, watching
from tests.reliability.server import PATIENCE, ROOT, Server
from tests.telegram.fake import FakeTelegram

__all__ = ["chromium"]  # the fixture

pytestmark = pytest.mark.browser

TEXTS = read_locales(ROOT / "locales").catalogues["ar"]
MILLISECONDS = PATIENCE * 1000


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """A Telegram on a free port."""
    async with FakeTelegram() as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path, fake: FakeTelegram) -> AsyncIterator[Server]:
    """The product with that Telegram."""
    running = Server(
        tmp_path / "data", {"LOTSE_TELEGRAM_TOKEN": fake.token, "LOTSE_TELEGRAM_API": fake.address}
    )
    await running.start()
    yield running
    await running.close()


async def _say(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.locator(".send").click()
    await expect(page.locator("#log .by-newcomer").last).to_contain_text(text, timeout=MILLISECONDS)


async def _press_menu_entry(page: Page) -> None:
    await page.goto(page.url.partition("#")[0])
    await page.locator("nav.tools details").last.locator("summary").click()
    await page.locator('button[name="messenger"][value="Telegram"]').click()


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without-javascript"])
async def test_the_conversation_goes_on(
    chromium: Browser, server: Server, fake: FakeTelegram, scripts: bool
) -> None:
    """On a small phone, in Arabic; what is said on Telegram stands on the page as well."""
    options = {"viewport": {"width": 320, "height": 640}, "locale": "ar", "java_script_enabled": scripts}
    async with watching(chromium, server.url, **options) as window:
        page = await window.open()
        await _say(page, "شكرا")
        await _press_menu_entry(page)
        link = page.locator("a.button.primary")
        await expect(link).to_be_visible(timeout=MILLISECONDS)
        if scripts:
            assert await faults_of(page) == []
        url = urlsplit(await link.get_attribute("href") or "")
        assert (url.netloc, url.path) == ("t.me", f"/{fake.world.bot.username}")
        person = fake.person("ar")
        (payload,) = parse_qs(url.query)["start"]
        person.start(payload)
        await person.until(lambda _: person.hears(), PATIENCE)
        assert [text.replace("\u200f", "") for text in person.hears()] == [TEXTS["start.joined"]]
        stranger = fake.person("ar")
        stranger.start(payload)
        await stranger.until(lambda _: len(stranger.hears()) == 2, PATIENCE)
        assert stranger.hears()[-1].replace("\u200f", "") == TEXTS["start.joined_late"]
        await server.settled()
        await page.goto(server.url)
        await expect(page.locator("#log")).to_contain_text(TEXTS["start.joined"], timeout=MILLISECONDS)
