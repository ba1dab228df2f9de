"""Two questions of one newcomer that are one: the kept ticket takes the other in, and they can be parted again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.dialogue import outcome
from bot.domain.merge import Merge, standing, together
from bot.domain.message import Outbound
from bot.domain.ticket import Ticket
from bot.i18n import Texts
from bot.service import promises, quiet
from bot.service.aside import Aside, Told, tell
from bot.service.ports import Unit
from bot.service.refusals import NoSuchTicket, Taken

UNDO_WITHIN = timedelta(seconds=10)  # so long nobody has been told of a merge

TextsOf = Callable[[str], Texts]


class NotTogether(Exception):
    """They are not two questions of one newcomer, or one of them is part of another already."""


class GrownTogether(Exception):
    """Somebody has written, answered or closed since: parting them would lose what belongs to whom."""


async def merge(unit: Unit, texts: TextsOf, pair: tuple[int, int], staff: int, now: datetime) -> str:
    """Let the second ticket of `pair` become part of the first, which keeps its number; return the channel with news.

    Messages, notes, drafts and the promised time go over; the newcomer is told once, in ten seconds. Raise
    NoSuchTicket if the kept one is not open, NotTogether, Taken if one of them is somebody else's.
    """
    kept, other = await _locked(unit, *pair)
    if not kept.is_open:
        raise NoSuchTicket
    if other.merged_into or kept.contact != other.contact or kept.number == other.number:
        raise NotTogether
    _refuse(kept, staff)
    if other.is_open:
        _refuse(other, staff)
    after = together(kept, other)
    if after.attended_at:
        after = replace(after, attended_at=now)
    carried = await unit.merges.carry(kept.number, other.number, now)
    await unit.tickets.change(kept.number, **after.to_values())
    await unit.tickets.change(other.number, attended_at=None, snoozed_until=None, closed_at=now)
    await _watch(unit, kept.number, now)
    await _watch(unit, other.number, now)
    told = await _tell(unit, texts, (kept, other), outcome.ticket_merged, now + UNDO_WITHIN)
    await unit.merges.settle(other.number)
    made = Merge(
        standing(kept),
        standing(other),
        after,
        carried.messages,
        carried.notes,
        carried.lines,
        carried.way,
        told.message,
    )
    await unit.merges.keep(other.number, kept.number, made)
    await unit.audit.note(staff, "ticket.merged", f"ticket:{other.number}>{kept.number}", now)
    return told.channel


async def part(unit: Unit, texts: TextsOf, number: int, staff: int, now: datetime) -> str:
    """Let a ticket be one of its own again, as it was before; return the channel with news.

    The newcomer is told if they were told of the merge. Raise NoSuchTicket if it is part of none, GrownTogether, Taken
    if the other one is somebody else's.
    """
    other = await unit.tickets.lock(number)
    if other is None or other.merged_into is None:
        raise NoSuchTicket
    kept, made = await unit.tickets.get(other.merged_into), await unit.merges.get(number)
    if kept is None or made is None or not made.is_untouched(kept):
        raise GrownTogether
    _refuse(kept, staff)
    await unit.merges.part(kept.number, number, made)
    await _watch(unit, kept.number, now)
    await _watch(unit, number, now)
    told = Told()
    if not made.notice or not await unit.outbox.take_back(kept.contact, made.notice, now):
        told = await _tell(unit, texts, (kept, other), outcome.ticket_parted, now)
    await unit.audit.note(staff, "ticket.parted", f"ticket:{number}<{kept.number}", now)
    return told.channel


async def _locked(unit: Unit, kept: int, other: int) -> tuple[Ticket, Ticket]:
    # One lock: it is the contact's, of whom both are.
    first, second = await unit.tickets.lock(kept), await unit.tickets.get(other)
    if first is None or second is None:
        raise NoSuchTicket
    return first, second


def _refuse(ticket: Ticket, staff: int) -> None:
    if ticket.assignee not in (None, staff):
        raise Taken(ticket.assignee)


async def _watch(unit: Unit, number: int, now: datetime) -> None:
    """Watch the promise and the silence of a ticket as it stands now."""
    ticket = await unit.tickets.get(number)
    if ticket and ticket.is_open and ticket.answered_at is None:
        await promises.watch(unit, ticket)
    else:
        await promises.kept(unit, number)
    if ticket and ticket.is_attended(now):
        await quiet.begin(unit, ticket, now)
    else:
        await quiet.over(unit, number)


async def _tell(
    unit: Unit,
    texts: TextsOf,
    pair: tuple[Ticket, Ticket],
    word: Callable[[Texts, int, int], Outbound],
    at: datetime,
) -> Told:
    kept, other = pair

    def said(texts: Texts, number: int) -> Outbound:
        return word(texts, number, other.number)

    return await tell(unit, texts, kept, Aside(said, f"merge:{uuid4().hex}", at))
