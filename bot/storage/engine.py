"""The Store: short transactions over SQLite or PostgreSQL, and the folder with the files."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from sqlalchemy import select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.service.ports import Conflict, Unit
from bot.storage.contacts import rewrap
from bot.storage.files import Folder
from bot.storage.groups import rewrap_telegram
from bot.storage.postgresql import Postgresql
from bot.storage.proposals import rewrap_proposals
from bot.storage.sqlite import Direct, Sqlite
from bot.storage.staff import rewrap_staff
from bot.storage.tables import attachments, contact_keys
from bot.storage.transaction import Transaction
from bot.storage.unit import StoredUnit
from bot.storage.vault import DataKey, KeyProblem, Vault

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


def database_url(text: str) -> URL:
    """Read a database URL; plain `sqlite:` and `postgresql:` get the driver we use. Raises ValueError."""
    url = make_url(text)
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise ValueError(f"the database is {url.get_backend_name()}; expected sqlite or postgresql")
    return url.set(drivername=driver)


class Database:
    """The Store: short transactions over one database, and the folder with its files."""

    def __init__(self, url: str, vault: Vault, folder: Folder) -> None:
        self.url = database_url(url)
        self.vault = vault
        self.folder = folder
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._connections = Sqlite(self.url) if self.is_sqlite else Postgresql(self.url)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """A transaction that sees one state and writes nothing."""
        async with self._reading() as transaction:
            yield StoredUnit(transaction, self.folder)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Transaction]:
        async with self._connections.read() as connection:
            yield Transaction(connection, self.vault)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Unit]:
        """A transaction that commits at its end and rolls back on any error."""
        async with self.transaction() as transaction:
            yield StoredUnit(transaction, self.folder)
        if transaction.freed_files:
            with suppress(OSError):  # what stays is unreadable, and goes with the next scrub
                await asyncio.to_thread(self.folder.remove, transaction.freed_files)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """What `write` is made of, for the storage's own work (keys)."""
        try:
            async with self._connections.write() as connection:
                yield Transaction(connection, self.vault)
        except IntegrityError as error:
            # Without the statement's parameters, which may be somebody's words.
            raise Conflict(f"the database refused: {type(error.orig).__name__}") from None

    def migrating(self) -> AbstractAsyncContextManager[Direct | AsyncConnection]:
        """A transaction for changing the schema."""
        return self._connections.migrate()

    async def data_key(self, contact: int) -> DataKey:
        """Return a contact's data key for work outside a transaction; raise Conflict if it was destroyed."""
        async with self._reading() as transaction:
            return await transaction.key(contact)

    async def scrub(self) -> None:
        """Overwrite what erase and purge freed, and drop the files that nobody knows."""
        await self._connections.scrub()
        await self._drop_lost_files()

    async def _drop_lost_files(self) -> None:
        # A file is written before the row that names it. If that row never came, a day later nobody waits for
        # it.
        lost = set(await asyncio.to_thread(self.folder.names, time.time() - 86_400))
        async with self._reading() as transaction:
            lost -= {row.file for row in await transaction.rows(select(attachments.c.file))}
        await asyncio.to_thread(self.folder.remove, lost)

    async def rewrap(self) -> int:
        """Bring all keys to the first of several master keys; return how many contacts were behind.

        The older master key is needed for another `intake.DEDUPE`, to know messages that come twice.
        """
        async with self.transaction() as transaction:
            await rewrap_staff(transaction)
            await rewrap_proposals(transaction)
            await rewrap_telegram(transaction)
            return await rewrap(transaction)

    async def health(self) -> None:
        """Ask the database for something; raise if it does not answer, or KeyProblem if our master key is
        not its."""
        async with self._reading() as transaction:
            used = {row.key_id for row in await transaction.rows(select(contact_keys.c.key_id).distinct())}
        unknown = used - set(self.vault.key_ids)
        if unknown:
            raise KeyProblem(
                f"the database was written with master key {', '.join(sorted(unknown))}, not given here"
            )

    async def close(self) -> None:
        """Close all connections."""
        await self._connections.close()
