"""The newcomers' page in a real browser: looks, keyboard, bad networks, and nothing that leaves the house."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Route, expect

from bot.channels.web import stream
from bot.domain.message import Author, Choice, Inbound, Outbound
from bot.storage.engine import Database
from tests.browser.chromium import chromium, faults_of, watching
from tests.web.wiring import NOBODY, OPERATOR, Wiring

__all__ = ["chromium"]  # the fixture

pytestmark = pytest.mark.browser

WIDTHS = (320, 360, 1280)
WORDS = {
    "de": (
        "Wie melde ich mich an?",
        "Gehen Sie zum **Bürgerbüro**.",
        "Donaudampfschifffahrtsgesellschaft" * 3,
    ),
    "ar": ("كيف أسجل عنواني؟", "اذهب إلى **مكتب المواطنين** (\u2068Bürgerbüro\u2069).", "و" * 90),
}


def everything(inbound: Inbound) -> list[Outbound]:
    """Answer with one message of each look."""
    language = inbound.language_hint if inbound.language_hint in WORDS else "de"
    text = f"{WORDS[language][1]}\n\n- Pass\n- {WORDS[language][2]}\n\n☎ [02541 180](tel:+492541180) https://example.org"
    choices = (
        Choice("helped:x", "Das hilft", "yes"),
        Choice("nohelp:x", "Nein", "no"),
        Choice("cmd:help", "Weiter …"),
    )
    return [
        Outbound(text, language, choices, "Quelle: **Kreis**. [mehr](https://example.org)", "answer"),
        Outbound("Guten Tag vom Team.", "de", author=Author.STAFF, kind="staff"),
        Outbound("Ihre Daten", language, kind="data", document="{}"),
        Outbound("**Rufen Sie 110 an.**", language, (Choice("person", "Mensch", "person"),), kind="crisis"),
    ]


def short(inbound: Inbound) -> list[Outbound]:
    """Answer in one line."""
    return [Outbound(f"Antwort auf: {inbound.text}", "de", (Choice("cmd:help", "Was kann ich fragen?"),))]


@pytest.fixture
def wiring(sqlite_store: Database) -> Wiring:
    """The page and the hands behind it."""
    return Wiring(sqlite_store, reply=short)


@pytest.fixture
async def origin(wiring: Wiring) -> AsyncIterator[str]:
    """Where the page is served."""
    async with TestServer(wiring.application()) as server:
        yield str(server.make_url("/")).rstrip("/")


async def say(page: Page, text: str) -> None:
    """Write and send."""
    await page.get_by_role("textbox").fill(text)
    await page.locator(".send").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "ar"])
async def test_everybody_can_use_it(
    chromium: Browser, origin: str, wiring: Wiring, language: str, scheme: str
) -> None:
    """axe-core, targets and reflow, on the first visit, in a conversation, and with its menus open."""
    wiring.reply = everything
    for width in WIDTHS:
        size = {"width": width, "height": 3000}  # tall: what a bar covers half would count as too small
        options = {"viewport": size, "color_scheme": scheme, "reduced_motion": "reduce"}
        async with watching(chromium, origin, **options) as watched:
            page = await watched.open(f"/?lang={language}")
            assert await faults_of(page) == []
            await say(page, WORDS[language][0])
            await expect(page.locator(".kind-crisis")).to_be_visible()
            await page.evaluate(
                "document.querySelectorAll('.listen').forEach((button) => { button.hidden = false; })"
            )
            assert await faults_of(page) == []
            for index in range(2):
                await page.locator(".tools summary").nth(index).click()
                await expect(page.locator(".panel").nth(index)).to_be_visible()
                assert await faults_of(page, within=".bar") == []


@pytest.mark.parametrize("operator", [NOBODY, OPERATOR], ids=["test", "authority"])
async def test_the_pages_to_read(chromium: Browser, sqlite_store: Database, operator: object) -> None:
    wiring = Wiring(sqlite_store, operator=OPERATOR if operator is OPERATOR else NOBODY)
    async with TestServer(wiring.application()) as server:
        for scheme, language in (("light", "ar"), ("dark", "de")):
            options = {"viewport": {"width": 320, "height": 600}, "color_scheme": scheme}
            async with watching(chromium, str(server.make_url("/")), **options) as watched:
                for path in ("privacy", "imprint", "accessibility", "resume/" + "x" * 43):
                    page = await watched.open(f"/{path}?lang={language}")
                    assert await faults_of(page) == []


async def test_text_twice_as_large_still_fits(chromium: Browser, origin: str, wiring: Wiring) -> None:
    wiring.reply = everything
    async with watching(chromium, origin, viewport={"width": 320, "height": 640}) as watched:
        page = await watched.open()
        await say(page, "Wie melde ich mich an?")
        await expect(page.locator(".kind-crisis")).to_be_visible()
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_it_is_light(chromium: Browser, origin: str) -> None:
    """A first visit with everything it loads weighs under 100 kB unpacked."""
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await page.wait_for_load_state("networkidle")
        weights = {response.url: len(await response.body()) for response in watched.answers}
    assert 5 < len(weights) < 12
    assert sum(weights.values()) < 100_000, weights


async def test_a_conversation(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await say(page, "Wie melde ich mich an?")
        own = page.locator(".by-newcomer")
        await expect(own).to_contain_text("angekommen")
        await expect(page.locator("#log .by-program")).to_contain_text("Antwort auf: Wie melde ich mich an?")
        await expect(page.get_by_role("textbox")).to_have_value("")
        await expect(page.get_by_role("textbox")).to_be_focused()
        await page.locator("#log").get_by_role("button", name="Was kann ich fragen?").click()
        await expect(page.locator("#log .by-program")).to_have_count(2)
        await expect(own).to_have_count(2)
        await page.reload()
        await expect(own).to_have_count(2)
        await expect(page.locator("#log .by-program")).to_have_count(2)
        await expect(page.locator(".day")).to_have_count(1)
    assert [inbound.choice for inbound in wiring.received] == ["", "cmd:help"]


async def test_the_keyboard_is_enough(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin, viewport={"width": 1280, "height": 800}) as watched:
        page = await watched.open()
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await expect(page.locator(".skip")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("Erste Zeile")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("zweite Zeile")
        await page.keyboard.press("Enter")
        await expect(page.locator("#log .by-program")).to_be_visible()
        assert wiring.received[0].text == "Erste Zeile\nzweite Zeile"

        await page.locator(".skip").focus()
        reached = [await focused(page)]
        while "send" not in reached[-1] and len(reached) < 40:
            await page.keyboard.press("Tab")
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            reached.append(await focused(page))
        assert [name for name in reached if name] == [
            "skip", "brand", "summary", "summary", "cmd:browse", "cmd:courses",
            "a", "a", "a", "a", "cmd:help", "text", "send",
        ]  # fmt: skip

        menu = page.locator(".tools summary").nth(1)
        await menu.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert await focused(page) == "cmd:browse"
        await page.keyboard.press("Escape")
        await expect(page.locator(".panel").nth(1)).to_be_hidden()
        await expect(menu).to_be_focused()


async def focused(page: Page) -> str:
    """Return a short name of what has the focus."""
    name = await page.evaluate(
        "(({ id, value, className, localName }) => id || (localName === 'button' && value) || className || localName)"
        "(document.activeElement)"
    )
    return str(name)


async def test_no_connection_loses_nothing(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin) as watched:
        watched.expected = ("ERR_INTERNET_DISCONNECTED",)
        page = await watched.open()
        await page.context.set_offline(True)
        await say(page, "Im Keller geschrieben")
        await say(page, "Und noch etwas")
        await expect(page.locator("#notice")).to_contain_text("keine Verbindung")
        await expect(page.locator(".pending")).to_have_count(2)
        assert not wiring.received
        await page.context.set_offline(False)
        await expect(page.locator("#log .by-program")).to_have_count(2)
        await expect(page.locator(".pending")).to_have_count(0)
        await expect(page.locator("#notice")).to_be_empty()
    assert [inbound.text for inbound in wiring.received] == ["Im Keller geschrieben", "Und noch etwas"]


async def test_a_lost_answer_makes_no_second_message(chromium: Browser, origin: str, wiring: Wiring) -> None:
    lost: list[int] = []

    async def lose_the_first(route: Route) -> None:
        response = await route.fetch()
        if lost:
            await route.fulfill(response=response)
        else:
            lost.append(response.status)
            await route.abort()

    async with watching(chromium, origin) as watched:
        watched.expected = ("ERR_FAILED",)
        page = await watched.open()
        await page.route("**/api/send", lose_the_first)
        await say(page, "Nur einmal")
        await expect(page.locator("#log .by-program")).to_have_count(1)
        await expect(page.locator(".by-newcomer")).to_have_count(1)
        await expect(page.locator(".pending")).to_have_count(0)
    assert lost == [202]
    assert len(wiring.received) == 1


async def test_unsent_words_survive_a_reload(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin) as watched:
        watched.expected = ("ERR_FAILED",)
        page = await watched.open()
        await page.route("**/api/send", lambda route: route.abort())
        await say(page, "Noch unterwegs")
        await page.get_by_role("textbox").fill("Halb geschrieben")
        await page.unroute_all()
        await page.reload()
        await expect(page.get_by_role("textbox")).to_have_value("Halb geschrieben")
        await expect(page.locator("#log .by-program")).to_contain_text("Noch unterwegs")
    assert [inbound.text for inbound in wiring.received] == ["Noch unterwegs"]


async def test_too_fast_is_only_slower(chromium: Browser, origin: str, wiring: Wiring) -> None:
    wiring.reply = lambda _: []
    async with watching(chromium, origin) as watched:
        watched.expected = ("429",)
        page = await watched.open()
        for number in range(11):
            await say(page, f"Frage {number}")
        await expect(page.locator("#notice")).to_contain_text("3 Sekunden")
        await expect(page.locator(".pending")).to_have_count(1)
        wiring.clock.advance(seconds=3)
        await expect(page.locator(".pending")).to_have_count(0, timeout=15_000)
        await expect(page.locator("#notice")).to_be_empty()
    assert len(wiring.received) == 11


async def test_too_long_a_text_stays_in_the_field(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await say(page, "😀" * 4001)
        await expect(page.locator("#notice")).to_contain_text("zu lang")
        await expect(page.get_by_role("textbox")).to_have_value("😀" * 4001)
        assert not wiring.received
        await say(page, "😀" * 4000)
        await expect(page.locator("#log .by-program")).to_be_visible()


async def test_hostile_words_are_only_words(chromium: Browser, origin: str, wiring: Wiring) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3))"
    wiring.reply = lambda _: [Outbound(hostile, "de", (Choice("a", hostile),), hostile)]
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await say(page, hostile)
        await expect(page.locator("#log .by-program .text")).to_contain_text("alert(2)")
        await page.locator("#log .choices button").click()
        await expect(page.locator(".by-newcomer")).to_have_count(2)
        await page.reload()
        await expect(page.locator(".by-newcomer").first.locator(".text")).to_have_text(hostile)


async def test_a_reader_is_not_disturbed(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        for number in range(4):
            await say(page, f"Frage {number}")
            await expect(page.locator("#log .by-program")).to_have_count(number + 1)
        button = page.locator("#log .by-program button[name=choice]").first
        await button.focus()
        await page.evaluate("scrollTo(0, 0)")
        await wiring.say(Outbound("Neu und " + "lang " * 200, "de"))
        await expect(page.locator("#news")).to_be_visible()
        assert await page.evaluate("scrollY") == 0
        await expect(button).to_be_focused()
        await page.locator("#news").click()
        await expect(page.locator("#log .by-program").last).to_be_in_viewport()


async def test_a_long_reply_is_read_from_its_beginning(
    chromium: Browser, origin: str, wiring: Wiring
) -> None:
    wiring.reply = lambda _: [Outbound("Erstens. " * 120, "de"), Outbound("Zweitens. " * 120, "de")]
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await say(page, "Wie melde ich mich an?")
        await expect(page.locator("#log .by-program")).to_have_count(2)
        first = await page.locator("#log .by-program .speaker").first.bounding_box()
        bar = await page.locator(".bar").bounding_box()
        assert first
        assert bar
        assert bar["height"] <= first["y"] < 300
        await expect(page.locator("#news")).to_be_visible()


async def test_the_page_shows_that_an_answer_is_coming(
    chromium: Browser, origin: str, wiring: Wiring
) -> None:
    wiring.reply = lambda _: []
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await say(page, "Wie melde ich mich an?")
        await expect(page.locator("#writing")).to_contain_text("Lotse schreibt")
        await wiring.say(Outbound("So.", "de"))
        await expect(page.locator("#log .by-program")).to_contain_text("So.")
        await expect(page.locator("#writing span")).to_be_empty()


async def test_the_page_follows_the_language(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await say(page, "Wie melde ich mich an?")
        await expect(page.locator("#log .by-program")).to_be_visible()
        await wiring.choose("ar")
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await expect(page.locator("#log .by-program")).to_be_visible()


async def test_the_first_message_of_a_poster(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin) as watched:
        page = await watched.open("/?start=ar_duelmen_poster1")
        await expect(page.locator("html")).to_have_attribute("lang", "ar")
        await say(page, "مرحبا بكم")
        await expect(page.locator("#log .by-program")).to_be_visible()
        await say(page, "شكرا لكم")
        await expect(page.locator("#log .by-program")).to_have_count(2)
    assert [inbound.start for inbound in wiring.received] == ["ar_duelmen_poster1", ""]


async def test_after_an_erase_the_page_is_empty(
    chromium: Browser, origin: str, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "IMPATIENT", 0.05)
    wiring.reply = lambda _: []
    async with watching(chromium, origin) as watched:
        page = await watched.open()
        await say(page, "Mein Geheimnis")
        await expect(page.locator("#writing span")).not_to_be_empty()
        await wiring.erase()
        await expect(page.locator("#notice")).to_contain_text("nichts mehr gespeichert")
        assert "Geheimnis" not in await page.content()
        assert await page.evaluate("sessionStorage.length") == 0 or await page.evaluate(
            "!JSON.stringify(sessionStorage).includes('Geheimnis')"
        )


VOICES = """
const spoken = [];
Object.defineProperty(window, 'spoken', { value: spoken });
Object.defineProperty(window, 'speechSynthesis', { value: Object.assign(new EventTarget(), {
  getVoices: () => [
    { lang: 'de-DE', localService: false, name: 'far away' },
    { lang: 'de_DE', localService: true, name: 'here' },
    { lang: 'ar-SA', localService: false, name: 'far away too' },
  ],
  speak: (utterance) => spoken.push([utterance.text, utterance.voice.name]),
  cancel: () => spoken.push(['cancel', '']),
}) });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


