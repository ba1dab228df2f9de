"""Answers that are to become entries; their text is sealed with the staff's key, for it outlives the ticket."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from bot.domain.proposal import Asker, Proposal, State, Wording
from bot.storage.tables import proposal_askers, proposals
from bot.storage.transaction import INSERT, AnyRow, Transaction

SEALED = (proposals.c.wording, proposals.c.note, proposal_askers.c.question)


class StoredProposals:
    """The promise `Proposals`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def add(self, author: int | None, wording: Wording, at: datetime, *, is_new: bool) -> int:
        """Store a new one and return its id. author: None for the command line."""
        values = {"state": State.DRAFT.value, "is_new": is_new, "authors": [] if author is None else [author]}
        statement = proposals.insert().values(**values, created_at=at, changed_at=at)
        row = await self._tx.first(statement.returning(proposals.c.id))
        assert row is not None  # noqa: S101 - an insert that succeeds returns its row
        sealed = self._seal("wording", row.id, json.dumps(asdict(wording), ensure_ascii=False))
        await self._tx.change(update(proposals).where(proposals.c.id == row.id).values(wording=sealed))
        return int(row.id)

    async def get(self, id: int) -> Proposal | None:
        """Return one."""
        found = await self._read(await self._tx.rows(select(proposals).where(proposals.c.id == id)))
        return found[0] if found else None

    async def lock(self, id: int) -> Proposal | None:
        """Let nobody else change it until the commit; return it."""
        await self._tx.first(select(proposals.c.id).where(proposals.c.id == id).with_for_update())
        return await self.get(id)

    async def listed(self, states: Iterable[State], limit: int = 200) -> list[Proposal]:
        """Return those in one of the states, the last changed first."""
        wanted = proposals.c.state.in_([state.value for state in states])
        ordered = (
            select(proposals).where(wanted).order_by(proposals.c.changed_at.desc(), proposals.c.id.desc())
        )
        return await self._read(await self._tx.rows(ordered.limit(limit)))

    async def of_tickets(self, numbers: Sequence[int]) -> dict[int, list[Proposal]]:
        """Return ticket -> the proposals that it is part of, those that were dropped left out."""
        ids = select(proposal_askers.c.proposal_id).where(proposal_askers.c.ticket.in_(numbers))
        statement = select(proposals).where(proposals.c.id.in_(ids), proposals.c.state != State.DROPPED.value)
        found: dict[int, list[Proposal]] = defaultdict(list)
        for proposal in await self._read(await self._tx.rows(statement.order_by(proposals.c.id))):
            for asker in proposal.askers:
                found[asker.ticket].append(proposal)
        return found

    async def change(
        self,
        proposal: Proposal,
        at: datetime,
        *,
        state: State | None = None,
        wording: Wording | None = None,
        author: int | None = None,
        reviewer: int | None = None,
        note: str | None = None,
    ) -> None:
        """Set what is given; call it under `lock`. Whoever writes is an author from then on."""
        values: dict[str, object] = {"changed_at": at}
        if state is not None:
            values["state"] = state.value
        if wording is not None:
            told = json.dumps(asdict(wording), ensure_ascii=False)
            values["wording"] = self._seal("wording", proposal.id, told)
        if author is not None and author not in proposal.authors:
            values["authors"] = [*proposal.authors, author]
        if reviewer is not None:
            values["reviewer"] = reviewer
        if note is not None:
            values["note"] = self._seal("note", proposal.id, note) if note else None
        await self._tx.change(update(proposals).where(proposals.c.id == proposal.id).values(**values))

    async def drop(self, proposal: Proposal, at: datetime) -> None:
        """Keep of it only that it was dropped; call it under `lock`."""
        await self._tx.change(delete(proposal_askers).where(proposal_askers.c.proposal_id == proposal.id))
        values = {"state": State.DROPPED.value, "wording": None, "note": None, "changed_at": at}
        await self._tx.change(update(proposals).where(proposals.c.id == proposal.id).values(values))

    async def ask(self, proposal: int, contact: int, ticket: int, language: str, question: str) -> None:
        """Add somebody who asked it; a ticket counts once."""
        values = {"proposal_id": proposal, "contact_id": contact, "ticket": ticket, "language": language}
        insert = INSERT[self._tx.kind](proposal_askers).values(**values).on_conflict_do_nothing()
        row = await self._tx.first(insert.returning(proposal_askers.c.id))
        if row is not None:
            await self.reword(row.id, question)

    async def leave(self, proposal: int, ticket: int) -> None:
        """Take somebody out who did not ask it."""
        mine = (proposal_askers.c.proposal_id == proposal, proposal_askers.c.ticket == ticket)
        await self._tx.change(delete(proposal_askers).where(*mine))

    async def reword(self, asker: int, question: str) -> None:
        """Set an asker's masked question; empty: it is no example."""
        sealed = self._seal("question", asker, question) if question else None
        this = proposal_askers.c.id == asker
        await self._tx.change(update(proposal_askers).where(this).values(question=sealed))

    async def told(self, asker: int, at: datetime) -> None:
        """Note that an asker has been told, or cannot be."""
        this = proposal_askers.c.id == asker
        await self._tx.change(update(proposal_askers).where(this).values(told_at=at))

    async def questions_of(self, contact: int) -> list[str]:
        """Return the masked questions that are held of a contact."""
        mine = (proposal_askers.c.contact_id == contact, proposal_askers.c.question.is_not(None))
        rows = await self._tx.rows(select(proposal_askers).where(*mine).order_by(proposal_askers.c.id))
        return [self._open("question", row.id, row.question) for row in rows]

    async def _read(self, rows: Sequence[AnyRow]) -> list[Proposal]:
        askers: dict[int, list[Asker]] = defaultdict(list)
        ids = [row.id for row in rows]
        statement = select(proposal_askers).where(proposal_askers.c.proposal_id.in_(ids))
        for row in await self._tx.rows(statement.order_by(proposal_askers.c.id)) if ids else ():
            question = self._open("question", row.id, row.question)
            asker = Asker(row.id, row.contact_id, row.ticket, row.language, question, row.told_at)
            askers[row.proposal_id].append(asker)
        return [self._proposal(row, askers[row.id]) for row in rows]

    def _proposal(self, row: AnyRow, askers: Sequence[Asker]) -> Proposal:
        told = json.loads(self._open("wording", row.id, row.wording) or "{}")
        return Proposal(
            row.id,
            State(row.state),
            row.is_new,
            tuple(row.authors),
            Wording(**{**told, "questions": tuple(told.get("questions", ()))}),
            row.created_at,
            row.changed_at,
            row.reviewer,
            self._open("note", row.id, row.note),
            tuple(askers),
        )

    def _seal(self, column: str, id: int, text: str) -> bytes:
        return self._tx.vault.seal_staff(_place(column, id), text.encode())

    def _open(self, column: str, id: int, sealed: bytes | None) -> str:
        return self._tx.vault.open_staff(_place(column, id), sealed).decode() if sealed else ""


