"""PostgreSQL: a pool of connections, with the isolation that reading and writing need."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

# An error's text must not show the values of its statement, which may be somebody's words.
QUIET = {"hide_parameters": True}


class Postgresql:
    """The connections to one database."""

    def __init__(self, url: URL) -> None:
        self._url = url
        # Writers need READ COMMITTED: after they waited for a contact's lock they must see what the one
        # before them did. REPEATABLE READ lets all statements of a read see one state.
        self._writer = create_async_engine(
            url, pool_size=10, pool_pre_ping=True, isolation_level="READ COMMITTED", **QUIET
        )
        self._reader = self._writer.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state and writes nothing."""
        async with self._reader.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at its end."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def migrate(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for changing the schema."""
        engine = create_async_engine(self._url, poolclass=NullPool, **QUIET)
        async with engine.begin() as connection:
            yield connection

    async def scrub(self) -> None:
        """Write the table of keys anew, without those that were destroyed."""
        outside = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        async with outside.connect() as connection:
            await connection.exec_driver_sql("VACUUM FULL contact_keys")

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
