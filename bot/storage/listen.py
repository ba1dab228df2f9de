"""Waking whoever waits for a topic in all processes on one PostgreSQL, by LISTEN and NOTIFY."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog

from bot.storage.engine import database_url
from bot.storage.notify import LocalNotifier, LocalSubscription

CHANNEL = "lotse"
RECONNECT_AFTER = 2.0  # seconds
GIVE_UP_AFTER = 5.0  # seconds that a publish may take; a lost wake-up only costs a poll

_log = structlog.get_logger(__name__)


class PostgresNotifier:
    """The promise `Notifier` for several processes; `run` listens until it is cancelled."""

    def __init__(self, url: str) -> None:
        self._dsn = database_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._local = LocalNotifier()
        self._name = secrets.token_hex(8)  # to know our own publishes when they come back
        self._sending: psycopg.AsyncConnection | None = None
        # Who uses the connection has the turn, and nobody else closes it: libpq would read freed memory and end the
        # process.
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Hand on what other processes publish; connect again whenever the connection is lost."""
        try:
            while True:
                try:
                    await self._listen()
                except psycopg.Error as error:
                    _log.warning("listen_lost", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_AFTER)
        finally:
            await self.close()

    async def _listen(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._local.wake_all()  # what was published while we were deaf
            async for notice in connection.notifies():
                sender, _, topic = notice.payload.partition(" ")
                if sender != self._name:
                    self._local.wake(topic)

    async def _connect(self) -> psycopg.AsyncConnection:
        # Keepalives, in seconds: a connection that a firewall forgot looks alive for ever without them.
        return await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, keepalives_idle=30, keepalives_interval=10, keepalives_count=3
        )

    async def publish(self, topic: str) -> None:
        """Wake all who subscribed to `topic`, here and elsewhere."""
        self._local.wake(topic)
        try:
            async with asyncio.timeout(GIVE_UP_AFTER), self._turn:
                await self._notify(f"{self._name} {topic}")
        except (psycopg.Error, TimeoutError) as error:
            _log.warning("notify_lost", topic=topic.partition(":")[0], error=type(error).__name__)

    async def _notify(self, payload: str) -> None:
        try:
            if self._sending is None or self._sending.closed:
                self._sending = await self._connect()
            await self._sending.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
        except BaseException:  # also when time is up: what it was doing is not known
            await self._drop()
            raise

    async def close(self) -> None:
        """Close the connection that publishes; the next publish makes a new one."""
        async with self._turn:
            await self._drop()

    async def _drop(self) -> None:
        connection, self._sending = self._sending, None
        if connection:
            await connection.close()

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[LocalSubscription]:
        """Listen to `topic` as long as the context lasts."""
        async with self._local.subscribe(topic) as subscription:
            yield subscription
