"""The way in of the staff in a real browser: every page with axe-core, in both languages, light and dark, narrow and
wide; the whole way by keyboard."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from bot.domain.staff import Role
from bot.storage.engine import Database
from tests.browser.chromium import chromium, faults_of, watching
from tests.staff.wiring import PASSWORD, Office, Person

__all__ = ["chromium"]

pytestmark = pytest.mark.browser
# A folder for pictures, to look at.
PICTURES = os.environ.get("STAFF_PICTURES", "")


@pytest.fixture
def office(sqlite_store: Database) -> Office:
    """The pages of the staff."""
    return Office(sqlite_store)


@pytest.fixture
async def origin(office: Office) -> AsyncIterator[str]:
    """Where they are."""
    async with TestServer(office.app) as server:
        yield str(server.make_url("")).rstrip("/")


async def look(page: Page, name: str) -> None:
    """Find nothing wrong with a page, narrow and wide."""
    for width in (1280, 320):
        await page.set_viewport_size({"width": width, "height": 740})
        assert await faults_of(page) == [], (name, width)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


async def log_in(page: Page, origin: str, person: Person) -> None:
    await page.goto(f"{origin}/staff/login")
    await page.fill("[name=name]", person.name)
    await page.fill("[name=password]", PASSWORD)
    await page.press("[name=password]", "Enter")
    await page.fill("[name=code]", person.code())
    await page.press("[name=code]", "Enter")
    await page.wait_for_selector(".me")
    person.office.clock.advance(seconds=30)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_page(chromium: Browser, office: Office, origin: str, language: str, scheme: str) -> None:
    def name(page: str) -> str:
        return f"{page}-{language}-{scheme}"

    link = f"{origin}/staff/invitation/{await office.invite('Frau Beispiel', Role.LEAD)}"
    found = await office.entrance.invitation(link[-43:])
    assert found
    person = Person(office, "Frau Beispiel", found[1], found[0].staff)
    options = {"locale": "de-DE" if language == "de" else "en-GB", "color_scheme": scheme}
    async with watching(chromium, origin, **options) as window:
        page = window.page
        window.expected = ("422", "403", "404")  # the browser notes what is refused
        await page.goto(link)
        assert await page.get_attribute("html", "lang") == language
        await look(page, name("invitation"))
        await page.fill("#password", "Sommer2026!!")
        await page.fill("#again", "Sommer2026!!")
        await page.fill("#code", person.code())
        await page.press("#code", "Enter")
        await page.wait_for_selector("[role=alert]")
        await look(page, name("invitation-refused"))
        await page.fill("#password", PASSWORD)
        await page.fill("#again", PASSWORD)
        await page.fill("#code", person.code())
        await page.press("#code", "Enter")
        await page.wait_for_selector(".codes")
        await look(page, name("codes"))
        office.clock.advance(seconds=30)
        await page.goto(f"{origin}/staff/account")
        await look(page, name("account"))
        await page.fill("#old-phone", PASSWORD)
        await page.press("#old-phone", "Enter")
        await page.wait_for_selector(".qr")
        await look(page, name("phone"))
        await page.goto(f"{origin}/staff/people")
        await look(page, name("refused"))
        await page.goto(link)
        await look(page, name("over"))
        await page.goto(f"{origin}/staff/account")
        await page.get_by_role(
            "button", name="Log out" if language == "en" else "Abmelden", exact=True
        ).click()
        await page.wait_for_url("**/staff/login")
    for role, path in ((Role.ADMINISTRATOR, "people"), (Role.DATA_PROTECTION, "audit")):
        colleague = await office.join(f"Jemand mit einem langen Namen, {role.value}", role)
        async with watching(chromium, origin, **options) as window:
            page = window.page
            await page.goto(f"{origin}/staff/login")
            await look(page, name("login"))
            await log_in(page, origin, colleague)
            assert page.url.endswith(f"/staff/{path}")
            await look(page, name(path))


async def test_the_language_is_switched_where_one_is(chromium: Browser, office: Office, origin: str) -> None:
    async with watching(chromium, origin) as window:
        page = await window.open("/staff/login?next=/staff/account")
        await page.click("text=English")
        await page.wait_for_selector("html[lang=en]")
        assert page.url.endswith("/staff/login?next=/staff/account")


async def test_the_whole_way_by_keyboard(chromium: Browser, office: Office, origin: str) -> None:
    person = await office.join("Frau Beispiel")
    async with watching(chromium, origin) as window:
        window.expected = ("404",)  # behind the way in is the desk, which is not served here
        page = await window.open("/staff/login")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type(person.name)
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/staff/second*")
        await page.focus("main")
        await page.keyboard.press("Tab")
        await page.keyboard.type(person.code())
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/staff/tickets")
