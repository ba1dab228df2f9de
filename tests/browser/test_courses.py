"""German courses in a real browser: from "I want to learn German" to the receipt, and the page of courses."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import chromium, faults_of, watching
from tests.browser.product import PATIENCE, press, say, server
from tests.reliability.server import Server

__all__ = ["chromium", "server"]  # fixtures

pytestmark = pytest.mark.browser

MOST_MESSAGES = 15  # of the newcomer, once language, town and level are known
KNOWN = ("form:level:none", "form:town:duelmen")
# What a local course asks that is not known, in any order; a press each.
PRESSED = (
    "form:age:adult",
    "form:latin:yes",
    "form:times:any",
    "form:childcare:no",
    "form:entitlement:unknown",
    "form:more:no",
    "form:consent:yes",
)
TYPED = ("الاسم الأول", "اسم العائلة", "رقم هاتف")
SAID = ("أمينة", "الحداد", "0171 2345678")


async def _waiting(page: Page, *choices: str) -> str:
    """Return which of the buttons is offered; below an answer may stand the question for the town."""
    any_of = ", ".join(f'#log button[value="{choice}"]' for choice in choices)
    button = page.locator(any_of).last
    await expect(button).to_be_visible(timeout=PATIENCE)
    return str(await button.get_attribute("value"))


async def test_in_arabic_on_a_phone_from_the_wish_to_the_receipt(chromium: Browser, server: Server) -> None:
    sent = 0
    async with watching(chromium, server.url, locale="ar") as watched:
        watched.expected = ("429",)  # nobody is as fast as a test: the page waits and sends again
        page = await watched.open()
        await page.locator('#languages [data-choice="lang:ar"]').click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await say(page, "ich will Deutsch lernen")
        sent += 1
        found = await _waiting(page, "courses", "entry:german-courses")
        while found != "form:level:none":
            await press(page, found)
            sent += 1
            found = await _waiting(page, *{"courses", "form:level:none"} - {found})
        for choice in KNOWN:
            await press(page, choice)
        for choice in ("course:1", "join:1"):
            await press(page, await _waiting(page, choice))
            sent += 1
        last = page.locator("#log .message").last
        for asked, answer in zip(TYPED[:2], SAID[:2], strict=True):
            await expect(last).to_contain_text(asked, timeout=PATIENCE)
            await say(page, answer)
            sent += 1
        await press(page, await _waiting(page, PRESSED[0]))
        await expect(last).to_contain_text(TYPED[2], timeout=PATIENCE)
        await say(page, SAID[2])
        sent += 2
        rest = set(PRESSED[1:])
        while rest:
            found = await _waiting(page, *rest)
            if found == PRESSED[-1]:
                await expect(last).to_contain_text("أمينة الحداد")
                assert await faults_of(page) == []
                rest.clear()
            rest.discard(found)
            await press(page, found)
            sent += 1
        receipt = page.locator("#log .kind-registration")
        await expect(receipt).to_contain_text("20001", timeout=PATIENCE)
        await expect(receipt).to_contain_text("تم التسجيل")
        assert await faults_of(page) == []
        await page.locator(".tools summary").nth(1).click()
        await press(page, "cmd:status")
        await expect(page.locator("#log .kind-things")).to_contain_text("20001", timeout=PATIENCE)
    assert sent <= MOST_MESSAGES, sent


async def test_a_double_tap_is_one_answer(chromium: Browser, server: Server) -> None:
    """The first tap moves what is below the finger; the second must not press what comes to lie there."""
    async with watching(chromium, server.url) as watched:
        page = await watched.open("/?lang=de")
        await press(page, "cmd:courses")
        await _waiting(page, "form:level:unsure")
        await page.evaluate(TAPS, ["form:level:unsure", "form:cancel"])
        await press(page, await _waiting(page, "form:reads:yes"))
        await _waiting(page, "form:check_a1:yes")
        await expect(page.locator("#log .kind-own")).to_have_count(3)


# A browser counts clicks close together in `detail`, whatever lies below them.
TAPS = """(choices) => choices.forEach((choice, before) =>
  [...document.querySelectorAll(`#log button[value="${choice}"]`)].at(-1).dispatchEvent(
    new MouseEvent("click", { bubbles: true, cancelable: true, detail: before + 1 })))"""


async def test_everybody_can_use_the_page(chromium: Browser, server: Server) -> None:
    """axe-core, targets and reflow, in two scripts and both colours, on the smallest phone."""
    for language, scheme in (("de", "light"), ("de", "dark"), ("ar", "light"), ("ar", "dark")):
        options = {"viewport": {"width": 320, "height": 900}, "color_scheme": scheme}
        async with watching(chromium, server.url, **options) as watched:
            for query in ("", "&filter=evening&town=duelmen", "&q=gibtesnicht"):
                page = await watched.open(f"/courses?lang={language}{query}")
                assert await faults_of(page) == [], (language, scheme, query)


async def test_the_page_without_scripts_leads_into_the_chat(chromium: Browser, server: Server) -> None:
    async with watching(chromium, server.url, java_script_enabled=False) as watched:
        page = await watched.open("/courses?lang=de")
        everything = await page.locator("article.card").count()
        await page.get_by_label("Deutsch-Kenntnisse").select_option("a1")
        await page.get_by_text("Genauer suchen").first.click()
        await page.get_by_label("Kostenlos möglich").check()
        await page.get_by_role("button", name="Kurse zeigen").click()
        cards = page.locator("article.card")
        assert 0 < await cards.count() < everything
        await expect(page.get_by_label("Kostenlos möglich")).to_be_checked()
        title = await cards.first.locator("h3").inner_text()
        await cards.first.get_by_role("button").click()
        await expect(page.locator("#log")).to_contain_text(title, timeout=PATIENCE)
        await press(page, str(await page.locator('button[value^="join:"]').last.get_attribute("value")))
        await expect(page.locator("#log")).to_contain_text("Vornamen", timeout=PATIENCE)


async def test_the_keyboard_reaches_all_of_the_page(chromium: Browser, server: Server) -> None:
    async with watching(chromium, server.url) as watched:
        page = await watched.open("/courses?lang=de")
        reached: list[str] = []
        for _ in range(9):
            await page.keyboard.press("Tab")
            reached.append(str(await page.evaluate(FOCUSED)))
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            if reached[-1] == "summary":
                await page.keyboard.press("Enter")
        assert reached == ["a", "a", "level", "town", "q", "summary", "filter", "filter", "filter"]
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")  # as in any form
        await expect(page.locator("input[name=filter]:checked")).to_have_count(1)
        assert "filter=evening" in page.url


FOCUSED = "(({ name, localName }) => name || localName)(document.activeElement)"
