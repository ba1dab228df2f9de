"""Text-free happenings, for counting; no contact is ever named."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select

from bot.domain.event import Event
from bot.storage.tables import events
from bot.storage.transaction import Transaction

_ADD = events.insert()


class StoredEvents:
    """The promise `Events`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def record(self, event: Event) -> None:
        """Append one."""
        await self._tx.change(_ADD, **asdict(event))

    async def by_entry(self, kind: str, since: datetime, least: int) -> dict[str, int]:
        """Count by entry."""
        number = func.count()
        statement = (
            select(events.c.entry, number.label("number"))
            .where(events.c.kind == kind, events.c.at >= since, events.c.entry != "")
            .group_by(events.c.entry)
            .having(number >= least)
        )
        return {row.entry: row.number for row in await self._tx.rows(statement)}
