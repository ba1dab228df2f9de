"""The list over many tickets: as many queries as over few, filtered where the rows are, page by page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.desk import TOWNS, fill
from bot.domain.staff import Role
from bot.service.board import PAGE
from bot.service.mind import Mind
from bot.storage.engine import Database
from bot.storage.notify import LocalNotifier
from tests.fakes import FakeClock
from tests.staff.desk_wiring import desk_routes
from tests.staff.wiring import Browser, Office

MOST_QUERIES = 12
CLOSED, OPEN = 2 * PAGE + 10, PAGE + 5


@contextmanager
def _counted() -> Iterator[list[str]]:
    """Give the statements that were run."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def _numbers(browser: Browser, query: str) -> list[int]:
    """Return the tickets of a page of the list; it took few queries."""
    with _counted() as statements:
        page = await browser.html(f"/staff/tickets?{query}")
    queries = [
        one for one in statements if one.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "INSERT"))
    ]
    assert 0 < len(queries) <= MOST_QUERIES, "\n".join(queries)
    return [int(number) for number in re.findall(r'id="t(\d+)"', page)]


async def test_few_queries_whatever_is_asked(store: Database, mind: Mind) -> None:
    clock = FakeClock()
    await fill(store, CLOSED + OPEN, OPEN, clock.now(), each=3)
    clock.advance(hours=1)
    notifier = LocalNotifier()
    office = Office(
        store, clock=clock, more=lambda gate: desk_routes(gate, store, notifier, clock, lambda: mind)
    )
    office.texts = mind.world.texts  # type: ignore[method-assign]
    lead = await office.join("Leitung", Role.LEAD)
    clerk = await office.join("Amina", towns=[TOWNS[0]])
    async with office.browser() as browser:
        browser.take(lead.token)
        open_ones = await _numbers(browser, "folder=all")
        rest = await _numbers(browser, "folder=all&page=1")
        assert (len(open_ones), len(set(open_ones) | set(rest))) == (PAGE, OPEN)
        found = [await _numbers(browser, f"folder=closed&page={page}") for page in range(4)]
        assert [len(page) for page in found] == [PAGE, PAGE, 10, 0]
        everything = [number for page in found for number in page]
        assert everything == sorted(everything, reverse=True)  # the last closed first
        assert len(set(everything)) == CLOSED
        assert await _numbers(browser, f"folder=closed&q={everything[-1]}") == [everything[-1]]
        assert await _numbers(browser, "folder=all&q=klavier%20214")
        assert await _numbers(browser, "folder=closed&q=M%C3%BCll")
        assert await _numbers(browser, "folder=not_reached")
        browser.take(clerk.token)
        async with store.read() as unit:
            seen = {ticket.number: ticket.town for ticket in await unit.tickets.numbered(everything)}
        own = [number for number in everything if seen[number] == TOWNS[0]]
        assert await _numbers(browser, "folder=closed") == own[:PAGE]
        assert await _numbers(browser, f"folder=closed&town={TOWNS[1]}") == []
        clock.advance(seconds=timedelta(minutes=2).total_seconds())
        await _numbers(browser, "folder=new")  # and one more notes that the session is used
