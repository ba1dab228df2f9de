"""Logging in through the town's provider in a real browser, at the page of the real oidc-provider-mock."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from bot.storage.engine import Database
from tests.browser.chromium import chromium, faults_of, watching
from tests.staff.providers import RealClock, RealProvider, provider_of
from tests.staff.wiring import Office

__all__ = ["chromium"]

pytestmark = pytest.mark.browser
# A folder for pictures, to look at.
PICTURES = os.environ.get("STAFF_PICTURES", "")


@pytest.fixture
def real() -> Iterator[RealProvider]:
    """The provider."""
    provider = RealProvider()
    provider.start()
    yield provider
    provider.stop()


async def look(page: Page, name: str) -> None:
    """Find nothing wrong with a page, narrow and wide, light and dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 740})
            assert await faults_of(page) == [], (name, scheme, width)
            if PICTURES:
                await page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)


async def test_in_and_out_through_the_provider(
    chromium: Browser, sqlite_store: Database, real: RealProvider
) -> None:
    clock = RealClock()
    office = Office(sqlite_store, clock, provider=provider_of(real.issuer, clock))
    await real.know("amina", "lotse-duelmen")
    await real.know("niemand")
    async with TestServer(office.app) as server, watching(chromium, str(server.make_url(""))) as window:
        # The provider's own pages, and that the desk behind the way in is not served here.
        window.expected = (f"request to localhost:{real.port}", "request to cdn.", "404")
        # They want a style sheet from somewhere else, which is not our business.
        await window.page.route(re.compile("^https:"), lambda route: route.fulfill(body=""))
        page = await window.open("/staff/login?next=/staff/account")
        await look(page, "oidc-login")
        await page.get_by_role("link", name="Anmelden mit Stadt Beispiel").click()
        await page.get_by_placeholder("sub").fill("niemand")
        await page.get_by_role("button", name="Authorize").click()
        await page.get_by_role("alert").wait_for()
        await page.get_by_role("button", name="English").click()
        await page.get_by_role("link", name="Log in with Stadt Beispiel").wait_for()
        await page.get_by_role("button", name="Deutsch").click()
        # The whole way by keyboard.
        await page.get_by_role("link", name="Anmelden mit Stadt Beispiel").press("Enter")
        await page.get_by_placeholder("sub").fill("amina")
        await page.get_by_placeholder("sub").press("Enter")
        await page.wait_for_url("**/staff/tickets")
        await page.goto(f"{window.origin}/staff/account")
        await page.get_by_text("Frau Beispiel").wait_for()
        clock.advance(minutes=16)
        # A form leads to a page that asks again: browsers let no form lead to another server. The real provider keeps
        # no session, so that it does not vouch for anybody.
        await page.get_by_role("button", name="English").click()
        await page.get_by_role("alert").wait_for()
        assert page.url.endswith("/staff/login?said=again&next=/staff/account")
        clock.advance(minutes=-16)
        await page.get_by_role("link", name="Log in with Stadt Beispiel").click()
        await page.get_by_placeholder("sub").fill("amina")
        await page.get_by_placeholder("sub").press("Enter")
        await page.wait_for_url("**/staff/account")
        await page.get_by_role("button", name="Deutsch").click()
        await page.get_by_role("button", name="Abmelden", exact=True).click()
        await page.get_by_role("status").wait_for()
        await look(page, "oidc-out")
        await page.get_by_role("link", name="Auch bei Stadt Beispiel abmelden").click()
        await page.wait_for_url(f"{real.issuer}/oauth2/end_session**")
