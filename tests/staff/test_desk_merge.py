"""Merging two questions of one newcomer, with the buttons of a ticket's page."""

from collections.abc import AsyncIterator

import pytest

from bot.service.mind import Mind
from bot.storage.engine import Database
from tests.staff.desk_wiring import QUESTION, Scene, act, scene

SECOND = "و میز بزرگ را چطور ببرم؟"


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind) -> AsyncIterator[Scene]:
    """1001 and 1002 of one newcomer in Dülmen."""
    async with scene(sqlite_store, mind) as found:
        for step in ("person", "question"):
            await found.newcomer.press(step)
        await found.newcomer.say(SECOND)
        yield found


@pytest.mark.parametrize(("into", "kept", "gone"), [("this", 1001, 1002), ("other", 1002, 1001)])
async def test_either_number_may_stay(here: Scene, into: str, kept: int, gone: int) -> None:
    browser, _ = await here.inside("Amina")
    assert '<option value="1002"' in await browser.html("/staff/tickets/1001")
    assert await act(browser, "merge", other="1002", into=into) == "?said=merged"
    page = await browser.html(f"/staff/tickets/{kept}")
    assert QUESTION in page
    assert SECOND in page
    old = await browser.html(f"/staff/tickets/{gone}")
    assert f"gehört jetzt zur Frage {kept}" in old
    assert f'href="/staff/tickets/{kept}"' in old
    assert 'action="/staff/tickets/1001/reopen"' not in old
    rows = await browser.html("/staff/tickets")
    assert (f'id="t{kept}"' in rows, f'id="t{gone}"' in rows) == (True, False)
    assert await act(browser, "part", number=gone) == "?said=parted"
    rows = await browser.html("/staff/tickets")
    assert (f'id="t{kept}"' in rows, f'id="t{gone}"' in rows) == (True, True)


async def test_what_would_lose_something_is_refused_in_words(here: Scene) -> None:
    browser, _ = await here.inside("Amina")
    await act(browser, "merge", other="1002", into="this")
    await act(browser, "reply", text="Antwort", language="de", send="send")
    wrong = await act(browser, "part", number=1002)
    assert wrong == "?wrong=grown_together"
    assert "lässt sich nicht mehr trennen" in await browser.html(f"/staff/tickets/1002{wrong}")
    assert await act(browser, "merge", other="1002", into="this") == "?wrong=not_together"
    for other in ("9999", "abc", ""):
        answer = await browser.post("/staff/tickets/1001/merge", {"other": other}, page="/staff/tickets/1001")
        assert answer.status == 404, other


async def test_a_question_of_another_town_cannot_be_drawn_in(here: Scene) -> None:
    """Neither to read it nor to send it away."""
    async with here.store.write() as unit:
        await unit.tickets.change(1002, town="senden")
    browser, _ = await here.inside("Amina")
    page = await browser.html("/staff/tickets/1001")
    assert 'action="/staff/tickets/1001/merge"' not in page
    for into in ("this", "other"):
        answer = await browser.post(
            "/staff/tickets/1001/merge", {"other": "1002", "into": into}, page="/staff/tickets/1001"
        )
        assert answer.status == 404
    async with here.store.read() as unit:
        assert all(one.merged_into is None for one in await unit.tickets.listed())
