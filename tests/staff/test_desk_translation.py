"""Two languages at the desk: with a translator over HTTP, and without one."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest

from bot.domain.message import Author
from bot.domain.staff import Role
from bot.service.jobs import JobWorker
from bot.service.mind import Mind
from bot.storage.engine import Database
from bot.translators import LibreTranslate
from tests.staff.desk_wiring import QUESTION, Scene, act, scene
from tests.staff.wiring import Browser
from tests.translators.fakes import FakeLibreTranslate

TICKET = "/staff/tickets/1001"
GERMAN = "Bitte rufen Sie 02541 939-0 an, wir helfen Ihnen beim Tragen."
PERSIAN = "لطفاً با شماره [[0]] تماس بگیرید، ما در حمل کمک می‌کنیم."


def engine(text: str, source: str, target: str) -> str:
    """Know what these tests say."""
    if target == "fa":
        return PERSIAN
    return (
        "Wie trage ich ein Klavier in den dritten Stock?"
        if "پیانو" in text
        else GERMAN.replace("02541 939-0", "[[0]]")
    )


@pytest.fixture
async def libre() -> AsyncIterator[FakeLibreTranslate]:
    async with FakeLibreTranslate(engine).running() as fake:
        assert isinstance(fake, FakeLibreTranslate)
        yield fake


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind, libre: FakeLibreTranslate) -> AsyncIterator[Scene]:
    """A question in Persian, and an office with a translator."""
    found = Scene(sqlite_store, mind, LibreTranslate(libre.url))
    async with found.stack:
        assert found.translating
        await found.translating.refresh()
        await found.ask()
        yield found


async def work(here: Scene) -> None:
    """Do what is due."""
    assert here.translating
    worker = JobWorker(here.store, here.newcomer.clock, here.translating.jobs(), "t")
    while await worker.run_once():
        pass


async def translate(browser: Browser, text: str, source: str = "de", **headers: str) -> str:
    """Press the button; return where it leads, or the part that a script gets."""
    fields = {"text": text, "language": source}
    answer = await browser.post(f"{TICKET}/translate", fields, page=TICKET, **headers)
    return answer.headers.get("Location", "") or await answer.text()


def seen(html: str) -> str:
    found = re.search(r'name="seen" id="seen" value="(\d+)"', html)
    assert found
    return found[1]


async def test_original_and_translation_stand_side_by_side(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    page = await browser.html(TICKET)
    assert "LibreTranslate übersetzt …" in page
    assert "braucht jemanden" not in page
    await work(here)
    page = await browser.html(TICKET)
    assert QUESTION in page
    assert "Wie trage ich ein Klavier" in page
    assert "Übersetzt von LibreTranslate" in page


async def test_a_translation_that_failed_says_why_and_is_tried_again(
    here: Scene, libre: FakeLibreTranslate
) -> None:
    browser, _ = await here.inside("Amina")
    libre.fail(403, {"error": "Invalid API key"})
    await work(here)
    page = await browser.html(TICKET)
    assert "lehnt unseren Zugang ab" in page
    message = re.search(r'/interpret">.*?name="message" value="(\d+)"', page, re.DOTALL)
    assert message
    assert await act(browser, "interpret", message=message[1]) == "?said=interpreted"
    await work(here)
    assert "Wie trage ich ein Klavier" in await browser.html(TICKET)
    assert await act(browser, "interpret", message="999") == "?wrong=closed"


async def test_the_answer_is_seen_both_ways_before_it_goes(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    await work(here)
    assert await act(browser, "take") == "?said=taken"
    assert await translate(browser, GERMAN) == f"{TICKET}#rendering"
    page = await browser.html(TICKET)
    assert "LibreTranslate übersetzt. Ihr Text ist gespeichert." in page
    assert await act(browser, "translated", text=GERMAN) == "?wrong=translation_pending"
    await work(here)
    page = await browser.html(TICKET)
    assert "\u206602541 939-0\u2069 تماس" in page
    assert "Zurückübersetzt (Deutsch)" in page
    assert GERMAN in page
    assert 'dir="rtl"' in page
    assert await act(browser, "translated", text=GERMAN + " Bald.") == "?wrong=translation_changed"
    page = await browser.html(f"{TICKET}?wrong=translation_changed")
    assert "seit der Übersetzung geändert" in page
    assert "Bald.</textarea>" in page
    assert 'id="send-translation"' not in page
    said = await act(browser, "translated", text=GERMAN, send="send", seen=seen(page))
    assert said == "?said=sent"
    # Pressed twice is sent once.
    assert await act(browser, "translated", text=GERMAN, send="send", seen=seen(page)) == "?said=sent"
    here.newcomer.clock.advance(seconds=11)
    (answer,) = [one for one in await here.newcomer.settle() if one.author is Author.STAFF]
    assert "تماس بگیرید" in answer.text
    assert answer.original == GERMAN
    page = await browser.html(TICKET)
    assert "Im Original (Deutsch)" in page
    assert 'id="rendering"' in page
    assert "Zurückübersetzt" not in page


async def test_a_changed_number_stops_the_send_and_keeps_the_words(
    here: Scene, libre: FakeLibreTranslate
) -> None:
    browser, _ = await here.inside("Amina")
    await work(here)
    libre.answer = lambda *_: PERSIAN.replace("[[0]]", "02541 9399 <script>")
    await translate(browser, GERMAN)
    await work(here)
    page = unescape(await browser.html(TICKET))
    assert "Diese Übersetzung kann nicht gesendet werden." in page
    assert "In der Übersetzung fehlt: die Telefonnummer 02541 939-0" in page
    assert "aber nicht in Ihrem Text: die Telefonnummer 02541 9399" in page
    assert "9399 <script>" in page  # escaped: html() shows it as text
    assert "9399 <script>" not in await browser.html(TICKET)
    assert f"{GERMAN}</textarea>" in page
    assert 'id="send-translation"' not in page
    assert await act(browser, "translated", text=GERMAN) == "?wrong=translation_faulty"
    # On purpose without a translation.
    assert await act(browser, "reply", text=GERMAN, language="de", send="send") == "?said=sent"
    here.newcomer.clock.advance(seconds=11)
    (answer,) = [one for one in await here.newcomer.settle() if one.author is Author.STAFF]
    assert (answer.text, answer.language, answer.original, answer.footnote) == (GERMAN, "de", "", "")


async def test_a_service_that_is_away_loses_nothing(here: Scene, libre: FakeLibreTranslate) -> None:
    browser, _ = await here.inside("Amina")
    await work(here)
    for _ in range(3):
        libre.fail(500)
    await translate(browser, GERMAN)
    for _ in range(3):
        await work(here)
        here.newcomer.clock.advance(seconds=9)
    page = await browser.html(TICKET)
    assert "nicht erreichbar" in page
    assert f"{GERMAN}</textarea>" in page


async def test_a_script_gets_the_part_alone(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    await work(here)
    part = await translate(browser, GERMAN, **{"HX-Request": "true"})
    assert part.lstrip().startswith('<div id="rendering"')
    assert "hx-trigger" in part
    await work(here)
    answer = await browser.get(f"{TICKET}/rendering")
    part = await answer.text()
    assert "hx-trigger" not in part
    assert 'id="send-translation"' in part


async def test_nothing_to_translate(here: Scene, libre: FakeLibreTranslate) -> None:
    """An empty text, the newcomer's own language, a language that nobody has."""
    browser, _ = await here.inside("Amina")
    await work(here)
    asked = len(libre.asked)
    for text, source in ((" ", "de"), ("سلام", "fa"), (GERMAN, "xx")):
        assert await translate(browser, text, source) == f"{TICKET}#rendering"
    await work(here)
    assert len(libre.asked) == asked
    assert await act(browser, "translated", text=GERMAN) == "?wrong=translation_none"