async def test_only_voices_of_the_device_read_aloud(chromium: Browser, origin: str, wiring: Wiring) -> None:
    wiring.reply = lambda _: [
        Outbound("Gehen Sie ins **Rathaus**. Es ist offen.", "de"),
        Outbound("اذهب.", "ar"),
    ]
    async with watching(chromium, origin) as watched:
        await watched.page.add_init_script(VOICES)
        page = await watched.open()
        await say(page, "Wie melde ich mich an?")
        german, arabic = page.locator("#log .by-program").nth(0), page.locator("#log .by-program").nth(1)
        await expect(german.locator(".listen")).to_be_visible()
        await expect(arabic.locator(".listen")).to_be_hidden()
        await german.locator(".listen").click()
        await expect(german.locator(".listen")).to_contain_text("Anhalten")
        assert await page.evaluate("spoken") == [
            ["Gehen Sie ins Rathaus.", "here"],
            ["Es ist offen.", "here"],
        ]
        await german.locator(".listen").click()
        await expect(german.locator(".listen")).to_contain_text("Vorlesen")
        assert (await page.evaluate("spoken"))[-1] == ["cancel", ""]


async def test_a_device_without_voices_offers_no_reading(chromium: Browser, origin: str) -> None:
    async with watching(chromium, origin) as watched:
        await watched.page.add_init_script(
            "Object.defineProperty(window, 'speechSynthesis', { value: undefined })"
        )
        page = await watched.open()
        await say(page, "Wie melde ich mich an?")
        await expect(page.locator("#log .by-program")).to_be_visible()
        await expect(page.locator(".listen:visible")).to_have_count(0)


