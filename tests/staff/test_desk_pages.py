"""The desk's pages, as a browser without JavaScript uses them."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.channels.web import WebChannel
from bot.domain.message import Author
from bot.domain.staff import ANSWERS_TICKETS, Role
from bot.service import entering
from bot.service.mind import Mind
from bot.storage.engine import Database
from tests.staff.desk_wiring import QUESTION, Scene, act, scene
from tests.staff.wiring import Browser

TICKET = "/staff/tickets/1001"
FOLDERS = ("new", "mine", "all", "overdue", "not_reached", "waiting", "snoozed", "closed")


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind) -> AsyncIterator[Scene]:
    """A question and an office."""
    async with scene(sqlite_store, mind) as found:
        yield found


async def _counts(browser: Browser) -> dict[str, int]:
    html = await browser.html("/staff/tickets")
    found = re.findall(r'id="folder-(\w+)".*?<b class="count[^"]*">(\d+)</b>', html)
    return {name: int(count) for name, count in found if int(count)}


def _seen(html: str) -> str:
    found = re.search(r'name="seen" id="seen" value="(\d+)"', html)
    assert found
    return found[1]


async def test_the_way_of_a_question(here: Scene) -> None:
    """New, taken, answered, arrived, closed; at each step the list says so."""
    browser, _ = await here.inside("Frau Beispiel")
    assert await _counts(browser) == {"new": 1, "all": 1}
    assert await act(browser, "take") == "?said=taken"
    assert await _counts(browser) == {"mine": 1, "all": 1}
    page = await browser.html(TICKET)
    assert f'lang="fa" dir="auto">{QUESTION}' in page
    said = await act(browser, "reply", text="سلام", language="fa", send="send", seen=_seen(page))
    assert said == "?said=sent"
    assert "wartet" in await browser.html(TICKET)
    here.newcomer.clock.advance(seconds=11)
    messages = await here.newcomer.settle()
    assert [one.text for one in messages if one.author is Author.STAFF] == ["سلام"]
    assert await _counts(browser) == {"mine": 1, "all": 1, "waiting": 1}
    assert "gesendet" in await browser.html(TICKET)
    assert await act(browser, "close") == "?said=closed"
    assert await _counts(browser) == {"closed": 1}
    assert "1001" in await browser.html("/staff/tickets?folder=closed")


async def test_the_loser_is_told_and_loses_no_word(here: Scene) -> None:
    first, amina = await here.inside("Amina")
    second, _ = await here.inside("Boris")
    seen = _seen(await second.html(TICKET))
    await act(first, "take")
    wrong = await act(second, "reply", text="Mein langer Entwurf", language="de", send="send", seen=seen)
    assert wrong == f"?wrong=taken&by={amina.staff.id}"
    page = await second.html(TICKET + wrong)
    assert "Amina hat die Frage" in page
    assert "Mein langer Entwurf</textarea>" in page
    assert await act(second, "take") == wrong
    assert await act(second, "take", instead_of=str(amina.staff.id)) == "?said=taken"


async def test_what_the_newcomer_wrote_meanwhile_is_read_first(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    await act(browser, "take")
    await here.newcomer.settle()
    seen = _seen(await browser.html(TICKET))
    await here.newcomer.say("یک چیز دیگر")
    wrong = await act(browser, "reply", text="Antwort", language="de", send="send", seen=seen)
    assert wrong == "?wrong=meanwhile_newcomer"
    page = await browser.html(TICKET + wrong)
    assert "Antwort</textarea>" in page
    assert await act(browser, "reply", text="Antwort", language="de", send="close", seen=_seen(page)) == (
        "?said=sent_closed"
    )


async def test_undo_brings_the_words_back(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    seen = _seen(await browser.html(TICKET))
    await act(browser, "reply", text="Zu schnell", language="de", send="close", seen=seen)
    page = await browser.html(TICKET)
    message = re.search(r'name="message" value="(\d+)"', page)
    assert message
    assert await act(browser, "undo", message=message[1]) == "?said=undone"
    assert "Zu schnell</textarea>" in await browser.html(TICKET)
    here.newcomer.clock.advance(seconds=11)
    assert await here.newcomer.settle() == []


async def test_two_see_one_another(here: Scene) -> None:
    first, _ = await here.inside("Amina")
    second, _ = await here.inside("Boris")
    await first.html(TICKET)
    await first.post(f"{TICKET}/draft", {"text": "Guten"}, page=TICKET)
    assert "Amina schreibt gerade." in await second.html(TICKET)
    here.newcomer.clock.advance(seconds=20)
    assert "Amina sieht diese Frage" in await second.html(TICKET)
    here.newcomer.clock.advance(seconds=60)
    assert "Amina" not in (await second.html(TICKET)).split('<select id="to"')[0]


async def test_the_second_way_is_shown_for_a_reason_that_is_logged(here: Scene) -> None:
    async with here.store.write() as unit:
        await unit.tickets.tell_way(1001, "nur nach 16 Uhr")
    browser, amina = await here.inside("Amina")
    assert "nur nach 16 Uhr" not in await browser.html(TICKET)
    assert await act(browser, "way", reason="neugierig") == "?wrong=reason"
    answer = await browser.post(f"{TICKET}/way", {"reason": "asked"}, page=TICKET)
    assert "nur nach 16 Uhr" in await answer.text()
    async with here.store.read() as unit:
        (last, *_) = await unit.audit.listed()
        assert (await unit.audit.check()).broken_at is None
    assert (last.staff, last.what, last.about) == (amina.staff.id, "contact.shown.asked", "ticket:1001")


async def test_ready_answers_are_read_in_german_and_sent_in_persian(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    page = await browser.html(f"{TICKET}/answers?q=::deutschkurs")
    entry = re.search(r'name="entry" value="([\w-]+)"', page)
    assert entry
    assert 'data-language="fa"' in page
    knowledge = here.mind.world.knowledge
    title = knowledge.entries[entry[1]].texts["de"].title
    assert title in page
    assert await act(browser, "insert", entry=entry[1]) == "?said=inserted"
    persian = knowledge.entries[entry[1]].texts["fa"].body
    assert persian.split()[0] in (await browser.html(TICKET)).split("<textarea")[1]


async def test_notes_tags_snooze_and_giving(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    _, boris = await here.inside("Boris")
    assert await act(browser, "note", note="<script>alert(1)</script>") == "?said=noted"
    assert await act(browser, "tags", tags="Umzug") == "?said=tagged"
    assert await act(browser, "snooze", until="tomorrow") == "?said=snoozed"
    page = await browser.html(TICKET)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert (await _counts(browser)).get("snoozed") == 1
    assert await act(browser, "snooze", until="") == "?said=woken"
    assert await act(browser, "give", to=str(boris.staff.id)) == "?said=given"
    assert "bei Boris" in await browser.html(TICKET)
    await here.newcomer.settle()
    assert await here.newcomer.settle() == []  # nothing of this goes out


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("1001", True),
        ("dülmen", True),
        ("umzug", True),
        ("پیانو", True),
        ("coesfeld", False),
        ("' OR 1=1", False),
    ],
)
async def test_search(here: Scene, search: str, found: bool) -> None:
    browser, _ = await here.inside("Amina")
    await act(browser, "tags", tags="Umzug")
    answer = await browser.client.get("/staff/tickets", params={"folder": "mine", "q": search})
    assert ('id="t1001"' in await answer.text()) is found


@pytest.mark.parametrize("query", ["town=duelmen", "language=fa", "town=duelmen&language=fa"])
async def test_filters(here: Scene, query: str) -> None:
    browser, _ = await here.inside("Amina")
    assert 'id="t1001"' in await browser.html(f"/staff/tickets?{query}")
    other = query.replace("duelmen", "senden").replace("language=fa", "language=ar")
    assert 'id="t1001"' not in await browser.html(f"/staff/tickets?{other}")


async def test_another_towns_ticket_is_not_there(here: Scene) -> None:
    """Neither in the list, nor by its address, nor by any button."""
    browser, _ = await here.inside("Carla", towns=("senden",))
    assert await _counts(browser) == {}
    for path in (TICKET, f"{TICKET}/answers?q=deutsch", "/staff/events?ticket=1001"):
        assert (await browser.get(path)).status == 404
    for name in ("take", "reply", "close", "note", "draft", "way", "undo", "insert"):
        answer = await browser.post(f"{TICKET}/{name}", {"text": "x"}, page="/staff/tickets")
        assert answer.status == 404, name
    async with here.store.read() as unit:
        (ticket,) = await unit.tickets.listed()
        assert (ticket.assignee, await unit.tickets.drafts(1001)) == (None, [])


@pytest.mark.parametrize("role", Role)
async def test_who_may_see_what(here: Scene, role: Role) -> None:
    """Each page is for its roles only; an administrator sees no newcomer's word."""
    browser, _ = await here.inside(
        "Jemand",
        role,
        towns=("duelmen",) if role is Role.CLERK else (),
        vhs=("vhs-duelmen",) if role is Role.COURSE_CLERK else (),
    )
    expected = 200 if role in ANSWERS_TICKETS else 403
    for path in ("/staff/tickets", TICKET, f"{TICKET}/answers", "/staff/keys"):
        assert (await browser.get(path)).status == expected, path
    if role not in ANSWERS_TICKETS:
        answer = await browser.post(f"{TICKET}/take", page="/staff/account")
        assert answer.status == 403
    courses = 200 if role in (Role.COURSE_CLERK, Role.LEAD) else 403
    assert (await browser.get("/staff/courses")).status == courses


