"""SQLite's shared commits: what is told as stored is on the disk, and one that fails takes nothing with it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.service.ports import Conflict
from bot.storage.engine import Database
from tests.storage.people import NOW, new_contact

ORPHAN = "INSERT INTO contact_keys (contact_id, key_id, wrapped) VALUES (4711, '', x'00')"


def _commits(store: Database) -> int:
    """Return how many transactions the log holds."""
    log = Path(f"{store.url.database}-wal").read_bytes()[32:]
    page = 4096
    frames = [log[start : start + 24] for start in range(0, len(log), page + 24)]
    return sum(
        frame[4:8] != bytes(4) for frame in frames
    )  # the size of the file, set in a commit's last frame


async def _record(store: Database, key: str, *, fails: bool = False) -> None:
    async with store.write() as unit:
        await unit.jobs.put("test", key, NOW)
        if fails:
            raise ZeroDivisionError


async def _stored(store: Database) -> int:
    with closing(sqlite3.connect(store.url.database or "")) as other:
        return int(other.execute("SELECT count(*) FROM jobs").fetchone()[0])


async def test_writes_that_wait_share_a_commit(sqlite_store: Database) -> None:
    await _record(sqlite_store, "first")
    before = _commits(sqlite_store)
    await asyncio.gather(*(_record(sqlite_store, str(number)) for number in range(40)))
    assert await _stored(sqlite_store) == 41
    assert 0 < _commits(sqlite_store) - before <= 3


async def test_a_write_that_fails_takes_nothing_with_it(sqlite_store: Database) -> None:
    ended = await asyncio.gather(
        *(_record(sqlite_store, str(number), fails=number % 3 == 0) for number in range(30)),
        return_exceptions=True,
    )
    assert [type(one) for one in ended[:3]] == [ZeroDivisionError, type(None), type(None)]
    assert await _stored(sqlite_store) == 20


async def test_everybody_hears_of_a_commit_that_failed(sqlite_store: Database) -> None:
    """Nobody takes for stored what is not; the next commit succeeds."""

    async def orphan() -> None:
        async with sqlite_store.transaction() as transaction:
            await transaction.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            await transaction.connection.exec_driver_sql(ORPHAN)

    ended = await asyncio.gather(
        orphan(), *(_record(sqlite_store, str(number)) for number in range(9)), return_exceptions=True
    )
    failed = [isinstance(one, Conflict) for one in ended]
    assert failed[0]
    assert await _stored(sqlite_store) == failed.count(False)
    await _record(sqlite_store, "next")
    assert await _stored(sqlite_store) == failed.count(False) + 1


async def test_nobody_is_told_stored_what_sqlite_rolled_back_by_itself(sqlite_store: Database) -> None:
    """As it does when the disk is full: what came before it in the same commit is gone, too."""

    async def rolled_back() -> None:
        async with sqlite_store.transaction() as transaction:
            await transaction.connection.exec_driver_sql("ROLLBACK")

    writes = [_record(sqlite_store, str(number)) for number in range(9)]
    ended = await asyncio.gather(*writes[:5], rolled_back(), *writes[5:], return_exceptions=True)
    assert isinstance(ended[4], Exception)
    assert isinstance(ended[6], Exception)
    assert await _stored(sqlite_store) == ended.count(None)
    await _record(sqlite_store, "next")
    assert await _stored(sqlite_store) == ended.count(None) + 1


async def test_the_lock_of_another_process_is_waited_for(sqlite_store: Database) -> None:
    """Meanwhile the event loop goes on, and reading does."""
    await new_contact(sqlite_store)
    with closing(sqlite3.connect(sqlite_store.url.database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.ensure_future(_record(sqlite_store, "late"))
        async with sqlite_store.read() as unit:
            assert await unit.contacts.get(1)
        await asyncio.sleep(0.1)
        assert not writing.done()
        other.execute("COMMIT")
        await writing
    assert await _stored(sqlite_store) == 1


@pytest.mark.parametrize("steps", range(6))
async def test_who_is_cancelled_in_the_line_leaves_no_gap(sqlite_store: Database, steps: int) -> None:
    tasks = [asyncio.ensure_future(_record(sqlite_store, str(number))) for number in range(9)]
    for _ in range(steps):
        await asyncio.sleep(0)
    for task in tasks[1::2]:
        task.cancel()
    await asyncio.wait(tasks)
    await _record(sqlite_store, "next")
    assert await _stored(sqlite_store) >= 6
