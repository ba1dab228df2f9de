"""SQLite, driven from the event loop: statements run where they are called, and writes that wait share a commit.

A statement takes some ten microseconds, a change of threads a hundred. Only a commit, which waits for the disk,
and what is known to take long go to a thread.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Engine, Executable, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

# FULL: what was acknowledged survives a power cut. secure_delete: what was deleted is overwritten with zeros.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
LOCKED_FOR = 10.0  # seconds until a lock that another process holds is a fault
LOOK_AGAIN = 0.005  # seconds
READERS = 4  # connections kept open
MOST_TOGETHER = 64  # writes in one commit
CHECKPOINT_TRIES = 50

Answer = TypeVar("Answer")


class Direct:
    """A connection as SQLAlchemy's AsyncConnection is, as far as the storage uses one."""

    def __init__(self, connection: Connection, thread: ThreadPoolExecutor) -> None:
        self.dialect: Dialect = connection.dialect
        self._connection = connection
        self._thread = thread
        self._is_long = False

    def take_long(self) -> None:
        """Run what follows in a thread: it may take so long that others would notice."""
        self._is_long = True

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement."""
        if self._is_long:
            return await whole(self._thread, lambda: self._connection.execute(statement, parameters))
        return self._connection.execute(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> CursorResult[Any]:
        """Run SQL as it stands."""
        if self._is_long:
            return await whole(self._thread, lambda: self._connection.exec_driver_sql(statement))
        return self._connection.exec_driver_sql(statement)

    async def run_sync(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a function with the connection, in a thread."""
        return await whole(self._thread, lambda: work(self._connection, *arguments))


class _Batch:
    """Writes that are committed together, each within a savepoint: one that fails takes nothing with it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.size = 0
        self._driver = _driver_of(connection)
        self.is_durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def begin_one(self) -> None:
        if not self._driver.in_transaction:  # SQLite ends it by itself when the disk is full or fails
            raise sqlite3.OperationalError("the transaction was rolled back")
        self._driver.execute("SAVEPOINT one")

    def keep_one(self) -> None:
        self._driver.execute("RELEASE one")
        self.size += 1

    def undo_one(self) -> None:
        self._driver.execute("ROLLBACK TO one")
        self._driver.execute("RELEASE one")

    def settle(self, commit: asyncio.Future[None]) -> None:
        """Tell everybody how the commit ended."""
        self.connection.close()
        error = commit.exception()
        if error:
            self.is_durable.set_exception(error)
            self.is_durable.exception()  # noted: perhaps nobody waits any more
        else:
            self.is_durable.set_result(None)


class Sqlite:
    """The connections to one file: some that read, and one that writes."""

    def __init__(self, url: URL) -> None:
        self._url = url
        if url.database:
            Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Unlimited: waiting for a connection would stop the event loop, and with it who has one.
        self._reader = _engine(url, "query_only=ON", pool_size=READERS, max_overflow=-1)
        self._writer = _engine(url, "foreign_keys=ON", pool_size=1)
        self._thread = ThreadPoolExecutor(1, "sqlite")
        # SQLite has one writer at a time. Waiting here is in turn; waiting in SQLite is polling, and starves some.
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_taken = False
        self._batch: _Batch | None = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Direct]:
        """A transaction that sees one state and writes nothing."""
        with self._reader.connect() as connection:
            _driver_of(connection).execute("BEGIN")
            yield Direct(connection, self._thread)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Direct]:
        """A transaction; it is durable when this ends, together with others that waited at the same time."""
        await self._enter()
        try:
            if self._batch is None:
                self._batch = _Batch(await _begun(self._writer))
            batch = self._batch
            batch.begin_one()
            try:
                yield Direct(batch.connection, self._thread)
            except BaseException:
                batch.undo_one()
                raise
            batch.keep_one()
        finally:
            self._leave()
        await _until(batch.is_durable)

    @asynccontextmanager
    async def migrate(self) -> AsyncIterator[Direct]:
        """A transaction for changing the schema: without foreign keys, since a table is altered by building it
        anew."""
        engine = _engine(self._url, "foreign_keys=OFF", poolclass=NullPool)
        async with self._alone():
            with await _begun(engine) as connection:
                yield Direct(connection, self._thread)
                await whole(self._thread, partial(_commit, connection))

    async def scrub(self) -> None:
        """Empty SQLite's log; in the file itself secure_delete has put zeros."""
        for _ in range(CHECKPOINT_TRIES):
            async with self._alone():
                with self._writer.connect() as connection:
                    busy = await whole(self._thread, partial(_checkpoint, connection))
            if not busy:
                return
            await asyncio.sleep(0.1)  # a reader of another process still looks at an old state
        raise TimeoutError("SQLite's log could not be emptied: something reads without end")

    async def close(self) -> None:
        """Close all connections, after what is being committed."""
        async with self._alone():
            self._writer.dispose()
            self._reader.dispose()
        self._thread.shutdown()

    # --- whose turn it is

    async def _enter(self) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting.remove(turn)
            else:  # it was ours in the same moment
                self._leave()
            raise

    def _leave(self) -> None:
        """Let the next one join the batch; commit it first if nobody waits or it is large."""
        batch = self._batch
        somebody_waits = any(not turn.done() for turn in self._waiting)
        if batch is None or (somebody_waits and batch.size < MOST_TOGETHER):
            self._hand_on()
        else:
            self._commit(batch).add_done_callback(lambda _: self._hand_on())

    def _commit(self, batch: _Batch) -> asyncio.Future[None]:
        self._batch = None
        loop = asyncio.get_running_loop()
        if batch.size:
            commit = loop.run_in_executor(self._thread, _commit, batch.connection)
            commit.add_done_callback(batch.settle)
        else:  # everything in it failed
            commit = loop.create_future()
            commit.set_result(None)
            batch.settle(commit)
        return commit

    def _hand_on(self) -> None:
        turn = next((turn for turn in self._waiting if not turn.done()), None)
        if turn is None:
            self._is_taken = False
        else:
            self._waiting.remove(turn)
            turn.set_result(None)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        await self._enter()
        try:
            if self._batch:
                with suppress(SQLAlchemyError):  # those whose it is are told
                    await _until(self._commit(self._batch))
            yield
        finally:
            self._leave()


