"""Collisions and words that come too late: nothing is lost, nothing is doubled; as without JavaScript."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import ClientResponse

from bot.domain.message import Author
from bot.service.mind import Mind
from bot.storage.engine import Database
from tests.staff.desk_wiring import Scene, act, scene
from tests.staff.wiring import Browser, csrf_in

TICKET = "/staff/tickets/1001"
WORDS = "Mitten im <b>Satz</b>: „Guten Tag“"
SHOWN = "Mitten im &lt;b&gt;Satz&lt;/b&gt;: „Guten Tag“"
ANSWER = {"text": WORDS, "language": "de", "send": "send"}


@pytest.fixture
async def here(store: Database, mind: Mind) -> AsyncIterator[Scene]:
    """A question and an office, on both databases."""
    async with scene(store, mind) as found:
        yield found


async def _drafts(here: Scene) -> list[str]:
    async with here.store.read() as unit:
        return [draft.text for draft in await unit.tickets.drafts(1001) if draft.text]


async def _sent(here: Scene) -> list[str]:
    here.newcomer.clock.advance(seconds=11)
    await here.newcomer.settle()
    told = [message for _, message in here.newcomer.channel.sent]
    return [one.text for one in told if one.author is Author.STAFF]


async def _post(
    browser: Browser, name: str, page: str, fields: dict[str, str], **headers: str
) -> ClientResponse:
    """Send a form of a page that was loaded long ago."""
    data = {"csrf": csrf_in(page), **fields}
    return await browser.client.post(f"{TICKET}/{name}", data=data, headers=headers, allow_redirects=False)


@pytest.mark.parametrize("hours", [0.6, 10.5], ids=["idle", "whole-day"])
async def test_an_answer_after_the_sessions_end_is_a_draft_after_the_login(here: Scene, hours: float) -> None:
    browser, person = await here.inside("Amina")
    page = await browser.html(TICKET)
    here.newcomer.clock.advance(hours=hours)
    late = await _post(browser, "reply", page, ANSWER)
    login = "/staff/login?next=/staff/tickets/1001%3Fsaid%3Dkept"
    assert (late.status, late.headers["Location"]) == (303, login)
    assert "als Entwurf gespeichert" in await browser.html(login)
    answer = await browser.log_in(person, back=f"{TICKET}?said=kept")
    page = await browser.html(answer.headers["Location"])
    assert "stehen unten als Entwurf und sind nicht gesendet" in page
    assert f"{SHOWN}</textarea>" in page
    assert await _sent(here) == []
    assert await act(browser, "reply", **ANSWER) == "?said=sent"
    assert await _sent(here) == [WORDS]
    assert await _drafts(here) == []


async def test_after_logging_out_elsewhere_the_words_are_given_back(here: Scene) -> None:
    """Nobody is known any more, so that nothing is stored; they stand on the page, as text."""
    browser, _ = await here.inside("Amina")
    page = await browser.html(TICKET)
    await browser.post("/staff/account/sessions", page="/staff/account")
    for name, fields in (("reply", ANSWER), ("note", {"note": WORDS}), ("draft", {"text": WORDS})):
        late = await _post(browser, name, page, fields)
        html = await late.text()
        assert late.status == 403, name
        assert f"{SHOWN}</textarea>" in html
        assert 'href="/staff/tickets/1001"' in html
    assert await _drafts(here) == []


async def test_a_note_does_not_become_an_answer(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    page = await browser.html(TICKET)
    here.newcomer.clock.advance(minutes=31)
    late = await _post(browser, "note", page, {"note": WORDS})
    assert f"{SHOWN}</textarea>" in await late.text()
    assert await _drafts(here) == []


async def test_what_a_script_sends_too_late(here: Scene) -> None:
    """A draft of whom only time has logged out is kept, and the page leads to the login; else it stays as it is."""
    browser, _ = await here.inside("Amina")
    page = await browser.html(TICKET)
    here.newcomer.clock.advance(minutes=31)
    late = await _post(browser, "draft", page, {"text": WORDS}, **{"HX-Request": "true"})
    assert late.status == 401
    assert late.headers["HX-Redirect"].endswith("%3Fsaid%3Dkept")
    assert await _drafts(here) == [WORDS]
    browser, _ = await here.inside("Boris")
    page = await browser.html(TICKET)
    await browser.post("/staff/logout", page="/staff/account")
    late = await _post(browser, "draft", page, {"text": "anderes"}, **{"HX-Request": "true"})
    assert (late.status, "HX-Redirect" in late.headers) == (401, False)
    assert await _drafts(here) == [WORDS]


async def test_no_late_word_for_whom_it_is_not(here: Scene) -> None:
    """Not from another site, not with another's form, not to another town, not once the account is over."""
    browser, person = await here.inside("Amina")
    page = await browser.html(TICKET)
    stale = await browser.client.post(
        f"{TICKET}/reply", data={"csrf": "0" * 64, **ANSWER}, allow_redirects=False
    )
    assert stale.status == 403
    assert (
        f"{SHOWN}</textarea>" in await stale.text()
    )  # the page of an earlier session: the words are given back
    here.newcomer.clock.advance(minutes=31)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        forged = await _post(browser, "reply", page, ANSWER, **headers)
        assert forged.status == 303
        assert "kept" not in forged.headers["Location"]
    wrong = await browser.client.post(
        f"{TICKET}/reply", data={"csrf": "0" * 64, **ANSWER}, allow_redirects=False
    )
    assert wrong.status == 403
    empty = await _post(browser, "reply", page, {"text": " "})
    assert "kept" not in empty.headers["Location"]
    async with here.store.write() as unit:
        await unit.staff.assign(person.staff.id, replace(person.staff, towns=frozenset({"senden"})))
    assert "kept" not in (await _post(browser, "reply", page, ANSWER)).headers["Location"]
    async with here.store.write() as unit:
        await unit.staff.revoke(person.staff.id, here.newcomer.clock.now())
    assert (await _post(browser, "reply", page, ANSWER)).status == 403
    assert await _drafts(here) == []


