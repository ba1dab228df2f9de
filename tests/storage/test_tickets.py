"""Tickets on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.ticket import NewTicket
from bot.service.ports import Conflict, Past
from bot.storage.engine import Database
from tests.storage.people import NOW, after, came_in, new_contact

QUESTION = NewTicket(
    "Ich finde keinen Kinderarzt",
    "de",
    town="duelmen",
    entry="doctor",
    candidates=("doctor", "insurance"),
    urgent=True,
    team="social-care",
    promised_at=after(3600),
)


async def test_a_ticket_is_kept_as_it_was_opened(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "Ich finde keinen Kinderarzt")
    async with store.write() as unit:
        [line] = await unit.messages.after(contact.id, 0)
        ticket = await unit.tickets.open(contact.id, QUESTION, [line.id], NOW)
        [tied] = await unit.messages.after(contact.id, 0)
    assert ticket.number == 1001
    assert (ticket.contact, ticket.guest, ticket.opened_at) == (contact.id, contact.guest, NOW)
    assert (ticket.question, ticket.candidates, ticket.urgent) == (
        QUESTION.question,
        QUESTION.candidates,
        True,
    )
    assert (ticket.language, ticket.town, ticket.entry, ticket.team, ticket.promised_at) == (
        "de",
        "duelmen",
        "doctor",
        "social-care",
        after(3600),
    )
    assert ticket.is_open
    assert tied.ticket == 1001


async def test_further_words_are_added_until_it_is_closed(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "mein Sohn hat Fieber")
    async with store.write() as unit:
        [line] = await unit.messages.after(contact.id, 0)
        number = (await unit.tickets.open(contact.id, QUESTION, [], NOW)).number
        await unit.tickets.add(number, "mein Sohn hat Fieber", [line.id], after(1))
        await unit.tickets.add(number, "seit gestern", [], after(2))
        [ticket] = await unit.tickets.of(contact.id)
        [tied] = await unit.messages.after(contact.id, 0)
        assert await unit.tickets.close(number, after(3))
        assert not await unit.tickets.close(number, after(4))
    assert ticket.lines == ("mein Sohn hat Fieber", "seit gestern")
    assert tied.ticket == number

    async def add_to_closed() -> None:
        async with store.write() as unit:
            await unit.tickets.add(number, "noch etwas", [], after(5))

    with pytest.raises(Conflict):
        await add_to_closed()


async def test_tickets_are_listed_for_the_contact_and_for_staff(store: Database) -> None:
    one, _ = await new_contact(store)
    two, _ = await new_contact(store, "karim")
    async with store.write() as unit:
        numbers = [
            (await unit.tickets.open(contact.id, QUESTION, [], NOW)).number for contact in (one, two, one)
        ]
        await unit.tickets.close(numbers[0], NOW)
        assert [t.number for t in await unit.tickets.of(one.id)] == [numbers[2], numbers[0]]
        assert [t.number for t in await unit.tickets.of(one.id, only_open=True)] == [numbers[2]]
        assert [t.number for t in await unit.tickets.listed()] == numbers[1:]
        assert [t.number for t in await unit.tickets.listed(only_open=False)] == numbers
        assert [t.number for t in await unit.tickets.listed(only_open=False, limit=1)] == numbers[:1]


async def test_closed_ones_are_found_by_what_is_asked_and_page_by_page(store: Database) -> None:
    """Filtered in the query: what others may see fills nobody's page."""
    one, _ = await new_contact(store)
    async with store.write() as unit:
        numbers = []
        for place, town in enumerate(("duelmen", "coesfeld", "", "duelmen")):
            new = replace(QUESTION, town=town, entry=f"entry-{place}")
            number = (await unit.tickets.open(one.id, new, [], NOW)).number
            await unit.tickets.change(number, tags=["müll", "a_b"] if place == 1 else ["amb"])
            await unit.tickets.close(number, after(place))
            numbers.append(number)
        open_one = (await unit.tickets.open(one.id, QUESTION, [], NOW)).number

        async def found(limit: int = 10, offset: int = 0, **wanted: Any) -> list[int]:
            return [t.number for t in await unit.tickets.closed(limit, Past(**wanted), offset)]

        assert await found() == numbers[::-1]
        assert await found(limit=2, offset=1) == [numbers[2], numbers[1]]
        assert await found(towns=["", "duelmen"]) == [numbers[3], numbers[2], numbers[0]]
        assert await found(towns=["", "duelmen"], town="coesfeld") == []
        assert await found(entry="entry-0") == [numbers[0]]
        assert await found(language="xx") == []
        assert await found(word=str(numbers[2])) == [numbers[2]]
        assert await found(word=str(one.guest)) == numbers[::-1]
        assert await found(word="müll") == [numbers[1]]
        assert await found(word="a_b") == [numbers[1]]  # no pattern
        assert await found(word="dülm", named=["duelmen"]) == [numbers[3], numbers[0]]
        (lost, head) = await unit.tickets.heads(["duelmen"], [numbers[1]])
        assert (lost.number, head.number) == (numbers[1], open_one)
        assert (head.question, head.town, head.second_way) == ("", "duelmen", False)
        assert await unit.tickets.heads(["coesfeld"], []) == []
        assert [t.number for t in await unit.tickets.heads(None, [])] == [open_one]
