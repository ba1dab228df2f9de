"""What goes out: one message at a time per contact, urgent ones first, the others in their order per channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.domain.message import UNREAD, Author, Delivery, Outbound
from bot.service.ports import Due, LeaseLost
from bot.storage.bodies import outbound_from_json, outbound_to_json
from bot.storage.contacts import address_of
from bot.storage.messages import ADD_MESSAGE
from bot.storage.tables import addresses, contact_keys, contacts, messages, outbox
from bot.storage.transaction import UNREADABLE, WITH_KEY, AnyRow, Transaction

# Written out, not bound: the planner must see that the partial indexes apply.
_pending_word: ColumnElement[str] = literal_column(f"'{Delivery.PENDING.value}'")
_pending = outbox.c.status == _pending_word
# What failed and waited goes behind what is new: many that hang do not hold up the others.
_LINE = (outbox.c.priority, outbox.c.next_at, outbox.c.id)

log = structlog.get_logger()


def _is_head() -> ColumnElement[bool]:
    """The first pending message of its contact and channel: no other pending one is more urgent, or as urgent
    and older. A channel that is down holds up no other channel of a contact."""
    ahead = outbox.alias("ahead")
    is_ahead = select(ahead.c.id).where(
        ahead.c.contact_id == outbox.c.contact_id,
        ahead.c.channel == outbox.c.channel,
        ahead.c.status == _pending_word,
        or_(
            ahead.c.priority < outbox.c.priority,
            and_(ahead.c.priority == outbox.c.priority, ahead.c.id < outbox.c.id),
        ),
    )
    return and_(_pending, ~is_ahead.exists())


_now = bindparam("now", type_=outbox.c.next_at.type)
_of_channels = outbox.c.channel.in_(bindparam("channels", expanding=True))
_is_due = and_(_is_head(), _of_channels, outbox.c.next_at <= _now)
# The contacts with the messages that are due and the first of all in line; they are locked.
_DUE_CONTACTS = (
    select(contacts.c.id, contacts.c.send_owner)
    .join(outbox, outbox.c.contact_id == contacts.c.id)
    .where(
        _is_due,
        or_(contacts.c.send_until.is_(None), contacts.c.send_until <= _now),
        contacts.c.id.not_in(bindparam("known", expanding=True)),
    )
    .order_by(*_LINE)
    .limit(bindparam("most"))
    .with_for_update(of=contacts, key_share=True, skip_locked=True)
)
_DUE_OF = (
    select(
        outbox.c.id,
        outbox.c.contact_id,
        outbox.c.address_id,
        outbox.c.message_id,
        outbox.c.attempts,
        outbox.c.created_at,
        messages.c.body,
        messages.c.no,
        addresses.c.channel,
        addresses.c.account,
        addresses.c.sealed,
        *WITH_KEY,
    )
    .join(messages, messages.c.id == outbox.c.message_id)
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .outerjoin(contact_keys, contact_keys.c.contact_id == outbox.c.contact_id)
    .where(outbox.c.contact_id.in_(bindparam("contacts", expanding=True)), _is_due)
    .order_by(*_LINE)
)
_NEXT = (
    select(outbox.c.next_at, contacts.c.send_until)
    .join(contacts, contacts.c.id == outbox.c.contact_id)
    .where(_is_head(), _of_channels)
)
_LEASE = (
    update(contacts)
    .where(contacts.c.id.in_(bindparam("ids", expanding=True)))
    .values(send_owner=bindparam("owner"), send_until=bindparam("until"))
)
_RELEASE = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact"), contacts.c.send_owner == bindparam("owner"))
    .values(send_owner=None, send_until=None, shown=contacts.c.shown + bindparam("visible", type_=Integer))
    .returning(contacts.c.shown)
)
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        status=Delivery.SENT.value,
        settled_at=bindparam("at"),
        attempts=outbox.c.attempts + 1,
        external_id=bindparam("ext"),
    )
)
_SHOW = update(messages).where(messages.c.id == bindparam("message")).values(shown=bindparam("place"))

_USED = select(outbox.c.id).where(outbox.c.idem == bindparam("idem"))
_ADD = outbox.insert().values(
    contact_id=bindparam("contact"),
    address_id=bindparam("place"),
    message_id=bindparam("message"),
    idem=bindparam("key"),
    channel=select(addresses.c.channel).where(addresses.c.id == bindparam("place")).scalar_subquery(),
    priority=bindparam("urgency"),
    created_at=bindparam("at"),
    next_at=bindparam("at"),
)


class StoredOutbox:
    """The promise `Outbox`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def put(
        self,
        contact: int,
        address_id: int,
        message: Outbound,
        idem: str,
        at: datetime,
        ticket: int | None = None,
        staff: int | None = None,
    ) -> int | None:
        """Store an outbound and its history line; None if `idem` was used before."""
        numbers = await self._tx.number(contact)
        if await self._tx.first(_USED, idem=idem):
            return None
        body = outbound_to_json(message)
        row = await self._tx.first(
            ADD_MESSAGE,
            contact_id=contact,
            no=numbers.numbered,
            author=message.author.value,
            staff_id=staff,
            language=message.language,
            body=await self._tx.seal(contact, messages.c.body, numbers.numbered, body),
            ticket=ticket,
            at=at,
        )
        assert row is not None  # noqa: S101 - an insert that succeeds returns its row
        await self._tx.change(
            _ADD,
            contact=contact,
            place=address_id,
            message=row.id,
            key=idem,
            urgency=message.priority.value,
            at=at,
        )
        return int(row.id)

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, channels: Sequence[str], most: int
    ) -> list[Due]:
        """Lease for sending the contacts whose next message is due."""
        claimed: list[Due] = []
        passed_over: set[int] = set()
        while len(claimed) < most:
            known = [*passed_over, *(due.contact for due in claimed)]
            found = await self._tx.rows(
                _DUE_CONTACTS, now=now, channels=channels, known=known, most=most - len(claimed)
            )
            if not found:
                break
            # Locked now; their first messages are looked up again, because another worker may have just sent them.
            died = {contact.id: contact.send_owner is not None for contact in found}
            leased: list[Due] = []
            unreadable = False
            for row in await self._tx.rows(_DUE_OF, now=now, channels=channels, contacts=list(died)):
                if any(due.contact == row.contact_id for due in leased):
                    continue  # of another channel; one message at a time
                try:
                    leased.append(await self._read(row, owner, died[row.contact_id]))
                except UNREADABLE as error:
                    # Raised, it would stop everybody: this message would be the first again each time.
                    log.error("outbox.unreadable", message=row.message_id, error=type(error).__name__)
                    await self._settle(row.id, Delivery.FAILED, now, reason="unreadable")
                    unreadable = True  # the next message of the contact may be sound
            if leased:
                ids = [due.contact for due in leased]
                await self._tx.change(_LEASE, ids=ids, owner=owner, until=now + lease)
                claimed += leased
            if len(leased) == len(found):
                break  # there are no more, or there is no room for more
            if not unreadable:
                passed_over |= died.keys() - {due.contact for due in leased}
        return claimed

    async def _read(self, row: AnyRow, owner: str, died: bool) -> Due:
        self._tx.hold(row.contact_id, row)
        due = Due(
            row.id,
            owner,
            row.contact_id,
            row.address_id,
            await address_of(self._tx, row),
            row.message_id,
            outbound_from_json(await self._tx.open(row.contact_id, messages.c.body, row.no, row.body)),
            row.attempts + int(died),
            row.created_at,
        )
        if died:  # the worker before us said nothing more: perhaps this message is what ended it
            await self._tx.change(
                update(outbox).where(outbox.c.id == row.id).values(attempts=row.attempts + 1)
            )
        return due

    async def sent(self, due: Due, external_id: str, at: datetime) -> None:
        """Mark it sent, and visible in the history; release the contact."""
        shown = await self._release(due, shown=1)
        await self._tx.change(_SENT, row=due.id, at=at, ext=external_id[:200])
        await self._tx.change(_SHOW, message=due.message_id, place=shown)

    async def retry(self, due: Due, next_at: datetime, reason: str) -> None:
        """Count a failed try, release the contact; the message stays first of its contact and channel."""
        await self._release(due)
        await self._tx.change(
            update(outbox)
            .where(outbox.c.id == due.id)
            .values(attempts=outbox.c.attempts + 1, next_at=next_at, reason=reason[:200])
        )

    async def postpone(self, due: Due, next_at: datetime) -> None:
        """Put it off without counting a try, release the contact; the message stays first of its contact and
        channel."""
        await self._release(due)
        await self._tx.change(update(outbox).where(outbox.c.id == due.id).values(next_at=next_at))

    async def failed(self, due: Due, reason: str, at: datetime) -> None:
        """Give the message up with its reason; the next of the contact may go."""
        await self._release(due)
        await self._settle(due.id, Delivery.FAILED, at, reason=reason[:200])

    async def _release(self, due: Due, *, shown: int = 0) -> int:
        row = await self._tx.first(_RELEASE, contact=due.contact, owner=due.owner, visible=shown)
        if row is None:
            raise LeaseLost(f"sending to contact {due.contact}")
        return int(row.shown)

    async def _settle(self, row: int, status: Delivery, at: datetime, **values: str) -> None:
        await self._tx.change(
            update(outbox)
            .where(outbox.c.id == row)
            .values(status=status.value, settled_at=at, attempts=outbox.c.attempts + 1, **values)
        )

    async def delivered(self, contact: int, up_to_message: int, at: datetime) -> int:
        """Mark what was sent before this message, and it, as delivered."""
        return await self._arrived(contact, up_to_message, at, Delivery.DELIVERED, frozenset({Delivery.SENT}))

    async def read(self, contact: int, up_to_message: int, at: datetime) -> int:
        """Mark them as read."""
        return await self._arrived(contact, up_to_message, at, Delivery.READ, UNREAD)

    async def _arrived(
        self, contact: int, up_to_message: int, at: datetime, now: Delivery, before: frozenset[Delivery]
    ) -> int:
        until = select(messages.c.shown).where(messages.c.id == up_to_message).scalar_subquery()
        seen = select(messages.c.id).where(messages.c.contact_id == contact, messages.c.shown <= until)
        rows = await self._tx.rows(
            update(outbox)
            .where(outbox.c.status.in_([state.value for state in before]), outbox.c.message_id.in_(seen))
            .values(status=now.value, settled_at=at)
            .returning(outbox.c.message_id)
        )
        if not rows:
            return 0
        by_staff = await self._tx.first(
            select(func.count().label("number")).where(
                messages.c.id.in_([row.message_id for row in rows]),
                messages.c.author == Author.STAFF.value,
            )
        )
        return int(by_staff.number) if by_staff else 0

    async def take_back(self, contact: int, message: int, now: datetime) -> bool:
        """Delete a message that is not due yet, as if it had never been written; False if it is on its way."""
        await self._tx.number(contact)
        row = await self._tx.first(
            select(outbox.c.id).where(
                _pending,
                outbox.c.contact_id == contact,
                outbox.c.message_id == message,
                outbox.c.next_at > now,
            )
        )
        if row is None:
            return False
        await self._tx.change(delete(outbox).where(outbox.c.id == row.id))
        await self._tx.change(delete(messages).where(messages.c.id == message))
        return True

    async def again(self, contact: int, message: int, address_id: int, now: datetime) -> bool:
        """Try a message that failed once more, at an address that takes messages; False if it has not failed."""
        place = select(addresses.c.channel).where(addresses.c.id == address_id).scalar_subquery()
        changed = await self._tx.change(
            update(outbox)
            .where(
                outbox.c.contact_id == contact,
                outbox.c.message_id == message,
                outbox.c.status == Delivery.FAILED.value,
            )
            .values(
                status=Delivery.PENDING.value,
                address_id=address_id,
                channel=place,
                attempts=0,
                created_at=now,
                next_at=now,
                settled_at=None,
                reason="",
            )
        )
        return bool(changed)

    async def delivery(self, idem: str) -> Delivery | None:
        """Return what is known of a message that was put with `idem`."""
        row = await self._tx.first(select(outbox.c.status).where(outbox.c.idem == idem))
        return Delivery(row.status) if row else None

    async def pending(self, now: datetime) -> tuple[int, float]:
        """Return how many are pending and the age of the oldest due one in seconds."""
        count = await self._tx.first(select(func.count()).select_from(outbox).where(_pending))
        oldest = await self._tx.first(
            select(func.min(outbox.c.created_at)).where(_pending, outbox.c.next_at <= now)
        )
        since = oldest[0] if oldest else None
        return count[0] if count else 0, max(0.0, (now - since).total_seconds()) if since else 0.0

    async def give_up(self, channels: Sequence[str], before: datetime, at: datetime) -> int:
        """Fail what was put before that moment for none of these channels; return how many."""
        return await self._tx.change(
            update(outbox)
            .where(_pending, outbox.c.channel.not_in(channels), outbox.c.created_at < before)
            .values(status=Delivery.FAILED.value, settled_at=at, reason="channel is off")
        )

    async def next_due(self, channels: Sequence[str]) -> datetime | None:
        """Return when `claim` can next find something, or None when nothing is pending on these channels."""
        rows = await self._tx.rows(_NEXT, channels=channels)
        return min((max(filter(None, row)) for row in rows), default=None)
