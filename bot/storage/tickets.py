"""Questions for people, with the newcomer's words encrypted."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from bot.domain.message import UNREAD, Delivery
from bot.domain.ticket import REOPENS_WITHIN, Draft, NewTicket, Note, Ticket
from bot.service.ports import ALL_PAST, Conflict, Past
from bot.storage.tables import contacts, drafts, messages, notes, outbox, tickets
from bot.storage.transaction import INSERT, AnyRow, AnySelect, Transaction


class StoredTickets:
    """The promise `Tickets`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def open(self, contact: int, ticket: NewTicket, message_ids: Sequence[int], at: datetime) -> Ticket:
        """Store a ticket and tie the messages to it."""
        number = await self._tx.number(contact)
        row = await self._tx.first(
            tickets.insert()
            .values(
                contact_id=contact,
                no=number.numbered,
                question=await self._tx.seal(contact, tickets.c.question, number.numbered, ticket.question),
                language=ticket.language,
                town=ticket.town,
                entry=ticket.entry,
                candidates=list(ticket.candidates),
                urgent=ticket.urgent,
                team=ticket.team,
                opened_at=at,
                promised_at=ticket.promised_at,
                previous=ticket.previous,
                remind_at=ticket.remind_at,
            )
            .returning(tickets.c.number)
        )
        assert row is not None  # noqa: S101 - an insert that succeeds returns its row
        await self._tie(contact, row.number, message_ids)
        stored = await self._tx.first(_tickets().where(tickets.c.number == row.number))
        assert stored is not None  # noqa: S101 - just stored
        return await self._read(stored)

    async def _tie(self, contact: int, number: int, message_ids: Sequence[int]) -> None:
        await self._tx.change(
            update(messages)
            .where(messages.c.contact_id == contact, messages.c.id.in_(message_ids))
            .values(ticket=number)
        )

    async def add(self, number: int, text: str, message_ids: Sequence[int], at: datetime) -> None:
        """Add the newcomer's further words; raise Conflict if it is closed by now."""
        row = await self._tx.first(
            select(tickets)
            .where(tickets.c.number == number, tickets.c.closed_at.is_(None))
            .with_for_update(key_share=True)
        )
        if row is None:
            raise Conflict(f"ticket {number} is not open")
        await self.set_lines(number, [*await self._lines(row), text])
        await self.change(number, added_at=at, snoozed_until=None)
        await self._tie(row.contact_id, number, message_ids)

    async def set_lines(self, number: int, lines: Sequence[str]) -> None:
        """Store what the newcomer added, encrypted."""
        row = await self._row(number)
        words = json.dumps(lines, ensure_ascii=False)
        await self.change(number, lines=await self._tx.seal(row.contact_id, tickets.c.lines, row.no, words))

    async def of(self, contact: int, only_open: bool = False) -> list[Ticket]:
        """Return a contact's tickets, newest first."""
        statement = _tickets(only_open).where(tickets.c.contact_id == contact)
        return await self.read(await self._tx.rows(statement.order_by(tickets.c.number.desc())))

    async def live_rows(self, of: Sequence[int], now: datetime) -> dict[int, list[AnyRow]]:
        """Return the tickets of several contacts to which words can be added, newest first, for `read`."""
        found: dict[int, list[AnyRow]] = defaultdict(list)
        for row in await self._tx.rows(_LIVE_OF, contacts=of, since=now - REOPENS_WITHIN):
            found[row.contact_id].append(row)
        return found

    async def listed(self, only_open: bool = True, limit: int = 200) -> list[Ticket]:
        """Return tickets for staff, oldest first."""
        statement = _tickets(only_open).order_by(tickets.c.number).limit(limit)
        return await self.read(await self._tx.rows(statement))

    async def heads(self, towns: Sequence[str] | None, also: Sequence[int]) -> list[Ticket]:
        """Return the open tickets of some towns, and those of these numbers, without words."""
        of_towns: ColumnElement[bool] = tickets.c.closed_at.is_(None)
        if towns is not None:
            of_towns = of_towns & tickets.c.town.in_(towns)
        which = or_(of_towns, tickets.c.number.in_(also)) if also else of_towns
        rows = await self._tx.rows(_HEADS.where(which).order_by(tickets.c.number))
        return [_head(row) for row in rows]

    async def closed(self, limit: int = 200, wanted: Past = ALL_PAST, offset: int = 0) -> list[Ticket]:
        """Return closed tickets, the last closed first."""
        line = (tickets.c.closed_at.desc(), tickets.c.number.desc())
        statement = _tickets().where(tickets.c.closed_at.is_not(None), *_past(wanted))
        return await self.read(await self._tx.rows(statement.order_by(*line).limit(limit).offset(offset)))

    async def count_closed(self) -> dict[str, int]:
        """Return town -> how many closed tickets there are."""
        rows = await self._tx.rows(
            select(tickets.c.town, func.count())
            .where(tickets.c.closed_at.is_not(None))
            .group_by(tickets.c.town)
        )
        return {row[0]: row[1] for row in rows}

    async def get(self, number: int) -> Ticket | None:
        """Return a ticket."""
        found = await self.numbered([number])
        return found[0] if found else None

    async def numbered(self, numbers: Sequence[int]) -> list[Ticket]:
        """Return those of these numbers that are there, oldest first."""
        statement = _tickets().where(tickets.c.number.in_(numbers)).order_by(tickets.c.number)
        return await self.read(await self._tx.rows(statement))

    async def lock(self, number: int) -> Ticket | None:
        """Let nobody else change the ticket or write to its contact until the commit; return it."""
        row = await self._tx.first(select(tickets.c.contact_id).where(tickets.c.number == number))
        if row is None:
            return None
        # The contact first, as everybody does who works for it: two that wait for one another would never end.
        await self._tx.first(
            select(contacts.c.id).where(contacts.c.id == row.contact_id).with_for_update(key_share=True)
        )
        found = await self.get(number)
        if found is None or found.contact != row.contact_id:
            raise Conflict(f"ticket {number} changed its contact")
        return found

    async def close(self, number: int, at: datetime) -> bool:
        """Close it; False if there is none open of that number."""
        closed = await self._tx.change(
            update(tickets)
            .where(tickets.c.number == number, tickets.c.closed_at.is_(None))
            .values(closed_at=at, attended_at=None, snoozed_until=None)
        )
        return bool(closed)

    async def change(self, number: int, **values: Any) -> None:
        """Set some of assignee, answered_at, attended_at, closed_at, snoozed_until, reached_at, rating, tags, added_at,
        previous, promised_at, urgent, remind_at, reminded_at, escalated_at; call it under `lock`."""
        await self._tx.change(update(tickets).where(tickets.c.number == number).values(**values))

    async def unreached(self, may_expire: Sequence[str], before: datetime) -> frozenset[int]:
        """Return the numbers of those whose last answer did not arrive, and nobody has reached them otherwise.

        may_expire: channels where what was sent before `before` and not seen since will not be seen any more.
        """
        rows = await self._tx.rows(_UNREACHED, may_expire=may_expire, before=before)
        return frozenset(row.ticket for row in rows)

    async def tell_way(self, number: int, way: str) -> None:
        """Keep another way to the newcomer, encrypted."""
        row = await self._row(number)
        sealed = await self._tx.seal(row.contact_id, tickets.c.second_way, row.no, way)
        await self.change(number, second_way=sealed)

    async def way(self, number: int) -> str:
        """Return the other way to the newcomer, "" if they told none. Whoever shows it must have a reason."""
        row = await self._row(number)
        if row.second_way is None:
            return ""
        return await self._tx.open(row.contact_id, tickets.c.second_way, row.no, row.second_way)

    async def second_ways(self, contact: int) -> list[str]:
        """Return every other way that a contact has told."""
        mine = select(tickets).where(tickets.c.contact_id == contact, tickets.c.second_way.is_not(None))
        return [
            await self._tx.open(contact, tickets.c.second_way, row.no, row.second_way)
            for row in await self._tx.rows(mine.order_by(tickets.c.number))
        ]

    async def _row(self, number: int) -> AnyRow:
        row = await self._tx.first(select(tickets).where(tickets.c.number == number))
        if row is None:
            raise Conflict(f"ticket {number} is gone")
        return row

    async def note(self, number: int, staff: int | None, text: str, at: datetime) -> int:
        """Add a note and return its id."""
        contact = (await self._row(number)).contact_id
        no = (await self._tx.number(contact)).numbered
        sealed = await self._tx.seal(contact, notes.c.text, no, text)
        values = {
            "ticket": number,
            "contact_id": contact,
            "no": no,
            "staff_id": staff,
            "text": sealed,
            "at": at,
        }
        row = await self._tx.first(notes.insert().values(values).returning(notes.c.id))
        assert row is not None  # noqa: S101 - an insert that succeeds returns its row
        return int(row.id)

    async def notes(self, number: int) -> list[Note]:
        """Return a ticket's notes, oldest first."""
        return await self._notes(notes.c.ticket == number)

    async def notes_of(self, contact: int) -> list[Note]:
        """Return the notes of all tickets of a contact, oldest first."""
        return await self._notes(notes.c.contact_id == contact)

    async def _notes(self, which: ColumnElement[bool]) -> list[Note]:
        rows = await self._tx.rows(select(notes).where(which).order_by(notes.c.id))
        return [
            Note(
                row.id,
                row.ticket,
                row.staff_id,
                await self._tx.open(row.contact_id, notes.c.text, row.no, row.text),
                row.at,
            )
            for row in rows
        ]

    async def draft(self, number: int, staff: int, text: str | None, at: datetime) -> None:
        """Note that somebody has the ticket before them and, unless None, what they have written so far."""
        contact = (await self._row(number)).contact_id
        no = (await self._tx.number(contact)).numbered
        values: dict[str, Any] = {"seen_at": at}
        if text is not None:
            sealed = await self._tx.seal(contact, drafts.c.text, no, text) if text else None
            values |= {"text": sealed, "typed_at": at if text else None, "no": no}
        insert = INSERT[self._tx.kind](drafts).values(
            **{"ticket": number, "staff_id": staff, "contact_id": contact, "no": no, **values}
        )
        await self._tx.change(
            insert.on_conflict_do_update(index_elements=[drafts.c.ticket, drafts.c.staff_id], set_=values)
        )

    async def drafts(self, number: int) -> list[Draft]:
        """Return who has the ticket before them, or had, with what they have begun to write."""
        rows = await self._tx.rows(
            select(drafts).where(drafts.c.ticket == number).order_by(drafts.c.staff_id)
        )
        return [
            Draft(
                row.staff_id,
                await self._tx.open(row.contact_id, drafts.c.text, row.no, row.text) if row.text else "",
                row.seen_at,
                row.typed_at,
            )
            for row in rows
        ]

    async def read(self, rows: Sequence[AnyRow]) -> list[Ticket]:
        """Decrypt rows."""
        await self._tx.load_keys(row.contact_id for row in rows)
        return [await self._read(row) for row in rows]

    async def _read(self, row: AnyRow) -> Ticket:
        question = await self._tx.open(row.contact_id, tickets.c.question, row.no, row.question)
        return ticket_of(row, question, await self._lines(row))

    async def _lines(self, row: AnyRow) -> list[str]:
        if row.lines is None:
            return []
        lines: list[str] = json.loads(await self._tx.open(row.contact_id, tickets.c.lines, row.no, row.lines))
        return lines