async def test_a_form_of_somebody_else_is_refused(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    answer = await browser.client.post(f"{TICKET}/take", data={"csrf": "0" * 64}, allow_redirects=False)
    assert answer.status == 403
    async with here.store.read() as unit:
        (ticket,) = await unit.tickets.listed()
    assert ticket.assignee is None


async def test_odd_requests_do_no_harm(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    assert (await browser.get("/staff/tickets/999999")).status == 404
    assert (await browser.get("/staff/tickets?folder=nope&town=%00&q=%25")).status == 200
    assert (await browser.get(f"{TICKET}?said=%3Cscript%3E&wrong=x&by=abc")).status == 200
    assert (await browser.post(f"{TICKET}/nothing", page=TICKET)).status == 404
    assert await act(browser, "undo", message="abc") == "?wrong=too_late"
    assert await act(browser, "reply", text="   ", send="send") == ""


async def test_in_english(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    page = await (await browser.get(TICKET, **{"Accept-Language": "en"})).text()
    assert "Send and close" in page
    assert "Abschließen" not in page


async def test_each_folder_has_a_page(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    for folder in FOLDERS:
        assert 'aria-current="page"' in await browser.html(f"/staff/tickets?folder={folder}")


async def test_the_changing_part_alone_for_scripts(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    for path in ("/staff/tickets", TICKET):
        part = await (await browser.get(path, **{"HX-Request": "true"})).text()
        assert "<html" not in part
        assert "1001" in part


async def test_an_open_page_hears_of_changes(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    async with browser.client.get("/staff/events?ticket=1001") as stream:
        assert (await stream.content.readuntil(b"\n\n")) == b"retry: 3000\n\n"
        await stream.content.readuntil(b"event: desk\ndata:\n\n")
        await here.desk.note(1001, 1, "neu")
        await stream.content.readuntil(b"event: desk\ndata:\n\n")


async def test_the_demo_account_finds_examples_until_somebody_real_comes(
    sqlite_store: Database, mind: Mind
) -> None:
    """They are questions like any other, and gone with the demo account."""
    found = Scene(sqlite_store, mind)
    found.newcomer.worker._capabilities = {"web": WebChannel.capabilities}  # type: ignore[attr-defined]
    async with sqlite_store.write() as unit:
        token = await entering.demo_link(unit, found.newcomer.clock.now())
    async with found.office.browser() as browser:
        await browser.post("/staff/invitation", {"token": token})
        for _ in range(2):
            await browser.html("/staff/tickets")
            found.newcomer.clock.advance(minutes=1)
            while await found.newcomer.worker.work_once():
                pass
        assert await _counts(browser) == {"new": 3, "all": 3}
        assert "Beispiel" in await browser.html("/staff/tickets")
        await found.office.join("Frau Echt")
        assert (await browser.get("/staff/tickets")).status == 303
    async with sqlite_store.read() as unit:
        assert await unit.tickets.listed(only_open=False) == []


async def test_an_open_page_keeps_no_session_awake(here: Scene) -> None:
    """What it fetches by itself does not count, and leads to the login in the end; the draft is there afterwards."""
    browser, person = await here.inside("Amina")
    await browser.post(f"{TICKET}/draft", {"text": "Mitten im Satz"}, page=TICKET)
    for _ in range(3):
        here.newcomer.clock.advance(minutes=11)
        part = await browser.get(TICKET, **{"HX-Request": "true"})
    assert (part.status, part.headers["HX-Redirect"]) == (401, f"/staff/login?next={TICKET}")
    answer = await browser.log_in(person, back=TICKET)
    assert answer.headers["Location"] == TICKET
    assert "Mitten im Satz</textarea>" in await browser.html(TICKET)


async def test_a_page_by_hand_does(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    for _ in range(3):
        here.newcomer.clock.advance(minutes=11)
        assert (await browser.get(TICKET)).status == 200
