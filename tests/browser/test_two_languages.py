"""A clerk writes German, a newcomer reads Arabic and answers in it, over the running product."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.domain.staff import Role, Staff
from tests.browser.chromium import chromium, faults_of, watching
from tests.browser.product import PATIENCE, join, say
from tests.reliability.server import Server
from tests.translators.fakes import FakeLibreTranslate

__all__ = ["chromium"]  # the fixture

pytestmark = pytest.mark.browser

QUESTION = "جاري أعطاني بيانو، كيف أحمله إلى الطابق الثالث؟"
THANKS = "شكراً جزيلاً، سأتصل غداً صباحاً بكم"
ANSWER = "Bitte rufen Sie am 12. März um 10:30 Uhr an: 02541 939-0. Wir helfen beim Tragen."
ARABIC = "من فضلك اتصل يوم [[0]] الساعة [[1]] على الرقم [[2]]. سنساعدك في الحمل."
GERMAN = {
    QUESTION: "Mein Nachbar gab mir ein Klavier, wie trage ich es in den dritten Stock?",
    THANKS: "Vielen Dank, ich rufe Sie morgen früh an.",
    ARABIC: "Bitte rufen Sie am [[0]] um [[1]] Uhr unter der Nummer [[2]] an. Wir helfen Ihnen beim Tragen.",
}


@pytest.fixture
async def libre() -> AsyncIterator[FakeLibreTranslate]:
    """A translator that knows what this test says."""
    async with FakeLibreTranslate(
        lambda text, _, to: ARABIC if to == "ar" else GERMAN[text]
    ).running() as fake:
        assert isinstance(fake, FakeLibreTranslate)
        yield fake


@pytest.fixture
async def server(tmp_path: Path, libre: FakeLibreTranslate) -> AsyncIterator[tuple[Server, str]]:
    """The product with the translator, as `python3 run.py` starts it, and the session of a clerk."""
    data = tmp_path / "data"
    tokens = await join(data, Staff(0, "Amina", Role.LEAD))
    settings = {
        "LOTSE_TRUSTED_PROXIES": "0",
        "LOTSE_TRANSLATOR": "libretranslate",
        "LOTSE_TRANSLATOR_URL": libre.url,
    }
    running = Server(data, settings)
    await running.start()
    yield running, tokens["Amina"]
    await running.close()


async def _ask(page: Page) -> None:
    """Ask for a person in Arabic."""
    await page.locator('#languages [data-choice="lang:ar"]').click()
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await say(page, QUESTION)
    yes = page.locator('button[value="handoff:yes"], button[value="none"]').last
    await expect(yes).to_be_visible(timeout=PATIENCE)
    if await yes.get_attribute("value") == "none":
        await yes.click()
    await page.locator('button[value="handoff:yes"]').last.click()
    await expect(page.locator(".kind-ticket").last).to_contain_text("1001", timeout=PATIENCE)


async def test_german_there_and_arabic_here(
    chromium: Browser, server: tuple[Server, str], libre: FakeLibreTranslate
) -> None:
    product, token = server
    async with AsyncExitStack() as stack:
        window = await stack.enter_async_context(watching(chromium, product.url, locale="ar"))
        newcomer = await window.open()
        await _ask(newcomer)
        desk = await stack.enter_async_context(
            watching(chromium, product.url, viewport={"width": 1280, "height": 900})
        )
        cookie = {"name": "lotse-staff", "value": token, "url": product.url}
        await desk.page.context.add_cookies([cookie])  # type: ignore[list-item]
        clerk = await desk.open("/staff/tickets/1001")

        # Original and translation side by side.
        asked = clerk.locator(".by-newcomer", has_text=QUESTION)
        await expect(asked.locator(".beside")).to_contain_text(GERMAN[QUESTION], timeout=PATIENCE)
        await expect(asked.locator(".beside")).to_contain_text("Übersetzt von LibreTranslate")
        await clerk.get_by_role("button", name="Übernehmen", exact=True).click()

        # A changed telephone number in the translation stops the send.
        libre.answer = lambda text, _, to: (
            ARABIC.replace("[[2]]", "02541 93990") if to == "ar" else GERMAN[text]
        )
        await clerk.locator("#text").fill(ANSWER)
        translate = clerk.get_by_role("button", name="Auf Arabisch übersetzen und prüfen")
        await clerk.keyboard.press("Control+Enter")  # asks for the translation, and sends no German
        stopped = clerk.locator("#rendering .fault")
        await expect(stopped).to_contain_text("die Telefonnummer 02541 939-0", timeout=PATIENCE)
        await expect(stopped).to_contain_text("die Telefonnummer 02541 93990")
        await expect(clerk.locator("#send-translation")).to_have_count(0)
        await expect(clerk.locator("#text")).to_have_value(ANSWER)
        assert await faults_of(clerk) == []

        # Translated again, seen both ways; what changes after that must be translated anew.
        libre.answer = lambda text, _, to: ARABIC if to == "ar" else GERMAN[text]
        await translate.click()
        send = clerk.locator("#send-translation")
        await expect(send).to_be_visible(timeout=PATIENCE)
        rendering = clerk.locator("#rendering")
        await expect(rendering.locator('[lang="ar"]')).to_contain_text("02541 939-0")
        await expect(rendering.locator('[lang="de"]')).to_contain_text("Wir helfen Ihnen beim Tragen")
        await clerk.locator("#text").press("End")
        await clerk.locator("#text").press_sequentially(" Ja")
        await expect(send).to_be_disabled()
        await clerk.locator("#text").fill(ANSWER)
        await translate.click()
        await expect(send).to_be_enabled(timeout=PATIENCE)
        assert await faults_of(clerk) == []
        await clerk.set_viewport_size({"width": 360, "height": 740})
        assert await faults_of(clerk) == []
        await send.click()
        await expect(clerk.locator(".by-staff .beside")).to_contain_text(ANSWER[:20], timeout=PATIENCE)

        # The newcomer reads Arabic, that a program translated it, and the German on a tap.
        answer = newcomer.locator(".by-staff").last
        await expect(answer).to_contain_text("سنساعدك في الحمل", timeout=PATIENCE)
        await expect(answer.locator(".footnote")).to_contain_text("برنامج")
        original = answer.locator(".original .text")
        await expect(original).to_be_hidden()
        await answer.locator("summary").click()
        await expect(original).to_contain_text("Wir helfen beim Tragen")
        assert await faults_of(newcomer) == []

        # And answers; the clerk reads German.
        await say(newcomer, THANKS)
        last = clerk.locator(".by-newcomer").last
        await expect(last.locator(".beside")).to_contain_text(GERMAN[THANKS], timeout=PATIENCE)
