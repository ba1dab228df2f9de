"""The history of a contact, in the order in which they could see it."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, update

from bot.domain.message import Attachment, Author, Delivery, StoredMessage
from bot.storage.bodies import outbound_from_json
from bot.storage.files import PREFIX, file_name
from bot.storage.tables import attachments, messages, outbox
from bot.storage.transaction import AnyRow, AnySelect, Transaction

# Written out, not bound: the planner must see that the partial index applies.
_LAST_BY = select(func.max(messages.c.id)).where(
    messages.c.author == literal_column("'staff'"),
    messages.c.ticket == bindparam("ticket"),
    messages.c.staff_id == bindparam("staff"),
)
ADD_MESSAGE = messages.insert().returning(messages.c.id)


class StoredMessages:
    """The promise `Messages`.

    A message gets its place (`shown`) when it becomes visible, from a counter of its contact, under the
    contact's lock: nothing can become visible before a place that a reader has already passed.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def after(self, contact: int, message: int, limit: int = 200) -> list[StoredMessage]:
        """Return what became visible after the message with this id (0: everything)."""
        rows = await self._tx.rows(
            _history(contact, await self._later(contact, message)).order_by(messages.c.shown).limit(limit)
        )
        return await self._read(rows)

    async def _later(self, contact: int, message: int) -> ColumnElement[bool]:
        row = await self._tx.first(
            select(messages.c.shown).where(messages.c.contact_id == contact, messages.c.id == message)
        )
        # A cursor that was purged is older than anything left.
        return messages.c.shown > (row.shown if row and row.shown is not None else 0)

    async def latest(self, contact: int, limit: int) -> list[StoredMessage]:
        """Return the last `limit` visible messages, in the order of becoming visible."""
        rows = await self._tx.rows(
            _history(contact, messages.c.shown.is_not(None)).order_by(messages.c.shown.desc()).limit(limit)
        )
        return (await self._read(rows))[::-1]

    async def one(self, contact: int, message: int) -> StoredMessage | None:
        """Return a message of a contact."""
        found = await self._read(await self._tx.rows(_history(contact, messages.c.id == message)))
        return found[0] if found else None

    async def of_ticket(
        self, contact: int, ticket: int, before: int, limit: int = 300
    ) -> list[StoredMessage]:
        """Return what was written since a ticket's first message, and `before` messages ahead of it, by their ids.

        Also what was not sent, or not yet. Of more than `limit` the last ones.
        """
        mine = messages.c.contact_id == contact
        first = await self._tx.first(select(func.min(messages.c.id)).where(mine, messages.c.ticket == ticket))
        if first is None or first[0] is None:
            return []
        ahead = await self._tx.rows(
            select(messages.c.id)
            .where(mine, messages.c.id < first[0])
            .order_by(messages.c.id.desc())
            .limit(before)
        )
        since = ahead[-1].id if ahead else first[0]
        rows = await self._tx.rows(
            _history(contact, messages.c.id >= since).order_by(messages.c.id.desc()).limit(limit)
        )
        return (await self._read(rows))[::-1]

    async def last_by(self, ticket: int, staff: int) -> int:
        """Return the id of the last message that somebody of the staff wrote to a ticket; 0: none."""
        row = await self._tx.first(_LAST_BY, ticket=ticket, staff=staff)
        return int(row[0] or 0) if row else 0

    async def keep_file(self, contact: int, message: int, no: int, reference: str) -> None:
        """Note that our own file store has the attachment at place `no` of a message now."""
        mine = (attachments.c.contact_id == contact, attachments.c.message_id == message)
        await self._tx.change(
            update(attachments)
            .where(*mine, attachments.c.no == no, attachments.c.file.is_(None))
            .values(file=file_name(reference), reference=None)
        )

    async def everything(self, contact: int) -> list[StoredMessage]:
        """Return every message, also those that were never sent, in the order of their making."""
        return await self._read(await self._tx.rows(_history(contact).order_by(messages.c.id)))

    async def _read(self, rows: Sequence[AnyRow]) -> list[StoredMessage]:
        files = await self._attachments([row.id for row in rows])
        return [
            StoredMessage(
                row.id,
                Author(row.author),
                outbound_from_json(await self._tx.open(row.contact_id, messages.c.body, row.no, row.body)),
                row.at,
                Delivery(row.status) if row.status else None,
                row.reason or "",
                row.ticket,
                tuple(files[row.id]),
                row.staff_id,
            )
            for row in rows
        ]

    async def _attachments(self, ids: Sequence[int]) -> dict[int, list[Attachment]]:
        files: dict[int, list[Attachment]] = defaultdict(list)
        statement = select(attachments).where(attachments.c.message_id.in_(ids)).order_by(attachments.c.no)
        for row in await self._tx.rows(statement):
            place = f"{row.message_id}:{row.no}"
            reference = (
                PREFIX + row.file
                if row.file
                else await self._tx.open(row.contact_id, attachments.c.reference, place, row.reference)
            )
            files[row.message_id].append(Attachment(row.kind, reference, row.media_type, row.size))
        return files


def _history(contact: int, *conditions: ColumnElement[bool]) -> AnySelect:
    return (
        select(messages, outbox.c.status, outbox.c.reason)
        .outerjoin(outbox, outbox.c.message_id == messages.c.id)
        .where(messages.c.contact_id == contact, *conditions)
    )
