"""Every page of the desk as it looks: axe-core, small targets, nothing sideways; de, en, light, dark, 320 to 1280 px.

In this process, so that each page can show all that it has. STAFF_PICTURES names a folder for pictures, to look at.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from bot.domain.message import Address, Attachment
from bot.domain.registration import State
from bot.domain.staff import Role
from bot.service.desk import Reply
from bot.service.mind import Mind
from bot.service.ports import SendError
from bot.storage.engine import Database
from tests.browser.chromium import chromium, faults_of, watching
from tests.courses.people import application, courses, listed
from tests.staff.desk_wiring import Scene, scene
from tests.staff.wiring import Person

__all__ = ["chromium"]

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("STAFF_PICTURES", "")
PATIENCE = 30.0  # seconds; the machine may be busy
WIDTHS = (1280, 768, 480, 320)
# Each language, each scheme and both ends of the width twice; axe-core at this width, nothing sideways at any.
LOOKS = [
    ("de-DE", "light", 1280),
    ("de-DE", "dark", 320),
    ("en-GB", "light", 320),
    ("en-GB", "dark", 1280),
]
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhersteller https://example.org/" + "x" * 90
PAGES = {
    "list": "/staff/tickets?folder=all",
    "empty": "/staff/tickets?folder=snoozed",
    "search": "/staff/tickets?q=nichts-davon",
    "closed": "/staff/tickets?folder=closed",
    "ticket": "/staff/tickets/1001?said=sent",
    "ticket-wrong": "/staff/tickets/1001?wrong=meanwhile_newcomer",
    "ticket-merged": "/staff/tickets/1002?said=merged",
    "ticket-new": "/staff/tickets/1003",
    "ticket-unreached": "/staff/tickets/1004",
    "answers": "/staff/tickets/1001/answers?q=umzug",
    "answers-none": "/staff/tickets/1001/answers?q=xyzxyz",
    "keys": "/staff/keys",
    "courses": "/staff/courses",
    "course": "/staff/courses/1",
    "course-wrong": "/staff/courses/1?wrong=no_reason",
    "course-empty": "/staff/courses/2",
    "account": "/staff/account",
    "gone": "/staff/tickets/999",
}


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind) -> AsyncIterator[Scene]:
    """An office with everything that there can be on its pages."""
    async with scene(sqlite_store, mind) as found:
        await _questions(found)
        await _registrations(found)
        yield found


async def _questions(found: Scene) -> None:
    """1001 with an exchange, files, notes and 1002 in it; 1003 new and long; 1004 that nobody could reach."""
    asks = found.newcomer
    _, amina = await found.inside("Amina")
    _, boris = await found.inside("Boris mit einem sehr langen Namen zum Umbrechen")
    for words in ("و میز بزرگ را چطور ببرم؟", LONG, "آیا کسی اینجاست؟"):
        await asks.press("person")
        await asks.press("question")
        await asks.say(words)
    await found.desk.merge(1002, 1001, amina.staff.id)
    asks.clock.advance(seconds=11)
    await asks.settle()
    await found.desk.reply(1004, Reply("Guten Tag", amina.staff.id))
    await asks.settle()
    asks.channel.faults = [SendError("blocked", permanent=True, unreachable=True)]
    await found.desk.reply(1004, Reply("Guten Tag noch einmal", amina.staff.id))
    await asks.settle()
    await asks.press("add:1001")
    await asks.say("و یک چیز دیگر")
    await asks.send(attachments=(Attachment("photo", "file:" + "0" * 32, "image/jpeg", 9),))
    await asks.send(attachments=(Attachment("document", "x", "text/html", 9),))
    await asks.send(attachments=(Attachment("location"),))
    await found.desk.take(1001, amina.staff.id)
    await found.desk.reply(1001, Reply("Eine **Antwort** auf Deutsch", amina.staff.id, "de"))
    await asks.settle()
    await found.desk.note(1001, boris.staff.id, f"Nachbar hat einen Anhänger. {LONG}")
    await found.desk.tag(1001, "Umzug, Klavier, ein ziemlich langes Etikett")
    await found.desk.draft(1001, boris.staff.id, "Ich schreibe auch")
    async with found.store.write() as unit:
        await unit.tickets.tell_way(1001, "0000 / nur nach 16 Uhr")
        await unit.tickets.change(1003, urgent=True, promised_at=asks.clock.now())
    await found.desk.reply(1001, Reply("Noch eine", amina.staff.id, "de", undo=timedelta(seconds=10)))


async def _registrations(found: Scene) -> None:
    """A full course with a family, a waiting list and everything decided; and one without anybody."""
    course, _ = await courses(
        found.store, listed("one", maximum=1, title=LONG), listed("two", title="Deutsch A2", example=True)
    )
    states = (State.SUBMITTED, State.CONFIRMED, State.WAITLISTED, State.OFFERED, State.REJECTED)
    async with found.store.write() as unit:
        for state in states:
            contact, _ = await unit.contacts.create(
                Address("web", "lotse", state.value), found.newcomer.clock.now()
            )
            people = [
                f"{state.value.title()} Haddad",
                *(["Yusuf Haddad"] if state is State.WAITLISTED else []),
            ]
            wanted = [application(course, name, reach="0000 / 11 22 33") for name in people]
            await unit.registrations.put(contact.id, wanted, state, found.newcomer.clock.now())


async def _look(page: Page, name: str, width: int) -> None:
    for other in (one for one in WIDTHS if one != width):
        await page.set_viewport_size({"width": other, "height": 800})
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (name, other, wide)
    await page.set_viewport_size({"width": width, "height": 800})
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    assert await faults_of(page) == [], (name, width)


async def test_every_page_of_the_desk(chromium: Browser, here: Scene) -> None:
    async with TestServer(here.office.app) as server:
        origin = str(server.make_url("")).rstrip("/")
        person = await here.office.join("Frau Leitung-Musterfrau", Role.LEAD)
        for locale, scheme, width in LOOKS:
            look = f"{locale[:2]}-{scheme}"
            async with watching(chromium, origin, locale=locale, color_scheme=scheme) as window:
                window.expected = ("404", "403", "401")  # 401: the open page, once its cookie is gone
                await _enter(window.page, origin, person)
                for name, path in PAGES.items():
                    await window.open(path)
                    await _look(window.page, f"{name}-{look}", width)
                await window.open("/staff/tickets/1001")
                await window.page.context.clear_cookies()
                await window.page.fill("#note", LONG)
                await window.page.locator(".note button").click()
                await _look(window.page, f"late-{look}", width)


async def _enter(page: Page, origin: str, person: Person) -> None:
    await page.context.add_cookies([{"name": "lotse-staff", "value": person.token, "url": origin}])


async def _has_draft(here: Scene, words: str) -> None:
    """Wait until the server has exactly these words as a draft."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with here.store.read() as unit:
                if words in {draft.text for draft in await unit.tickets.drafts(1003)}:
                    return
            await asyncio.sleep(0.02)


