"""Groups of the team: codes, accounts, and how far tickets are mirrored, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.domain.staff import Role, Staff
from bot.domain.staff_group import Code, Group, Saying, Topic, Written, group_for
from bot.domain.ticket import NewTicket
from bot.service.ports import Retention
from bot.storage.engine import Database
from bot.storage.tables import staff_telegram
from bot.storage.vault import Vault
from tests.databases import MASTER_KEY
from tests.storage.people import NOW, after, new_contact

CLERK = Staff(0, "Frau Beispiel", Role.CLERK, frozenset({"duelmen"}))
HERS = 5_000_000_001  # the number of her account


async def test_a_code_is_good_once_and_for_one_thing(store: Database) -> None:
    async with store.write() as unit:
        staff = await unit.staff.add(CLERK, NOW)
        older = await unit.groups.issue(Code(staff.id), after(60))
        newer = await unit.groups.issue(Code(staff.id), after(60))
        assert not await unit.groups.awaited(NOW)
        of_group = await unit.groups.issue(Code(None, frozenset({"duelmen"}), "de"), after(60))
        assert await unit.groups.awaited(NOW)
        assert not await unit.groups.awaited(after(60))
    async with store.write() as unit:
        assert await unit.groups.redeem(older, NOW, group=False) is None  # the newer one ended it
        assert await unit.groups.redeem(newer, NOW, group=True) is None
        assert await unit.groups.redeem(newer, after(61), group=False) is None
        typed = f" {newer.lower().replace('-', ' ')}"
        assert await unit.groups.redeem(typed, NOW, group=False) == Code(staff.id)
        assert await unit.groups.redeem(newer, NOW, group=False) is None
        expected = Code(None, frozenset({"duelmen"}), "de")
        assert await unit.groups.redeem(of_group, NOW, group=True) == expected


async def test_two_who_redeem_a_code_at_once(store: Database) -> None:
    async with store.write() as unit:
        code = await unit.groups.issue(Code(None), after(60))

    async def redeem() -> Code | None:
        async with store.write() as unit:
            return await unit.groups.redeem(code, NOW, group=True)

    found = await asyncio.gather(*(redeem() for _ in range(4)))
    assert len([one for one in found if one]) == 1


async def test_an_account_is_one_persons_until_theirs_is_revoked(store: Database) -> None:
    async with store.write() as unit:
        one = await unit.staff.add(CLERK, NOW)
        two = await unit.staff.add(replace(CLERK, name="Herr Muster"), NOW)
        await unit.groups.link(one.id, HERS, NOW)
        await unit.groups.link(one.id, HERS + 1, NOW)
        assert await unit.groups.linked(HERS) is None  # she has another telephone now
        await unit.groups.link(two.id, HERS + 1, NOW)
        account = await unit.groups.linked(HERS + 1)
        assert account
        assert account.staff == two
        assert [await unit.groups.is_linked(id) for id in (one.id, two.id)] == [False, True]
        await unit.groups.issue(Code(two.id), after(60))
        await unit.staff.revoke(two.id, NOW)
        assert await unit.groups.linked(HERS + 1) is None
        assert not await unit.groups.unlink(two.id)


async def test_accounts_are_not_readable_and_outlive_a_master_key(store: Database) -> None:
    async with store.write() as unit:
        staff = await unit.staff.add(CLERK, NOW)
        await unit.groups.link(staff.id, HERS, NOW)
    async with store.transaction() as transaction:
        row = await transaction.first(select(staff_telegram))
    assert row
    assert str(HERS).encode() not in row.blind + row.account
    store.vault = Vault([bytes(32), MASTER_KEY])
    await store.rewrap()
    store.vault = Vault([bytes(32)])
    async with store.read() as unit:
        assert await unit.groups.linked(HERS)


def test_a_ticket_belongs_to_the_group_of_its_town() -> None:
    everybody = Group(1, -1, frozenset(), "de", NOW)
    duelmen = Group(2, -2, frozenset({"duelmen"}), "de", NOW)
    both = (everybody, duelmen)
    assert group_for(both, "duelmen") == duelmen
    assert [group_for(both, town) for town in ("coesfeld", "")] == [everybody, everybody]
    assert [group_for((duelmen,), town) for town in ("coesfeld", "")] == [None, None]


async def test_what_changed_is_seen_at_a_glance(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.write() as unit:
        group = await unit.groups.connect(-1001, ["duelmen"], "de", NOW)
        ticket = await unit.tickets.open(contact.id, NewTicket("Frage", "fa", "duelmen"), [], NOW)
    async with store.write() as unit:
        [glance] = await unit.mirror.glances()
        assert (glance.ticket.question, glance.ticket.town, glance.is_behind(NOW)) == ("", "duelmen", True)
        topic = Topic(ticket.number, group.id, 7, 8, signature=glance.signature(NOW))
        await unit.mirror.keep(topic)
        assert await unit.mirror.in_thread(group.id, 7) == await unit.mirror.topic(ticket.number) == topic
        [glance] = await unit.mirror.glances()
        assert not glance.is_behind(NOW)
    for change in (
        {"assignee": 1},
        {"snoozed_until": after(60)},
        {"closed_at": NOW},
    ):
        async with store.write() as unit:
            await unit.tickets.change(ticket.number, **change)
            [glance] = await unit.mirror.glances()
            assert glance.is_behind(NOW)
            await unit.mirror.keep(replace(topic, signature=glance.signature(NOW)))
    async with store.write() as unit:
        [glance] = await unit.mirror.glances()
        assert not glance.is_behind(NOW)
        await unit.mirror.keep(replace(topic, closed=True))
        assert await unit.mirror.glances() == []
        assert [one.ticket for one in await unit.mirror.ended(after(1))] == [ticket.number]
        assert await unit.mirror.ended(NOW) == []
        await unit.mirror.let_go(ticket.number)
        assert await unit.mirror.left(group.id) == [7]
        await unit.mirror.gone(group.id, 7)
        assert await unit.mirror.left(group.id) == []


async def test_a_group_that_moves_begins_anew_and_one_that_goes_leaves_nothing(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.write() as unit:
        group = await unit.groups.connect(-5, (), "de", NOW)
        ticket = await unit.tickets.open(contact.id, NewTicket("Frage", "fa"), [], NOW)
        await unit.mirror.keep(Topic(ticket.number, group.id, 7, 8, "x", 9, 1, 2, 3))
        saying = Saying(
            0, group.id, 7, 3, "group.taken", {"name": "Frau Beispiel"}, (("desk:take:1:2", "x"),)
        )
        await unit.mirror.say(saying, "one", NOW, ticket.number)
        await unit.mirror.say(saying, "one", NOW, ticket.number)
        [told] = await unit.mirror.to_say(group.id)
        assert told == replace(saying, id=told.id)
        await unit.mirror.said(told.id, NOW)
        assert await unit.mirror.to_say(group.id) == []
        assert await unit.mirror.wrote(Written(group.id, 3, ticket.number, 1, answer=4))
        assert not await unit.mirror.wrote(Written(group.id, 3, ticket.number, 2))
        assert await unit.mirror.all_written(ticket.number) == [Written(group.id, 3, ticket.number, 1, 4)]
        await unit.groups.ail(group.id, "removed from the chat", NOW)
        await unit.groups.ail(group.id, "removed from the chat", after(60))
        await unit.groups.leave_alone(group.id, after(5))
        [ill] = await unit.groups.listed()
        assert (ill.trouble_since, ill.wait_until) == (NOW, after(5))
        await unit.groups.move(group.id, -1005)
        assert await unit.groups.of_chat(-5) is None
        assert await unit.groups.of_chat(-1005) == replace(group, chat=-1005)
        assert await unit.mirror.topic(ticket.number) == Topic(ticket.number, group.id)
        await unit.mirror.taken_back(4)
        assert await unit.mirror.written(group.id, 3) is None
        other = await unit.groups.connect(-1006, (), "de", NOW)
        await unit.groups.move(group.id, -1006)  # it was connected under its new number, too
        assert await unit.groups.listed() == [other]
        assert await unit.mirror.topic(ticket.number) is None


async def test_old_codes_and_sayings_are_purged(store: Database) -> None:
    async with store.write() as unit:
        group = await unit.groups.connect(-5, (), "de", NOW)
        await unit.groups.issue(Code(None), after(60))
        await unit.mirror.say(Saying(0, group.id, None, None, "group.connected"), "one", NOW)
        assert await unit.purge(Retention(), after(61)) == 1
        assert await unit.purge(Retention(), NOW + timedelta(days=31)) == 1
