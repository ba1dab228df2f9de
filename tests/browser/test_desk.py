"""Two of the team and a newcomer at once, through the real product: on the page, and on Telegram."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from bot.app import SystemClock
from bot.domain.staff import Role, Staff
from bot.service import entering
from bot.service.entering import Entrance
from bot.service.passwords import Passwords
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.migrations import upgrade
from bot.storage.vault import Vault, keys_from_file
from tests.browser.chromium import chromium, watching
from tests.reliability.server import Server
from tests.staff.wiring import CHEAP, PASSWORD
from tests.telegram.fake import FakeTelegram, Person

__all__ = ["chromium"]  # the fixture

pytestmark = pytest.mark.browser

PATIENCE = 60_000  # milliseconds; the machine may be busy
QUESTION = "همسایه‌ام پیانو به من داده، چطور به طبقه سوم ببرم؟"


@dataclass
class Team:
    """A running product with two of the team who are logged in."""

    server: Server
    telegram: FakeTelegram
    tokens: dict[str, str]
    secrets: dict[str, str]

    async def open(
        self, stack: AsyncExitStack, browser: Browser, name: str, path: str, **options: Any
    ) -> Page:
        """Return a window of one of them."""
        window = await stack.enter_async_context(watching(browser, self.server.url, **options))
        cookie = {"name": "lotse-staff", "value": self.tokens[name], "url": self.server.url}
        await window.page.context.add_cookies([cookie])
        return await window.open(path)


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    """The product, as `python3 run.py` starts it, on a Telegram of ours, with Amina and Boris of Dülmen."""
    data = tmp_path / "data"
    data.mkdir()
    vault = Vault(keys_from_file(data / "master.key"))
    database = Database(f"sqlite:///{data / 'lotse.db'}", vault, Folder(data / "files"))
    await upgrade(database)
    joined = {name: await _join(database, name) for name in ("Amina", "Boris")}
    await database.close()
    async with FakeTelegram() as telegram:
        settings = {"LOTSE_TELEGRAM_TOKEN": telegram.token, "LOTSE_TELEGRAM_API": telegram.address}
        running = Server(data, {"LOTSE_TRUSTED_PROXIES": "0", **settings})
        await running.start()
        tokens = {name: token for name, (token, _) in joined.items()}
        yield Team(running, telegram, tokens, {name: secret for name, (_, secret) in joined.items()})
        await running.close()


async def _join(database: Database, name: str) -> tuple[str, str]:
    """Let somebody take an invitation; return a session's token, and the secret of their telephone."""
    clock = SystemClock()
    async with database.write() as unit:
        link = await entering.invite(unit, Staff(0, name, Role.LEAD), clock.now())
    entrance = Entrance(database, clock, Passwords(CHEAP))
    found = await entrance.invitation(link)
    assert found
    # The code of the step before: the present one is for the login.
    code = pyotp.TOTP(found[1]).at(clock.now() - timedelta(seconds=30))
    return (await entrance.accept(link, PASSWORD, code, "192.0.2.1")).token, found[1]


async def _ask(page: Page) -> None:
    """Ask for a person in Persian."""
    await page.locator('#languages [data-choice="lang:fa"]').click()
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await _say(page, QUESTION)
    yes = page.locator('button[value="handoff:yes"], button[value="none"]').last
    await expect(yes).to_be_visible(timeout=PATIENCE)
    if await yes.get_attribute("value") == "none":
        await yes.click()
    await page.locator('button[value="handoff:yes"]').last.click()
    await expect(page.locator(".kind-ticket").last).to_contain_text("1001", timeout=PATIENCE)


