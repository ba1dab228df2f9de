"""Debian's Chromium, driven by Playwright, and what every page of ours must keep at all times."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Request, Response, async_playwright

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
ARGUMENTS = (
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).with_name("axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET = 24  # CSS pixels, WCAG 2.5.8; links within a sentence are exempt

# What is cut off on purpose (hidden for the eye, or the skip link above the window) is no target to hit.
TARGETS = """(smallest) => [...document.querySelectorAll('button, summary, textarea, input:not([type=hidden]), a')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([node, box]) => box.width > 1 && box.bottom > 0)
  .filter(([node, box]) => box.width < smallest || box.height < smallest)
  .filter(([node, box]) => !node.closest('.text, .footnote, section'))
  .map(([node, box]) => `${node.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""

# A bubble that still fades in has its background's colours. What never ends ("writing") is not waited for.
AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().iterations !== Infinity)
  .map((animation) => animation.finished)).then(() => true)"""


@dataclass
class Watched:
    """A page and everything that went wrong on it."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    expected: tuple[str, ...] = ()  # faults a test provokes

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._on_console)
        self.page.on("request", self._on_request)
        self.page.on("response", lambda response: self.answers.append(response))
        self.page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self.origin):
            self.faults.append(f"request to {urlsplit(request.url).netloc}")

    async def open(self, path: str = "/") -> Page:
        """Go to a path and wait until it is quiet."""
        await self.page.goto(self.origin + path)
        return self.page

    def check(self) -> None:
        """Fail if something went wrong that the test did not provoke."""
        wrong = [fault for fault in self.faults if not any(known in fault for known in self.expected)]
        assert not wrong, wrong


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser."""
    if not CHROMIUM.exists():  # noqa: ASYNC240 - once, before anything runs
        pytest.skip("Chromium is missing: apt-get install chromium-headless-shell fonts-noto-core")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@asynccontextmanager
async def watching(browser: Browser, origin: str, **options: Any) -> AsyncIterator[Watched]:
    """A window of its own; at its end nothing may have gone wrong in it. `options` as for Browser.new_context."""
    options = {"viewport": {"width": 360, "height": 740}, "locale": "de-DE", **options}
    context = await browser.new_context(**options)
    watched = Watched(await context.new_page(), origin.rstrip("/"))
    yield watched
    await context.close()
    watched.check()


async def faults_of(page: Page, within: str = "html") -> list[str]:
    """Return what axe-core finds, what is too small to hit, and whether the page scrolls sideways.

    `within`: a selector of what axe-core looks at. Below an open menu it takes what is half covered for small.
    """
    await page.evaluate(AT_REST)
    await page.evaluate(AXE)
    result = await page.evaluate("([within, runOnly]) => axe.run(within, { runOnly })", [within, RULES])
    found = [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
    found += [f"too small: {target}" for target in await page.evaluate(TARGETS, SMALLEST_TARGET)]
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"scrolls sideways by {wide} pixels")
    return found