def ticket_of(row: AnyRow, question: str, lines: list[str]) -> Ticket:
    """Read a row of `tickets` that knows its contact's guest number; question and lines are opened already."""
    return Ticket(
        row.number,
        row.contact_id,
        row.guest,
        question,
        row.language,
        row.town,
        row.entry,
        tuple(row.candidates),
        row.urgent,
        row.team,
        row.opened_at,
        row.promised_at,
        row.closed_at,
        row.assignee,
        tuple(lines),
        row.added_at,
        row.answered_at,
        row.attended_at,
        row.snoozed_until,
        row.previous,
        tuple(row.tags or ()),
        row.second_way is not None,
        row.rating or "",
        row.merged_into,
        row.remind_at,
        row.reminded_at,
        row.escalated_at,
    )


def _head(row: AnyRow) -> Ticket:
    return Ticket(
        row.number,
        row.contact_id,
        row.guest,
        "",
        row.language,
        row.town,
        row.entry,
        (),
        row.urgent,
        row.team,
        row.opened_at,
        row.promised_at,
        row.closed_at,
        row.assignee,
        added_at=row.added_at,
        answered_at=row.answered_at,
        snoozed_until=row.snoozed_until,
        remind_at=row.remind_at,
    )


def _past(wanted: Past) -> list[ColumnElement[bool]]:
    chosen = (
        (tickets.c.town, wanted.town),
        (tickets.c.entry, wanted.entry),
        (tickets.c.language, wanted.language),
    )
    conditions = [column == value for column, value in chosen if value]
    if wanted.towns is not None:
        conditions.append(tickets.c.town.in_(wanted.towns))
    if wanted.word:
        # The column's text is JSON, in which letters beyond ASCII are escaped.
        tag = json.dumps(wanted.word)[1:-1]
        fits = [tickets.c.town.in_(wanted.named), cast(tickets.c.tags, Text).contains(tag, autoescape=True)]
        if wanted.word.isdecimal() and len(wanted.word) < 10:
            number = int(wanted.word)
            fits += [tickets.c.number == number, contacts.c.guest == number]
        conditions.append(or_(*fits))
    return conditions


