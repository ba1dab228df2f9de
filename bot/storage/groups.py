"""Groups of the team in a messenger, the codes that connect them, and whose account there is whose."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, or_, select, update

from bot.domain.entering import Account
from bot.domain.staff_group import Code, Group
from bot.storage.staff import account_of
from bot.storage.tables import (
    staff,
    staff_codes,
    staff_groups,
    staff_left_topics,
    staff_sayings,
    staff_telegram,
    staff_topics,
    staff_written,
)
from bot.storage.transaction import INSERT, AnyRow, Transaction

KIND = "staff telegram"  # of the blind index
# Without letters and digits that are taken for one another; ten of them have 49 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10
MIRRORED = (staff_topics, staff_written, staff_sayings, staff_left_topics)


class StoredGroups:
    """The promise `StaffGroups`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    # --- codes

    async def issue(self, code: Code, expires_at: datetime) -> str:
        """Return a new one-time code; an earlier one of the same person ends."""
        if code.staff is not None:
            await self._tx.change(delete(staff_codes).where(staff_codes.c.staff_id == code.staff))
        word = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        row = {
            "hash": _hash(word),
            "staff_id": code.staff,
            "towns": sorted(code.towns),
            "language": code.language,
            "expires_at": expires_at,
        }
        await self._tx.add(staff_codes, [row])
        return f"{word[:5]}-{word[5:]}"

    async def redeem(self, word: str, now: datetime, *, group: bool) -> Code | None:
        """Use a code up and return what it is for; None if it is none for that, or over."""
        kind = staff_codes.c.staff_id
        row = await self._tx.first(
            delete(staff_codes)
            .where(
                staff_codes.c.hash == _hash(word),
                staff_codes.c.expires_at > now,
                kind.is_(None) if group else kind.is_not(None),
            )
            .returning(staff_codes)
        )
        return Code(row.staff_id, frozenset(row.towns), row.language) if row else None

    async def awaited(self, now: datetime) -> bool:
        """True while a code for a group can be used."""
        waiting = (staff_codes.c.staff_id.is_(None), staff_codes.c.expires_at > now)
        return await self._tx.first(select(staff_codes.c.hash).where(*waiting).limit(1)) is not None

    # --- groups

    async def connect(self, chat: int, towns: Iterable[str], language: str, at: datetime) -> Group:
        """Store a group, or what has changed about one that is there."""
        values = {
            "towns": sorted(towns),
            "language": language,
            "connected_at": at,
            "wait_until": None,
            "trouble": "",
            "trouble_since": None,
        }
        insert = INSERT[self._tx.kind](staff_groups).values(chat=chat, **values)
        row = await self._tx.first(
            insert.on_conflict_do_update(index_elements=[staff_groups.c.chat], set_=values).returning(
                staff_groups
            )
        )
        assert row is not None  # noqa: S101 - an upsert returns its row
        return _group(row)

    async def listed(self) -> list[Group]:
        """Return all groups, the oldest first."""
        return [_group(row) for row in await self._tx.rows(select(staff_groups).order_by(staff_groups.c.id))]

    async def of_chat(self, chat: int) -> Group | None:
        """Return the group of this number."""
        row = await self._tx.first(select(staff_groups).where(staff_groups.c.chat == chat))
        return _group(row) if row else None

    async def leave_alone(self, group: int, until: datetime | None) -> None:
        """Note until when nothing may be sent."""
        await self._set(group, wait_until=until)

    async def ail(self, group: int, trouble: str, at: datetime) -> None:
        """Note what keeps us from writing there, since when; "" for nothing any more."""
        since = {"trouble": trouble, "trouble_since": at if trouble else None}
        changed = (staff_groups.c.id == group, staff_groups.c.trouble != trouble)
        await self._tx.change(update(staff_groups).where(*changed).values(**since))

    async def move(self, group: int, chat: int) -> None:
        """Give a group its new number. There are no topics in it yet: all are made anew."""
        other = await self.of_chat(chat)
        if other and other.id != group:  # somebody connected the new one meanwhile
            await self.disconnect(group)
            return
        await self._set(group, chat=chat, trouble="", trouble_since=None, wait_until=None)
        fresh = {"thread": None, "head": None, "shown": "", "signature": "", "closed": False}
        await self._tx.change(
            update(staff_topics)
            .where(staff_topics.c.group_id == group)
            .values(**fresh, message=0, part=0, note=0, told=0)
        )
        # Messages there are counted anew as well.
        for table in (staff_left_topics, staff_sayings, staff_written):
            await self._tx.change(delete(table).where(table.c.group_id == group))

    async def disconnect(self, group: int) -> None:
        """Forget a group and what it was shown."""
        for table in MIRRORED:
            await self._tx.change(delete(table).where(table.c.group_id == group))
        await self._tx.change(delete(staff_groups).where(staff_groups.c.id == group))

    async def _set(self, group: int, **values: Any) -> None:
        await self._tx.change(update(staff_groups).where(staff_groups.c.id == group).values(**values))

    # --- people

    async def link(self, id: int, account: int, at: datetime) -> None:
        """Note that an account at the messenger is somebody's of the team; their earlier one is not any more."""
        mine = staff_telegram.c
        blinds = self._tx.vault.blinds(KIND, str(account))
        await self._tx.change(delete(staff_telegram).where(or_(mine.staff_id == id, mine.blind.in_(blinds))))
        await self._tx.add(
            staff_telegram,
            [
                {
                    "staff_id": id,
                    "blind": self._tx.vault.blind(KIND, str(account)),
                    "account": self._tx.vault.seal_staff(_place(id), str(account).encode()),
                    "at": at,
                }
            ],
        )

    async def linked(self, account: int) -> Account | None:
        """Return whose account it is; None for nobody's, or if theirs with us is revoked."""
        row = await self._tx.first(
            select(staff)
            .join(staff_telegram, staff_telegram.c.staff_id == staff.c.id)
            .where(
                staff_telegram.c.blind.in_(self._tx.vault.blinds(KIND, str(account))),
                staff.c.revoked_at.is_(None),
            )
        )
        return account_of(self._tx, row) if row else None

    async def is_linked(self, id: int) -> bool:
        """True if somebody of the team has an account there."""
        mine = select(staff_telegram.c.staff_id).where(staff_telegram.c.staff_id == id)
        return await self._tx.first(mine) is not None

    async def unlink(self, id: int) -> bool:
        """Forget somebody's account there; False if there was none."""
        return bool(await self._tx.change(delete(staff_telegram).where(staff_telegram.c.staff_id == id)))

    def mark(self, account: int) -> str:
        """Return by what a stranger is known again, and cannot be found."""
        return self._tx.vault.blind(KIND, str(account)).hex()


