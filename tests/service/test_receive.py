"""Messages come in once, whatever is repeated, and nothing is taken that cannot be kept."""

import pytest

from bot.domain.message import Address, Inbound
from bot.service import receive as service
from bot.service.ports import Store
from bot.service.receive import TooBusy, TooLong, receive
from bot.storage.notify import LocalNotifier
from tests.fakes import FakeClock

ADDRESS = Address("kept", "test", "amina")


def _inbound(text: str, external_id: str = "1") -> Inbound:
    return Inbound(ADDRESS, external_id, FakeClock().now(), text)


async def test_same_external_id_twice_has_one_effect(store: Store) -> None:
    """The second delivery is acknowledged and changes nothing."""
    clock, notifier = FakeClock(), LocalNotifier()
    first = await receive(store, notifier, clock, _inbound("Guten Tag"))
    second = await receive(store, notifier, clock, _inbound("Guten Tag"))
    assert first.message is not None
    assert second.message is None
    assert second.contact == first.contact
    async with store.read() as unit:
        assert await unit.intake.waiting(clock.now()) == (1, 0.0)


async def test_ten_megabytes_are_refused_with_a_reason(store: Store) -> None:
    """The channel can tell the newcomer; nothing is stored."""
    with pytest.raises(TooLong):
        await receive(store, LocalNotifier(), FakeClock(), _inbound("x" * 10_000_000))
    async with store.read() as unit:
        assert await unit.contacts.find(ADDRESS) is None


async def test_what_databases_refuse_is_cleaned(store: Store) -> None:
    """NUL and lone surrogates come from broken clients; the rest of the words must not be lost for them."""
    received = await receive(store, LocalNotifier(), FakeClock(), _inbound("a\x00b\ud800c"))
    async with store.read() as unit:
        (line,) = await unit.messages.latest(received.contact, 1)
    assert line.body.text == "ab?c"


async def test_full_intake_asks_the_provider_to_come_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is acknowledged that is not stored."""
    monkeypatch.setattr(service, "MOST_WAITING", 1)
    await receive(store, LocalNotifier(), FakeClock(), _inbound("one", "1"))
    with pytest.raises(TooBusy):
        await receive(store, LocalNotifier(), FakeClock(), _inbound("two", "2"))
