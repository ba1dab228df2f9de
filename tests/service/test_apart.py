"""Channels do not wait for one another."""

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

from bot.app import Parts, SystemClock, course_services, loops
from bot.domain.message import Address, Outbound
from bot.service.ports import Store
from bot.settings import Settings
from bot.storage.notify import LocalNotifier
from tests.fakes import KeepingChannel


@dataclass
class Gate(KeepingChannel):
    """A provider that answers nobody until it is open, and says when it got something."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Wait, then keep the message."""
        await self.opened.wait()
        self.reached.set()
        return await super().send(address, message_id, message)


async def test_a_channel_that_hangs_holds_up_no_other(sqlite_store: Store) -> None:
    """Messages for many on a channel that hangs occupy none of the senders of another."""
    clock, slow, quick = SystemClock(), Gate("slow"), Gate("quick")
    quick.opened.set()
    async with sqlite_store.write() as unit:
        for name in ("slow", "slow", "slow", "slow", "quick"):
            contact, place = await unit.contacts.create(Address(name, "test", uuid4().hex), clock.now())
            await unit.outbox.put(contact.id, place, Outbound("hallo", "de"), uuid4().hex, clock.now())
    parts = Parts(
        Settings(workers=2),
        clock,
        sqlite_store,
        LocalNotifier(),
        keeper=None,
        courses=course_services(sqlite_store, clock, mind=None),
    )
    stop = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for loop in loops(parts, {"slow": slow, "quick": quick}):
            group.create_task(loop(stop))
        await quick.reached.wait()
        assert slow.sent == []
        slow.opened.set()
        stop.set()
