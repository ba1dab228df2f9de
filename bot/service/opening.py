"""Opens a ticket, with what belongs to every new one: its promised time is watched, and the team is told."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.notice import Cause
from bot.domain.ticket import NewTicket, Ticket
from bot.service import notices, promises
from bot.service.ports import Unit


async def open_ticket(
    unit: Unit, contact: int, new: NewTicket, message_ids: Sequence[int], now: datetime
) -> Ticket:
    """Store a ticket, tie the messages to it, and plan what follows; return it."""
    ticket = await unit.tickets.open(contact, new, message_ids, now)
    await promises.watch(unit, ticket)
    await notices.about(unit, ticket, Cause.NEW, now)
    return ticket
