"""How far each ticket stands in a group's topic, what was written there, and what is still to be said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal_column, or_, select, update

from bot.domain.staff_group import Glance, Saying, Topic, Written
from bot.storage.tables import (
    contacts,
    messages,
    outbox,
    staff_left_topics,
    staff_sayings,
    staff_topics,
    staff_written,
    tickets,
)
from bot.storage.tickets import ticket_of
from bot.storage.transaction import INSERT, AnyRow, AnySelect, Transaction

MOST = 2000  # tickets looked at together
OF_TICKET = (staff_sayings, staff_written, staff_topics)


class StoredMirror:
    """The promise `Mirror`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    # --- topics

    async def glances(self) -> list[Glance]:
        """Return the open tickets and those whose topic is not closed, oldest first."""
        return [_glance(row) for row in await self._tx.rows(_GLANCES)]

    async def ended(self, before: datetime) -> list[Topic]:
        """Return the topics of tickets that were closed before that."""
        rows = await self._tx.rows(
            select(staff_topics)
            .join(tickets, tickets.c.number == staff_topics.c.ticket)
            .where(tickets.c.closed_at < before)
        )
        return [_topic(row) for row in rows]

    async def topic(self, ticket: int) -> Topic | None:
        """Return the topic of a ticket."""
        row = await self._tx.first(select(staff_topics).where(staff_topics.c.ticket == ticket))
        return _topic(row) if row else None

    async def in_thread(self, group: int, thread: int) -> Topic | None:
        """Return the topic that has this number."""
        here = (staff_topics.c.group_id == group, staff_topics.c.thread == thread)
        row = await self._tx.first(select(staff_topics).where(*here))
        return _topic(row) if row else None

    async def keep(self, topic: Topic) -> None:
        """Store how far a ticket is mirrored."""
        values = {
            "group_id": topic.group,
            "thread": topic.thread,
            "head": topic.head,
            "shown": topic.shown,
            "message": topic.message,
            "part": topic.part,
            "note": topic.note,
            "told": topic.told,
            "closed": topic.closed,
            "signature": topic.signature,
        }
        insert = INSERT[self._tx.kind](staff_topics).values(ticket=topic.ticket, **values)
        await self._tx.change(
            insert.on_conflict_do_update(index_elements=[staff_topics.c.ticket], set_=values)
        )

    async def begin_anew(self, topic: Topic) -> None:
        """Note that a topic is gone with all that was written in it; it is to be made anew."""
        await self._tx.change(delete(staff_written).where(staff_written.c.ticket == topic.ticket))
        await self.keep(Topic(topic.ticket, topic.group, told=topic.told))

    async def let_go(self, ticket: int) -> None:
        """Forget the topic of a ticket; it is to be deleted in the group."""
        await forget_topics(self._tx, staff_topics.c.ticket == ticket)

    async def left(self, group: int) -> list[int]:
        """Return the numbers of topics that are to be deleted."""
        mine = staff_left_topics.c.group_id == group
        rows = await self._tx.rows(select(staff_left_topics.c.thread).where(mine))
        return [row.thread for row in rows]

    async def gone(self, group: int, thread: int) -> None:
        """Note that a topic is deleted."""
        this = (staff_left_topics.c.group_id == group, staff_left_topics.c.thread == thread)
        await self._tx.change(delete(staff_left_topics).where(*this))

    # --- what was written there

    async def wrote(self, written: Written) -> bool:
        """Note what came of a message in the group; False if that is known already."""
        insert = INSERT[self._tx.kind](staff_written).values(
            group_id=written.group,
            message=written.message,
            ticket=written.ticket,
            staff_id=written.staff,
            answer=written.answer,
            note=written.note,
        )
        new = insert.on_conflict_do_nothing().returning(staff_written.c.message)
        return await self._tx.first(new) is not None

    async def written(self, group: int, message: int) -> Written | None:
        """Return what came of a message in the group."""
        this = (staff_written.c.group_id == group, staff_written.c.message == message)
        row = await self._tx.first(select(staff_written).where(*this))
        return _written(row) if row else None

    async def all_written(self, ticket: int) -> list[Written]:
        """Return everything that was written in the group about a ticket."""
        rows = await self._tx.rows(select(staff_written).where(staff_written.c.ticket == ticket))
        return [_written(row) for row in rows]

    async def taken_back(self, answer: int) -> None:
        """Forget that an answer was written in the group: it will not go out."""
        await self._tx.change(delete(staff_written).where(staff_written.c.answer == answer))

    # --- what is to be said there

    async def say(self, saying: Saying, once: str, at: datetime, ticket: int | None = None) -> None:
        """Have something said in a group, unless the same `once` was said already."""
        insert = INSERT[self._tx.kind](staff_sayings).values(
            group_id=saying.group,
            ticket=ticket,
            thread=saying.thread,
            reply_to=saying.reply_to,
            key=saying.key,
            details=dict(saying.values),
            choices=[list(choice) for choice in saying.choices],
            once=once,
            at=at,
        )
        await self._tx.change(insert.on_conflict_do_nothing())

    async def to_say(self, group: int) -> list[Saying]:
        """Return what is still to be said, oldest first."""
        waiting = (staff_sayings.c.group_id == group, staff_sayings.c.said_at.is_(None))
        rows = await self._tx.rows(select(staff_sayings).where(*waiting).order_by(staff_sayings.c.id))
        return [_saying(row) for row in rows]

    async def said(self, saying: int, at: datetime) -> None:
        """Note that it was said, or cannot be."""
        await self._tx.change(update(staff_sayings).where(staff_sayings.c.id == saying).values(said_at=at))


