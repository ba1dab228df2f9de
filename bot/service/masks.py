"""Masks what newcomers and staff wrote, with all that is known of the newcomer."""

import asyncio
from collections.abc import Callable, Collection, Iterable

from bot.domain.ticket import Ticket
from bot.knowledge.languages import GERMAN
from bot.knowledge.masking import Known, Masked, Masker
from bot.knowledge.model import Knowledge
from bot.service.ports import Unit

NO_WAY = "visit"  # instead of another way to somebody


async def known_of(unit: Unit, tickets: Collection[Ticket]) -> Known:
    """Return what is known of those who asked, and what everybody in the team is called."""
    names: list[str] = []
    told = [account.staff.name for account in await unit.staff.listed(revoked=True)]
    for contact in {ticket.contact for ticket in tickets}:
        # A telephone number or an account; of the web page it is a random word that nobody types.
        ids = [address.id for _, address in await unit.contacts.addresses(contact)]
        told += [id for id in ids if id.removeprefix("+").isdecimal()]
        for one in await unit.registrations.of(contact):
            names += [one.person.given_name, one.person.family_name]
            told.append(one.application.reach)
    for ticket in tickets:
        if ticket.second_way and (way := await unit.tickets.way(ticket.number)) != NO_WAY:
            told.append(way)
    return Known(tuple(names), tuple(told))


class Masks:
    """Masks with the knowledge of the moment; what takes long is done in a thread."""

    def __init__(self, knowledge: Callable[[], Knowledge]) -> None:
        self._knowledge = knowledge
        self._made: tuple[str, Masker] | None = None

    async def question(self, text: str, language: str, known: Known) -> Masked:
        """Return a newcomer's question without what tells who they are."""
        return await asyncio.to_thread(self._mask, text, language, known, True)

    async def answer(self, text: str, language: str, known: Known) -> Masked:
        """Return an answer of the team's; the towns that it names stay."""
        return await asyncio.to_thread(self._mask, text, language, known, False)

    async def covered(self, texts: Iterable[str], known: Known) -> list[str]:
        """Return texts without what is known of the newcomer; whatever else a person wrote into them stays."""
        return await asyncio.to_thread(lambda: [self.masker().cover(text, known) for text in texts])

    def masker(self) -> Masker:
        """Return what masks with the present knowledge; some hundred milliseconds after it has changed."""
        knowledge = self._knowledge()
        if self._made is None or self._made[0] != knowledge.version:
            self._made = knowledge.version, Masker(knowledge)
        return self._made[1]

    def _mask(self, text: str, language: str, known: Known, towns: bool) -> Masked:
        return self.masker().mask(text, language or GERMAN, known, with_towns=towns)
