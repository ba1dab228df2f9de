"""Takes a newcomer's message in: stored before it is acknowledged, once only."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.fragment import FRAGMENT_WAIT, is_fragment
from bot.domain.message import Inbound
from bot.service.ports import Clock, Conflict, Contacts, Notifier, Store

LONGEST = 8_000  # characters kept of one message; Telegram and WhatsApp end at 4,096
MOST_WAITING = 10_000  # above this the provider is asked to come again: nothing is taken that cannot be kept


class TooLong(Exception):
    """The message is longer than any channel's own limit; the newcomer must shorten it."""


class TooBusy(Exception):
    """The intake is full; the channel answers 503, so that the provider delivers again later."""


@dataclass(frozen=True, slots=True)
class Received:
    """Who wrote, and the history line; None if the message was there already."""

    contact: int
    message: int | None


async def receive(store: Store, notifier: Notifier, clock: Clock, inbound: Inbound) -> Received:
    """Store an inbound message and wake a worker; acknowledge to the channel only after this returns.

    The same external id again has no effect. Raises TooLong and TooBusy.
    """
    if len(inbound.text) > LONGEST:
        raise TooLong
    received = await _stored(store, clock.now(), _clean(inbound))
    if received.message is not None:
        await notifier.publish("intake")
        await notifier.publish(f"{inbound.address.channel}:{received.contact}")
    return received


async def _stored(store: Store, now: datetime, inbound: Inbound, tries: int = 3) -> Received:
    try:
        async with store.write() as unit:
            if await unit.intake.is_full(MOST_WAITING):
                raise TooBusy
            contact, address_id = await _known(unit.contacts, inbound, now)
            message = await unit.intake.put(contact, address_id, inbound, now, _ready(inbound, now))
    except Conflict:
        # The contact was erased between being found and being written to: they are a new one now.
        if tries == 1:
            raise
        return await _stored(store, now, inbound, tries - 1)
    return Received(contact, message)


async def _known(contacts: Contacts, inbound: Inbound, now: datetime) -> tuple[int, int]:
    found = await contacts.find(inbound.address) or await contacts.create(inbound.address, now)
    return found[0].id, found[1]


def _clean(inbound: Inbound) -> Inbound:
    # PostgreSQL and JSON refuse NUL and lone surrogates, which hostile or broken clients send.
    text = inbound.text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return replace(inbound, text=text.strip())


def _ready(inbound: Inbound, now: datetime) -> datetime:
    if inbound.attachments and not inbound.text:  # the pictures of an album come one by one
        return now + timedelta(seconds=FRAGMENT_WAIT)
    whole = bool(inbound.choice or inbound.start or inbound.attachments)
    return now if whole or not is_fragment(inbound.text) else now + timedelta(seconds=FRAGMENT_WAIT)
