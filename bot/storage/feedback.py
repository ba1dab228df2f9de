"""What newcomers say is wrong in an answer, with their words encrypted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from bot.domain.feedback import Feedback, NewFeedback
from bot.storage.tables import feedback
from bot.storage.transaction import AnyRow, Transaction


class StoredFeedback:
    """The promise `FeedbackNotes`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def note(self, contact: int, new: NewFeedback, at: datetime) -> None:
        """Store it; what the same contact has noted of the same entry and is still open gets the words instead."""
        number = (await self._tx.number(contact, shown=False)).numbered
        row = await self._tx.first(
            select(feedback).where(
                feedback.c.contact_id == contact,
                feedback.c.entry == new.entry,
                feedback.c.done_at.is_(None),
            )
        )
        if row is None:
            text = await self._tx.seal(contact, feedback.c.text, number, new.text)
            values = {"entry": new.entry, "language": new.language, "town": new.town, "channel": new.channel}
            await self._tx.add(
                feedback, [{"contact_id": contact, "no": number, **values, "text": text, "at": at}]
            )
        elif new.text:
            before = await self._tx.open(contact, feedback.c.text, row.no, row.text)
            lines = "\n".join(line for line in (before, new.text) if line)
            sealed = await self._tx.seal(contact, feedback.c.text, row.no, lines)
            await self._tx.change(update(feedback).where(feedback.c.id == row.id).values(text=sealed))

    async def of(self, contact: int) -> list[Feedback]:
        """Return a contact's, oldest first."""
        statement = select(feedback).where(feedback.c.contact_id == contact)
        return await self._read_all(await self._tx.rows(statement.order_by(feedback.c.id)))

    async def listed(self, only_open: bool = True, limit: int = 200) -> list[Feedback]:
        """Return them for the editors, oldest first."""
        statement = select(feedback).order_by(feedback.c.id).limit(limit)
        if only_open:
            statement = statement.where(feedback.c.done_at.is_(None))
        return await self._read_all(await self._tx.rows(statement))

    async def done(self, id: int, at: datetime) -> bool:
        """Close it; False if there is none open of that number."""
        return bool(
            await self._tx.change(
                update(feedback).where(feedback.c.id == id, feedback.c.done_at.is_(None)).values(done_at=at)
            )
        )

    async def _read_all(self, rows: Sequence[AnyRow]) -> list[Feedback]:
        await self._tx.load_keys(row.contact_id for row in rows)
        return [
            Feedback(
                row.id,
                row.entry,
                row.language,
                row.town,
                row.channel,
                await self._tx.open(row.contact_id, feedback.c.text, row.no, row.text),
                row.at,
                row.done_at,
            )
            for row in rows
        ]
