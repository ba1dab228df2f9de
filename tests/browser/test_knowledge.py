"""The editors' pages in a browser, by keyboard: change, add, break, mend; two at once, and a hand beside them."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.domain.staff import Role, Staff
from bot.knowledge.files import load
from tests.browser.chromium import chromium, watching
from tests.browser.product import PATIENCE, join, say
from tests.reliability.server import ROOT, Server

__all__ = ["chromium"]  # the fixture

pytestmark = pytest.mark.browser

MOST_TABS = 120
HOME = "/staff/knowledge"
ADDRESS = f"{HOME}/entries/register-address"
WHICH_VHS = "أي VHS مسؤولة عن Dülmen؟"


@dataclass
class Office:
    """A running product over a knowledge folder of its own, and two editors who are logged in."""

    server: Server
    folder: Path
    tokens: dict[str, str]

    async def open(self, stack: AsyncExitStack, browser: Browser, name: str, **look: Any) -> Page:
        """Return a window of one of them; the pages need no scripts, so there are none."""
        look = {"java_script_enabled": False, **look}
        window = await stack.enter_async_context(watching(browser, self.server.url, **look))
        await window.page.context.add_cookies(
            [{"name": "lotse-staff", "value": self.tokens[name], "url": self.server.url}]
        )
        return await window.open(HOME)

    async def chat(self, stack: AsyncExitStack, browser: Browser) -> Page:
        """Return the window of a newcomer who has chosen Arabic."""
        window = await stack.enter_async_context(watching(browser, self.server.url, locale="ar"))
        page = await window.open()
        await page.locator('#languages [data-choice="lang:ar"]').click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        return page

    async def hears(self, newcomer: Page, number: str) -> None:
        """Let the newcomer ask for the VHS of Dülmen and expect this number, once the files are read again."""
        await self.server.reloaded(load(self.folder).version)
        told = newcomer.locator(".kind-answer")
        before = await told.count()
        await say(newcomer, WHICH_VHS)
        await expect(told).to_have_count(before + 1, timeout=PATIENCE)
        await expect(told.last.locator('a[href^="tel:"]')).to_contain_text(number)

    def text(self, name: str) -> str:
        """Return a file as it is now."""
        return (self.folder / name).read_text("utf-8")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """The product, as `python3 run.py` starts it."""
    data, folder = tmp_path / "data", tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    tokens = await join(data, *(Staff(0, name, Role.EDITOR) for name in ("Amina", "Boris")))
    settings = {"LOTSE_TRUSTED_PROXIES": "0", "LOTSE_KNOWLEDGE": str(folder), "LOTSE_EMBEDDER": "none"}
    running = Server(data, settings)
    await running.start()
    yield Office(running, folder, tokens)
    await running.close()


async def _reach(page: Page, target: Locator) -> None:
    """Tab until something has the focus."""
    handle = await target.element_handle(timeout=PATIENCE)
    for _ in range(MOST_TABS):
        if await page.evaluate("(node) => node === document.activeElement", handle):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"never reached by keyboard: {target}")


async def _follow(page: Page, role: Any, name: str) -> None:
    """Go to a link or button by keyboard and press it. name: all of its text."""
    named = page.get_by_role(role).filter(has_text=re.compile(rf"^{re.escape(name)}$"))
    await _reach(page, named.first)
    await page.keyboard.press("Enter")
    await page.wait_for_load_state()


async def _type(page: Page, field: str, text: str) -> None:
    """Replace what stands in a field, by keyboard."""
    await _reach(page, page.locator(f"#{field}"))
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(text)


async def _find(page: Page, title: str, word: str) -> None:
    """Open an entry from the overview."""
    await _follow(page, "link", "Übersicht")
    await _reach(page, page.locator("input[name=q]"))
    await page.keyboard.insert_text(word)
    await page.keyboard.press("Enter")
    await page.wait_for_load_state()
    await _follow(page, "link", title)


async def test_an_editor_by_keyboard(chromium: Browser, office: Office) -> None:
    """A number and its undoing, a language, a slip and its mending; newcomers are told what the files say."""
    before = office.text("places.yaml"), office.text("de/register-address.md")
    async with AsyncExitStack() as stack:
        newcomer = await office.chat(stack, chromium)
        page = await office.open(stack, chromium, "Amina")
        await office.hears(newcomer, "02594 12400")

        # A telephone number, in one line of one file; every language shows it.
        await _follow(page, "link", "Stellen")
        await _reach(page, page.locator("input[name=q]"))
        await page.keyboard.insert_text("vhs-duelmen")
        await page.keyboard.press("Enter")
        await page.wait_for_load_state()
        await _follow(page, "link", "VHS Dülmen – Haltern am See – Havixbeck")
        await _type(page, "phone", "02594 12401")
        await _follow(page, "button", "Speichern")
        await expect(page.locator(".done")).to_contain_text("Gespeichert", timeout=PATIENCE)
        assert office.text("places.yaml") == before[0].replace('"02594 12400"', '"02594 12401"')
        await page.goto(f"{office.server.url}{HOME}/entries/vhs-by-town/preview?language=ar&town=duelmen")
        await expect(page.locator(".bubble[dir=rtl]").last).to_contain_text("02594 12401")
        await office.hears(newcomer, "02594 12401")

        # Taken back, after a look at what the step was.
        await _follow(page, "link", "Verlauf")
        await _follow(page, "link", "vhs-duelmen: phone")
        await expect(page.locator(".diff .gone")).to_contain_text("02594 12400")
        await _follow(page, "button", "Zurücknehmen")
        await expect(page.locator(".done")).to_contain_text("Zurückgenommen", timeout=PATIENCE)
        await expect(page.locator(".rows .row")).to_have_count(2)  # what was undone stays in the history
        assert office.text("places.yaml") == before[0]
        await office.hears(newcomer, "02594 12400")

        # A language.
        await _find(page, "Wohnsitz anmelden", "register-address")
        await _follow(page, "link", "Sprache ergänzen: Französisch")
        await _type(page, "title", "Déclarer son adresse (Anmeldung)")
        await _type(page, "short", "Déclarer son adresse")
        await _type(page, "body", "Appelez {police.phone} : c’est gratuit.")
        await _follow(page, "button", "Prüfen und ansehen")
        await expect(page.locator("#outcome")).to_contain_text(
            "So kann es gespeichert werden", timeout=PATIENCE
        )
        await expect(page.locator(".bubble").first).to_contain_text("Appelez 110")
        await _follow(page, "button", "Speichern")
        await expect(page.locator(".done")).to_contain_text("Gespeichert", timeout=PATIENCE)
        french = load(office.folder).entries["register-address"].texts["fr"]
        assert french.body == "Appelez {police.phone} : c’est gratuit."
        assert len(french.questions) >= 10  # they stay

        # A slip, told in the words of the check; nothing is written until it is mended.
        await _find(page, "Wohnsitz anmelden", "register-address")
        await _follow(page, "link", "Bearbeiten: Deutsch")
        await _type(page, "body", "Rufen Sie {polise.phone} an.")
        await _follow(page, "button", "Speichern")
        outcome = page.locator("#outcome")
        await expect(outcome).to_be_focused(timeout=PATIENCE)
        await expect(outcome).to_contain_text(
            "Die Stelle 'polise' im Platzhalter '{polise.phone}' gibt es nicht."
        )
        assert office.text("de/register-address.md") == before[1]
        await _type(page, "body", "Rufen Sie {police.phone} an.")
        await _follow(page, "button", "Speichern")
        await expect(page.locator(".done")).to_contain_text("Gespeichert", timeout=PATIENCE)
        assert office.text("de/register-address.md").endswith("---\nRufen Sie {police.phone} an.\n")


async def test_two_editors_and_a_hand_beside_them(chromium: Browser, office: Office) -> None:
    """Nobody writes over what they have not seen, and what was typed is never gone."""
    async with AsyncExitStack() as stack:
        amina = await office.open(stack, chromium, "Amina")
        boris = await office.open(stack, chromium, "Boris")
        for page in (amina, boris):
            await page.goto(f"{office.server.url}{ADDRESS}/de")
        await _type(amina, "body", "Von Amina.")
        await _type(boris, "body", "Von Boris.")
        await _follow(amina, "button", "Speichern")
        await expect(amina.locator(".done")).to_contain_text("Gespeichert", timeout=PATIENCE)
        await _follow(boris, "button", "Speichern")
        outcome = boris.locator("#outcome")
        await expect(outcome).to_contain_text("Jemand anders hat das inzwischen geändert", timeout=PATIENCE)
        await expect(outcome.locator("pre")).to_contain_text("Von Amina.")
        await expect(boris.locator("#body")).to_have_value("Von Boris.")

        # Somebody changes the file by hand before he saves again.
        path = office.folder / "de" / "register-address.md"
        path.write_text(office.text("de/register-address.md").replace("Von Amina.", "Von Hand."), "utf-8")
        await _follow(boris, "button", "Speichern")
        await expect(outcome.locator("pre")).to_contain_text("Von Hand.", timeout=PATIENCE)
        await expect(boris.locator("#body")).to_have_value("Von Boris.")
        await _type(boris, "body", "Von Hand. Von Boris.")
        await _follow(boris, "button", "Speichern")
        await expect(boris.locator(".done")).to_contain_text("Gespeichert", timeout=PATIENCE)
        assert office.text("de/register-address.md").endswith("---\nVon Hand. Von Boris.\n")

        # Amina's step is not gone: the history has it, line by line.
        await _follow(amina, "link", "Verlauf")
        await expect(amina.locator(".rows .row")).to_have_count(2)
        await _reach(amina, amina.locator(".rows .row a").last)
        await amina.keyboard.press("Enter")
        await expect(amina.locator(".diff .come").last).to_contain_text("Von Amina.")

        # A window that is closed too early: with scripts, the browser still has what was typed.
        page = await office.open(stack, chromium, "Amina", java_script_enabled=True)
        await page.goto(f"{office.server.url}{ADDRESS}/de")
        await expect(page.locator("#kept")).to_be_hidden()
        await _type(page, "body", "Noch nicht gespeichert.")
        await page.goto(office.server.url + HOME)
        await page.goto(f"{office.server.url}{ADDRESS}/de")
        await _follow(page, "button", "Einsetzen")
        await expect(page.locator("#body")).to_have_value("Noch nicht gespeichert.")
        await _follow(page, "button", "Speichern")
        await expect(page.locator(".done")).to_contain_text("Gespeichert", timeout=PATIENCE)
        await page.goto(f"{office.server.url}{ADDRESS}/de")
        await expect(page.locator("#kept")).to_be_hidden()