async def test_what_is_typed_is_kept_whatever_ends_the_session(chromium: Browser, here: Scene) -> None:
    """With scripts: leaving at once, time that is over in mid-sentence, logged out elsewhere, pressed twice."""
    ticket = "/staff/tickets/1003"
    async with TestServer(here.office.app) as server:
        origin = str(server.make_url("")).rstrip("/")
        person = await here.office.join("Frau Muster", Role.LEAD)
        async with watching(chromium, origin) as window:
            window.expected = ("401", "403")
            page = window.page
            await _enter(page, origin, person)
            await window.open(ticket)
            await page.fill("#text", "Guten Tag")
            await page.goto(f"{origin}/staff/keys")  # sooner than the page saves by itself
            await _has_draft(here, "Guten Tag")
            await window.open(ticket)
            await page.focus("#text")
            await page.keyboard.press("Control+End")
            here.newcomer.clock.advance(minutes=31)
            await page.keyboard.type(", morgen um zehn")
            await page.wait_for_url(re.compile("/staff/login"))
            await _has_draft(here, "Guten Tag, morgen um zehn")
            assert "als Entwurf gespeichert" in await page.inner_text("main")

            # Logged out on another device: nobody knows whose the words are, so that they stay where they stand.
            async with here.store.write() as unit:
                token = await unit.door.begin(person.staff.id, here.newcomer.clock.now(), complete=True)
            person.token = token
            await _enter(page, origin, person)
            await window.open(ticket)
            await here.desk.note(1003, 1, "die Seite hört zu")
            await page.wait_for_selector(".internal")
            async with here.store.write() as unit:
                await unit.door.end_all(person.staff.id)
            await page.fill("#text", "Nicht verlieren")
            await page.wait_for_selector("#lapsed:visible")
            async with page.expect_response(lambda one: one.url == origin + ticket and one.status == 401):
                await here.desk.note(1003, 1, "weckt die offene Seite")
            assert page.url == origin + ticket
            assert await page.input_value("#text") == "Nicht verlieren"
            await page.get_by_role("button", name="Senden", exact=True).click()
            assert await page.input_value("#words") == "Nicht verlieren"

            async with here.store.write() as unit:
                person.token = await unit.door.begin(
                    person.staff.id, here.newcomer.clock.now(), complete=True
                )
            await _enter(page, origin, person)
            await window.open(ticket)
            await page.fill("#text", "Einmal genügt")
            await page.dblclick("#send")
            await page.wait_for_url(re.compile("said=sent"))
            assert await page.input_value("#text") == ""
        async with here.store.read() as unit:
            drafts = [one.text for one in await unit.tickets.drafts(1003) if one.text]
            found = await unit.tickets.get(1003)
            assert found
            lines = await unit.messages.of_ticket(found.contact, 1003, 0)
        assert drafts == []
        assert [one.body.text for one in lines if one.staff == person.staff.id] == ["Einmal genügt"]
