"""Accounts of the staff; the secret of a second factor is encrypted, of a recovery code only the hash is kept."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update

from bot.domain.entering import Account, folded
from bot.domain.staff import Role, Staff
from bot.service.ports import Conflict
from bot.storage.notices import open_address, seal_address
from bot.storage.tables import (
    notices,
    staff,
    staff_codes,
    staff_invitations,
    staff_reach,
    staff_recovery,
    staff_sessions,
    staff_telegram,
)
from bot.storage.transaction import INSERT, AnyRow, Transaction

OF_STAFF = (
    staff_recovery,
    staff_invitations,
    staff_sessions,
    staff_reach,
    notices,
    staff_codes,
    staff_telegram,
)


class StoredStaff:
    """The promise `StaffAccounts`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def add(self, new: Staff, at: datetime, issuer: str = "", subject: str = "") -> Staff:
        """Store a new account and return it with its id."""
        values = {
            "name": new.name,
            "folded": folded(new.name),
            "demo": new.demo,
            "created_at": at,
            "issuer": issuer or None,
            "subject": subject or None,
            **_work(new),
        }
        insert = INSERT[self._tx.kind](staff).values(**values).on_conflict_do_nothing()
        row = await self._tx.first(insert.returning(staff))
        if row is None:
            raise Conflict("the name, or the person at the provider, is taken")
        return staff_of(row)

    async def get(self, id: int) -> Account | None:
        """Return an account."""
        row = await self._tx.first(select(staff).where(staff.c.id == id))
        return account_of(self._tx, row) if row else None

    async def named(self, name: str) -> Account | None:
        """Return the account of a name."""
        row = await self._tx.first(select(staff).where(staff.c.folded == folded(name)))
        return account_of(self._tx, row) if row else None

    async def provided(self, issuer: str, subject: str) -> Account | None:
        """Return the account of somebody at the town's provider."""
        this = (staff.c.issuer == issuer, staff.c.subject == subject)
        row = await self._tx.first(select(staff).where(*this))
        return account_of(self._tx, row) if row else None

    async def listed(self, *, revoked: bool = False) -> list[Account]:
        """Return all accounts by name."""
        statement = select(staff).order_by(staff.c.folded, staff.c.id)
        rows = await self._tx.rows(statement if revoked else statement.where(staff.c.revoked_at.is_(None)))
        return [account_of(self._tx, row) for row in rows]

    async def count(self) -> int:
        """Return how many real accounts there are or were."""
        row = await self._tx.first(select(func.count().label("real")).where(staff.c.demo.is_(False)))
        return int(row.real) if row else 0

    async def assign(self, id: int, new: Staff) -> None:
        """Change what somebody does."""
        await self._set(id, **_work(new))

    async def restore(self, id: int) -> None:
        """Let an account be invited anew."""
        await self._strip(id)
        await self._set(id, revoked_at=None)

    async def revoke(self, id: int, at: datetime) -> None:
        """End an account."""
        await self._strip(id)
        await self._set(id, revoked_at=at)

    async def set_password(self, id: int, hashed: str) -> None:
        """Store the hash of a new password."""
        await self._set(id, password=hashed)

    async def set_totp(self, id: int, secret: str, step: int) -> None:
        """Store a new second factor."""
        await self._set(id, totp=seal_secret(self._tx, id, secret), totp_step=step, totp_next=None)

    async def prepare_totp(self, id: int, secret: str) -> None:
        """Store the secret of a telephone that is being set up."""
        await self._set(id, totp_next=seal_secret(self._tx, id, secret) if secret else None)

    async def use_step(self, id: int, step: int) -> bool:
        """Use a time step; one statement, so that of two workers one wins."""
        unused = (staff.c.id == id, staff.c.totp_step < step)
        return bool(await self._tx.change(update(staff).where(*unused).values(totp_step=step)))

    async def set_recovery(self, id: int, codes: Iterable[str]) -> None:
        """Replace the recovery codes."""
        await self._tx.change(delete(staff_recovery).where(staff_recovery.c.staff_id == id))
        await self._tx.add(staff_recovery, [{"staff_id": id, "hash": _hash(code)} for code in codes])

    async def use_recovery(self, id: int, code: str) -> bool:
        """Use up a recovery code."""
        this = (staff_recovery.c.staff_id == id, staff_recovery.c.hash == _hash(code))
        return bool(await self._tx.change(delete(staff_recovery).where(*this)))

    async def recovery_left(self, id: int) -> int:
        """Return how many recovery codes are left."""
        count = select(func.count().label("left")).where(staff_recovery.c.staff_id == id)
        row = await self._tx.first(count)
        return int(row.left) if row else 0

    async def _strip(self, id: int) -> None:
        for table in OF_STAFF:
            await self._tx.change(delete(table).where(table.c.staff_id == id))
        await self._set(id, password="", totp=None, totp_next=None)

    async def _set(self, id: int, **values: object) -> None:
        await self._tx.change(update(staff).where(staff.c.id == id).values(**values))


async def rewrap_staff(tx: Transaction) -> None:
    """Bring the secrets of second factors to the master key in use."""
    for row in await tx.rows(select(staff).where(staff.c.totp.is_not(None)).with_for_update()):
        sealed = seal_secret(tx, row.id, open_secret(tx, row.id, row.totp))
        # A telephone that is being set up begins anew: it takes a minute.
        await tx.change(update(staff).where(staff.c.id == row.id).values(totp=sealed, totp_next=None))
    for row in await tx.rows(select(staff_reach).with_for_update()):
        sealed = seal_address(tx, row.staff_id, open_address(tx, row))
        await tx.change(
            update(staff_reach).where(staff_reach.c.staff_id == row.staff_id).values(address=sealed)
        )


def _work(new: Staff) -> dict[str, object]:
    return {
        "role": new.role.value,
        "towns": sorted(new.towns),
        "vhs": sorted(new.vhs),
        "languages": list(new.languages),
    }


def staff_of(row: AnyRow) -> Staff:
    """Read who it is from a row of `staff`."""
    return Staff(
        row.id,
        row.name,
        Role(row.role),
        frozenset(row.towns),
        frozenset(row.vhs),
        tuple(row.languages),
        row.demo,
    )


def account_of(tx: Transaction, row: AnyRow) -> Account:
    """Read a row of `staff`; raise KeyProblem or Unreadable if its secrets cannot be read."""
    return Account(
        staff_of(row),
        row.password,
        open_secret(tx, row.id, row.totp),
        row.totp_step,
        open_secret(tx, row.id, row.totp_next),
        row.created_at,
        row.revoked_at,
        row.issuer or "",
        row.subject or "",
    )


def seal_secret(tx: Transaction, id: int, secret: str) -> bytes:
    """Encrypt the secret of a second factor for its owner."""
    return tx.vault.seal_staff(f"staff.totp:{id}", secret.encode())


def open_secret(tx: Transaction, id: int, sealed: bytes | None) -> str:
    """Decrypt it; empty if there is none."""
    return tx.vault.open_staff(f"staff.totp:{id}", sealed).decode() if sealed else ""


def _hash(code: str) -> bytes:
    # A code has 80 random bits: too many to guess, so that a plain hash is enough.
    return sha256(code.encode()).digest()
