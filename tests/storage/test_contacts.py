"""Contacts and their addresses on both databases."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.conversation import Asked, Conversation
from bot.service.ports import Conflict
from bot.storage.engine import Database
from tests.storage.people import NOW, address, after, came_in, inbound, new_contact


async def test_a_contact_is_found_by_its_address_only(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.read() as unit:
        assert await unit.contacts.find(address()) == (contact, place)
        assert await unit.contacts.find(address("karim")) is None
        assert await unit.contacts.find(address(channel="telegram")) is None
        assert await unit.contacts.get(contact.id) == contact
        assert await unit.contacts.get(contact.id + 1) is None


async def test_guest_numbers_are_short_and_do_not_follow_one_another(store: Database) -> None:
    async with store.write() as unit:
        guests = [(await unit.contacts.create(address(str(n)), NOW))[0].guest for n in range(30)]
    assert len(set(guests)) == 30
    assert all(1000 <= guest <= 999_999 for guest in guests)
    assert guests != sorted(guests)


async def test_two_workers_that_meet_a_newcomer_at_once_make_one_contact(store: Database) -> None:
    async def meet() -> int:
        async with store.write() as unit:
            contact, _ = await unit.contacts.create(address(), NOW)
            return contact.id

    ids = await asyncio.gather(*(meet() for _ in range(8)))
    assert len(set(ids)) == 1


async def test_a_conversation_is_kept_and_an_old_one_refused(store: Database) -> None:
    contact, _ = await new_contact(store)
    conversation = Conversation(
        greeted=True, language="ar", town="duelmen", asked=Asked("town", "أين", "housing", ("a", "b"))
    )
    changed = replace(contact, conversation=conversation)
    async with store.write() as unit:
        await unit.contacts.save(changed)
        assert await unit.contacts.get(contact.id) == replace(changed, version=1)

    async def save_again() -> None:
        async with store.write() as unit:
            await unit.contacts.save(changed)

    with pytest.raises(Conflict):
        await save_again()


async def test_an_unreachable_address_is_left_out_until_they_write_again(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        await unit.contacts.unreachable(place, "blocked", after(1))
        assert await unit.contacts.addresses(contact.id) == []
        await unit.intake.put(contact.id, place, inbound("ich wieder"), after(2), after(2))
        assert await unit.contacts.addresses(contact.id) == [(place, address())]
        await unit.contacts.unreachable(place, "blocked", after(3))
    await came_in(store, contact.id, place, "da bin ich")
    async with store.read() as unit:
        assert await unit.contacts.addresses(contact.id) == [(place, address())]


async def test_a_late_word_of_a_blocked_address_does_not_undo_a_newer_message(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "da bin ich")
    async with store.write() as unit:
        await unit.contacts.unreachable(place, "blocked", after(-1))
        assert await unit.contacts.addresses(contact.id) == [(place, address())]


async def test_a_read_writes_nothing(store: Database) -> None:
    contact, _ = await new_contact(store)

    async def write_in_read() -> None:
        async with store.read() as unit:
            await unit.contacts.keep_until(contact.id, NOW)

    with pytest.raises(Exception, match=r"read-only|readonly"):
        await write_in_read()


async def test_a_read_sees_one_state(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.read() as unit:
        before = await unit.contacts.get(contact.id)
        async with store.write() as other:
            await other.contacts.save(contact)
        assert await unit.contacts.get(contact.id) == before


async def test_an_error_undoes_everything(store: Database) -> None:
    async def fail() -> None:
        async with store.write() as unit:
            await unit.contacts.create(address(), NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.read() as unit:
        assert await unit.contacts.find(address()) is None


async def test_an_address_can_be_reachable_again_without_a_message(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        await unit.contacts.unreachable(place, "blocked", NOW)
        assert await unit.contacts.addresses(contact.id) == []
        await unit.contacts.reachable(place)
        assert await unit.contacts.addresses(contact.id) == [(place, address())]


async def test_a_second_way_to_reach_them(store: Database) -> None:
    """It is found by either; somebody else's address, or one for nobody, is refused."""
    contact, _ = await new_contact(store)
    await new_contact(store, "karim")
    async with store.write() as unit:
        await unit.contacts.attach(contact.id, address("777", "telegram"), after(1))
        found = await unit.contacts.find(address("777", "telegram"))
        assert found
        assert found[0] == contact
        assert [way.channel for _, way in await unit.contacts.addresses(contact.id)] == ["telegram", "web"]
    for who, where in ((contact.id, "karim"), (999, "nobody")):
        with pytest.raises(Conflict):
            async with store.write() as unit:
                await unit.contacts.attach(who, address(where), NOW)