def _place(column: str, id: int) -> str:
    table = "proposal_askers" if column == "question" else "proposals"
    return f"{table}.{column}:{id}"


async def forget_ages(tx: Transaction, contacts: Sequence[int]) -> None:
    """Let masked questions be nobody's before their askers are purged by age; an erase takes them along."""
    mine = proposal_askers.c.contact_id.in_(contacts)
    await tx.change(update(proposal_askers).where(mine).values(contact_id=None))


async def purge_proposals(tx: Transaction, ended: datetime, idle: datetime) -> int:
    """Delete those that ended before a moment, and those at which nobody has worked for long."""
    over = proposals.c.state.in_([State.PUBLISHED.value, State.DROPPED.value])
    old: ColumnElement[bool] = (over & (proposals.c.changed_at < ended)) | (proposals.c.changed_at < idle)
    ids = select(proposals.c.id).where(old)
    gone = await tx.change(delete(proposal_askers).where(proposal_askers.c.proposal_id.in_(ids)))
    return gone + await tx.change(delete(proposals).where(old))


async def rewrap_proposals(tx: Transaction) -> None:
    """Bring what is sealed to the master key in use."""
    for column in SEALED:
        statement = select(column.table.c.id, column.label("sealed")).where(column.is_not(None))
        for row in await tx.rows(statement.with_for_update()):
            place = _place(column.name, row.id)
            sealed = tx.vault.seal_staff(place, tx.vault.open_staff(place, row.sealed))
            this = column.table.c.id == row.id
            await tx.change(update(column.table).where(this).values({column: sealed}))