async def rewrap_telegram(tx: Transaction) -> None:
    """Bring the numbers of accounts to the master key in use."""
    for row in await tx.rows(select(staff_telegram).with_for_update()):
        account = tx.vault.open_staff(_place(row.staff_id), row.account)
        await tx.change(
            update(staff_telegram)
            .where(staff_telegram.c.staff_id == row.staff_id)
            .values(
                account=tx.vault.seal_staff(_place(row.staff_id), account),
                blind=tx.vault.blind(KIND, account.decode()),
            )
        )


async def purge_groups(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete codes that are over, and what was said long ago."""
    over = (
        delete(staff_codes).where(staff_codes.c.expires_at < now),
        delete(staff_sayings).where(staff_sayings.c.at < now - kept),
    )
    return sum([await tx.change(statement) for statement in over])


def _group(row: AnyRow) -> Group:
    return Group(
        row.id,
        row.chat,
        frozenset(row.towns),
        row.language,
        row.connected_at,
        row.wait_until,
        row.trouble,
        row.trouble_since,
    )


def _hash(word: str) -> bytes:
    # As typed on a telephone: small letters, with or without the dash.
    return sha256("".join(word.upper().split()).replace("-", "").encode()).digest()


def _place(id: int) -> str:
    return f"staff.telegram:{id}"
