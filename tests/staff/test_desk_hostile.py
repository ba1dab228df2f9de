"""What a hostile newcomer, a thief and a forged address try at the desk: shown as text, or refused."""

from collections.abc import AsyncIterator

import pytest
from markupsafe import escape

from bot.domain.registration import State
from bot.domain.staff import Role
from bot.service.desk import Reply
from bot.service.mind import Mind
from bot.storage.engine import Database
from tests.courses.people import application, courses, listed
from tests.staff.desk_wiring import Scene, act
from tests.staff.rules import PARTS, RULES
from tests.staff.wiring import csrf_in

TICKET = "/staff/tickets/1001"
SCRIPT = "<script>alert(1)</script>"
HANDLER = '"><img src=x onerror=alert(1)>'
LINK = "[Formular](javascript:alert(1)) [x](data:text/html,x)"
TEMPLATE = "{{ 7 * 191 }} {% raw %} {name} %(x)s"
SQL = "'; DROP TABLE tickets;--"
HOSTILE = f"{SCRIPT} {HANDLER} {LINK} {TEMPLATE} {SQL}"
SHORT = ("<script>alert(1)", '"onfocus="alert(1)', "{{ 7 * 191 }}", "' or 1=1;--")  # of a tag's length


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind) -> AsyncIterator[Scene]:
    """An office; what the newcomer asked is hostile."""
    found = Scene(sqlite_store, mind)
    async with found.stack:
        await found.newcomer.start("fa_duelmen")
        await found.newcomer.press("person")
        await found.newcomer.say(HOSTILE)
        yield found


def _is_harmless(html: str) -> None:
    """Fail if anything of it would be run, by a browser or by the templates."""
    body = html.replace('<script src="/staff/static/', "")
    assert "<script" not in body.lower()
    assert "<img src=x" not in body
    assert 'onfocus="' not in body
    assert 'href="javascript:' not in body
    assert 'href="data:' not in body
    assert str(7 * 191) not in body


async def test_a_newcomers_words_are_only_words(here: Scene) -> None:
    """In the list, its filters and search, on the ticket, as tag, note, draft, second way, in the title; and back."""
    browser, person = await here.inside("Amina", Role.LEAD, ())
    await here.newcomer.press("add:1001")
    await here.newcomer.say(HOSTILE)
    async with here.store.write() as unit:
        await unit.tickets.tell_way(1001, HOSTILE)
        await unit.tickets.change(
            1001, town="<script>alert(1)</script>", entry='"><script>', language='x"><img'
        )
    await act(browser, "tags", tags=", ".join(SHORT))
    await act(browser, "note", note=HOSTILE)
    await browser.post(f"{TICKET}/draft", {"text": f"</textarea>{HOSTILE}"}, page=TICKET)
    shown = await browser.post(f"{TICKET}/way", {"reason": "asked"}, page=TICKET)
    assert str(escape(SCRIPT)) in await shown.text()
    _is_harmless(await shown.text())
    for path in ("/staff/tickets", TICKET, f"{TICKET}/answers?q=umzug", "/staff/tickets?folder=all"):
        _is_harmless(await browser.html(path))
        part = await browser.get(path, **{"HX-Request": "true"})
        _is_harmless(await part.text())
    page = await browser.html(TICKET)
    for words in (SCRIPT, TEMPLATE, SQL, *SHORT):
        assert str(escape(words)) in page, words
    await here.desk.reply(1001, Reply(HOSTILE, person.staff.id, "de"))
    page = await browser.html(TICKET)
    _is_harmless(page)
    assert "Formular" in page
    await act(browser, "close")
    _is_harmless(await browser.html("/staff/tickets?folder=closed"))


@pytest.mark.parametrize(
    "value", [SCRIPT, HANDLER, TEMPLATE, SQL, "%00", "\udcff", "9" * 40, "-1", "1 OR 1=1"]
)
async def test_addresses_carry_nothing(here: Scene, value: str) -> None:
    """Every query of every page; an odd one finds nothing, and breaks nothing."""
    browser, _ = await here.inside("Amina", Role.LEAD, ())
    queries = (
        "folder",
        "town",
        "entry",
        "language",
        "q",
        "said",
        "wrong",
        "by",
        "ticket",
        "before",
        "done",
        "next",
    )
    params = {name: value.encode("utf-8", "replace").decode() for name in queries}
    for path in (
        "/staff/tickets",
        TICKET,
        f"{TICKET}/answers",
        "/staff/courses",
        "/staff/keys",
        "/staff/account",
    ):
        answer = await browser.client.get(path, params=params, allow_redirects=False)
        assert answer.status == 200, (path, answer.status)
        _is_harmless(await answer.text())
    watcher, _ = await here.inside("Chris", Role.DATA_PROTECTION, ())
    answer = await watcher.client.get("/staff/audit", params=params)
    assert answer.status == 200
    async with here.store.read() as unit:
        assert len(await unit.tickets.listed()) == 1


async def test_names_of_people_and_courses_are_only_names(here: Scene) -> None:
    """Those of a list come from outside, too."""
    (course,) = await courses(here.store, listed("x", title=HOSTILE, number=SCRIPT))
    now = here.newcomer.clock.now()
    async with here.store.write() as unit:
        contact = await unit.contacts.by_guest((await unit.tickets.listed())[0].guest)
        assert contact
        wanted = application(course, f"{SCRIPT} {HANDLER}{{{{7*191}}}}", reach=HOSTILE)
        await unit.registrations.put(contact.id, [wanted], State.SUBMITTED, now)
    browser, _ = await here.inside("Carla", Role.LEAD, ())
    for path in ("/staff/courses", f"/staff/courses/{course}"):
        page = await browser.html(path)
        _is_harmless(page)
        assert str(escape(SCRIPT)) in page


async def test_a_stolen_session_is_worth_nothing_after_the_logout(here: Scene) -> None:
    """On every route of the role, with the form token that the thief has too."""
    browser, person = await here.inside("Amina", Role.LEAD, ())
    csrf = csrf_in(await browser.html(TICKET))
    async with here.office.browser("198.51.100.9") as thief:
        thief.take(person.token)
        assert (await thief.get(TICKET)).status == 200
        await browser.post("/staff/logout", page="/staff/account")
        for name, allowed in RULES.items():
            method, path = name.split(" ")
            if Role.LEAD not in allowed or path.startswith("/staff/knowledge"):
                continue
            thief.take(person.token)
            path = path.format_map({**PARTS, "number": "1001"})
            data = {"csrf": csrf, "text": "gestohlen", "note": "gestohlen"} if method == "POST" else None
            answer = await thief.client.request(method, path, data=data, allow_redirects=False)
            assert answer.status in (303, 401, 403, 404), name
            assert "DROP TABLE" not in await answer.text(), name
    async with here.store.read() as unit:
        (ticket,) = await unit.tickets.listed()
        assert (ticket.assignee, await unit.tickets.notes(1001)) == (None, [])
        assert [draft.text for draft in await unit.tickets.drafts(1001) if draft.text] == []


async def test_the_log_shows_what_it_is_given_as_text(here: Scene) -> None:
    """Whatever will once be noted: the page of the log trusts none of it."""
    async with here.store.write() as unit:
        await unit.audit.note(None, "<script>x</script>", "<img src=x onerror=y>", here.newcomer.clock.now())
    browser, _ = await here.inside("Chris", Role.DATA_PROTECTION, ())
    page = await browser.html("/staff/audit")
    _is_harmless(page)
    assert str(escape("<img src=x onerror=y>")) in page
