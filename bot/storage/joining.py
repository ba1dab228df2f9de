"""Makes one contact of two: every row of the second goes to the first, encrypted anew with its key."""

import asyncio
from typing import Any

from sqlalchemy import delete, select, update

from bot.domain.message import Address
from bot.service.ports import Conflict
from bot.storage.contacts import address_row
from bot.storage.files import Folder, hand_over
from bot.storage.registrations import StoredRegistrations
from bot.storage.tables import (
    addresses,
    attachments,
    contact_keys,
    contacts,
    drafts,
    feedback,
    intake,
    jobs,
    messages,
    notes,
    outbox,
    proposal_askers,
    registrations,
    tickets,
    tokens,
    translations,
)
from bot.storage.transaction import Transaction

# What holds no ciphertext only changes its owner; tests/storage/test_joining.py compares the lists with the tables.
PLAIN = (outbox, tokens, proposal_askers)
SEALED = (messages, tickets, notes, drafts, feedback, registrations, attachments, intake, addresses)
DROPPED = (translations, contact_keys)  # translations can be made again


async def join(tx: Transaction, folder: Folder, kept: int, other: int) -> None:
    """Give everything of `other` to `kept`; raise Conflict if one is gone."""
    await _lock(tx, kept, other)
    await tx.load_keys([kept, other])
    await _tickets(tx, kept, other)
    await StoredRegistrations(tx).give(kept, other)
    await _notes(tx, kept, other)
    await _drafts(tx, kept, other)
    await _feedback(tx, kept, other)
    await _messages(tx, kept, other)
    await _attachments(tx, folder, kept, other)
    await _intake(tx, kept, other)
    await _addresses(tx, kept, other)
    await _jobs(tx, kept, other)
    for table in PLAIN:
        await tx.change(update(table).where(table.c.contact_id == other).values(contact_id=kept))
    for table in DROPPED:
        await tx.change(delete(table).where(table.c.contact_id == other))
    await tx.change(delete(contacts).where(contacts.c.id == other))


async def _lock(tx: Transaction, *wanted: int) -> None:
    rows = await tx.rows(
        select(contacts.c.id).where(contacts.c.id.in_(wanted)).order_by(contacts.c.id).with_for_update()
    )
    if {row.id for row in rows} != set(wanted):
        raise Conflict("one of the contacts is gone")


async def _tickets(tx: Transaction, kept: int, other: int) -> None:
    rows = await tx.rows(select(tickets).where(tickets.c.contact_id == other).order_by(tickets.c.number))
    for row in rows:
        number = (await tx.number(kept)).numbered
        question = await tx.open(other, tickets.c.question, row.no, row.question)
        values: dict[str, Any] = {"question": await tx.seal(kept, tickets.c.question, number, question)}
        if row.lines is not None:
            lines = await tx.open(other, tickets.c.lines, row.no, row.lines)
            values["lines"] = await tx.seal(kept, tickets.c.lines, number, lines)
        if row.second_way is not None:
            way = await tx.open(other, tickets.c.second_way, row.no, row.second_way)
            values["second_way"] = await tx.seal(kept, tickets.c.second_way, number, way)
        await tx.change(
            update(tickets).where(tickets.c.number == row.number).values(contact_id=kept, no=number, **values)
        )


async def _notes(tx: Transaction, kept: int, other: int) -> None:
    for row in await tx.rows(select(notes).where(notes.c.contact_id == other).order_by(notes.c.id)):
        number = (await tx.number(kept)).numbered
        text = await tx.open(other, notes.c.text, row.no, row.text)
        await tx.change(
            update(notes)
            .where(notes.c.id == row.id)
            .values(contact_id=kept, no=number, text=await tx.seal(kept, notes.c.text, number, text))
        )


