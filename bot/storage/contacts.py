"""Contacts, their state, and the addresses they are reached at."""

import json
import secrets
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from bot.domain.conversation import Contact, Conversation
from bot.domain.message import Address
from bot.service.ports import Conflict
from bot.storage.registrations import StoredRegistrations
from bot.storage.tables import addresses, contact_keys, contacts
from bot.storage.transaction import INSERT, WITH_KEY, AnyRow, AnySelect, Transaction

STATE_ROW = "contact"
# A guest number is drawn, not counted: it must not tell who came when. Longer ones when the short ones get
# rare.
GUEST_DIGITS = (4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6)

_FIND = (
    select(
        contacts.c.id,
        contacts.c.guest,
        contacts.c.state,
        contacts.c.version,
        addresses.c.id.label("address_id"),
        *WITH_KEY,
    )
    .join(addresses, addresses.c.contact_id == contacts.c.id)
    .outerjoin(contact_keys, contact_keys.c.contact_id == contacts.c.id)
    .where(
        addresses.c.channel == bindparam("channel"),
        addresses.c.account == bindparam("account"),
        addresses.c.blind.in_(bindparam("blinds", expanding=True)),
    )
)
_SAVE = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact"), contacts.c.version == bindparam("known"))
    .values(
        version=contacts.c.version + 1,
        state=bindparam("sealed"),
        language=bindparam("tongue"),
        town=bindparam("place"),
    )
)

_NEW_CONTACT = {
    kind: insert(contacts).on_conflict_do_nothing().returning(contacts.c.id)
    for kind, insert in INSERT.items()
}
_FIRST_STATE = update(contacts).where(contacts.c.id == bindparam("contact")).values(state=bindparam("sealed"))
_NEW_ADDRESS = {
    kind: insert(addresses).on_conflict_do_nothing().returning(addresses.c.id)
    for kind, insert in INSERT.items()
}


class StoredContacts:
    """The promise `Contacts`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def find(self, address: Address) -> tuple[Contact, int] | None:
        """Return the contact known by `address` and the address's row id."""
        blinds = self._tx.vault.blinds(_kind(address), address.id)
        row = await self._tx.first(_FIND, channel=address.channel, account=address.account, blinds=blinds)
        if row is None:
            return None
        self._tx.hold(row.id, row)
        return await contact_of(self._tx, row), row.address_id

    async def create(self, address: Address, at: datetime) -> tuple[Contact, int]:
        """Make a contact with its key and first address, or return who has the address by now."""
        contact = await self._new_contact(at)
        address_id = await self._add_address(contact.id, address, at)
        if address_id is not None:
            return contact, address_id
        await self._tx.change(delete(contact_keys).where(contact_keys.c.contact_id == contact.id))
        await self._tx.change(delete(contacts).where(contacts.c.id == contact.id))
        found = await self.find(address)
        if found is None:
            raise Conflict("the address came and went")
        return found

    async def _new_contact(self, at: datetime) -> Contact:
        for digits in GUEST_DIGITS:
            guest = 10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1))
            new = _NEW_CONTACT[self._tx.kind]
            row = await self._tx.first(new, guest=guest, state=b"", created_at=at, last_seen_at=at)
            if row:
                await self._tx.new_key(row.id)
                state = await self._seal_state(row.id, Conversation())
                await self._tx.change(_FIRST_STATE, contact=row.id, sealed=state)
                return Contact(row.id, guest)
        raise Conflict("no free guest number was found")

    async def _seal_state(self, contact: int, conversation: Conversation) -> bytes:
        text = json.dumps(conversation.to_dict(), ensure_ascii=False)
        return await self._tx.seal(contact, contacts.c.state, STATE_ROW, text)

    async def get(self, contact: int) -> Contact | None:
        """Return the contact, or None if it was erased."""
        row = await self._tx.first(select(contacts).where(contacts.c.id == contact))
        return await contact_of(self._tx, row) if row else None

    async def by_guest(self, guest: int) -> Contact | None:
        """Return the contact whom staff see under this number."""
        row = await self._tx.first(select(contacts).where(contacts.c.guest == guest))
        return await contact_of(self._tx, row) if row else None

    async def save(self, contact: Contact) -> None:
        """Store the conversation; raise Conflict unless the version is the stored one, which rises by one."""
        changed = await self._tx.change(
            _SAVE,
            contact=contact.id,
            known=contact.version,
            sealed=await self._seal_state(contact.id, contact.conversation),
            tongue=contact.conversation.language,
            place=contact.conversation.town,
        )
        if not changed:
            raise Conflict(f"contact {contact.id} is no longer at version {contact.version}")

    async def keep_until(self, contact: int, at: datetime) -> None:
        """Let the purge take this contact after `at` unless they write again."""
        await self._tx.change(update(contacts).where(contacts.c.id == contact).values(expires_at=at))

    async def addresses(self, contact: int) -> list[tuple[int, Address]]:
        """Return the ways to reach them, the latest used first."""
        rows = await self._tx.rows(addresses_of(contact).where(addresses.c.reachable))
        return [(row.id, await address_of(self._tx, row)) for row in rows]

    async def unreachable(self, address_id: int, reason: str, at: datetime) -> None:
        """Mark an address that will not take messages any more, unless it was used after `at`."""
        await self._tx.change(
            update(addresses)
            .where(addresses.c.id == address_id, addresses.c.used_at <= at)
            .values(reachable=False, reason=reason[:200])
        )

    async def reachable(self, address_id: int) -> None:
        """Mark an address that takes messages again."""
        await self._tx.change(
            update(addresses).where(addresses.c.id == address_id).values(reachable=True, reason="")
        )

    async def attach(self, contact: int, address: Address, at: datetime) -> None:
        """Add a way to reach a contact; raise Conflict if somebody has the address, or the contact is gone."""
        if await self._add_address(contact, address, at) is None:
            raise Conflict("somebody has this address")

    async def _add_address(self, contact: int, address: Address, at: datetime) -> int | None:
        row = await self._tx.first(
            _NEW_ADDRESS[self._tx.kind],
            contact_id=contact,
            channel=address.channel,
            account=address.account,
            blind=self._tx.vault.blind(_kind(address), address.id),
            sealed=await self._tx.seal(contact, addresses.c.sealed, address_row(address), address.id),
            used_at=at,
        )
        return int(row.id) if row else None


