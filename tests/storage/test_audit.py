"""The audit log on both databases: lines follow one another, and what was changed behind our back is found."""

import asyncio

import pytest
from sqlalchemy import text

from bot.domain.audit import Chain
from bot.service.ports import Retention
from bot.storage.engine import Database
from bot.storage.vault import Vault
from tests.databases import MASTER_KEY
from tests.storage.people import NOW, after

DAY = 86_400


async def written(store: Database, lines: int = 5, since: float = 0) -> None:
    for number in range(lines):
        async with store.write() as unit:
            await unit.audit.note(7, "ticket.read", f"ticket:{1001 + number}", after(since + number))


async def checked(store: Database) -> Chain:
    async with store.read() as unit:
        return await unit.audit.check()


async def run(store: Database, statement: str) -> None:
    async with store.transaction() as transaction:
        assert await transaction.change(text(statement))


async def test_lines_are_kept_and_told_newest_first(store: Database) -> None:
    assert (await checked(store)).broken_at is None
    await written(store)
    async with store.read() as unit:
        acts = await unit.audit.listed(limit=2)
        older = await unit.audit.listed(before=acts[-1].no)
    assert [act.no for act in acts + older] == [5, 4, 3, 2, 1]
    assert (older[-1].staff, older[-1].what, older[-1].about, older[-1].at) == (
        7,
        "ticket.read",
        "ticket:1001",
        NOW,
    )
    found = await checked(store)
    assert (found.first, found.last, found.broken_at) == (1, 5, None)


async def test_lines_of_many_workers_make_one_chain(store: Database) -> None:
    async def note(number: int) -> None:
        async with store.write() as unit:
            await unit.audit.note(number, "ticket.read", f"ticket:{number}", NOW)

    await asyncio.gather(*(note(number) for number in range(30)))
    found = await checked(store)
    assert (found.first, found.last, found.broken_at) == (1, 30, None)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET staff_id = 8 WHERE no = 3", 3),
        ("UPDATE audit SET what = 'ticket.seen' WHERE no = 1", 1),
        ("UPDATE audit SET about = 'ticket:9' WHERE no = 5", 5),
        ("UPDATE audit SET at = (SELECT at FROM audit WHERE no = 1) WHERE no = 2", 2),
        ("UPDATE audit SET mac = (SELECT mac FROM audit WHERE no = 1) WHERE no = 4", 4),
        ("DELETE FROM audit WHERE no = 3", 3),
        ("DELETE FROM audit WHERE no = 1", 1),
        ("DELETE FROM audit WHERE no = 5", 5),
        ("DELETE FROM audit WHERE no <= 2", 1),
        ("UPDATE audit SET no = no + 10 WHERE no = 5", 5),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit_head", 6),
    ],
)
async def test_tampering_is_found(store: Database, statement: str, broken_at: int) -> None:
    await written(store)
    await run(store, statement)
    assert (await checked(store)).broken_at == broken_at


async def test_a_line_cannot_be_added_without_the_key(store: Database) -> None:
    await written(store)
    foreign = Database(store.url.render_as_string(False), Vault([bytes(32)]), store.folder)
    await written(foreign, 1)
    await foreign.close()
    assert (await checked(store)).broken_at == 6


async def test_after_a_change_of_the_master_key_the_old_lines_still_hold(store: Database) -> None:
    await written(store)
    renewed = Database(store.url.render_as_string(False), Vault([bytes(32), MASTER_KEY]), store.folder)
    await written(renewed)
    assert (await checked(renewed)).broken_at is None
    await renewed.close()


async def test_old_lines_are_purged_and_the_rest_still_holds(store: Database) -> None:
    await written(store)
    await written(store, 3, since=10 * DAY)
    async with store.write() as unit:
        assert await unit.purge(Retention(audit=5), after(11 * DAY)) == 5
        assert await unit.purge(Retention(audit=5), after(11 * DAY)) == 0
    found = await checked(store)
    assert (found.first, found.last, found.broken_at) == (6, 9, None)
    # What the purge left cannot be shortened in its name.
    await run(store, "DELETE FROM audit WHERE no = 6")
    assert (await checked(store)).broken_at is not None


async def test_after_everything_was_purged_the_chain_goes_on(store: Database) -> None:
    await written(store)
    async with store.write() as unit:
        await unit.purge(Retention(audit=5), after(20 * DAY))
        await unit.purge(Retention(audit=5), after(40 * DAY))
    await written(store, 2, since=41 * DAY)
    found = await checked(store)
    assert (found.last, found.broken_at) == (8, None)