async def _drafts(tx: Transaction, kept: int, other: int) -> None:
    for row in await tx.rows(select(drafts).where(drafts.c.contact_id == other)):
        number = (await tx.number(kept)).numbered
        values: dict[str, Any] = {"contact_id": kept, "no": number, "rendering": None}
        if row.text is not None:
            text = await tx.open(other, drafts.c.text, row.no, row.text)
            values["text"] = await tx.seal(kept, drafts.c.text, number, text)
        await tx.change(
            update(drafts)
            .where(drafts.c.ticket == row.ticket, drafts.c.staff_id == row.staff_id)
            .values(**values)
        )


async def _messages(tx: Transaction, kept: int, other: int) -> None:
    """What was visible becomes visible after what `kept` has seen, in its own order."""
    rows = await tx.rows(
        select(messages)
        .where(messages.c.contact_id == other)
        .order_by(messages.c.shown.is_(None), messages.c.shown, messages.c.id)
    )
    for row in rows:
        numbers = await tx.number(kept, shown=row.shown is not None)
        body = await tx.open(other, messages.c.body, row.no, row.body)
        await tx.change(
            update(messages)
            .where(messages.c.id == row.id)
            .values(
                contact_id=kept,
                no=numbers.numbered,
                shown=numbers.shown if row.shown is not None else None,
                body=await tx.seal(kept, messages.c.body, numbers.numbered, body),
            )
        )


async def _feedback(tx: Transaction, kept: int, other: int) -> None:
    rows = await tx.rows(select(feedback).where(feedback.c.contact_id == other).order_by(feedback.c.id))
    for row in rows:
        number = (await tx.number(kept, shown=False)).numbered
        text = await tx.open(other, feedback.c.text, row.no, row.text)
        await tx.change(
            update(feedback)
            .where(feedback.c.id == row.id)
            .values(contact_id=kept, no=number, text=await tx.seal(kept, feedback.c.text, number, text))
        )


async def _attachments(tx: Transaction, folder: Folder, kept: int, other: int) -> None:
    """Files in our own store are bound to their owner's key: they are written anew, and the old ones freed."""
    for row in await tx.rows(select(attachments).where(attachments.c.contact_id == other)):
        values: dict[str, Any] = {"contact_id": kept}
        if row.file:
            keys = await tx.key(other), await tx.key(kept)
            given = await asyncio.to_thread(hand_over, folder, *keys, row.file)
            values["file"] = given or row.file
            tx.freed_files.append(row.file)
        else:
            place = f"{row.message_id}:{row.no}"
            reference = await tx.open(other, attachments.c.reference, place, row.reference)
            values["reference"] = await tx.seal(kept, attachments.c.reference, place, reference)
        await tx.change(
            update(attachments)
            .where(attachments.c.message_id == row.message_id, attachments.c.no == row.no)
            .values(values)
        )


async def _intake(tx: Transaction, kept: int, other: int) -> None:
    rows = await tx.rows(select(intake).where(intake.c.contact_id == other, intake.c.payload.is_not(None)))
    for row in rows:
        payload = await tx.open(other, intake.c.payload, row.message_id, row.payload)
        await tx.change(
            update(intake)
            .where(intake.c.id == row.id)
            .values(payload=await tx.seal(kept, intake.c.payload, row.message_id, payload))
        )
    await tx.change(update(intake).where(intake.c.contact_id == other).values(contact_id=kept))


async def _addresses(tx: Transaction, kept: int, other: int) -> None:
    for row in await tx.rows(select(addresses).where(addresses.c.contact_id == other)):
        place = address_row(Address(row.channel, row.account, ""))
        text = await tx.open(other, addresses.c.sealed, place, row.sealed)
        await tx.change(
            update(addresses)
            .where(addresses.c.id == row.id)
            .values(contact_id=kept, sealed=await tx.seal(kept, addresses.c.sealed, place, text))
        )


async def _jobs(tx: Transaction, kept: int, other: int) -> None:
    for row in await tx.rows(select(jobs).where(jobs.c.contact_id == other)):
        await tx.change(
            update(jobs)
            .where(jobs.c.id == row.id)
            .values(contact_id=kept, payload={**row.payload, "contact": kept})
        )
