"""What the storage tests write: contacts, messages and times."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.conversation import Contact
from bot.domain.message import Address, Inbound, Outbound, Priority
from bot.service.ports import Claim, Due, Unit
from bot.storage.engine import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def after(seconds: float) -> datetime:
    """Return a moment so long after NOW."""
    return NOW + timedelta(seconds=seconds)


def address(name: str = "amina", channel: str = "web") -> Address:
    """Return an address of a channel."""
    return Address(channel, "lotse", name)


def inbound(text: str, external_id: str = "", sender: Address | None = None) -> Inbound:
    """Return a message that came in; its text is its external id if none is given."""
    return Inbound(sender or address(), external_id or text, NOW, text)


def outbound(text: str, *, urgent: bool = False) -> Outbound:
    """Return a message to send."""
    return Outbound(text, "ar", priority=Priority.URGENT if urgent else Priority.ORDINARY)


async def new_contact(store: Database, name: str = "amina", channel: str = "web") -> tuple[Contact, int]:
    """Store a contact; return it and the row id of its address."""
    async with store.write() as unit:
        return await unit.contacts.create(address(name, channel), NOW)


async def claimed(unit: Unit, owner: str, now: datetime, lease: timedelta) -> Claim | None:
    """Lease one contact that waits."""
    return next(iter(await unit.intake.claim(owner, now, lease, 1)), None)


async def due_first(
    unit: Unit, owner: str, now: datetime, lease: timedelta, channels: Sequence[str]
) -> Due | None:
    """Lease one contact to whom a message is due."""
    return next(iter(await unit.outbox.claim(owner, now, lease, channels, 1)), None)


async def came_in(store: Database, contact: int, address_id: int, *texts: str) -> None:
    """Store messages that are ready."""
    async with store.write() as unit:
        for text in texts:
            await unit.intake.put(contact, address_id, inbound(text, f"{contact}:{text}"), NOW, NOW)


async def to_send(store: Database, contact: int, address_id: int, *messages: Outbound) -> list[int]:
    """Put messages into the outbox; return their ids."""
    async with store.write() as unit:
        ids = [
            await unit.outbox.put(contact, address_id, message, f"{contact}:{message.text}", NOW)
            for message in messages
        ]
    return [message for message in ids if message]


async def send_all(store: Database, *channels: str) -> list[str]:
    """Send what is due; return the texts in the order of sending."""
    texts = []
    async with store.write() as unit:
        while due := await due_first(unit, "sender", NOW, LEASE, channels or ("web",)):
            await unit.outbox.sent(due, f"ext{due.id}", NOW)
            texts.append(due.message.text)
    return texts
