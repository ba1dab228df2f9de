"""A newcomer's whole way through the real product: language, question, number, suggestion, a person, forget me."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import chromium, faults_of, watching
from tests.browser.product import PATIENCE, press, say, server
from tests.reliability.server import Server

__all__ = ["chromium", "server"]  # fixtures

pytestmark = pytest.mark.browser

# Drawn from left to right: each digit further to the right than the one before.
LEFT_TO_RIGHT = """(link) => {
  const walker = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
  const places = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.length; at += 1) {
      if (!/[0-9]/.test(node.data[at])) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      places.push(range.getBoundingClientRect().left);
    }
  }
  return places.length > 3 && places.every((left, at) => at === 0 || left > places[at - 1]);
}"""


async def _whole_way(page: Page) -> None:
    """The same steps with and without JavaScript."""
    await page.locator('#languages [data-choice="lang:ar"]').click()
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await say(page, "أين عنوان VHS في مدينتي؟")
    log = page.locator("#log")
    await expect(log.locator(".kind-answer, .kind-question").last).to_be_visible(timeout=PATIENCE)
    await expect(
        page.locator('button[value="town:duelmen"], button[value="entry:vhs-by-town"]').first
    ).to_be_visible(timeout=PATIENCE)
    if not await log.locator('button[value="town:duelmen"]').count():
        await press(page, "entry:vhs-by-town")
    await press(page, "town:duelmen")
    number = log.locator('a[href="tel:+49259412400"]').last
    await expect(number).to_be_visible(timeout=PATIENCE)
    assert await number.evaluate(LEFT_TO_RIGHT)
    await press(page, "person")
    await press(page, "handoff:yes")
    await expect(log.locator(".kind-ticket").last).to_contain_text("1001", timeout=PATIENCE)


async def _forget(page: Page) -> None:
    await page.locator("nav.tools details").last.locator("summary").click()
    await press(page, "cmd:forget_me")
    log = page.locator("#log")
    await expect(log.locator('button[value="erase:yes"]').last).to_be_visible(timeout=PATIENCE)
    await press(page, "erase:yes")
    await expect(page.locator('a[href="tel:+49259412400"]')).to_have_count(0, timeout=PATIENCE)


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without-javascript"])
async def test_in_arabic_on_a_small_phone(chromium: Browser, server: Server, scripts: bool) -> None:
    """320 pixels wide; at the end nothing is left of the conversation."""
    options = {"viewport": {"width": 320, "height": 640}, "locale": "ar", "java_script_enabled": scripts}
    async with watching(chromium, server.url, **options) as window:
        page = await window.open()
        await _whole_way(page)
        if scripts:
            assert await faults_of(page) == []  # axe-core is a script itself
        await _forget(page)