async def test_all_of_it_works_without_scripts(chromium: Browser, origin: str, wiring: Wiring) -> None:
    async with watching(chromium, origin, java_script_enabled=False) as watched:
        page = await watched.open("/?lang=de")
        await page.get_by_role("textbox").fill("Wie melde ich mich an?")
        await page.locator(".send").click()
        await expect(page.locator("#log .by-program")).to_contain_text("Antwort auf: Wie melde ich mich an?")
        assert re.search(r"#m\d+$", page.url)
        await page.locator("#log .choices button").click()
        await expect(page.locator("#log .by-program")).to_have_count(2)
        await page.locator(".tools summary").nth(0).click()
        await page.locator(".panel button[value='lang:en']").click()
        await expect(page.locator("#log .by-program")).to_have_count(3)
        await page.locator(".tools summary").nth(1).click()
        await page.get_by_role("button", name="Dieses Gespräch behalten").click()
        link = await page.locator("#link").input_value()
        await page.context.clear_cookies()
        await page.goto(link)
        await page.get_by_role("button", name="Gespräch öffnen").click()
        await expect(page.locator("#log .by-program")).to_have_count(3)
    assert [inbound.choice for inbound in wiring.received] == ["", "cmd:help", "lang:en"]


async def test_whoever_wants_no_motion_gets_none(chromium: Browser, origin: str, wiring: Wiring) -> None:
    wiring.reply = lambda _: []
    for motion, moving in (("reduce", False), ("no-preference", True)):
        async with watching(chromium, origin, reduced_motion=motion) as watched:
            page = await watched.open()
            await say(page, "Wie melde ich mich an?")
            await expect(page.locator("#writing")).to_have_class(re.compile("on"))
            await asyncio.sleep(0)
            assert (await page.evaluate("document.getAnimations().length") > 0) is moving
