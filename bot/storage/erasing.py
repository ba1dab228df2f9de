"""What is held about a contact, erasing one, and purging by age."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, update

from bot.domain.entering import PER_ADDRESS, WHOLE_DAY
from bot.domain.held import Erased, Held
from bot.domain.message import Author, Delivery
from bot.domain.registration import ACTIVE
from bot.service.ports import Retention
from bot.storage.audit import StoredAudit
from bot.storage.contacts import StoredContacts, address_of, addresses_of, contact_of
from bot.storage.feedback import StoredFeedback
from bot.storage.groups import purge_groups
from bot.storage.intake import DEDUPE
from bot.storage.messages import StoredMessages
from bot.storage.mirror import forget_tickets
from bot.storage.proposals import StoredProposals, forget_ages, purge_proposals
from bot.storage.registrations import StoredRegistrations
from bot.storage.tables import (
    addresses,
    attachments,
    contact_keys,
    contacts,
    courses,
    drafts,
    events,
    feedback,
    intake,
    jobs,
    messages,
    notes,
    notices,
    outbox,
    proposal_askers,
    registrations,
    staff_attempts,
    staff_invitations,
    staff_logouts,
    staff_sessions,
    tickets,
    tokens,
    translations,
)
from bot.storage.tickets import StoredTickets
from bot.storage.transaction import UNREADABLE, Transaction
from bot.storage.translations import StoredTranslations

log = structlog.get_logger()

# Everything that belongs to a contact, what refers to others first. A foreign key without an entry here makes
# the erase fail; tests/storage/test_erasing.py compares the list with the tables.
OF_CONTACT: tuple[Table, ...] = (
    jobs,
    tokens,
    outbox,
    intake,
    attachments,
    translations,
    messages,
    notes,
    drafts,
    tickets,
    feedback,
    proposal_askers,
    registrations,
    addresses,
    contact_keys,
)
# The same for a message.
OF_MESSAGE: tuple[Table, ...] = (outbox, attachments, translations)
STILL_WANTED = registrations.c.state.in_([state.value for state in ACTIVE])
NOTICES_KEPT = timedelta(days=14)
CHUNK = 500  # ids in one statement; both databases have a limit


async def held(tx: Transaction, contact: int) -> Held | None:
    """Return everything held about a contact."""
    row = await tx.first(select(contacts).where(contacts.c.id == contact))
    if row is None:
        return None
    waiting = await tx.first(
        select(func.count())
        .select_from(intake)
        .where(intake.c.contact_id == contact, intake.c.done_at.is_(None))
    )
    return Held(
        await contact_of(tx, row),
        row.created_at,
        tuple([await address_of(tx, line) for line in await tx.rows(addresses_of(contact))]),
        tuple(await StoredMessages(tx).everything(contact)),
        tuple(await StoredTickets(tx).of(contact)),
        tuple(await StoredFeedback(tx).of(contact)),
        waiting[0] if waiting else 0,
        tuple(await StoredRegistrations(tx).of(contact)),
        tuple(await StoredTickets(tx).notes_of(contact)),
        tuple(await StoredTickets(tx).second_ways(contact)),
        tuple(await StoredProposals(tx).questions_of(contact)),
        tuple(await StoredTranslations(tx).of_contact(contact)),
    )


async def erase(tx: Transaction, contacts_: Sequence[int]) -> dict[str, int]:
    """Delete every row of some contacts and destroy their keys; return the count per table."""
    mine = contacts.c.id.in_(contacts_)
    # Whoever writes to one of them now is let through first, and erased with the rest.
    await tx.rows(select(contacts.c.id).where(mine).order_by(contacts.c.id).with_for_update())
    await _free_files(tx, attachments.c.contact_id.in_(contacts_))
    await forget_tickets(tx, select(tickets.c.number).where(tickets.c.contact_id.in_(contacts_)))
    counts = {
        table.name: await tx.change(delete(table).where(table.c.contact_id.in_(contacts_)))
        for table in OF_CONTACT
    }
    counts[contacts.name] = await tx.change(delete(contacts).where(mine))
    return counts


async def erase_one(tx: Transaction, contact: int) -> Erased:
    """Erase one contact; return the counts for the receipt."""
    counts = await erase(tx, [contact])
    return Erased(
        counts[messages.name], counts[tickets.name], counts[attachments.name], counts[registrations.name]
    )


async def purge(tx: Transaction, rules: Retention, now: datetime) -> int:
    """Delete by age; return how many rows went."""

    tx.take_long()

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    gone = await _purge_contacts(tx, before(rules.contacts), now)
    gone += await _purge_messages(tx, before(rules.messages))
    gone += await tx.change(delete(feedback).where(feedback.c.at < before(rules.messages)))
    gone += await _purge_tickets(tx, before(rules.closed_tickets))
    gone += await _purge_registrations(tx, before(rules.closed_tickets))
    gone += await purge_proposals(tx, before(rules.closed_tickets), before(rules.contacts))
    gone += await tx.change(delete(intake).where(intake.c.done_at < now - DEDUPE))
    gone += await tx.change(delete(tokens).where(tokens.c.expires_at < now))
    gone += await tx.change(delete(events).where(events.c.at < before(rules.statistics)))
    gone += await _purge_staff(tx, now)
    gone += await purge_groups(tx, now, timedelta(days=rules.messages))
    return gone + await StoredAudit(tx).purge(before(rules.audit), now)


async def _purge_staff(tx: Transaction, now: datetime) -> int:
    """Delete what nobody can get in with any more, and tries that are forgotten."""
    over = (
        delete(staff_sessions).where(staff_sessions.c.begun_at < now - WHOLE_DAY),
        delete(staff_invitations).where(staff_invitations.c.expires_at < now),
        delete(staff_logouts).where(staff_logouts.c.until < now),
        delete(staff_attempts).where(staff_attempts.c.last_at < now - PER_ADDRESS.forgotten_after),
        # What no letter could be written of for so long, as when letters were switched off.
        delete(notices).where(notices.c.send_at < now - NOTICES_KEPT),
    )
    return sum([await tx.change(statement) for statement in over])


async def _purge_contacts(tx: Transaction, silent_since: datetime, now: datetime) -> int:
    open_ticket = (
        select(tickets.c.number)
        .where(tickets.c.contact_id == contacts.c.id, tickets.c.closed_at.is_(None))
        .exists()
    )
    registered = (
        select(registrations.c.id).where(registrations.c.contact_id == contacts.c.id, STILL_WANTED).exists()
    )
    silent = and_(contacts.c.last_seen_at < silent_since, ~open_ticket, ~registered)
    due = or_(contacts.c.expires_at < now, silent)
    rows = await tx.rows(
        select(contacts.c.id).where(due).order_by(contacts.c.id).with_for_update(skip_locked=True)
    )
    gone = 0
    for ids in _chunks([row.id for row in rows]):
        await forget_ages(tx, ids)
        gone += sum((await erase(tx, ids)).values())
    return gone


async def _purge_messages(tx: Transaction, before: datetime) -> int:
    """Delete old messages, but not what is still on its way in or out, nor what belongs to an open ticket."""
    open_tickets = select(tickets.c.number).where(tickets.c.closed_at.is_(None))
    waiting = select(intake.c.message_id).where(
        intake.c.message_id == messages.c.id, intake.c.done_at.is_(None)
    )
    pending = select(outbox.c.message_id).where(
        outbox.c.message_id == messages.c.id, outbox.c.status == Delivery.PENDING.value
    )
    rows = await tx.rows(
        select(messages.c.id, messages.c.contact_id)
        .where(
            messages.c.at < before,
            or_(messages.c.ticket.is_(None), messages.c.ticket.not_in(open_tickets)),
            ~waiting.exists(),
            ~pending.exists(),
        )
        .order_by(messages.c.id)
    )
    gone = 0
    for ids in _chunks([row.id for row in rows]):
        await tx.change(update(intake).where(intake.c.message_id.in_(ids)).values(message_id=None))
        await _free_files(tx, attachments.c.message_id.in_(ids))
        for table in OF_MESSAGE:
            gone += await tx.change(delete(table).where(table.c.message_id.in_(ids)))
        gone += await tx.change(delete(messages).where(messages.c.id.in_(ids)))
    await _forget_words(tx, {row.contact_id for row in rows})
    return gone


async def _forget_words(tx: Transaction, of: Iterable[int]) -> None:
    """Blank what the conversation holds of a newcomer's words where none of their messages is left."""
    left = select(messages.c.id).where(
        messages.c.contact_id == contacts.c.id, messages.c.author == Author.NEWCOMER.value
    )
    for ids in _chunks(sorted(of)):
        rows = await tx.rows(
            select(contacts)
            .where(contacts.c.id.in_(ids), ~left.exists())
            .order_by(contacts.c.id)
            .with_for_update(key_share=True)
        )
        for row in rows:
            try:
                contact = await contact_of(tx, row)
            except UNREADABLE as error:
                log.error("purge.unreadable", guest=row.guest, error=type(error).__name__)
                continue
            kept = replace(contact.conversation, asked=None, last_question="", handed_over="")
            await StoredContacts(tx).save(replace(contact, conversation=kept))


async def _purge_tickets(tx: Transaction, before: datetime) -> int:
    old = select(tickets.c.number).where(tickets.c.closed_at < before)
    await forget_tickets(tx, old)
    await tx.change(update(messages).where(messages.c.ticket.in_(old)).values(ticket=None))
    for table in (notes, drafts):
        await tx.change(delete(table).where(table.c.ticket.in_(old)))
    return await tx.change(delete(tickets).where(tickets.c.closed_at < before))


async def _purge_registrations(tx: Transaction, before: datetime) -> int:
    """Delete registrations that nothing comes of any more: ended, or for a course that is over.

    A course without dates is over when no list has had it for as long.
    """
    undated = and_(courses.c.ends.is_(None), courses.c.imported_at < before)
    over = select(courses.c.id).where(or_(courses.c.ends < before.date(), undated))
    ended = and_(~STILL_WANTED, registrations.c.changed_at < before)
    return await tx.change(delete(registrations).where(or_(ended, registrations.c.course_id.in_(over))))


async def _free_files(tx: Transaction, which: ColumnElement[bool]) -> None:
    rows = await tx.rows(select(attachments.c.file).where(which, attachments.c.file.is_not(None)))
    tx.freed_files += [row.file for row in rows]


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
