"""Answers that become entries, as a browser without JavaScript sees them: refusals are told, nothing typed is lost."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web

from bot.app import CAPABILITIES
from bot.domain.event import Event
from bot.domain.staff import Role
from bot.knowledge.files import load
from bot.knowledge.model import Knowledge
from bot.service.desk import Reply
from bot.service.editing import Editing
from bot.service.masks import Masks
from bot.service.mind import Mind
from bot.service.proposing import Proposing
from bot.staff.web import Gate, ProposalDeps, ProposalPages
from bot.staff.web.proposals import marked
from bot.storage.engine import Database
from tests.staff.desk_wiring import Scene
from tests.staff.wiring import Browser

ROOT = Path(__file__).parents[2]
DRAFTS, LEARN = "/staff/knowledge/drafts", "/staff/knowledge/questions"
FIELDS = {
    "title": "Ein Klavier tragen",
    "short": "Klavier tragen",
    "area": "living",
    "body": "Rufen Sie an: {fire-ambulance.phone}",
    "questions": "Wer trägt mein Klavier?\r\n\r\n",
    "entry": "",
    "then": "",
}


@dataclass
class Desk(Scene):
    """The office with the pages of proposals, over a knowledge folder of its own."""

    folder: Path = field(default=ROOT)

    def routes(self, gate: Gate) -> list[web.RouteDef]:
        clock = self.newcomer.clock

        def knowledge() -> Knowledge:
            return self.mind.world.knowledge

        masks = Masks(knowledge)
        editing = Editing(self.folder, CAPABILITIES, clock)
        proposing = Proposing(self.store, self.newcomer.notifier, clock, knowledge, masks, editing)
        deps = ProposalDeps(self.store, clock, lambda: self.mind, masks, proposing)
        return [*self._desk(gate), *ProposalPages(gate, deps).routes()]


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = Path(shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge"))
    found = Desk(sqlite_store, mind, folder=folder)
    found.office.more = found.routes
    found.office.__post_init__()
    found.office.texts = found._texts  # type: ignore[method-assign]
    async with AsyncExitStack() as stack:
        found.stack = stack
        await found.ask()
        await found.desk.reply(1001, Reply("Frau Müller hilft: 0172 9876543", None, "de", close=True))
        yield found


async def press(browser: Browser, path: str, page: str = "", **fields: str) -> str:
    """Send a form; return where it leads, or the text of the page that came instead."""
    answer = await browser.post(path, fields, page=page or path.rpartition("/")[0])
    assert answer.status in (200, 303), answer.status
    return answer.headers.get("Location") or _text(await answer.text())


async def test_from_the_ticket_to_the_knowledge(here: Desk) -> None:
    amina, _ = await here.inside("Amina")
    boris, _ = await here.inside("Boris", Role.LEAD, towns=())
    clara, _ = await here.inside("Clara", Role.EDITOR, towns=())
    assert "Neuen Eintrag vorschlagen" in await amina.html("/staff/tickets/1001")
    page = await press(amina, DRAFTS, "/staff/tickets/1001", ticket="1001", entry="")
    assert await press(boris, DRAFTS, "/staff/tickets/1001", ticket="1001") == page
    html = await amina.html(page)
    assert "Frau [Name] hilft: [Telefon]" in html
    asked = re.search(r'name="(question-\d+)"', html)
    assert asked
    fields = {**FIELDS, asked[1]: "پیانو [Name]"}

    # Nothing is lost, whatever is missing.
    told = await press(amina, f"{page}/write", **{**fields, "then": "send"})
    assert "Bitte bestätigen Sie" in told
    assert "Ein Klavier tragen" in await amina.html(page)
    told = await press(amina, f"{page}/write", **{**fields, "then": "send", "looked": "yes", "title": ""})
    assert "Titel" in told.partition("Noch nicht fertig")[2]
    told = await press(
        amina, f"{page}/write", **{**fields, "then": "send", "looked": "yes", "body": "# Nein"}
    )
    assert "Überschriften werden nicht gezeigt" in told
    assert await press(amina, f"{page}/write", **fields) == f"{page}?said=written"
    sent = await press(amina, f"{page}/write", **{**fields, "then": "send", "looked": "yes"})
    assert sent == f"{page}?said=sent"
    assert await press(amina, f"{page}/write", **fields) == f"{page}?wrong=state"
    assert await press(amina, f"{page}/approve", looked="yes") == f"{page}?wrong=own"
    assert "kann nicht selbst prüfen" in await amina.html(f"{page}?wrong=own")

    assert await press(boris, f"{page}/approve") == f"{page}?wrong=looked"
    html = await boris.html(page)
    assert 'href="tel:112"' in html  # as newcomers see it
    assert "<mark>[Name]</mark>" in html
    assert await press(boris, f"{page}/back", note="") != f"{page}?said=back"
    assert await press(boris, f"{page}/back", note="Wer zahlt?") == f"{page}?said=back"
    assert "Wer zahlt?" in await amina.html(page)
    await press(amina, f"{page}/write", **{**fields, "then": "send", "looked": "yes"})
    assert await press(boris, f"{page}/approve", looked="yes") == f"{page}?said=approve"
    answer = await boris.post(f"{page}/publish", {"looked": "yes"}, page=page)
    assert answer.status == 403
    assert await press(clara, f"{page}/publish") == f"{page}?wrong=looked"
    assert await press(clara, f"{page}/publish", looked="yes") == f"{page}?said=published"
    entry = load(here.folder).entries["ein-klavier-tragen"]
    assert entry.texts["fa"].questions == ("پیانو …",)
    assert "Veröffentlicht" in await clara.html(DRAFTS)
    assert "Ähnliche Einträge" not in await clara.html(page)
    way = 'href="/staff/knowledge/entries/ein-klavier-tragen"'
    assert [way in await one.html(page) for one in (amina, boris, clara)] == [False, True, True]


async def test_examples_others_and_dropping(here: Desk) -> None:
    amina, _ = await here.inside("Amina")
    await here.newcomer.press("person")
    await here.newcomer.say("پیانو را به طبقه سوم چگونه ببرم؟")
    page = await press(amina, DRAFTS, "/staff/tickets/1001", ticket="1001")
    assert "1002" in await amina.html(page)
    assert await press(amina, f"{page}/join", ticket="1002") == f"{page}?said=joined"
    assert await press(amina, f"{page}/part", ticket="1002") == f"{page}?said=parted"
    example = await press(amina, DRAFTS, page, ticket="1001", entry="housing-benefit")
    assert example != page
    assert "Zu prüfen" in await amina.html(example)
    assert await press(amina, f"{page}/drop") == f"{page}?said=drop"
    for path, fields in (
        (DRAFTS, {"ticket": "9999"}),
        (DRAFTS, {"ticket": "nichts"}),
        (f"{DRAFTS}/99/drop", {}),
        (f"{page}/nonsense", {}),
        (f"{example}/join", {"ticket": "9999"}),
    ):
        answer = await amina.post(path, fields, page=DRAFTS)
        assert answer.status == 404, path
    assert (await amina.get(f"{DRAFTS}/99")).status == 404


async def test_learning_with_one_press(here: Desk) -> None:
    clara, _ = await here.inside("Clara", Role.EDITOR, towns=())
    boris, _ = await here.inside("Boris", Role.LEAD, towns=())
    async with here.store.write() as unit:
        for entry, times in (("bank-account", 5), ("poison", 4)):
            for _ in range(times):
                await unit.events.record(Event("not_helped", here.newcomer.clock.now(), entry=entry))
    html = await clara.html(LEARN)
    assert "1001" in html
    assert '/bank-account">' in html
    assert 'entries/poison">' not in html  # too few to be told
    assert "Als Beispiel übernehmen" not in await boris.html(LEARN)
    fields = {"ticket": "1001", "text": "چگونه پیانو را ببرم؟", "entry": "housing-benefit"}
    assert await press(clara, LEARN, LEARN, **{**fields, "entry": ""}) == f"{LEARN}?wrong=empty"
    assert await press(clara, LEARN, LEARN, **{**fields, "entry": "none"}) == f"{LEARN}?wrong=refused"
    assert await press(clara, LEARN, LEARN, **fields) == f"{LEARN}?said=learned"
    assert "چگونه پیانو را ببرم؟" in load(here.folder).entries["housing-benefit"].texts["fa"].questions
    assert "Keine Frage, aus der" in await clara.html(LEARN)
    assert (await clara.post(LEARN, {**fields, "ticket": "9999"}, page=LEARN)).status == 404
    await here.newcomer.press("person")
    await here.newcomer.say("پیانو را به طبقه سوم چگونه ببرم؟")
    assert "1002" in await clara.html(LEARN)
    async with here.store.write() as unit:
        await unit.erase(1)
    assert "1002" not in await clara.html(LEARN)


def test_marks_are_shown_and_nothing_else_is_html() -> None:
    assert marked("<b>[Name]</b>") == "&lt;b&gt;<mark>[Name]</mark>&lt;/b&gt;"


def _text(html: str) -> str:
    return unescape(html)