async def test_who_may_not_see_a_ticket_translates_nothing(here: Scene) -> None:
    other, _ = await here.inside("Boris", Role.CLERK, ("coesfeld",))
    for path in (f"{TICKET}/translate", f"{TICKET}/interpret"):
        answer = await other.post(path, {"text": GERMAN, "language": "de"}, page="/staff/tickets")
        assert answer.status == 404
    assert (await other.get(f"{TICKET}/rendering")).status == 404


async def test_without_a_translator_speakers_are_looked_for(sqlite_store: Database, mind: Mind) -> None:
    async with scene(sqlite_store, mind) as here:
        amina, _ = await here.inside("Amina")
        boris, _ = await here.inside("Boris")
        page = await amina.html(TICKET)
        assert "braucht jemanden für Persisch" in page
        assert "übersetzen und prüfen" not in page
        assert (await amina.get(f"{TICKET}/rendering")).status == 404
        answer = await amina.post(f"{TICKET}/translate", {"text": "x", "language": "de"}, page=TICKET)
        assert answer.status == 404
        assert await act(amina, "interpret", message="1") == ""
        assert await act(amina, "translated", text="Hallo") == "?wrong=translation_none"
        assert "1001" in await amina.html("/staff/tickets?folder=all&speaker=needed")
        assert "t1001" not in await amina.html("/staff/tickets?folder=all&speaker=mine")
        # Who speaks it says so, and is found.
        fields = {"spoken": "fa"}
        answer = await amina.post("/staff/account/languages", fields, page="/staff/account")
        assert answer.headers["Location"] == "/staff/account?done=languages"
        page = await amina.html("/staff/account?done=languages")
        assert "Ihre Sprachen sind gespeichert." in page
        assert 'value="fa" checked' in page
        assert "Ihre Sprache: Persisch" in await amina.html(TICKET)
        assert "t1001" in await amina.html("/staff/tickets?folder=all&speaker=mine")
        assert "t1001" not in await amina.html("/staff/tickets?folder=all&speaker=needed")
        assert "Amina (Persisch)" in await boris.html(TICKET)
        answer = await amina.post("/staff/account/languages", {"spoken": "xx"}, page="/staff/account")
        assert "braucht jemanden" in await amina.html(TICKET)
