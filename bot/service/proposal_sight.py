"""What somebody sees beside a proposal: what was masked, entries that are near, who asked the same, what is to do."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.proposal import Proposal, Step
from bot.domain.staff import Staff
from bot.domain.ticket import Ticket
from bot.knowledge.languages import GERMAN
from bot.knowledge.masking import Known, Masked, unmasked
from bot.service.masks import Masks, known_of
from bot.service.mind import Mind
from bot.service.ports import Store
from bot.understanding.result import Candidate

MOST_NEAR = 3
MOST_ALIKE = 6
LOOKED_THROUGH = 200  # open tickets, and as many closed ones
ALIKE = 0.5  # of the shorter question's words


@dataclass(frozen=True, slots=True)
class Alike:
    """A ticket in which the same may have been asked."""

    ticket: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A proposal with everything around it.

    masked: asker's id -> what was taken out of their question, for those who may see the ticket as long as it lives.
    near: entries that the question may belong to. languages: codes into which it is to be translated. live: numbers
    of tickets that can be opened.
    """

    proposal: Proposal
    masked: Mapping[int, Masked]
    near: tuple[Candidate, ...]
    alike: tuple[Alike, ...]
    languages: tuple[str, ...]
    live: frozenset[int]


async def look(store: Store, masks: Masks, mind: Mind, id: int, staff: Staff) -> Sight | None:
    """Return a proposal as somebody sees it; None if there is none."""
    async with store.read() as unit:
        proposal = await unit.proposals.get(id)
        if proposal is None:
            return None
        numbers = [asker.ticket for asker in proposal.askers]
        tickets = {
            one.number: one for one in await unit.tickets.numbered(numbers) if staff.may_answer(one.town)
        }
        known = {number: await known_of(unit, [one]) for number, one in tickets.items()}
        others: Sequence[Ticket] = ()
        if proposal.can(Step.WRITE, staff) and tickets:
            held = [
                *await unit.tickets.listed(limit=LOOKED_THROUGH),
                *await unit.tickets.closed(LOOKED_THROUGH),
            ]
            others = [one for one in held if one.number not in numbers and staff.may_answer(one.town)]
    similar = await asyncio.to_thread(_alike, mind, list(tickets.values()), others)
    return Sight(
        proposal,
        {
            asker.id: await masks.question(one.question, one.language, known[one.number])
            for asker in proposal.askers
            if (one := tickets.get(asker.ticket))
        },
        await asyncio.to_thread(_near, mind, proposal),
        tuple(
            [
                Alike(
                    one.number, one.language, (await masks.question(one.question, one.language, Known())).text
                )
                for one in similar
            ]
        ),
        _untranslated(mind, proposal),
        frozenset(tickets),
    )


def _near(mind: Mind, proposal: Proposal) -> tuple[Candidate, ...]:
    """Return the entries that the understanding finds nearest to what was asked, the best first."""
    best: dict[str, float] = {}
    for asker in proposal.askers[:MOST_NEAR]:
        text = unmasked(asker.question)
        found = mind.engine.understand(text, language=asker.language, language_chosen=True) if text else None
        for each in found.candidates if found else ():
            best[each.entry] = max(best.get(each.entry, 0.0), each.score)
    # A wrong example of an emergency would show its card to people who are in none.
    offered = [one for one in best.items() if one[0] not in (proposal.wording.entry, *mind.engine.crises)]
    ordered = sorted(offered, key=lambda item: -item[1])[:MOST_NEAR]
    return tuple(Candidate(entry, score) for entry, score in ordered)


def _alike(mind: Mind, tickets: Sequence[Ticket], others: Sequence[Ticket]) -> list[Ticket]:
    """Return other tickets that share most of their words with one of these, or the guess of what it is about."""
    asked = [(one.language, frozenset(mind.engine.matter(one.question))) for one in tickets]
    found = []
    for other in others:
        words = frozenset(mind.engine.matter(other.question))
        shared = max(
            (
                len(words & told) / min(len(words), len(told))
                for language, told in asked
                if language == other.language and words and told
            ),
            default=0.0,
        )
        if shared >= ALIKE:
            found.append((shared, other.number, other))
    return [other for _, _, other in sorted(found, key=lambda item: (-item[0], -item[1]))[:MOST_ALIKE]]


def _untranslated(mind: Mind, proposal: Proposal) -> tuple[str, ...]:
    """Return the languages that have no answer of it yet."""
    knowledge = mind.world.knowledge
    entry = knowledge.entries.get(proposal.wording.entry)
    there = {code for code, text in entry.texts.items() if text.body} if entry else {GERMAN}
    return tuple(code for code in knowledge.languages if code not in there)
