"""The editors' pages, as a browser without JavaScript uses them, over a small knowledge folder."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web

from bot.app import CAPABILITIES
from bot.domain.feedback import NewFeedback
from bot.domain.staff import Role
from bot.knowledge.files import load, read
from bot.service.checking import Checking
from bot.service.editing import Editing
from bot.service.mind import Mind
from bot.staff.web import Gate, KnowledgeDeps, KnowledgePages
from bot.staff.web.pages import SECTIONS, around
from bot.storage.engine import Database
from tests.dialogues.replay import ServiceDriver
from tests.knowledge.sample import ADDRESS_DE, PLACES, edit, lines, sample_folder
from tests.staff.wiring import Browser, Office

ROOT = "/staff/knowledge"
ADDRESS = f"{ROOT}/entries/register-address"
HALL = f"{ROOT}/places/town-hall"
CURRENT = re.compile(r'aria-current="(\w+)"[^>]*>([^<]+)')
QUESTION = "چگونه پیانو را به طبقه سوم ببرم؟"
TEXT = {
    "title": "Wohnsitz anmelden",
    "short": "Anmeldung",
    "body": "Neu: {town-hall.phone}",
    "questions": "Wo melde ich meine Adresse an?\r\nAnmeldung: wohin?",
    "act": "save",
}


@dataclass
class Scene:
    """An office over a folder, with an editor in it."""

    office: Office
    folder: Path
    newcomer: ServiceDriver
    stack: AsyncExitStack

    async def inside(self, name: str, role: Role = Role.EDITOR) -> Browser:
        person = await self.office.join(name, role)
        browser = await self.stack.enter_async_context(self.office.browser())
        browser.take(person.token)
        return browser

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind, tmp_path: Path) -> AsyncIterator[Scene]:
    folder = sample_folder(tmp_path)
    newcomer = ServiceDriver(sqlite_store, lambda: mind)

    def routes(gate: Gate) -> list[web.RouteDef]:
        clock = newcomer.clock
        checking = Checking(folder, tmp_path, CAPABILITIES, clock, lambda: mind.world.knowledge)
        editing = Editing(folder, CAPABILITIES, clock)
        deps = KnowledgeDeps(sqlite_store, clock, editing, checking, lambda: mind, CAPABILITIES)
        return KnowledgePages(gate, deps).routes()

    async with AsyncExitStack() as stack:
        yield Scene(Office(sqlite_store, newcomer.clock, more=routes), folder, newcomer, stack)


def base_in(html: str) -> str:
    return html.partition('name="base" value="')[2].partition('"')[0]


async def send(browser: Browser, page: str, fields: dict[str, str], base: str = "") -> tuple[str, str]:
    """Fill in the form of a page and send it; return where it leads, and the page that came instead."""
    base = base or base_in(await browser.html(page))
    answer = await browser.post(page, {"base": base, **fields}, page=page)
    return answer.headers.get("Location", ""), unescape(await answer.text())


async def test_it_shows_where_the_knowledge_stands(here: Scene) -> None:
    browser = await here.inside("Frau Beispiel")
    assert (await browser.get("/staff/knowledge")).status == 200
    html = await browser.html(f"{ROOT}?language=ar&state=missing")
    assert "emergency-call" in html
    assert "register-address</small>\n" not in html
    assert "Wohnsitz anmelden" in await browser.html(f"{ROOT}?q=register&area=arrival&state=unsure")
    assert "</small>\n" not in await browser.html(f"{ROOT}?q=nichts+davon")
    entry = await browser.html(ADDRESS)
    assert entry.index("Gehen Sie ins Rathaus") < entry.index('dir="rtl"')
    check = unescape(await browser.html(f"{ROOT}/check"))
    assert all(problem.split(": ", 2)[2] in check for problem in lines(read(here.folder)))
    assert "Weniger als 10 Beispielfragen auf Deutsch" in check
    shown = await browser.html(f"{ADDRESS}/preview?language=ar&town=nordstadt&channel=whatsapp")
    assert 'dir="rtl" lang="ar"' in shown
    strange = await browser.html(f"{ADDRESS}/preview?language=xx&town=x&channel=y")
    assert '<option value="de" selected>' in strange
    for path in ("/entries/none", "/entries/register-address/xx", "/places/none", "/history/77"):
        assert (await browser.get(ROOT + path)).status == 404


async def test_the_header_marks_where_a_page_stands(here: Scene) -> None:
    """Also below the first page of a section, and once: the drafts stand below the knowledge."""
    browser = await here.inside("Frau Beispiel")
    for path, marked in (
        ("", [("page", "Wissen"), ("page", "Übersicht")]),
        ("?q=register", [("page", "Wissen"), ("page", "Übersicht")]),
        ("/new", [("true", "Wissen")]),
        ("/entries/register-address", [("true", "Wissen")]),
        ("/entries/register-address/de", [("true", "Wissen")]),
        ("/places", [("true", "Wissen"), ("page", "Stellen")]),
        ("/places/town-hall", [("true", "Wissen"), ("true", "Stellen")]),
        ("/history", [("true", "Wissen"), ("page", "Verlauf")]),
    ):
        assert CURRENT.findall(await browser.html(ROOT + path)) == marked, path
    inside = [section for section in SECTIONS if Role.LEAD in section.roles]
    for path, text in (
        ("/staff/knowledge/drafts/7?said=sent", "proposal.section"),
        ("/staff/knowledge/drafts", "proposal.section"),
        ("/staff/tickets/1001", "desk.tickets"),
    ):
        section = around(inside, path)
        assert section
        assert section.text == text
    assert around(inside, "/staff/knowledgeable") is None


async def test_a_number_changes_in_one_line(here: Scene) -> None:
    browser = await here.inside("Frau Beispiel")
    html = unescape(await browser.html(HALL))
    assert "Wohnsitz anmelden" in html  # where it is shown
    fields = {
        "name": "Rathaus *Mitte*",
        "address": "Markt 1, 48249 Dülmen",
        "phone": "02594 99-0",
        "email": "post@example.org",
        "url": "https://example.org/rathaus/",
        "hours": "Mo-Fr 08:00-12:00,14:00-16:00",
        "appointment": "1",
        "note_de": "Eingang hinten.",
        "note_en": "Use the back door.",
        "source_name": "example.org",
        "source_url": "https://example.org",
        "verified_on": "2026-11-01",
        "status": "verified",
        "check": "hours",
        "act": "save",
    }
    assert (await send(browser, HALL, fields))[0] == f"{HALL}?said=saved"
    assert here.text("places.yaml") == PLACES.replace("02594 12-0", "02594 99-0")
    to, _ = await send(browser, HALL, {**fields, "verified": "1", "url": ""})
    assert to.endswith("said=saved")
    assert 'verified_on: "2026-11-23"' in here.text("places.yaml")
    place = load(here.folder).places["town-hall"]
    assert (place.url, place.verified_on.isoformat()) == ("", "2026-11-23")
    _, html = await send(browser, HALL, {**fields, "email": ""})
    assert "Für '{town-hall.email}' steht in places.yaml nichts." in html  # a text names it
    assert "town-hall: phone</b>" in await browser.html(f"{ROOT}/history")  # what changed, and nothing else
    to, html = await send(browser, HALL, {**fields, "phone": "0", "source_url": ""})
    assert not to
    assert "gibt es so nicht" in html
    assert 'value="0"' in html  # what was typed is there


async def test_a_text_is_judged_before_it_is_written(here: Scene) -> None:
    browser = await here.inside("Frau Beispiel")
    page = f"{ADDRESS}/de"
    to, html = await send(browser, page, {**TEXT, "body": "Rufen Sie {polise.phone} an. <b>", "act": "save"})
    assert not to
    assert "Meinten Sie 'police'?" in html
    assert "knowledge/de/register-address.md:9:11" in html
    assert "Rufen Sie {polise.phone} an. <b>" in html
    assert here.text("de/register-address.md") == ADDRESS_DE
    to, html = await send(browser, page, {**TEXT, "act": "check"})
    assert not to
    assert "So kann es gespeichert werden" in html
    assert here.text("de/register-address.md") == ADDRESS_DE
    assert (await send(browser, page, TEXT))[0] == f"{ADDRESS}?said=saved"
    assert here.text("de/register-address.md").endswith("---\nNeu: {town-hall.phone}\n")
    assert (await send(browser, page, TEXT))[0] == f"{ADDRESS}?said=nothing"


async def test_two_editors_and_a_hand_beside_them_lose_nothing(here: Scene) -> None:
    page = f"{ADDRESS}/de"
    amina, boris = await here.inside("Amina"), await here.inside("Boris")
    seen = base_in(await boris.html(page))
    assert (await send(amina, page, TEXT))[0]
    to, html = await send(boris, page, {**TEXT, "body": "Von Boris."}, seen)
    assert not to
    assert "Jemand anders hat das inzwischen geändert" in html
    assert "Neu: {town-hall.phone}" in html  # the other's
    assert "Von Boris." in html
    edit(here.folder, "de/register-address.md", "Neu:", "Von Hand:")
    to, html = await send(boris, page, {**TEXT, "body": "Von Boris."}, base_in(html))
    assert not to
    assert "Von Hand: {town-hall.phone}" in html
    assert (await send(boris, page, {**TEXT, "body": "Von Boris."}, base_in(html)))[0]
    # Each step can be taken back.
    history = unescape(await amina.html(f"{ROOT}/history"))
    assert [name for name in ("Boris", "Amina") if name in history] == ["Boris", "Amina"]
    assert "Von Hand: {town-hall.phone}" in await boris.html(f"{ROOT}/history/2")
    undo = f"{ROOT}/history/2/undo"
    answer = await boris.post(undo, page=f"{ROOT}/history")
    assert answer.headers["Location"] == f"{ROOT}/history?said=undone"
    assert "Von Hand: {town-hall.phone}" in here.text("de/register-address.md")
    answer = await boris.post(undo, page=f"{ROOT}/history")
    assert "Jemand anders hat das inzwischen geändert" in await answer.text()


async def test_what_was_broken_by_hand_is_mended_here(here: Scene) -> None:
    browser = await here.inside("Frau Beispiel")
    edit(here.folder, "de/register-address.md", "short: Anmeldung", "short: [")
    assert "Die Dateien haben Fehler (" in await browser.html(ROOT)
    html = await browser.html(f"{ADDRESS}/de")
    assert 'name="whole"' in html
    still = ADDRESS_DE.replace("short: Anmeldung", "short: {")
    to, html = await send(browser, f"{ADDRESS}/de", {"whole": still, "act": "save"})
    assert not to
    assert "short: {" in html
    to, _ = await send(browser, f"{ADDRESS}/de", {"whole": ADDRESS_DE.replace("\n", "\r\n"), "act": "save"})
    assert to == f"{ADDRESS}?said=saved"
    assert here.text("de/register-address.md") == ADDRESS_DE


async def test_entries_languages_and_questions_are_added(here: Scene) -> None:
    browser = await here.inside("Frau Beispiel")
    new = {**TEXT, "entry": "library-card", "area": "arrival", "roles": "vhs", "body": "Gehen Sie hin."}
    _, html = await send(browser, f"{ROOT}/new", {**new, "entry": "Bücherei"})
    assert "geht nicht als Name" in html
    _, html = await send(browser, f"{ROOT}/new", {**new, "act": "check"})
    assert "So kann es gespeichert werden" in html
    assert (await send(browser, f"{ROOT}/new", new))[0] == f"{ROOT}/entries/library-card?said=saved"
    arabic = {"title": "مكتبة", "short": "مكتبة", "body": "اذهب.", "current": "1", "act": "save"}
    assert (await send(browser, f"{ROOT}/entries/library-card/ar", arabic))[0]
    more = {"language": "ar", "questions": "أين الكتب؟\nأين الكتب؟"}
    page = f"{ROOT}/entries/library-card"
    answer = await browser.post(f"{page}/questions", more, page=page)
    assert answer.headers["Location"].endswith("?said=questions")
    held = load(here.folder).entries["library-card"].texts["ar"]
    assert (held.body, held.questions, held.revision, held.machine) == ("اذهب.", ("أين الكتب؟",), 1, True)


async def test_who_stands_below_an_answer_is_changed(here: Scene) -> None:
    browser = await here.inside("Frau Beispiel")
    before = here.text("entries.yaml")
    fields = {"area": "arrival", "required": "1", "roles": "vhs", "places": "police"}
    seen = base_in(await browser.html(ADDRESS))
    answer = await browser.post(f"{ADDRESS}/facts", {"base": seen, **fields}, page=ADDRESS)
    assert answer.headers["Location"] == f"{ADDRESS}?said=saved"
    assert here.text("entries.yaml") == before.replace(
        "    roles: [residents-office, vhs]\n", "    places: [police]\n    roles: [vhs]\n"
    )
    answer = await browser.post(
        f"{ADDRESS}/facts", {"base": seen, **fields, "area": "emergency"}, page=ADDRESS
    )
    html = unescape(await answer.text())
    assert "Jemand anders hat das inzwischen geändert" in html
    assert "roles: vhs" in html
    wrong = {"base": base_in(html), **fields, "area": "nowhere"}
    answer = await browser.post(f"{ADDRESS}/facts", wrong, page=ADDRESS)
    assert "Den Bereich 'nowhere' gibt es nicht." in unescape(await answer.text())


async def test_what_newcomers_ask_and_say_is_there_as_long_as_it_lives(here: Scene) -> None:
    await here.newcomer.start("fa_duelmen")
    await here.newcomer.press("person")
    await here.newcomer.say(QUESTION)
    contact, at = 1, datetime(2026, 11, 23, tzinfo=UTC)
    async with here.office.store.write() as unit:
        note = NewFeedback("register-address", "uk", "nordstadt", "web", "Номер <не> той")
        await unit.feedback.note(contact, note, at)
    browser = await here.inside("Frau Beispiel")
    assert "Номер <не> той" in unescape(await browser.html(ADDRESS))
    notes = await browser.html(f"{ROOT}/notes")
    assert "Номер &lt;не&gt; той" in notes
    done = await browser.post(f"{ROOT}/notes/1/done", page=f"{ROOT}/notes")
    assert done.headers["Location"] == f"{ROOT}/notes?said=done"
    assert "Номер" not in await browser.html(f"{ROOT}/notes")


async def test_a_question_is_tried_with_its_reasons(here: Scene) -> None:
    browser = await here.inside("Frau Leitung", Role.LEAD)
    answer = await browser.post(f"{ROOT}/try", {"question": "Wo ist das Jobcenter?"}, page=f"{ROOT}/try")
    html = unescape(await answer.text())
    assert "Das würde gezeigt" in html
    assert "ab 0.60" in html
    assert "<meter" in html
    assert 'class="bubble"' in html
    assert "Neuer Eintrag" not in await browser.html(ROOT)  # a lead reads only
