"""Tells those who asked that there is an answer now: once, in their language, and nobody who does not want to hear."""

from datetime import datetime, timedelta

import structlog

from bot.dialogue import outcome
from bot.domain.job import Job
from bot.domain.proposal import Asker, Proposal, State
from bot.service.jobs import Run
from bot.service.mind import MindSource
from bot.service.ports import Clock, Notifier, Store, Unit

KIND = "answered"
NOT_YET = timedelta(seconds=5)  # until the knowledge is looked at again: the files have just been written
GIVE_UP = timedelta(days=7)  # after the publishing: the entry was taken back
BUSY = timedelta(hours=1)  # until somebody whom a person is helping is looked at again

log = structlog.get_logger()


async def plan(unit: Unit, proposal: Proposal, at: datetime) -> None:
    """Plan to tell the askers of a proposal that is published in this transaction."""
    await unit.jobs.put(KIND, _key(proposal.id), at, {"proposal": proposal.id})


def tell(store: Store, notifier: Notifier, clock: Clock, mind: MindSource) -> Run:
    """Return the job; it may be killed anywhere, and begins again without telling anybody twice."""

    async def run(job: Job) -> None:
        now = clock.now()
        async with store.read() as unit:
            proposal = await unit.proposals.get(int(job.payload["proposal"]))
        if proposal is None or proposal.state is not State.PUBLISHED:
            return
        waiting = [one for one in proposal.askers if one.told_at is None]
        if proposal.wording.entry not in mind().world.knowledge.entries:
            if now - proposal.changed_at < GIVE_UP:
                await _again(store, proposal, now + NOT_YET)
            else:
                log.warning("answered.no_entry", proposal=proposal.id)
            return
        channels = [await _tell_one(store, mind, proposal, asker, now) for asker in waiting]
        for channel in {channel for channel in channels if channel}:
            await notifier.publish(f"outbox:{channel}")
        if None in channels:
            await _again(store, proposal, now + BUSY)

    return run


async def _tell_one(
    store: Store, mind: MindSource, proposal: Proposal, asker: Asker, now: datetime
) -> str | None:
    """Tell one, in a transaction of its own; return the channel, "" if they cannot be told, None for later."""
    async with store.write() as unit:
        contact = await unit.contacts.get(asker.contact) if asker.contact else None
        addresses = await unit.contacts.addresses(contact.id) if contact else []
        if contact is None or not addresses or contact.conversation.stopped:
            await unit.proposals.told(asker.id, now)
            return ""
        tickets = await unit.tickets.of(contact.id)
        if any(ticket.is_attended(now) for ticket in tickets):
            return None  # the program is silent while a person is on it
        world = mind().world
        language = contact.conversation.language or asker.language
        entry = proposal.wording.entry
        named = world.knowledge.named(entry, language)
        message = outcome.answer_there(
            world.texts(language), asker.ticket, entry, named.title if named else entry
        )
        place, address = addresses[0]
        known = next((one.number for one in tickets if one.number == asker.ticket), None)
        await unit.outbox.put(contact.id, place, message, f"{_key(proposal.id)}:{contact.id}", now, known)
        await unit.proposals.told(asker.id, now)
    return address.channel


async def _again(store: Store, proposal: Proposal, at: datetime) -> None:
    async with store.write() as unit:
        await plan(unit, proposal, at)


def _key(proposal: int) -> str:
    return f"{KIND}:{proposal}"
