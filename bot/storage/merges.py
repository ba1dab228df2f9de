"""Tickets that became part of another one of the same contact: what went over, and the way back."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, null, select, update

from bot.domain.merge import Merge
from bot.service.ports import Carried
from bot.storage.tables import drafts, messages, notes, tickets
from bot.storage.tickets import StoredTickets
from bot.storage.transaction import Transaction


class StoredMerges:
    """The promise `Merges`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._tickets = StoredTickets(transaction)

    async def carry(self, kept: int, other: int, at: datetime) -> Carried:
        """Give messages, notes, drafts, words and, if `kept` has none, the second way of `other` to `kept`."""
        found = {one.number: one for one in await self._tickets.numbered([kept, other])}
        into, gone = found[kept], found[other]
        await self._tickets.set_lines(kept, [*into.lines, gone.question, *gone.lines])
        way = gone.second_way and not into.second_way
        if way:
            await self._tickets.tell_way(kept, await self._tickets.way(other))
        await self._drafts(kept, other, at)
        written = await self._tx.rows(select(messages.c.id).where(messages.c.ticket == other))
        noted = await self._tx.rows(select(notes.c.id).where(notes.c.ticket == other))
        for table in (messages, notes):
            await self._tx.change(update(table).where(table.c.ticket == other).values(ticket=kept))
        return Carried(tuple(row.id for row in written), tuple(row.id for row in noted), len(into.lines), way)

    async def _drafts(self, kept: int, other: int, at: datetime) -> None:
        """Put what somebody has begun to write below what they have begun there."""
        before = {draft.staff: draft.text for draft in await self._tickets.drafts(kept)}
        for draft in await self._tickets.drafts(other):
            if draft.text:
                text = "\n\n".join(filter(None, (before.get(draft.staff), draft.text)))
                await self._tickets.draft(kept, draft.staff, text, at)
        await self._tx.change(delete(drafts).where(drafts.c.ticket == other))

    async def keep(self, other: int, into: int, merge: Merge) -> None:
        """Store where a ticket went, and what parts them again."""
        await self._tickets.change(other, merged_into=into, merged=merge.to_json())

    async def get(self, other: int) -> Merge | None:
        """Return what parts it from the ticket that it is part of; None if nothing does (any more)."""
        row = await self._tx.first(select(tickets.c.merged).where(tickets.c.number == other))
        return Merge.from_json(row.merged) if row and row.merged else None

    async def part(self, kept: int, other: int, merge: Merge) -> None:
        """Give back what went over; what was a draft stays one of `kept`."""
        for table, ids in ((messages, merge.messages), (notes, merge.notes)):
            await self._tx.change(update(table).where(table.c.id.in_(ids)).values(ticket=other))
        (found,) = await self._tickets.numbered([kept])
        await self._tickets.set_lines(kept, found.lines[: merge.lines])
        gone: dict[str, Any] = {"second_way": None} if merge.way else {}
        await self._tickets.change(kept, **gone, **merge.parted(found).to_values())
        await self._tickets.change(other, merged_into=None, merged=null(), **merge.other.to_values())

    async def settle(self, into: int) -> None:
        """Let what is part of this ticket stay so: the ticket itself goes into another."""
        await self._tx.change(update(tickets).where(tickets.c.merged_into == into).values(merged=null()))
