"""One open transaction: runs statements, seals and opens what belongs to a contact."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Executable, Integer, Row, Select, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.service.ports import Conflict
from bot.storage.sqlite import Direct
from bot.storage.tables import contact_keys, contacts
from bot.storage.vault import DataKey, KeyProblem, Unreadable, Vault

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

# Inserts that know ON CONFLICT, which both databases have and SQLAlchemy keeps apart.
INSERT: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
# The columns of a data key, for statements that read a contact anyway.
WITH_KEY = (contact_keys.c.key_id, contact_keys.c.wrapped)
# What reading a damaged row raises: it cannot be decrypted, or what comes out is not what we write. A fault of the
# database itself is none of these.
UNREADABLE = (Unreadable, KeyProblem, Conflict, ValueError, LookupError, TypeError, AttributeError)

_number = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact"))
    .returning(contacts.c.numbered, contacts.c.shown, contacts.c.language)
)
_NUMBER = _number.values(
    numbered=contacts.c.numbered + 1, shown=contacts.c.shown + bindparam("places", type_=Integer)
)
_NUMBER_WRITER = _number.values(
    numbered=contacts.c.numbered + 1,
    shown=contacts.c.shown + 1,
    last_seen_at=bindparam("at"),
    expires_at=None,
)
_NEW_KEY = contact_keys.insert()
_KEY = select(contact_keys).where(contact_keys.c.contact_id == bindparam("contact"))


class Transaction:
    """A connection inside its transaction, with the data keys it needed so far; neither outlives it."""

    def __init__(self, connection: AsyncConnection | Direct, vault: Vault) -> None:
        self.connection = connection
        self.vault = vault
        self.freed_files: list[str] = []  # to be removed once the commit has succeeded
        self._keys: dict[int, DataKey] = {}

    def take_long(self) -> None:
        """Tell that what follows may take so long that others would notice."""
        if isinstance(self.connection, Direct):
            self.connection.take_long()

    async def first(self, statement: Executable, **values: Any) -> AnyRow | None:
        """Run a statement with the values of its parameters and return its first row.

        On the way of a message statements are made once, when their module is read: making one costs more than
        running it.
        """
        return (await self.connection.execute(statement, values)).first()

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        """Run a statement and return all its rows."""
        return (await self.connection.execute(statement, values)).all()

    async def change(self, statement: Executable, **values: Any) -> int:
        """Run a statement and return how many rows it touched."""
        return (await self.connection.execute(statement, values)).rowcount

    async def add(self, table: Table, values: list[dict[str, Any]]) -> None:
        """Insert rows."""
        if values:
            await self.connection.execute(table.insert(), values)

    @property
    def kind(self) -> str:
        """The kind of database, a key of `INSERT`."""
        return self.connection.dialect.name

    async def number(self, contact: int, *, shown: bool = False) -> AnyRow:
        """Lock a contact and give out its next row number and, if `shown`, its next place in the history.

        Two transactions that write to one contact go one after the other from here on, so that the order of
        ids is the order of commits. Returns numbered, shown and language; raises Conflict if the contact was
        erased.
        """
        return _there(contact, await self.first(_NUMBER, contact=contact, places=int(shown)))

    async def number_writer(self, contact: int, at: datetime) -> AnyRow:
        """Do the same for a newcomer's own line, and note that they wrote: no purge is due."""
        return _there(contact, await self.first(_NUMBER_WRITER, contact=contact, at=at))

    async def load_keys(self, of: Iterable[int]) -> None:
        """Fetch the data keys of several contacts at once."""
        missing = list(set(of) - self._keys.keys())
        if missing:
            found = await self.rows(select(contact_keys).where(contact_keys.c.contact_id.in_(missing)))
            for row in found:
                self.hold(row.contact_id, row)

    def hold(self, contact: int, row: AnyRow) -> None:
        """Take the data key that was read along with a contact (`WITH_KEY`), if it has one."""
        if row.wrapped is not None:
            self._keys[contact] = self.vault.unwrap(contact, row.key_id, row.wrapped)

    async def new_key(self, contact: int) -> DataKey:
        """Make and store the data key of a new contact."""
        key, wrapped = self.vault.new_key(contact)
        await self.change(_NEW_KEY, contact_id=contact, key_id=self.vault.key_id, wrapped=wrapped)
        self._keys[contact] = key
        return key

    async def key(self, contact: int) -> DataKey:
        """Return a contact's data key; raise Conflict if it was destroyed."""
        if contact not in self._keys:
            row = await self.first(_KEY, contact=contact)
            self.hold(contact, _there(contact, row))
        return self._keys[contact]

    async def seal(self, contact: int, column: Column[Any], row: int | str, text: str) -> bytes:
        """Encrypt `text` for a column and row of a contact."""
        return (await self.key(contact)).seal(f"{column.table.name}.{column.name}", row, text.encode())

    async def open(self, contact: int, column: Column[Any], row: int | str, sealed: bytes) -> str:
        """Decrypt what `seal` made for the same place."""
        return (await self.key(contact)).open(f"{column.table.name}.{column.name}", row, sealed).decode()


def _there(contact: int, row: AnyRow | None) -> AnyRow:
    if row is None:
        raise Conflict(f"contact {contact} is gone")
    return row
