"""Where people of the team are written to, encrypted, and what they are to be told of: numbers only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from bot.domain.notice import Cause, Notice, Reach, Wish
from bot.storage.tables import notices, staff_reach
from bot.storage.transaction import INSERT, AnyRow, AnySelect, Transaction


class StoredNotices:
    """The promise `Notices`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def reach(self, staff: int) -> Reach | None:
        """Return how somebody is written to."""
        return await self._read(_reach_of(staff))

    async def lock(self, staff: int) -> Reach | None:
        """Return it, and let nobody else plan or send their letters until the commit."""
        return await self._read(_reach_of(staff).with_for_update())

    async def _read(self, statement: AnySelect) -> Reach | None:
        row = await self._tx.first(statement)
        if row is None:
            return None
        address = open_address(self._tx, row)
        return Reach(row.staff_id, address, Wish(row.wish), row.language, row.mailed_at, row.trouble)

    async def set_reach(self, reach: Reach) -> None:
        """Store how somebody wants to be written to; what waits for them goes."""
        values = {
            "address": seal_address(self._tx, reach.staff, reach.address),
            "wish": reach.wish.value,
            "language": reach.language,
            "trouble": reach.trouble,
        }
        insert = INSERT[self._tx.kind](staff_reach).values(staff_id=reach.staff, **values)
        await self._tx.change(
            insert.on_conflict_do_update(index_elements=[staff_reach.c.staff_id], set_=values)
        )
        await self._tx.change(delete(notices).where(notices.c.staff_id == reach.staff))

    async def put(self, staff: int, cause: Cause, ticket: int, send_at: datetime) -> None:
        """Add a notice; the same one again changes nothing."""
        insert = INSERT[self._tx.kind](notices).values(
            staff_id=staff, cause=cause.value, ticket=ticket, send_at=send_at
        )
        await self._tx.change(insert.on_conflict_do_nothing())

    async def pending(self, staff: int) -> list[Notice]:
        """Return what somebody is still to be told of, oldest first."""
        waiting = (notices.c.staff_id == staff, notices.c.settled_at.is_(None))
        rows = await self._tx.rows(select(notices).where(*waiting).order_by(notices.c.id))
        return [Notice(row.id, Cause(row.cause), row.ticket, row.send_at, row.begun_at) for row in rows]

    async def begin(self, ids: Sequence[int], at: datetime) -> None:
        """Note that a letter with these is handed over now."""
        await self._tx.change(update(notices).where(notices.c.id.in_(ids)).values(begun_at=at))

    async def later(self, ids: Sequence[int], send_at: datetime | None = None) -> None:
        """Note that nobody hands these over any more; with `send_at` they wait until then."""
        values = {"begun_at": None} | ({"send_at": send_at} if send_at else {})
        await self._tx.change(update(notices).where(notices.c.id.in_(ids)).values(**values))

    async def settle(self, ids: Sequence[int], at: datetime) -> None:
        """Note that these were told, or need not be."""
        await self._tx.change(update(notices).where(notices.c.id.in_(ids)).values(settled_at=at))

    async def mailed(self, staff: int, at: datetime) -> None:
        """Note that somebody got a letter about new questions."""
        await self._set(staff, mailed_at=at)

    async def refused(self, staff: int, reason: str) -> None:
        """Write no more to an address that takes nothing; what waits for it goes."""
        await self._set(staff, trouble=reason[:200])
        await self._tx.change(delete(notices).where(notices.c.staff_id == staff))

    async def _set(self, staff: int, **values: object) -> None:
        await self._tx.change(update(staff_reach).where(staff_reach.c.staff_id == staff).values(**values))


def seal_address(tx: Transaction, staff: int, address: str) -> bytes:
    """Encrypt an address for its owner."""
    return tx.vault.seal_staff(f"staff_reach.address:{staff}", address.encode())


def open_address(tx: Transaction, row: AnyRow) -> str:
    """Decrypt the address in a row."""
    return tx.vault.open_staff(f"staff_reach.address:{row.staff_id}", row.address).decode()


def _reach_of(staff: int) -> AnySelect:
    return select(staff_reach).where(staff_reach.c.staff_id == staff)
