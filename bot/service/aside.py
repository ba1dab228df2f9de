"""What the program says beside what a person does: in the newcomer's language, where they wrote last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.message import Outbound
from bot.domain.ticket import Ticket
from bot.i18n import Texts
from bot.service.ports import Unit

Word = Callable[[Texts, int], Outbound]


@dataclass(frozen=True, slots=True)
class Aside:
    """Something to say of a ticket. word: makes it of texts and the ticket's number. idem: as for `Outbox.put`."""

    word: Word
    idem: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The channel that has news and the message's id; "" and 0 if nobody hears it."""

    channel: str = ""
    message: int = 0


async def tell(unit: Unit, texts: Callable[[str], Texts], ticket: Ticket, aside: Aside) -> Told:
    """Put it into the outbox, unless they have said stop or cannot be reached."""
    contact = await unit.contacts.get(ticket.contact)
    addresses = await unit.contacts.addresses(ticket.contact)
    if contact is None or not addresses or contact.conversation.stopped:
        return Told()
    said = aside.word(texts(contact.conversation.language or ticket.language), ticket.number)
    place, address = addresses[0]
    stored = await unit.outbox.put(ticket.contact, place, said, aside.idem, aside.at, ticket.number)
    return Told(address.channel, stored or 0)
