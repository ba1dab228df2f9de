"""Carries out what a turn does with tickets: opens, adds, closes, keeps another way and whether it helped."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.dialogue import outcome
from bot.dialogue.turn import (
    AddToTicket,
    CallBot,
    CloseTicket,
    Effect,
    OpenTicket,
    RateTicket,
    Scene,
    SecondWay,
)
from bot.domain.event import Event
from bot.domain.message import Outbound
from bot.domain.ticket import NewTicket, Ticket
from bot.knowledge.model import Knowledge
from bot.knowledge.responsible import promise, responsible
from bot.service import promises, quiet
from bot.service.opening import open_ticket
from bot.service.ports import Unit

TICKET_EFFECTS = (OpenTicket, AddToTicket, SecondWay, CallBot, CloseTicket, RateTicket)

Say = Callable[[Outbound, int], Awaitable[None]]
# Plans the translation of what is new in a ticket: the unit, the contact, the ticket, the newcomer's language.
Translate = Callable[[Unit, int, int, str], Awaitable[None]]


class TicketEffects:
    """Carries out effects inside the turn's transaction; numbers that are not the contact's own change nothing."""

    def __init__(
        self,
        unit: Unit,
        contact: int,
        scene: Scene,
        message_ids: Sequence[int],
        now: datetime,
        say: Say,
        translate: Translate | None = None,
    ) -> None:
        self._unit = unit
        self._contact = contact
        self._scene = scene
        self._message_ids = message_ids
        self._now = now
        self._say = say
        self._translate = translate

    async def do(self, effect: Effect) -> None:
        """Carry out an effect that is about tickets; leave any other."""
        if isinstance(effect, OpenTicket):
            await self._open(effect)
            return
        ticket = await self._own(effect.number) if isinstance(effect, TICKET_EFFECTS) else None
        if ticket is None:
            return
        if isinstance(effect, AddToTicket):
            await self._add(ticket, effect)
        elif isinstance(effect, SecondWay):
            await self._unit.tickets.tell_way(ticket.number, effect.way)
        elif isinstance(effect, CallBot):
            await self._call_bot(ticket)
        elif isinstance(effect, CloseTicket) and effect.number != ticket.number:
            # "Settled" below the one must not close what belongs to the other.
            await self._say(
                outcome.ticket_merged(self._scene.texts, ticket.number, effect.number), ticket.number
            )
        elif isinstance(effect, CloseTicket):
            await self._close(ticket)
        elif isinstance(effect, RateTicket):
            await self._rate(ticket, effect)

    async def _own(self, number: int) -> Ticket | None:
        ticket = await self._unit.tickets.lock(number)
        while ticket and ticket.merged_into:  # a button of before
            ticket = await self._unit.tickets.get(ticket.merged_into)
        return ticket if ticket and ticket.contact == self._contact else None

    async def _open(self, effect: OpenTicket) -> None:
        earlier = await self._unit.tickets.of(self._contact)
        new = new_ticket(
            effect, self._scene.world.knowledge, self._now, earlier[0].number if earlier else None
        )
        ticket = await open_ticket(self._unit, self._contact, new, self._message_ids, self._now)
        await self._interpret(ticket.number)
        await self._say(outcome.ticket_opened(self._scene, ticket), ticket.number)
        if self._scene.turn.capabilities.needs_second_way:
            await self._say(outcome.second_way_asked(self._scene), ticket.number)

    async def _add(self, ticket: Ticket, effect: AddToTicket) -> None:
        if not ticket.reopens(self._now):
            await self._open(OpenTicket(effect.text, self._scene.language, ticket.town, ticket.entry))
            return
        if not ticket.is_open:
            await self._unit.tickets.change(ticket.number, closed_at=None, rating=None)
        await self._unit.tickets.add(ticket.number, effect.text, self._message_ids, self._now)
        await self._interpret(ticket.number)
        if not ticket.is_open:
            await self._say(outcome.ticket_reopened(self._scene, ticket.number), ticket.number)
        elif effect.attended and not effect.quiet:
            await self._say(outcome.passed_on(self._scene, ticket.number), ticket.number)
        elif not effect.quiet:
            await self._say(outcome.ticket_added(self._scene, ticket.number), ticket.number)

    async def _interpret(self, number: int) -> None:
        if self._translate is not None:
            await self._translate(self._unit, self._contact, number, self._scene.language)

    async def _call_bot(self, ticket: Ticket) -> None:
        if ticket.attended_at is not None:
            await self._unit.tickets.change(ticket.number, attended_at=None)
            await quiet.over(self._unit, ticket.number)
        await self._say(outcome.attended_ends(self._scene.texts, ticket.number), ticket.number)

    async def _close(self, ticket: Ticket) -> None:
        if await self._unit.tickets.close(ticket.number, self._now):
            await promises.kept(self._unit, ticket.number)
            await quiet.over(self._unit, ticket.number)
            await self._say(outcome.ticket_closed(self._scene.texts, ticket.number), ticket.number)
        else:
            await self._say(self._scene.message("ticket.closed"), ticket.number)

    async def _rate(self, ticket: Ticket, effect: RateTicket) -> None:
        if ticket.is_open or ticket.rating:
            return  # asked once, and the first word counts
        await self._unit.tickets.change(ticket.number, rating="yes" if effect.helped else "no")
        kind = "ticket_helped" if effect.helped else "ticket_not_helped"
        scene = self._scene
        await self._unit.events.record(
            Event(kind, self._now, scene.turn.channel, ticket.language, ticket.town, ticket.entry)
        )


def new_ticket(
    wanted: OpenTicket, knowledge: Knowledge, now: datetime, previous: int | None = None
) -> NewTicket:
    """Return the ticket with the team that answers it, and the promised time if that team's hours are known."""
    team = responsible(knowledge, wanted.town, wanted.entry)
    promised = promise(team, now)
    return NewTicket(
        question=wanted.question,
        language=wanted.language,
        town=wanted.town,
        entry=wanted.entry,
        candidates=wanted.candidates,
        team=team.id if team else "",
        promised_at=promised.at if promised else None,
        previous=previous,
        remind_at=promised.remind_at if promised else None,
    )
