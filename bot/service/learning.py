"""Learning from use: what was passed on to people, or answered without help, by the entry that is nearest to it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ticket import Ticket
from bot.knowledge.masking import Known
from bot.knowledge.model import Knowledge
from bot.service.masks import Masks, known_of
from bot.service.ports import Store, Unit

MOST = 100  # open tickets, and as many closed ones


class Why(StrEnum):
    """Why a question is listed."""

    FORWARDED = "forwarded"  # the program did not know
    NOT_HELPED = "not_helped"  # it had answered, or somebody of the team had


@dataclass(frozen=True, slots=True)
class Question:
    """A question that an entry could learn from. text: masked; doubts: words in it that may be names."""

    ticket: int
    language: str
    town: str
    text: str
    doubts: tuple[str, ...]
    why: Why
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Questions to which the same entry is nearest; "": to which none is."""

    entry: str
    questions: tuple[Question, ...]


async def unlearned(store: Store, masks: Masks, knowledge: Knowledge) -> tuple[Group, ...]:
    """Return the questions of tickets that live, those left out from which somebody has learned.

    The entries with most questions come first.
    """
    async with store.read() as unit:
        tickets = await _tickets(unit)
        used = await unit.proposals.of_tickets([ticket.number for ticket in tickets])
        known = {
            ticket.number: await known_of(unit, [ticket]) for ticket in tickets if ticket.number not in used
        }
    found: dict[str, list[Question]] = defaultdict(list)
    for ticket in tickets:
        if ticket.number in known:
            question = await _question(ticket, masks, known[ticket.number])
            found[nearest(ticket, knowledge)].append(question)
    ordered = sorted(found.items(), key=lambda item: (not item[0], -len(item[1]), item[0]))
    return tuple(Group(entry, tuple(questions)) for entry, questions in ordered)


async def one(store: Store, masks: Masks, number: int) -> Question | None:
    """Return the question of a ticket, None if there is none."""
    async with store.read() as unit:
        ticket = await unit.tickets.get(number)
        known = await known_of(unit, [ticket]) if ticket else Known()
    return await _question(ticket, masks, known) if ticket else None


def nearest(ticket: Ticket, knowledge: Knowledge) -> str:
    """Return the entry that was nearest when it was asked, "" if none was or it is gone."""
    return next((id for id in (ticket.entry, *ticket.candidates) if id in knowledge.entries), "")


async def _tickets(unit: Unit) -> list[Ticket]:
    open_ones = await unit.tickets.listed(limit=MOST)
    found = [*reversed(open_ones), *await unit.tickets.closed(MOST)]
    return [ticket for ticket in found if ticket.merged_into is None]


async def _question(ticket: Ticket, masks: Masks, known: Known) -> Question:
    masked = await masks.question(ticket.question, ticket.language, known)
    # Only an answer that was shown leaves its entry on the ticket; the rest are guesses.
    why = Why.NOT_HELPED if ticket.entry or ticket.rating == "no" else Why.FORWARDED
    return Question(
        ticket.number, ticket.language, ticket.town, masked.text, masked.doubts, why, ticket.opened_at
    )
