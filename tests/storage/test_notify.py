"""Wake-ups: none is lost between looking and waiting, and they reach the other processes."""

import asyncio
import os
import signal
from typing import Any

import psycopg
import pytest

from bot.service.ports import Notifier
from bot.storage import listen
from bot.storage.listen import PostgresNotifier
from bot.storage.notify import LocalNotifier

LONG = 20.0  # seconds: never waited for in full
SHORT = 0.01


async def test_a_publish_before_the_wait_counts() -> None:
    notifier: Notifier = LocalNotifier()
    async with notifier.subscribe("intake") as subscription:
        await notifier.publish("intake")
        assert await subscription.wait(LONG)
        assert not await subscription.wait(SHORT)


async def test_a_publish_during_the_wait_wakes_everybody_on_the_topic_only() -> None:
    notifier = LocalNotifier()
    async with (
        notifier.subscribe("web:1") as one,
        notifier.subscribe("web:1") as two,
        notifier.subscribe("web:2") as other,
        asyncio.TaskGroup() as tasks,
    ):
        waiting = [tasks.create_task(subscription.wait(LONG)) for subscription in (one, two)]
        not_waking = tasks.create_task(other.wait(SHORT))
        await asyncio.sleep(0)
        await notifier.publish("web:1")
    assert [task.result() for task in waiting] == [True, True]
    assert not_waking.result() is False


async def test_nothing_is_kept_for_topics_that_nobody_listens_to() -> None:
    notifier = LocalNotifier()
    async with notifier.subscribe("web:1"):
        pass
    await notifier.publish("web:1")
    async with notifier.subscribe("web:1") as later:
        assert not await later.wait(SHORT)


@pytest.mark.postgres
async def test_a_publish_reaches_another_process(postgres_url: str) -> None:
    here, there = PostgresNotifier(postgres_url), PostgresNotifier(postgres_url)
    async with asyncio.TaskGroup() as tasks, there.subscribe("outbox") as subscription:
        listening = [tasks.create_task(notifier.run()) for notifier in (here, there)]
        assert await subscription.wait(LONG)  # it listens now: whatever came before may have been missed
        await here.publish("intake")
        await here.publish("outbox")
        assert await subscription.wait(LONG)
        assert not await subscription.wait(SHORT)
        for task in listening:
            task.cancel()


@pytest.mark.postgres
async def test_a_database_that_hangs_costs_wake_ups_and_nothing_else(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gives up must not close the connection under somebody else's hands: libpq then reads freed memory."""
    pulled: list[str] = []

    class Watched(psycopg.AsyncConnection):
        """Notes who closes it while somebody else waits for its answer."""

        user: object = None

        async def wait(self, *given: Any, **more: Any) -> Any:
            self.user = asyncio.current_task()
            try:
                return await super().wait(*given, **more)
            finally:
                self.user = None

        async def close(self) -> None:
            if self.user not in (None, asyncio.current_task()):
                pulled.append("closed while in use")
            await super().close()

    monkeypatch.setattr(psycopg, "AsyncConnection", Watched)
    here, there = PostgresNotifier(postgres_url), PostgresNotifier(postgres_url)
    await here.publish("outbox")
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        row = await (
            await connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_notify%' "
                "AND pid <> pg_backend_pid() AND datname = current_database()"
            )
        ).fetchone()
    assert row
    async with asyncio.TaskGroup() as tasks, there.subscribe("outbox") as subscription:
        listening = tasks.create_task(there.run())
        assert await subscription.wait(LONG)
        os.kill(row[0], signal.SIGSTOP)
        try:
            with monkeypatch.context() as hasty:
                hasty.setattr(listen, "GIVE_UP_AFTER", 0.2)
                given_up = [tasks.create_task(here.publish(f"web:{number}")) for number in range(5)]
                await asyncio.wait(given_up, return_when=asyncio.FIRST_COMPLETED)
            monkeypatch.setattr(listen, "GIVE_UP_AFTER", LONG)
            for _ in range(3):  # by a new connection, while the old one still hangs
                await here.publish("outbox")
                assert await subscription.wait(LONG)
        finally:
            os.kill(row[0], signal.SIGCONT)
            listening.cancel()
    await here.close()
    assert pulled == []


@pytest.mark.postgres
async def test_a_lost_connection_is_made_again(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "RECONNECT_AFTER", 0.05)
    here, there = PostgresNotifier(postgres_url), PostgresNotifier(postgres_url)
    async with asyncio.TaskGroup() as tasks, there.subscribe("outbox") as subscription:
        listening = tasks.create_task(there.run())
        assert await subscription.wait(LONG)
        await here.publish("outbox")
        assert await subscription.wait(LONG)
        async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        assert await subscription.wait(LONG)  # it listens again, and looks in case it missed something
        await here.publish("outbox")  # lost with its connection, and noted; the next one makes a new one
        await here.publish("outbox")
        assert await subscription.wait(LONG)
        listening.cancel()
        await here.close()


async def test_an_unreachable_server_costs_the_publisher_nothing() -> None:
    notifier = PostgresNotifier("postgresql://nobody@127.0.0.1:1/nothing")
    async with notifier.subscribe("intake") as subscription:
        await notifier.publish("intake")
        assert await subscription.wait(LONG)
