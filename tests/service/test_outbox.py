"""What is due goes out in order; what cannot be delivered says why."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.message import Address, Delivery, Outbound
from bot.service import outbox as service
from bot.service.outbox import GIVE_UP_AFTER, Sender
from bot.service.ports import Later, SendError, Store
from bot.storage.notify import LocalNotifier
from tests.fakes import FakeClock, KeepingChannel

ADDRESS = Address("kept", "test", "amina")


class Desk:
    """A sender with its channel and clock, and one contact to send to."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.channel = KeepingChannel()
        self.sender = Sender(store, {"kept": self.channel}, self.clock, LocalNotifier(), "sender")
        self.contact = 0

    async def put(self, *texts: str) -> None:
        """Put messages into the outbox."""
        async with self.store.write() as unit:
            found = await unit.contacts.find(ADDRESS) or await unit.contacts.create(ADDRESS, self.clock.now())
            self.contact = found[0].id
            for text in texts:
                await unit.outbox.put(self.contact, found[1], Outbound(text, "de"), text, self.clock.now())

    async def send_all(self) -> list[str]:
        """Send what is due; return all that ever arrived."""
        while await self.sender.send_once():
            pass
        return [message.text for _, message in self.channel.sent]

    async def states(self) -> list[tuple[str, Delivery | None, str]]:
        """Return text, state and reason of everything held."""
        async with self.store.read() as unit:
            held = await unit.held(self.contact)
        assert held is not None
        return [(line.body.text, line.delivery, line.reason) for line in held.messages]


async def test_a_fault_is_tried_again_and_order_is_kept(store: Store) -> None:
    """The second message never overtakes the first."""
    desk = Desk(store)
    await desk.put("eins", "zwei")
    desk.channel.faults = [SendError("502"), SendError("time-out")]
    assert await desk.send_all() == []
    desk.clock.advance(seconds=2)
    assert await desk.send_all() == []
    desk.clock.advance(seconds=5)
    assert await desk.send_all() == ["eins", "zwei"]


async def test_the_provider_says_when_to_come_again(store: Store) -> None:
    """`retry_after` is honoured even if our own wait would be shorter."""
    desk = Desk(store)
    await desk.put("eins")
    desk.channel.faults = [SendError("429", retry_after=60.0)]
    await desk.send_all()
    desk.clock.advance(seconds=59)
    assert await desk.send_all() == []
    desk.clock.advance(seconds=2)
    assert await desk.send_all() == ["eins"]


async def test_a_blocked_bot_is_told_and_the_address_marked(store: Store) -> None:
    """The message fails with its reason, and no way to the contact is left."""
    desk = Desk(store)
    await desk.put("eins")
    desk.channel.faults = [SendError("blocked by the person", permanent=True, unreachable=True)]
    await desk.send_all()
    assert await desk.states() == [("eins", Delivery.FAILED, "blocked by the person")]
    async with store.read() as unit:
        assert await unit.contacts.addresses(desk.contact) == []


async def test_a_refused_message_does_not_block_the_next(store: Store) -> None:
    """Only what was refused fails."""
    desk = Desk(store)
    await desk.put("eins", "zwei")
    desk.channel.faults = [SendError("cannot parse", permanent=True)]
    assert await desk.send_all() == ["zwei"]
    assert [state for _, state, _ in await desk.states()] == [Delivery.FAILED, Delivery.SENT]


async def test_after_a_day_of_trying_it_is_given_up(store: Store) -> None:
    """Nobody waits for ever for a message that cannot arrive."""
    desk = Desk(store)
    await desk.put("eins")
    desk.clock.advance(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    desk.channel.faults = [SendError("time-out")]
    await desk.send_all()
    assert await desk.states() == [("eins", Delivery.FAILED, "time-out")]


async def test_a_fault_of_the_adapter_stops_nothing(store: Store) -> None:
    """A bug in a channel costs a retry, not the message."""
    desk = Desk(store)
    await desk.put("eins")
    desk.channel.faults = [ValueError("a bug")]  # type: ignore[list-item]
    await desk.send_all()
    desk.clock.advance(minutes=1)
    assert await desk.send_all() == ["eins"]


async def test_a_full_channel_postpones_without_counting_a_try(store: Store) -> None:
    """Nobody sleeps, nothing overtakes, and the wait does not grow."""
    desk = Desk(store)
    await desk.put("eins", "zwei")
    for _ in range(8):
        desk.channel.faults.append(Later(1.0))
        assert await desk.send_all() == []
        desk.clock.advance(seconds=1)
    assert await desk.send_all() == ["eins", "zwei"]


async def test_what_is_late_says_so(store: Store) -> None:
    """From an hour on, with the moment of its writing."""
    desk = Desk(store)
    began = desk.clock.now()

    def late(message: Outbound, at: datetime) -> Outbound:
        return replace(message, text=f"{at - began} {message.text}")

    desk.sender = Sender(store, {"kept": desk.channel}, desk.clock, LocalNotifier(), "sender", late)
    await desk.put("eins")
    desk.clock.advance(minutes=30)
    await desk.put("zwei")
    desk.clock.advance(minutes=30)
    assert await desk.send_all() == ["0:00:00 eins", "zwei"]


class HangingChannel(KeepingChannel):
    """A provider that never answers."""

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Wait for ever."""
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_channel_that_hangs_is_a_failed_try(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender comes back well before its lease ends, and the message is tried again."""
    monkeypatch.setattr(service, "SEND_WITHIN", 0.01)
    desk = Desk(store)
    await desk.put("eins")
    hanging = Sender(store, {"kept": HangingChannel()}, desk.clock, LocalNotifier(), "hanging")
    async with asyncio.timeout(30):
        assert await hanging.send_once()
    assert await desk.states() == [("eins", Delivery.PENDING, "time-out")]
    desk.clock.advance(seconds=5)
    assert await desk.send_all() == ["eins"]


def test_the_lease_outlasts_a_send() -> None:
    """Else another sender would send the same message while the first one still waits."""
    assert service.LEASE.total_seconds() > service.SEND_WITHIN * 2