async def forget_topics(tx: Transaction, which: ColumnElement[bool]) -> None:
    """Forget topics with all that belongs to them; they are to be deleted in their groups."""
    rows = await tx.rows(select(staff_topics).where(which))
    left: Sequence[Mapping[str, Any]] = [
        {"group_id": row.group_id, "thread": row.thread} for row in rows if row.thread is not None
    ]
    if left:
        await tx.change(INSERT[tx.kind](staff_left_topics).values(left).on_conflict_do_nothing())
    await forget_mirror(tx, [row.ticket for row in rows])


async def forget_tickets(tx: Transaction, which: AnySelect) -> None:
    """Forget all that groups were shown of these tickets, by a statement that gives their numbers."""
    numbers = [row[0] for row in await tx.rows(which)]
    await forget_topics(tx, staff_topics.c.ticket.in_(numbers))
    await forget_mirror(tx, numbers)


async def forget_mirror(tx: Transaction, numbers: Sequence[int]) -> None:
    """Delete every row that belongs to one of these tickets."""
    for table in OF_TICKET:
        await tx.change(delete(table).where(table.c.ticket.in_(numbers)))


# Written out, not bound: the planner must see that the partial index applies.
_last = messages.alias("last")
_LAST_ANSWER = (
    select(func.max(_last.c.id))
    .where(_last.c.ticket == tickets.c.number, _last.c.author == literal_column("'staff'"))
    .scalar_subquery()
)
_TOPIC = [column.label(f"topic_{column.name}") for column in staff_topics.c]
_seen = (
    select(tickets, contacts.c.guest, contacts.c.numbered, _LAST_ANSWER.label("answer"), *_TOPIC)
    .join(contacts, contacts.c.id == tickets.c.contact_id)
    .outerjoin(staff_topics, staff_topics.c.ticket == tickets.c.number)
    .where(or_(tickets.c.closed_at.is_(None), staff_topics.c.closed.is_(False)))
    .order_by(tickets.c.number)
    .limit(MOST)
    .subquery()
)
_GLANCES = (
    select(_seen, outbox.c.status.label("delivery"))
    .outerjoin(outbox, outbox.c.message_id == _seen.c.answer)
    .order_by(_seen.c.number)
)


def _glance(row: AnyRow) -> Glance:
    ticket = ticket_of(row, "", [])  # what was said is not needed for a topic's head
    topic = _topic(row, "topic_") if row.topic_ticket is not None else None
    return Glance(ticket, row.numbered, row.answer or 0, row.delivery or "", topic)


def _topic(row: AnyRow, prefix: str = "") -> Topic:
    values = {column.name: getattr(row, prefix + column.name) for column in staff_topics.c}
    return Topic(group=values.pop("group_id"), **values)


def _written(row: AnyRow) -> Written:
    return Written(row.group_id, row.message, row.ticket, row.staff_id, row.answer, row.note)


def _saying(row: AnyRow) -> Saying:
    choices = tuple((data, key) for data, key in row.choices)
    return Saying(row.id, row.group_id, row.thread, row.reply_to, row.key, row.details, choices)
