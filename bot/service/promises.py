"""Promised times: staff are reminded before one, leads told when it passes, and the newcomer, honestly and once."""

from collections.abc import Callable

from bot.dialogue import outcome
from bot.domain.job import Job
from bot.domain.notice import Cause
from bot.domain.ticket import Ticket
from bot.i18n import Texts
from bot.service import notices
from bot.service.jobs import Run
from bot.service.ports import DESK, Clock, Notifier, Store, Unit

KIND = "promise"
REMINDER = "reminder"


async def watch(unit: Unit, ticket: Ticket) -> None:
    """Look again at the time that was promised for a ticket, if one was, and shortly before it."""
    payload: dict[str, str | int] = {"contact": ticket.contact, "ticket": ticket.number}
    if ticket.remind_at is not None:
        await unit.jobs.put(REMINDER, _key(REMINDER, ticket.number), ticket.remind_at, payload)
    if ticket.promised_at is not None:
        await unit.jobs.put(KIND, _key(KIND, ticket.number), ticket.promised_at, payload)


async def kept(unit: Unit, number: int) -> None:
    """Stop watching: somebody has answered, or closed the ticket."""
    for kind in (REMINDER, KIND):
        await unit.jobs.cancel(_key(kind, number))


def remind(store: Store, notifier: Notifier, clock: Clock) -> Run:
    """Return the job that reminds staff of a promised time that is near."""

    async def run(job: Job) -> None:
        now = clock.now()
        async with store.write() as unit:
            ticket = await unit.tickets.lock(int(job.payload["ticket"]))
            if ticket is None or not ticket.is_awaited or ticket.reminded_at is not None:
                return
            await unit.tickets.change(ticket.number, reminded_at=now)
            await notices.about(unit, ticket, Cause.REMINDER, now)
        await notifier.publish(DESK)

    return run


def own_up(store: Store, notifier: Notifier, clock: Clock, texts: Callable[[str], Texts]) -> Run:
    """Return the job that says that nobody has answered yet: to leads, and to the newcomer where they wrote last."""

    async def run(job: Job) -> None:
        now = clock.now()
        async with store.write() as unit:
            ticket = await unit.tickets.lock(int(job.payload["ticket"]))
            if ticket is None or not ticket.is_awaited:
                return
            if ticket.escalated_at is None:
                await unit.tickets.change(ticket.number, escalated_at=now)
                await notices.about(unit, ticket, Cause.ESCALATION, now)
            contact = await unit.contacts.get(ticket.contact)
            addresses = await unit.contacts.addresses(ticket.contact)
            channel = ""
            if contact is not None and addresses and not contact.conversation.stopped:
                language = contact.conversation.language or ticket.language
                message = outcome.ticket_late(texts(language), ticket.number)
                await unit.outbox.put(ticket.contact, addresses[0][0], message, job.key, now, ticket.number)
                channel = addresses[0][1].channel
        if channel:
            await notifier.publish(f"outbox:{channel}")
        await notifier.publish(DESK)

    return run


def _key(kind: str, number: int) -> str:
    return f"{kind}:{number}"
