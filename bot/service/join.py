"""Goes on with a conversation over another channel: one person, two addresses."""

from datetime import datetime, timedelta

from bot.domain.message import Address
from bot.service.ports import Clock, Conflict, Store, Unit

JOIN = "join"  # the tokens' purpose
LINK = "join_"  # begins the start payload that carries a token
VALID = timedelta(minutes=15)


async def invite(store: Store, contact: int, now: datetime) -> str:
    """Return the start payload by which another channel goes on with this conversation; earlier ones end.

    It works once, for VALID. Raises Conflict if the contact was erased.
    """
    async with store.write() as unit:
        await unit.tokens.revoke(contact, JOIN)
        return LINK + await unit.tokens.issue(contact, JOIN, now + VALID)


async def join(store: Store, clock: Clock, address: Address, token: str) -> bool:
    """Attach `address` to the contact for whom the one-time token was issued; False if it is used up or unknown.

    If the address has a history of its own, that comes along. Safe to repeat: the second time changes nothing, and
    is True as well, for the address shares its contact with another one then.
    """
    try:
        async with store.write() as unit:
            kept = await unit.tokens.redeem(token, JOIN, clock.now(), once=True)
            if kept is None:
                return await _is_shared(unit, address)
            found = await unit.contacts.find(address)
            if found is None:
                await unit.contacts.attach(kept, address, clock.now())
            elif found[0].id != kept:
                await unit.join(kept, found[0].id)
    except Conflict:
        return False  # erased meanwhile; the token stays for another try until it expires
    return True


async def _is_shared(unit: Unit, address: Address) -> bool:
    found = await unit.contacts.find(address)
    return found is not None and len(await unit.contacts.addresses(found[0].id)) > 1
