"""Jobs, tokens and events on both databases."""

import pytest
from sqlalchemy import select

from bot.domain.event import Event
from bot.domain.job import Job
from bot.service.ports import LeaseLost
from bot.storage.engine import Database
from bot.storage.tables import events
from tests.storage.people import LEASE, NOW, after, new_contact

KINDS = ("remind", "purge")


async def _claim(store: Database, seconds: float = 0, owner: str = "w") -> Job | None:
    async with store.write() as unit:
        return await unit.jobs.claim(owner, after(seconds), LEASE, KINDS)


async def _put(store: Database, key: str, seconds: float = 0, kind: str = "remind") -> None:
    async with store.write() as unit:
        await unit.jobs.put(kind, key, after(seconds), {"ticket": 1001, "note": "x"})


async def test_a_job_runs_when_due_and_once(store: Database) -> None:
    await _put(store, "remind:1", 10)
    assert await _claim(store, 9) is None
    job = await _claim(store, 10)
    assert job
    assert (job.kind, job.key, job.run_at, job.attempts) == ("remind", "remind:1", after(10), 0)
    assert job.payload == {"ticket": 1001, "note": "x"}
    assert await _claim(store, 11, "other") is None
    async with store.write() as unit:
        await unit.jobs.done(job, "w")
        assert await unit.jobs.next_due(KINDS) is None


async def test_the_longest_due_comes_first_of_the_kinds_asked_for(store: Database) -> None:
    await _put(store, "later", 2)
    await _put(store, "sooner", 1)
    await _put(store, "not ours", 0, kind="translate")
    first, second, third = [await _claim(store, 5) for _ in range(3)]
    assert first
    assert second
    assert (first.key, second.key, third) == ("sooner", "later", None)


async def test_the_same_key_moves_the_job(store: Database) -> None:
    await _put(store, "remind:1", 10)
    await _put(store, "remind:1", 20)
    assert await _claim(store, 10) is None
    async with store.read() as unit:
        assert await unit.jobs.next_due(KINDS) == after(20)


async def test_a_job_that_plans_itself_again_stays(store: Database) -> None:
    await _put(store, "purge", 0, kind="purge")
    job = await _claim(store)
    assert job
    async with store.write() as unit:
        await unit.jobs.put("purge", "purge", after(100))
        await unit.jobs.done(job, "w")
    again = await _claim(store, 100)
    assert again
    assert (again.key, again.run_at) == ("purge", after(100))


async def test_a_failed_job_is_tried_again(store: Database) -> None:
    await _put(store, "remind:1")
    job = await _claim(store)
    assert job
    async with store.write() as unit:
        await unit.jobs.retry(job, "w", after(60))
    assert await _claim(store, 59) is None
    again = await _claim(store, 60)
    assert again
    assert again.attempts == 1


async def test_a_job_whose_worker_died_is_taken_over(store: Database) -> None:
    await _put(store, "remind:1")
    late = await _claim(store, owner="slow")
    async with store.read() as unit:
        assert await unit.jobs.next_due(KINDS) == NOW + LEASE
    taken = await _claim(store, 30, owner="quick")
    assert late
    assert taken
    assert taken.attempts == 1

    async def done() -> None:
        async with store.write() as unit:
            await unit.jobs.done(late, "slow")

    async def retry() -> None:
        async with store.write() as unit:
            await unit.jobs.retry(late, "slow", after(99))

    for attempt in (done, retry):
        with pytest.raises(LeaseLost):
            await attempt()


async def test_a_cancelled_job_does_not_run(store: Database) -> None:
    await _put(store, "remind:1")
    async with store.write() as unit:
        await unit.jobs.cancel("remind:1")
        await unit.jobs.cancel("never planned")
    assert await _claim(store) is None


async def test_a_one_time_token_works_once_for_its_purpose(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.write() as unit:
        token = await unit.tokens.issue(contact.id, "resume", after(60))
        assert len(token) == 43
        assert await unit.tokens.redeem(token, "erase", NOW, once=True) is None
        assert await unit.tokens.redeem(token, "resume", after(60), once=True) is None
        assert await unit.tokens.redeem(token, "resume", after(59), once=True) == contact.id
        assert await unit.tokens.redeem(token, "resume", after(59), once=True) is None
        assert await unit.tokens.redeem("guessed", "resume", NOW, once=True) is None


async def test_a_lasting_token_works_again(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.write() as unit:
        token = await unit.tokens.issue(contact.id, "web", None)
    for seconds in (0, 10**8):
        async with store.read() as unit:
            assert await unit.tokens.redeem(token, "web", after(seconds), once=False) == contact.id


async def test_an_event_is_kept_word_for_word(store: Database) -> None:
    event = Event("answered", NOW, "web", "ar", "duelmen", "housing", "match")
    async with store.write() as unit:
        await unit.events.record(event)
    async with store.transaction() as transaction:
        row = await transaction.first(select(events))
    assert row
    assert Event(row.kind, row.at, row.channel, row.language, row.town, row.entry, row.detail) == event


async def test_a_long_job_keeps_its_lease_by_renewing_it(store: Database) -> None:
    """Nobody else gets it while it lives; once it is lost, it cannot be renewed."""
    await _put(store, "remind:1")
    job = await _claim(store)
    assert job
    async with store.write() as unit:
        await unit.jobs.renew(job, "w", after(100))
    assert await _claim(store, 99, "other") is None
    assert await _claim(store, 100, "other")
    with pytest.raises(LeaseLost):
        async with store.write() as unit:
            await unit.jobs.renew(job, "w", after(200))
