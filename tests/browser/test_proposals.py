"""A question nobody had foreseen becomes an entry: asked, answered, written, read, published, learned, told.

STAFF_PICTURES names a folder for pictures, to look at and for docs/answers.md.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.domain.staff import Role, Staff
from bot.knowledge.files import load
from tests.browser.chromium import AT_REST, chromium, faults_of, watching
from tests.browser.product import PATIENCE, join, press, say
from tests.reliability.server import ROOT, Server

__all__ = ["chromium"]  # the fixture

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("STAFF_PICTURES", "")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
LANGUAGES = ("de", "fa")
TEAM = (
    Staff(0, "Amina", Role.CLERK, frozenset({"duelmen"})),
    Staff(0, "Boris", Role.LEAD),
    Staff(0, "Clara", Role.EDITOR),
)

# "My name is Ahmad Rahimi, number ... I want to grow vegetables. Where can I rent a piece of garden?"
NAME = "نام من احمد رحیمی است، شماره 0171 2345678."
ASKED = "می‌خواهم سبزی بکارم. کجا می‌توانم یک قطعه باغچه کرایه بگیرم؟"
# "We have no garden but would like to grow vegetables; where do we rent?"
IN_OTHER_WORDS = "ما باغچه نداریم ولی می‌خواهیم سبزی بکاریم، کجا کرایه کنیم؟"
ANSWER = "Guten Tag Herr Rahimi, fragen Sie einen Kleingartenverein. Frau Sommer im Rathaus weiß mehr. Amina"
MASKED = "Guten Tag Herr [Name], fragen Sie einen Kleingartenverein. Frau [Name] im Rathaus weiß mehr. [Name]"
TITLE, ENTRY = "Einen Garten mieten", "einen-garten-mieten"
BODY = "**Fragen Sie einen Kleingartenverein in Ihrer Stadt.** Im Rathaus sagt man Ihnen, welche es gibt."
QUESTIONS = (
    "Wo kann ich einen Garten mieten?\nWie bekomme ich einen Kleingarten?\nIch möchte Gemüse anbauen. Wo?"
)


@dataclass
class Town:
    """A running product over a knowledge folder of its own, and its team, all logged in."""

    server: Server
    folder: Path
    tokens: dict[str, str]

    async def chat(self, stack: AsyncExitStack, browser: Browser) -> Page:
        """Return the window of a newcomer who has chosen Persian."""
        window = await stack.enter_async_context(
            watching(browser, self.server.url, viewport=PHONE, locale="fa")
        )
        page = await window.open()
        await page.locator('#languages [data-choice="lang:fa"]').click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        return page

    async def desk(self, stack: AsyncExitStack, browser: Browser, name: str, path: str) -> Page:
        """Return the window of one of the team."""
        window = await stack.enter_async_context(watching(browser, self.server.url, viewport=DESK))
        cookie = {"name": "lotse-staff", "value": self.tokens[name], "url": self.server.url}
        await window.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return await window.open(path)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The product, as `python3 run.py` starts it, in a town that has few translations yet.

    What is learned anew when an entry comes is less by that, and without vectors: a third of a minute of one core.
    """
    folder = tmp_path / "knowledge"
    others = {path.name for path in (ROOT / "knowledge").iterdir() if path.is_dir()} - set(LANGUAGES)
    shutil.copytree(ROOT / "knowledge", folder, ignore=shutil.ignore_patterns(*others))
    data = tmp_path / "data"
    tokens = await join(data, *TEAM)
    settings = {"LOTSE_TRUSTED_PROXIES": "0", "LOTSE_KNOWLEDGE": str(folder), "LOTSE_EMBEDDER": "none"}
    running = Server(data, settings)
    await running.start()
    yield Town(running, folder, tokens)
    await running.close()


async def _picture(page: Page, name: str, full: bool = False) -> None:
    if PICTURES:
        await page.evaluate(AT_REST)
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=full)


async def _look(page: Page, name: str) -> None:
    """Expect a page of the team to be fit for everybody: wide and light, as narrow as a phone and dark."""
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await _picture(page, f"{name}-{scheme}-{size['width']}", full=True)
        assert await faults_of(page) == [], (name, scheme)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]


async def _unknown(page: Page, words: str) -> None:
    """Ask something, and expect to be told that the program does not know."""
    await say(page, words)
    offered = page.locator('button[value="handoff:yes"], button[value="none"]').last
    await expect(offered).to_be_visible(timeout=PATIENCE)
    await expect(page.locator(".kind-answer")).to_have_count(0)
    if await offered.get_attribute("value") == "none":
        await press(page, "none")
    await expect(page.locator('button[value="handoff:yes"]').last).to_be_visible(timeout=PATIENCE)


