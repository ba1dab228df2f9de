"""What came in and is not answered yet: stored once, leased by contact, in the order of arrival."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, case, func, or_, select, update

from bot.domain.message import Attachment, Author, Inbound, Outbound
from bot.service.ports import Claim, LeaseLost, Waiting
from bot.storage.bodies import inbound_from_json, inbound_to_json, outbound_to_json
from bot.storage.contacts import address_of, contact_of
from bot.storage.files import file_name
from bot.storage.messages import ADD_MESSAGE
from bot.storage.tables import addresses, attachments, contact_keys, contacts, intake, messages
from bot.storage.tickets import StoredTickets
from bot.storage.transaction import UNREADABLE, WITH_KEY, AnyRow, Transaction

# How long a message that was answered is remembered by its hash, in case the channel brings it again.
DEDUPE = timedelta(days=7)
# How long a contact that cannot be read is left alone: only a repair (a key, a backup) helps.
UNREADABLE_FOR = timedelta(minutes=15)

log = structlog.get_logger()

_waits = intake.c.done_at.is_(None)
_put_back_until = func.max(case((intake.c.attempts > 0, intake.c.ready_at)))

_first = (
    select(
        intake.c.contact_id,
        func.min(intake.c.id).label("first"),
        func.min(intake.c.ready_at).label("ready_at"),
        _put_back_until.label("put_back_until"),
    )
    .where(_waits)
    .group_by(intake.c.contact_id)
    .subquery()
)
_now = bindparam("now", type_=intake.c.ready_at.type)
# The contacts whose oldest waiting row is the oldest of all that may be worked on; they are locked.
_READY = (
    select(
        contacts.c.id,
        contacts.c.guest,
        contacts.c.state,
        contacts.c.version,
        contacts.c.lease_owner,
        *WITH_KEY,
    )
    .join(_first, _first.c.contact_id == contacts.c.id)
    .outerjoin(contact_keys, contact_keys.c.contact_id == contacts.c.id)
    .where(
        _first.c.ready_at <= _now,
        or_(_first.c.put_back_until.is_(None), _first.c.put_back_until <= _now),
        or_(contacts.c.lease_until.is_(None), contacts.c.lease_until <= _now),
        contacts.c.id.not_in(bindparam("known", expanding=True)),
    )
    .order_by(_first.c.first)
    .limit(bindparam("most"))
    .with_for_update(of=contacts, key_share=True, skip_locked=True)
)
_WAITING = (
    select(
        intake.c.id,
        intake.c.contact_id,
        intake.c.address_id,
        intake.c.message_id,
        intake.c.payload,
        intake.c.received_at,
        intake.c.ready_at,
        intake.c.attempts,
        addresses.c.channel,
        addresses.c.account,
        addresses.c.sealed,
    )
    .join(addresses, addresses.c.id == intake.c.address_id)
    .where(intake.c.contact_id.in_(bindparam("contacts", expanding=True)), _waits)
    .order_by(intake.c.id)
)
_LEASE = (
    update(contacts)
    .where(contacts.c.id.in_(bindparam("ids", expanding=True)))
    .values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))
)

_RELEASE = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact"), contacts.c.lease_owner == bindparam("owner"))
    .values(lease_owner=None, lease_until=None)
)
_DONE = (
    update(intake)
    .where(intake.c.id.in_(bindparam("rows", expanding=True)))
    .values(done_at=bindparam("at"), payload=None)
)
_ADD = intake.insert()
_KNOWN = select(intake.c.id).where(
    intake.c.channel == bindparam("channel"),
    intake.c.account == bindparam("account"),
    intake.c.blind.in_(bindparam("blinds", expanding=True)),
)
_USED = (
    update(addresses)
    .where(addresses.c.id == bindparam("address"))
    .values(used_at=bindparam("at"), reachable=True, reason="")
)
_NEXT = (
    select(func.min(intake.c.ready_at), _put_back_until, contacts.c.lease_until)
    .join(contacts, contacts.c.id == intake.c.contact_id)
    .where(_waits)
    .group_by(contacts.c.id, contacts.c.lease_until)
)
_IS_FULL = select(intake.c.id).where(_waits).limit(1).offset(bindparam("before"))


class StoredIntake:
    """The promise `Intake`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def put(
        self, contact: int, address_id: int, inbound: Inbound, at: datetime, ready_at: datetime
    ) -> int | None:
        """Store an inbound with its history line; None if it was there already."""
        # The contact is locked first: the same message a second time waits here, and then sees the first.
        numbers = await self._tx.number_writer(contact, at)
        address = inbound.address
        if await self._is_known(inbound):
            return None
        language = (inbound.language_hint or numbers.language)[:16]
        message = await self._put_message(contact, numbers, inbound, language, at)
        await self._put_attachments(contact, message, numbers.numbered, inbound.attachments)
        await self._tx.change(
            _ADD,
            contact_id=contact,
            address_id=address_id,
            message_id=message,
            channel=address.channel,
            account=address.account,
            blind=self._tx.vault.blind(_kind(inbound), inbound.external_id),
            payload=await self._tx.seal(contact, intake.c.payload, message, inbound_to_json(inbound)),
            received_at=at,
            ready_at=ready_at,
        )
        await self._tx.change(_USED, address=address_id, at=at)
        return message

    async def _is_known(self, inbound: Inbound) -> bool:
        address = inbound.address
        blinds = self._tx.vault.blinds(_kind(inbound), inbound.external_id)
        row = await self._tx.first(_KNOWN, channel=address.channel, account=address.account, blinds=blinds)
        return row is not None

    async def _put_message(
        self, contact: int, numbers: AnyRow, inbound: Inbound, language: str, at: datetime
    ) -> int:
        body = outbound_to_json(Outbound(inbound.text, language, author=Author.NEWCOMER))
        row = await self._tx.first(
            ADD_MESSAGE,
            contact_id=contact,
            no=numbers.numbered,
            shown=numbers.shown,
            author=Author.NEWCOMER.value,
            language=language,
            body=await self._tx.seal(contact, messages.c.body, numbers.numbered, body),
            at=at,
        )
        assert row is not None  # noqa: S101 - an insert that succeeds returns its row
        return int(row.id)

    async def _put_attachments(
        self, contact: int, message: int, number: int, files: Sequence[Attachment]
    ) -> None:
        await self._tx.add(
            attachments,
            [
                {
                    "message_id": message,
                    "no": no,
                    "contact_id": contact,
                    "kind": file.kind[:16],
                    "media_type": file.media_type[:100],
                    "size": file.size,
                    "file": file_name(file.reference) or None,
                    "reference": None
                    if file_name(file.reference)
                    else await self._tx.seal(
                        contact, attachments.c.reference, f"{message}:{no}", file.reference
                    ),
                }
                for no, file in enumerate(files)
            ],
        )

    async def claim(self, owner: str, now: datetime, lease: timedelta, most: int) -> list[Claim]:
        """Lease the contacts that have waited longest and have a ready row; return all their waiting rows."""
        claims: list[Claim] = []
        passed_over: list[int] = []
        while len(claims) < most:
            wanted = most - len(claims)
            known = [*passed_over, *(claim.contact.id for claim in claims)]
            found = await self._tx.rows(_READY, now=now, known=known, most=wanted)
            if not found:
                break
            # The rows are locked now. What waits is read again, because another worker may have been here
            # between the search and the lock.
            ids = [contact.id for contact in found]
            waiting = await self._waiting(ids)
            live = await StoredTickets(self._tx).live_rows(ids, now)
            leased = []
            for contact in found:
                rows = waiting[contact.id]
                claim = await self._claimed(contact, rows, live[contact.id], owner, now)
                if claim:
                    leased.append(claim)
                else:
                    passed_over.append(contact.id)
            if leased:
                ids = [claim.contact.id for claim in leased]
                await self._tx.change(_LEASE, ids=ids, owner=owner, until=now + lease)
                claims += leased
            if len(leased) == len(found):
                break  # there are no more, or there is no room for more
        return claims

    async def _waiting(self, of: Sequence[int]) -> dict[int, list[AnyRow]]:
        found: dict[int, list[AnyRow]] = defaultdict(list)
        for row in await self._tx.rows(_WAITING, contacts=of):
            found[row.contact_id].append(row)
        return found

    async def _claimed(
        self, contact: AnyRow, rows: Sequence[AnyRow], tickets: Sequence[AnyRow], owner: str, now: datetime
    ) -> Claim | None:
        if not _is_ready(rows, now):
            return None
        died = contact.lease_owner is not None
        try:
            self._tx.hold(contact.id, contact)
            claim = Claim(
                await contact_of(self._tx, contact),
                owner,
                await self._read(rows, int(died)),
                tuple(await StoredTickets(self._tx).read(tickets)),
            )
        except UNREADABLE as error:
            # Raised, it would stop everybody: this contact would be the first again each time.
            log.error("intake.unreadable", guest=contact.guest, error=type(error).__name__)
            await self._pass_over(contact.id, rows, now + UNREADABLE_FOR)
            return None
        if died:  # the worker before us said nothing more: perhaps a message of these is what ended it
            await self._count_try(rows)
        return claim

    async def _read(self, rows: Sequence[AnyRow], died: int) -> tuple[Waiting, ...]:
        waiting = [
            Waiting(
                row.id,
                row.address_id,
                inbound_from_json(
                    await self._tx.open(row.contact_id, intake.c.payload, row.message_id, row.payload),
                    await address_of(self._tx, row),
                ),
                row.message_id,
                row.received_at,
                row.attempts + died,
            )
            for row in rows
        ]
        return tuple(waiting)

    async def of(self, contact: int) -> list[Waiting]:
        """Return what waits for a contact, oldest first."""
        return list(await self._read(await self._tx.rows(_WAITING, contacts=[contact]), 0))

    async def _pass_over(self, contact: int, rows: Sequence[AnyRow], ready_at: datetime) -> None:
        await self._count_try(rows, ready_at=ready_at)
        await self._tx.change(
            update(contacts).where(contacts.c.id == contact).values(lease_owner=None, lease_until=None)
        )

    async def _count_try(self, rows: Sequence[AnyRow | Waiting], **values: datetime) -> None:
        await self._tx.change(
            update(intake)
            .where(intake.c.id.in_([row.id for row in rows]))
            .values(attempts=intake.c.attempts + 1, **values)
        )

    async def done(self, claim: Claim, at: datetime) -> None:
        """Mark the claimed rows done, drop their payload, release the lease."""
        await self._release(claim)
        await self._tx.change(_DONE, rows=[row.id for row in claim.rows], at=at)

    async def put_back(self, claim: Claim, retry_at: datetime) -> None:
        """Count a failed try of every row and release the lease."""
        await self._release(claim)
        await self._count_try(claim.rows, ready_at=retry_at)

    async def _release(self, claim: Claim) -> None:
        released = await self._tx.change(_RELEASE, contact=claim.contact.id, owner=claim.owner)
        if not released:
            raise LeaseLost(f"contact {claim.contact.id}")

    async def is_full(self, most: int) -> bool:
        """True if `most` rows wait, or more."""
        return most == 0 or await self._tx.first(_IS_FULL, before=most - 1) is not None

    async def waiting(self, now: datetime) -> tuple[int, float]:
        """Return how many rows wait and the age of the oldest in seconds."""
        row = await self._tx.first(select(func.count(), func.min(intake.c.received_at)).where(_waits))
        count, oldest = row or (0, None)
        return count, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0

    async def next_ready(self) -> datetime | None:
        """Return when `claim` can next find something, or None when nothing waits."""
        rows = await self._tx.rows(_NEXT)
        return min((max(filter(None, row)) for row in rows), default=None)


def _is_ready(rows: Sequence[AnyRow], now: datetime) -> bool:
    """The same rule as in `_READY`: some row is ready, and none of those that were tried waits."""
    return any(row.ready_at <= now for row in rows) and not any(
        row.attempts and row.ready_at > now for row in rows
    )


def _kind(inbound: Inbound) -> str:
    return f"external:{inbound.address.channel}:{inbound.address.account}"