async def test_a_button_pressed_twice_sends_once(here: Scene) -> None:
    """One after the other and both at once; the second is told what the first was, and leaves no draft."""
    browser, _ = await here.inside("Amina")
    page = await browser.html(TICKET)
    seen = page.split('id="seen" value="')[1].split('"')[0]
    fields = {**ANSWER, "seen": seen}
    answers = await asyncio.gather(*(_post(browser, "reply", page, fields) for _ in range(2)))
    answers.append(await _post(browser, "reply", page, fields))
    assert [one.headers["Location"] for one in answers] == [f"{TICKET}?said=sent"] * 3
    # What the page was still saving when the button was pressed comes after the answer: it is none any more.
    saved = await _post(browser, "draft", page, {"text": WORDS, "seen": seen}, **{"HX-Request": "true"})
    assert saved.status == 204
    assert await _drafts(here) == []
    assert await _sent(here) == [WORDS]
    page = await browser.html(TICKET)
    seen = page.split('id="seen" value="')[1].split('"')[0]
    fields = {**ANSWER, "seen": seen, "send": "close"}
    answers = [await _post(browser, "reply", page, fields) for _ in range(2)]
    assert [one.headers["Location"] for one in answers] == [f"{TICKET}?said=sent_closed"] * 2
    assert await _drafts(here) == []
    assert await _sent(here) == [WORDS, WORDS]


async def test_of_two_who_send_at_once_one_wins_and_none_loses_a_word(here: Scene) -> None:
    first, amina = await here.inside("Amina")
    second, boris = await here.inside("Boris")
    pages = [await browser.html(TICKET) for browser in (first, second)]
    seen = pages[1].split('id="seen" value="')[1].split('"')[0]
    answers = await asyncio.gather(
        _post(first, "reply", pages[0], {**ANSWER, "text": "Von Amina", "seen": seen}),
        _post(second, "reply", pages[1], {**ANSWER, "text": "Von Boris", "seen": seen}),
    )
    places = [one.headers["Location"].removeprefix(TICKET) for one in answers]
    winner = places.index("?said=sent")
    loser = 1 - winner
    words = ["Von Amina", "Von Boris"]
    assert places[loser] == f"?wrong=taken&by={(amina, boris)[winner].staff.id}"
    assert await _sent(here) == [words[winner]]
    assert await _drafts(here) == [words[loser]]


async def test_a_draft_while_the_owner_changes(here: Scene) -> None:
    """Boris takes over while Amina writes: she keeps her words, is told, and cannot send; they are not his."""
    first, _ = await here.inside("Amina")
    second, boris = await here.inside("Boris")
    await act(first, "take")
    page = await first.html(TICKET)
    await _post(first, "draft", page, {"text": "Halb fer"})
    async with here.store.read() as unit:
        (ticket,) = await unit.tickets.listed()
    assert await act(second, "take", instead_of=str(ticket.assignee)) == "?said=taken"
    assert "Halb fer" not in (await second.html(TICKET)).split("<textarea")[1]
    await _post(first, "draft", page, {"text": "Halb fertig"})
    wrong = (await _post(first, "reply", page, {**ANSWER, "text": "Halb fertig"})).headers["Location"]
    assert wrong == f"{TICKET}?wrong=taken&by={boris.staff.id}"
    page = await first.html(wrong)
    assert "Boris hat die Frage" in page
    assert "Halb fertig</textarea>" in page
    assert await _sent(here) == []
