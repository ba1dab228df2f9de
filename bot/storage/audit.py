"""The audit log: each line carries a code over itself and the line before, made with the master key."""

import hmac
from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import delete, select, update

from bot.domain.audit import Act, Chain
from bot.storage.tables import audit, audit_head
from bot.storage.transaction import INSERT, AnyRow, Transaction

KIND = "audit"
HEAD = 1  # id of the one row
NOTHING = b""  # stands before the first line
PURGED = "audit.purged"
PAGE = 1000  # lines read at once


class StoredAudit:
    """The promise `AuditLog`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def note(self, staff: int | None, what: str, about: str, at: datetime) -> None:
        """Add a line; who adds one at the same time waits for this commit."""
        await self._tx.change(
            INSERT[self._tx.kind](audit_head).values(id=HEAD, no=0, mac=NOTHING).on_conflict_do_nothing()
        )
        head = await self._tx.first(select(audit_head).with_for_update())
        no, before = (head.no, head.mac) if head else (0, NOTHING)
        act = Act(no + 1, at, staff, what, about, NOTHING)
        mac = self._tx.vault.blind(KIND, act.text(before))
        row = {"no": act.no, "at": at, "staff_id": staff, "what": what, "about": about, "mac": mac}
        await self._tx.add(audit, [row])
        await self._tx.change(update(audit_head).values(no=act.no, mac=mac))

    async def listed(self, *, before: int = 0, limit: int = 200) -> list[Act]:
        """Return the latest lines, newest first."""
        statement = select(audit).order_by(audit.c.no.desc()).limit(limit)
        rows = await self._tx.rows(statement.where(audit.c.no < before) if before else statement)
        return [_act(row) for row in rows]

    async def check(self) -> Chain:
        """Go through the whole log."""
        head = await self._tx.first(select(audit_head))
        first = await self._tx.first(select(audit).order_by(audit.c.no).limit(1))
        start = first.no if first else 1
        before = await self._purged_before(start)
        broken = None if before is not None else 1
        before, expected = before or NOTHING, start
        async for act in self._all():
            if broken is None and (act.no != expected or not self._fits(act, before)):
                broken = expected
            before, expected = act.mac, act.no + 1
        told = (head.no, head.mac) if head else (0, NOTHING)
        if broken is None and told != (expected - 1, before):
            broken = expected
        return Chain(start if first else 0, expected - 1 if first else 0, broken, told[1].hex())

    async def purge(self, before: datetime, now: datetime) -> int:
        """Delete what is older, and write down up to where and with which code; return how many lines went."""
        row = await self._tx.first(
            select(audit).where(audit.c.at < before).order_by(audit.c.no.desc()).limit(1)
        )
        if row is None or row.what == PURGED:  # nothing but the note of the last purge
            return 0
        gone = await self._tx.change(delete(audit).where(audit.c.no <= row.no))
        await self.note(None, PURGED, f"{row.no}:{row.mac.hex()}", now)
        return gone

    async def _all(self) -> AsyncIterator[Act]:
        last = 0
        while rows := await self._tx.rows(
            select(audit).where(audit.c.no > last).order_by(audit.c.no).limit(PAGE)
        ):
            for row in rows:
                yield _act(row)
            last = rows[-1].no

    def _fits(self, act: Act, before: bytes) -> bool:
        codes = self._tx.vault.blinds(KIND, act.text(before))
        return any(hmac.compare_digest(code, act.mac) for code in codes)

    async def _purged_before(self, start: int) -> bytes | None:
        """Return the code of the line before the first one; None if nothing tells why that is gone."""
        if start == 1:
            return NOTHING
        told = (audit.c.what == PURGED, audit.c.about.startswith(f"{start - 1}:"))
        row = await self._tx.first(select(audit.c.about).where(*told))
        return bytes.fromhex(row.about.partition(":")[2]) if row else None


def _act(row: AnyRow) -> Act:
    return Act(row.no, row.at, row.staff_id, row.what, row.about, row.mac)