async def _answer(page: Page) -> None:
    """Find the question on the list, take it, answer it and close it."""
    await page.locator("#t1001").click()
    await page.get_by_role("button", name="Übernehmen", exact=True).click()
    await page.locator("#text").fill(ANSWER)
    await page.locator("#language").select_option("de")
    await page.get_by_role("button", name="Senden und abschließen").click()
    await expect(page.locator("#state")).to_contain_text("abgeschlossen", timeout=PATIENCE)


async def _write(page: Page) -> None:
    """Make a draft of the closed ticket, see what was taken out, and write it for everybody."""
    await page.get_by_role("button", name="Neuen Eintrag vorschlagen").click()
    taken = page.locator(".side .card").first
    for word in ("احمد", "رحیمی", "0171 2345678"):
        await expect(taken).to_contain_text(word)
    draft = page.locator("#write")
    await expect(draft.locator("#body")).to_have_value(MASKED)
    asked = draft.locator("textarea[lang=fa]")
    await expect(asked).to_have_value(f"نام من [Name] است، شماره [Telefon]. {ASKED}")
    await _look(page, "draft")
    await draft.locator("#title").fill(TITLE)
    await draft.locator("#short").fill("Garten mieten")
    await draft.locator("#area").select_option("living")
    await draft.locator("#body").fill(BODY)
    await draft.locator("#questions").fill(QUESTIONS)
    await asked.fill(ASKED)
    await draft.locator("[name=looked]").check()
    await draft.locator("#send").click()
    await expect(page.locator(".done")).to_contain_text("Zur Prüfung gegeben", timeout=PATIENCE)
    await expect(page.locator("#approve")).to_have_count(0)  # nobody reads their own


async def _step(page: Page, name: str, button: str, done: str) -> None:
    """Open the draft from the list, look at it, and press what is one's own to do."""
    await page.get_by_role("link", name=TITLE).click()
    await expect(page.locator(".text")).to_contain_text("Kleingartenverein in Ihrer Stadt")
    await _look(page, name)
    await page.locator(button).locator("xpath=ancestor::form").locator("[name=looked]").check()
    await page.locator(button).click()
    await expect(page.locator(".done")).to_contain_text(done, timeout=PATIENCE)


async def test_a_question_becomes_an_entry(chromium: Browser, town: Town) -> None:
    async with AsyncExitStack() as stack:
        newcomer = await town.chat(stack, chromium)
        await _unknown(newcomer, f"{NAME} {ASKED}")
        await _picture(newcomer, "asked")
        await press(newcomer, "handoff:yes")
        await expect(newcomer.locator(".kind-ticket").last).to_contain_text("1001", timeout=PATIENCE)
        neighbour = await town.chat(stack, chromium)
        await _unknown(neighbour, IN_OTHER_WORDS)

        amina = await town.desk(stack, chromium, "Amina", "/staff/tickets")
        await _answer(amina)
        await expect(newcomer.locator(".by-staff").last).to_contain_text("Herr Rahimi", timeout=PATIENCE)
        await _write(amina)
        boris = await town.desk(stack, chromium, "Boris", "/staff/knowledge/drafts")
        await _step(boris, "review", "#approve", "Jetzt kann die Redaktion veröffentlichen")
        clara = await town.desk(stack, chromium, "Clara", "/staff/knowledge/drafts")
        await _step(clara, "publish", "#publish", "Veröffentlicht")
        assert "Rahimi" not in await clara.content()
        await _look(clara, "published")
        await clara.get_by_role("link", name="Zum Eintrag").click()
        await expect(clara.get_by_role("heading", level=1)).to_contain_text(TITLE)
        entry = load(town.folder).entries[ENTRY]
        assert entry.texts["de"].questions == tuple(QUESTIONS.split("\n"))
        assert entry.texts["fa"].questions == (ASKED,)

        # Who asked is told, and finds it with one press.
        there = newcomer.locator(f'button[value="entry:{ENTRY}"]')
        await expect(there).to_be_visible(timeout=PATIENCE)
        await expect(newcomer.locator(".kind-ticket").last).to_contain_text(TITLE)
        await _picture(newcomer, "told")
        await there.click()
        await expect(newcomer.locator(".kind-answer").last).to_contain_text(
            "Kleingartenverein", timeout=PATIENCE
        )
        assert await faults_of(newcomer) == []

        # And who asks in other words gets it as an answer.
        await town.server.learned()
        await say(neighbour, IN_OTHER_WORDS)
        answer = neighbour.locator(".kind-answer").last
        await expect(answer).to_contain_text(
            "Fragen Sie einen Kleingartenverein in Ihrer Stadt", timeout=PATIENCE
        )
        await _picture(neighbour, "answered")