def _engine(url: URL, pragma: str, poolclass: type[QueuePool | NullPool] = QueuePool, **pool: int) -> Engine:
    """Return an engine that begins and ends no transaction by itself: the driver's guessing is switched off."""
    arguments = {"isolation_level": None, "check_same_thread": False}
    # An error's text must not show the values of its statement, which may be somebody's words.
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, poolclass=poolclass, **pool)

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, record: object) -> None:
        # Opening may find that another process sets up the log; later nobody may wait inside SQLite.
        for setting in (f"busy_timeout={LOCKED_FOR * 1000:.0f}", *PRAGMAS, pragma):
            connection.execute(f"PRAGMA {setting}")

    return engine


def _commit(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        # SQLite leaves some transactions open whose commit failed; SQLAlchemy would hand on the connection so.
        if _driver_of(connection).in_transaction:
            connection.exec_driver_sql("ROLLBACK")
        raise


def _checkpoint(connection: Connection) -> bool:
    """Empty the log into the file; True if somebody stands in the way."""
    busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return bool(busy)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    """Return the connection beneath, for what needs nothing of SQLAlchemy."""
    found: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return found


async def _begun(engine: Engine) -> Connection:
    """Return a connection inside a transaction that holds the lock for writing.

    BEGIN without IMMEDIATE would take a snapshot first and fail, or worse lose the update, when it comes to
    writing. Another process that holds the lock is waited for here, where the event loop goes on.
    """
    connection = engine.connect()
    try:
        _driver_of(connection).execute("PRAGMA busy_timeout=0")
        async with asyncio.timeout(LOCKED_FOR):
            while not _begins(connection):  # noqa: ASYNC110 - another process tells nothing
                await asyncio.sleep(LOOK_AGAIN)
        connection.begin()  # so that Alembic does not end what it did not begin
    except BaseException:
        connection.close()
        raise
    return connection


def _begins(connection: Connection) -> bool:
    try:
        _driver_of(connection).execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


async def whole(thread: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
    """Run `work` in the thread to its end, also if the caller is cancelled meanwhile: nobody may use its
    connection before."""
    doing = asyncio.get_running_loop().run_in_executor(thread, work)
    await _until(doing)
    return doing.result()


async def _until(done: asyncio.Future[Any]) -> None:
    """Wait for a future, raise what it raises; a cancellation comes after it."""
    cancelled = None
    while not done.done():
        try:
            await asyncio.wait([done])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
    done.result()