# Written out, not bound: the planner must see that the partial indexes apply.
_staff: ColumnElement[str] = literal_column("'staff'")
_later = messages.alias("later")
_before = bindparam("before", type_=outbox.c.settled_at.type)
_settled = select(outbox.c.message_id, outbox.c.settled_at).where(
    outbox.c.status != literal_column("'pending'"), outbox.c.status != literal_column("'read'")
)
# What failed, and what lies unread where nobody will come back for it: few, whatever else is stored.
_lost = union_all(
    _settled.where(outbox.c.status == Delivery.FAILED.value),
    _settled.where(
        outbox.c.status.in_(sorted(state.value for state in UNREAD)),
        outbox.c.channel.in_(bindparam("may_expire", expanding=True)),
        outbox.c.settled_at < _before,
    ),
).subquery("lost")
_UNREACHED = (
    select(messages.c.ticket)
    .join(_lost, _lost.c.message_id == messages.c.id)
    .join(tickets, tickets.c.number == messages.c.ticket)
    .where(
        messages.c.author == _staff,
        ~select(_later.c.id)
        .where(_later.c.ticket == messages.c.ticket, _later.c.author == _staff, _later.c.id > messages.c.id)
        .exists(),
        or_(tickets.c.reached_at.is_(None), tickets.c.reached_at < _lost.c.settled_at),
    )
)
_LIVE_OF = (
    select(tickets, contacts.c.guest)
    .join(contacts, contacts.c.id == tickets.c.contact_id)
    .where(
        tickets.c.contact_id.in_(bindparam("contacts", expanding=True)),
        or_(
            tickets.c.closed_at.is_(None),
            tickets.c.closed_at > bindparam("since", type_=tickets.c.closed_at.type),
        ),
    )
    .order_by(tickets.c.number.desc())
)


# As little as counting and sorting need: there may be many, and each cell costs.
_HEADS = select(
    tickets.c.number,
    tickets.c.contact_id,
    contacts.c.guest,
    tickets.c.language,
    tickets.c.town,
    tickets.c.entry,
    tickets.c.urgent,
    tickets.c.team,
    tickets.c.opened_at,
    tickets.c.promised_at,
    tickets.c.closed_at,
    tickets.c.assignee,
    tickets.c.added_at,
    tickets.c.answered_at,
    tickets.c.snoozed_until,
    tickets.c.remind_at,
).join(contacts, contacts.c.id == tickets.c.contact_id)


def _tickets(only_open: bool = False) -> AnySelect:
    statement = select(tickets, contacts.c.guest).join(contacts, contacts.c.id == tickets.c.contact_id)
    return statement.where(tickets.c.closed_at.is_(None)) if only_open else statement
