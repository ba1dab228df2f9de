"""The program's silence while a person is on it: it ends when nobody of the team has acted for a day."""

from collections.abc import Callable
from datetime import datetime

from bot.dialogue import outcome
from bot.domain.job import Job
from bot.domain.ticket import QUIET_FOR, Ticket
from bot.i18n import Texts
from bot.service.jobs import Run
from bot.service.ports import DESK, Clock, Notifier, Store, Unit

KIND = "quiet"


async def begin(unit: Unit, ticket: Ticket, now: datetime) -> None:
    """Note that a person acts now: the program is silent from here on, or on."""
    await unit.tickets.change(ticket.number, attended_at=now)
    payload: dict[str, str | int] = {"contact": ticket.contact, "ticket": ticket.number}
    await unit.jobs.put(KIND, _key(ticket.number), now + QUIET_FOR, payload)


async def over(unit: Unit, number: int) -> None:
    """Stop watching: the program answers again."""
    await unit.jobs.cancel(_key(number))


def come_back(store: Store, notifier: Notifier, clock: Clock, texts: Callable[[str], Texts]) -> Run:
    """Return the job that says that the program answers again, where the newcomer wrote last."""

    async def run(job: Job) -> None:
        async with store.write() as unit:
            ticket = await unit.tickets.lock(int(job.payload["ticket"]))
            if ticket is None or ticket.attended_at is None or ticket.is_attended(clock.now()):
                return
            await unit.tickets.change(ticket.number, attended_at=None)
            contact = await unit.contacts.get(ticket.contact)
            addresses = await unit.contacts.addresses(ticket.contact)
            if contact is None or not addresses:
                return
            language = contact.conversation.language or ticket.language
            message = outcome.attended_ends(texts(language), ticket.number)
            # The time: a person may come and go more than once.
            idem = f"{job.key}:{ticket.attended_at:%Y%m%d%H%M%S%f}"
            await unit.outbox.put(ticket.contact, addresses[0][0], message, idem, clock.now(), ticket.number)
        await notifier.publish(f"outbox:{addresses[0][1].channel}")
        await notifier.publish(DESK)

    return run


def _key(number: int) -> str:
    return f"{KIND}:{number}"
