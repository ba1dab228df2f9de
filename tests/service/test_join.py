"""Going on over another channel: by a one-time link, on both databases."""

from datetime import timedelta

from bot.domain.message import Address
from bot.service.join import JOIN, LINK, VALID, invite, join
from bot.service.ports import Store
from tests.fakes import FakeClock

WEB, PHONE = Address("web", "page", "browser"), Address("telegram", "1", "777")


async def _invited(store: Store, clock: FakeClock) -> tuple[int, str]:
    async with store.write() as unit:
        contact, _ = await unit.contacts.create(WEB, clock.now())
        return contact.id, await unit.tokens.issue(contact.id, JOIN, clock.now() + timedelta(minutes=15))


async def _owner(store: Store, address: Address) -> int | None:
    async with store.read() as unit:
        found = await unit.contacts.find(address)
    return found[0].id if found else None


async def test_a_new_address_is_attached_once(store: Store) -> None:
    clock = FakeClock()
    contact, token = await _invited(store, clock)
    assert await join(store, clock, PHONE, token)
    assert await _owner(store, PHONE) == contact
    assert await join(store, clock, PHONE, token)  # a second tap on the link changes nothing
    assert await _owner(store, PHONE) == contact
    assert not await join(store, clock, Address("telegram", "1", "778"), token)
    assert await _owner(store, Address("telegram", "1", "778")) is None


async def test_a_known_address_brings_its_history(store: Store) -> None:
    clock = FakeClock()
    contact, token = await _invited(store, clock)
    async with store.write() as unit:
        await unit.contacts.create(PHONE, clock.now())
    assert await join(store, clock, PHONE, token)
    assert await _owner(store, PHONE) == await _owner(store, WEB) == contact


async def test_an_old_link_joins_nobody(store: Store) -> None:
    clock = FakeClock()
    _, token = await _invited(store, clock)
    clock.advance(minutes=16)
    assert not await join(store, clock, PHONE, token)
    assert not await join(store, clock, PHONE, "made-up")


async def test_ones_own_link_changes_nothing(store: Store) -> None:
    """Followed from the address that belongs to the contact already."""
    clock = FakeClock()
    contact, token = await _invited(store, clock)
    assert await join(store, clock, WEB, token)
    assert await _owner(store, WEB) == contact


async def test_a_new_invitation_ends_the_one_before_and_expires(store: Store) -> None:
    clock = FakeClock()
    contact, _ = await _invited(store, clock)
    first, second = [await invite(store, contact, clock.now()) for _ in range(2)]
    assert not await join(store, clock, PHONE, first.removeprefix(LINK))
    clock.advance(seconds=VALID.total_seconds() + 1)
    assert not await join(store, clock, PHONE, second.removeprefix(LINK))
    third = await invite(store, contact, clock.now())
    assert await join(store, clock, PHONE, third.removeprefix(LINK))