async def _say(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.locator(".send").click()


async def _press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def test_two_of_the_team_and_a_newcomer_at_once(chromium: Browser, team: Team) -> None:
    """From the question to the rating; nobody loads a page anew to see what the others do."""
    async with AsyncExitStack() as stack:
        window = await stack.enter_async_context(watching(chromium, team.server.url, locale="fa"))
        newcomer = await window.open()
        amina = await team.open(
            stack, chromium, "Amina", "/staff/tickets", viewport={"width": 1280, "height": 900}
        )
        await expect(amina.locator(".empty")).to_be_visible()
        await _ask(newcomer)
        await expect(amina.locator("#t1001")).to_be_visible(timeout=PATIENCE)  # by itself
        boris = await team.open(stack, chromium, "Boris", "/staff/tickets/1001")
        await amina.keyboard.press("j")
        await amina.keyboard.press("Enter")
        await expect(amina.locator(".present")).to_contain_text("Boris", timeout=PATIENCE)
        await _press(amina, "Übernehmen")
        await expect(amina.locator(".done")).to_be_visible()
        await expect(boris.locator("#state")).to_contain_text("bei Amina", timeout=PATIENCE)
        log = newcomer.locator("#log")
        await expect(log.locator('button[value="bot:1001"]')).to_be_visible(timeout=PATIENCE)

        # A ready answer, found in German, in Persian for the newcomer.
        await amina.locator("#text").press_sequentially("::umzug")
        insert = amina.locator("#ready button[data-text]").first
        await expect(insert).to_be_visible(timeout=PATIENCE)
        await insert.click()
        await expect(amina.locator("#language")).to_have_value("fa")
        await amina.locator("#text").fill("سلام، فردا می‌آییم.")
        await amina.keyboard.press("Control+Enter")
        await expect(amina.get_by_role("button", name="Zurückholen")).to_be_visible(timeout=PATIENCE)
        await expect(log.locator(".by-staff")).to_contain_text("فردا می‌آییم", timeout=PATIENCE)
        await expect(amina.locator(".by-staff .delivery")).to_contain_text("gelesen", timeout=PATIENCE)

        # The newcomer adds a line, which both see; the program is silent.
        await _say(newcomer, "خیلی ممنون، ساعت چند؟")
        for page in (amina, boris):
            await expect(page.locator(".by-newcomer").last).to_contain_text("ساعت چند", timeout=PATIENCE)
        await amina.locator("#text").fill("ساعت ده.")
        await _press(amina, "Senden und abschließen")
        await expect(log.locator('button[value="rate:1001:yes"]')).to_be_visible(timeout=PATIENCE)
        await expect(log.locator(".by-staff").last).to_contain_text("ساعت ده")
        await newcomer.locator('button[value="rate:1001:yes"]').click()
        await expect(log.locator(".by-program").last).not_to_contain_text("1001", timeout=PATIENCE)
        await expect(boris.locator("#state")).to_contain_text("hat geholfen", timeout=PATIENCE)

        # The program is back.
        await _say(newcomer, "کلاس زبان آلمانی کجاست؟")
        await expect(log.locator(".kind-answer, .kind-question").last).to_be_visible(timeout=PATIENCE)


async def test_without_scripts(chromium: Browser, team: Team) -> None:
    async with AsyncExitStack() as stack:
        window = await stack.enter_async_context(watching(chromium, team.server.url, locale="fa"))
        await _ask(await window.open())
        page = await team.open(stack, chromium, "Amina", "/staff/tickets", java_script_enabled=False)
        await page.locator("#t1001").click()
        await _press(page, "Übernehmen")
        await page.locator("#text").fill("Guten Tag")
        await _press(page, "Senden")
        await _press(page, "Zurückholen")
        await expect(page.locator("#text")).to_have_value("Guten Tag")
        await _press(page, "Senden und abschließen")
        await expect(page.locator("#state")).to_contain_text("abgeschlossen")


# --- on Telegram; one of the team has nothing but a keyboard

ACTIVE = "(selector) => document.activeElement.matches(selector)"
MOST_TABS = 80


async def _tab_to(page: Page, selector: str) -> None:
    """Go to something as who cannot use a mouse does; fail if it is not on the way, or not to be seen there."""
    for _ in range(MOST_TABS):
        if await page.evaluate(ACTIVE, selector):
            await expect(page.locator(":focus-visible")).to_be_in_viewport()
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


async def _type_into(page: Page, selector: str, text: str) -> None:
    await _tab_to(page, selector)
    await page.keyboard.type(text)


async def _log_in_by_keyboard(page: Page, team: Team, name: str) -> None:
    await _type_into(page, "[name=name]", name)
    await _type_into(page, "[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/second*")
    await _type_into(page, "[name=code]", pyotp.TOTP(team.secrets[name]).now())
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/tickets")


async def _hears(person: Person, words: str) -> None:
    await person.until(lambda seen: any(words in text for text in person.hears()), PATIENCE / 1000)


async def test_by_keyboard_only_with_a_newcomer_on_telegram(chromium: Browser, team: Team) -> None:
    """Login, take, ready answer, note, snooze, close; in Persian on the telephone, until the program is back."""
    newcomer = team.telegram.person("fa")
    newcomer.start("fa_duelmen")
    await newcomer.until(lambda seen: newcomer.hears(), PATIENCE / 1000)
    newcomer.says("/person")
    await newcomer.until(lambda seen: len(newcomer.hears()) > 1, PATIENCE / 1000)
    newcomer.says(QUESTION)
    await _hears(newcomer, "1001")
    async with AsyncExitStack() as stack:
        window = await stack.enter_async_context(watching(chromium, team.server.url))
        amina = await window.open("/staff/login")
        await _log_in_by_keyboard(amina, team, "Amina")
        boris = await team.open(stack, chromium, "Boris", "/staff/tickets/1001")
        await amina.keyboard.press("?")  # the sheet tells the keys
        await expect(amina.locator(".keys")).to_contain_text("::")
        await amina.keyboard.press("u")
        await amina.wait_for_url("**/staff/tickets")
        await amina.keyboard.press("j")
        await amina.keyboard.press("Enter")
        await expect(amina.locator(".by-newcomer .text").last).to_have_text(QUESTION)
        await expect(boris.locator(".present")).to_contain_text("Amina", timeout=PATIENCE)
        await amina.keyboard.press("t")
        await expect(amina.locator(".done")).to_be_visible()
        await expect(boris.locator("#state")).to_contain_text("bei Amina", timeout=PATIENCE)
        await newcomer.until(lambda seen: seen[-1].button("bot:1001"), PATIENCE / 1000)

        await amina.keyboard.press("r")
        await amina.keyboard.type("::deutschkurs")
        await expect(amina.locator("#ready button[data-text]").first).to_be_visible(timeout=PATIENCE)
        persian = await amina.locator("#ready button[data-text]").first.get_attribute("data-text")
        assert persian
        await _tab_to(amina, "#ready button[data-text]")
        await amina.keyboard.press("Enter")
        await expect(amina.locator("#text")).to_have_value(persian)
        await amina.keyboard.press("Control+Enter")
        await expect(amina.locator(".by-staff")).to_be_visible()
        await _hears(newcomer, persian.split("\n")[0].split("**")[0][:30])  # in Persian, at the newcomer's

        await amina.keyboard.press("n")
        await amina.keyboard.type("Ruft morgen noch einmal an")
        await _tab_to(amina, ".note button")
        await amina.keyboard.press("Enter")
        await expect(amina.locator(".internal")).to_contain_text("Ruft morgen")
        await _tab_to(amina, "#until")
        await amina.keyboard.press("ArrowDown")
        await amina.keyboard.press("Tab")
        await amina.keyboard.press("Enter")
        await expect(amina.locator("#state")).to_contain_text("zurückgestellt")

        newcomer.says("خیلی ممنون، ساعت چند؟")
        for page in (amina, boris):
            await expect(page.locator(".by-newcomer").last).to_contain_text("ساعت چند", timeout=PATIENCE)
        await expect(amina.locator("#state")).not_to_contain_text(
            "zurückgestellt"
        )  # their word brings it back
        newcomer.sends_photo("عکس")
        await expect(amina.get_by_role("button", name="Foto herunterladen")).to_be_visible(timeout=PATIENCE)
        await _tab_to(amina, "form[action$='/file'] button")
        async with amina.expect_download() as download:
            await amina.keyboard.press("Enter")
        assert (await download.value).suggested_filename.startswith("1001-")
        await _tab_to(amina, "form[action$='/close'] button")
        await amina.keyboard.press("Enter")
        await expect(amina.locator("#state")).to_contain_text("abgeschlossen")
        await newcomer.until(lambda seen: seen[-1].button("rate:1001:yes"), PATIENCE / 1000)
        newcomer.presses("rate:1001:yes")
        await expect(boris.locator("#state")).to_contain_text("hat geholfen", timeout=PATIENCE)
        heard = len(newcomer.hears())
        newcomer.says("کلاس زبان آلمانی کجاست؟")  # the program is back
        await newcomer.until(lambda seen: len(newcomer.hears()) > heard and seen[-1].labels, PATIENCE / 1000)
        assert "1001" not in newcomer.hears()[-1]