def addresses_of(contact: int) -> AnySelect:
    """Select every address of a contact, the latest used first."""
    return (
        select(addresses)
        .where(addresses.c.contact_id == contact)
        .order_by(addresses.c.used_at.desc(), addresses.c.id.desc())
    )


async def contact_of(tx: Transaction, row: AnyRow) -> Contact:
    """Read a row of `contacts`."""
    state = json.loads(await tx.open(row.id, contacts.c.state, STATE_ROW, row.state))
    return Contact(row.id, row.guest, Conversation.from_dict(state), row.version)


async def address_of(tx: Transaction, row: AnyRow) -> Address:
    """Read a row of `addresses`."""
    place = Address(row.channel, row.account, "")
    text = await tx.open(row.contact_id, addresses.c.sealed, address_row(place), row.sealed)
    return Address(row.channel, row.account, text)


async def rewrap(tx: Transaction) -> int:
    """Bring every data key and blind index to the master key in use; return how many contacts were behind."""
    rows = await tx.rows(
        select(contact_keys).where(contact_keys.c.key_id != tx.vault.key_id).with_for_update()
    )
    for row in rows:
        key = tx.vault.unwrap(row.contact_id, row.key_id, row.wrapped)
        await tx.change(
            update(contact_keys)
            .where(contact_keys.c.contact_id == row.contact_id)
            .values(key_id=tx.vault.key_id, wrapped=tx.vault.wrap(key))
        )
        for line in await tx.rows(addresses_of(row.contact_id)):
            address = await address_of(tx, line)
            blind = tx.vault.blind(_kind(address), address.id)
            await tx.change(update(addresses).where(addresses.c.id == line.id).values(blind=blind))
        await StoredRegistrations(tx).renew_blinds(row.contact_id)
    return len(rows)


def _kind(address: Address) -> str:
    return f"address:{address.channel}:{address.account}"


def address_row(address: Address) -> str:
    """Return what the ciphertext of an address is bound to, besides its column."""
    return f"{address.channel}:{address.account}"
