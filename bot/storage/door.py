"""Invitations, sessions and tries of the staff; of tokens the database knows the hash, of addresses a blind index."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, false, or_, select, update

from bot.domain.entering import Account, Brake, StaffSession
from bot.domain.identity import LoggedOut
from bot.storage.staff import account_of, open_secret, seal_secret
from bot.storage.tables import staff, staff_attempts, staff_invitations, staff_logouts, staff_sessions
from bot.storage.tokens import TOKEN_BYTES
from bot.storage.transaction import INSERT, AnyRow, Transaction

KIND = "staff attempt"


class StoredDoor:
    """The promise `StaffDoor`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def invite(self, id: int, secret: str, expires_at: datetime) -> str:
        """Return the token of a one-time link."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._tx.change(delete(staff_invitations).where(staff_invitations.c.staff_id == id))
        sealed = seal_secret(self._tx, id, secret) if secret else None
        row = {"hash": _hash(token), "staff_id": id, "secret": sealed, "expires_at": expires_at}
        await self._tx.add(staff_invitations, [row])
        return token

    async def invitation(self, token: str, now: datetime) -> tuple[Account, str] | None:
        """Return whom a link is for, and its secret."""
        row = await self._tx.first(
            select(staff, staff_invitations.c.secret)
            .join(staff_invitations, staff_invitations.c.staff_id == staff.c.id)
            .where(
                staff_invitations.c.hash == _hash(token),
                staff_invitations.c.expires_at > now,
                staff.c.revoked_at.is_(None),
            )
        )
        return (account_of(self._tx, row), open_secret(self._tx, row.id, row.secret)) if row else None

    async def redeem(self, token: str, now: datetime) -> bool:
        """Use a link up."""
        this = (staff_invitations.c.hash == _hash(token), staff_invitations.c.expires_at > now)
        return bool(await self._tx.change(delete(staff_invitations).where(*this)))

    async def begin(
        self, id: int, at: datetime, *, complete: bool, sid: str = "", check_by: datetime | None = None
    ) -> str:
        """Begin a session and return its token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {
            "hash": _hash(token),
            "staff_id": id,
            "complete": complete,
            "begun_at": at,
            "seen_at": at,
            "sid": sid or None,
            "check_by": check_by,
        }
        await self._tx.add(staff_sessions, [row])
        return token

    async def session(self, token: str) -> tuple[Account, StaffSession] | None:
        """Return whose session it is."""
        own = staff_sessions.c
        row = await self._tx.first(
            select(staff, own.id.label("session_id"), own.complete, own.begun_at, own.seen_at, own.check_by)
            .join(staff_sessions, own.staff_id == staff.c.id)
            .where(own.hash == _hash(token), staff.c.revoked_at.is_(None))
        )
        if row is None:
            return None
        session = StaffSession(row.session_id, row.id, row.complete, row.begun_at, row.seen_at, row.check_by)
        return account_of(self._tx, row), session

    async def sessions(self, id: int) -> list[StaffSession]:
        """Return the complete sessions of a person."""
        own = staff_sessions.c
        rows = await self._tx.rows(
            select(staff_sessions).where(own.staff_id == id, own.complete).order_by(own.seen_at.desc())
        )
        return [_session(row) for row in rows]

    async def seen(self, session: int, at: datetime) -> None:
        """Note that a session was used."""
        await self._tx.change(update(staff_sessions).where(staff_sessions.c.id == session).values(seen_at=at))

    async def checked(self, session: int, sid: str, check_by: datetime) -> None:
        """Note that the provider was asked again."""
        this = update(staff_sessions).where(staff_sessions.c.id == session)
        await self._tx.change(this.values(sid=sid or None, check_by=check_by))

    async def end_provided(self, told: LoggedOut) -> list[int]:
        """End the sessions that the provider tells of."""
        own = staff_sessions.c
        which = [staff.c.issuer == told.issuer]
        if told.subject:
            which.append(staff.c.subject == told.subject)
        if told.sid:
            # A session whose id over there we were not told may be the one.
            unknown = own.sid.is_(None) if told.subject else false()
            which.append(or_(own.sid == told.sid, unknown))
        rows = await self._tx.rows(
            select(own.id, own.staff_id).join(staff, own.staff_id == staff.c.id).where(*which)
        )
        await self._tx.change(delete(staff_sessions).where(own.id.in_([row.id for row in rows])))
        return sorted({row.staff_id for row in rows})

    async def is_news(self, told: LoggedOut) -> bool:
        """Note a word of the provider."""
        new = INSERT[self._tx.kind](staff_logouts).values(
            hash=_hash(f"{told.issuer}\n{told.id}"), until=told.until
        )
        # The row itself: psycopg does not count what an insert left out.
        noted = new.on_conflict_do_nothing().returning(staff_logouts.c.until)
        return await self._tx.first(noted) is not None

    async def end(self, session: int) -> None:
        """End one session."""
        await self._tx.change(delete(staff_sessions).where(staff_sessions.c.id == session))

    async def end_all(self, id: int, *, but: int = 0) -> None:
        """End all sessions of a person, but one."""
        others = (staff_sessions.c.staff_id == id, staff_sessions.c.id != but)
        await self._tx.change(delete(staff_sessions).where(*others))

    async def knock(self, key: str, brake: Brake, now: datetime) -> timedelta:
        """Count a try, unless it must wait."""
        blind = self._tx.vault.blind(KIND, key)
        first = INSERT[self._tx.kind](staff_attempts).values(blind=blind, tries=0, last_at=now)
        await self._tx.change(first.on_conflict_do_nothing())
        this = staff_attempts.c.blind == blind
        # The lock: another worker's try under the same key waits here until this one is counted.
        row = await self._tx.first(select(staff_attempts).where(this).with_for_update())
        tries, last = (row.tries, row.last_at) if row else (0, now)
        wait = brake.wait(tries, last, now)
        if not wait:
            counted = 1 if now >= last + brake.forgotten_after else tries + 1
            await self._tx.change(update(staff_attempts).where(this).values(tries=counted, last_at=now))
        return wait

    async def give_back(self, key: str) -> None:
        """Take back the last try under a key."""
        counted = (staff_attempts.c.blind == self._tx.vault.blind(KIND, key), staff_attempts.c.tries > 0)
        statement = update(staff_attempts).where(*counted)
        await self._tx.change(statement.values(tries=staff_attempts.c.tries - 1))

    async def forgive(self, key: str) -> None:
        """Forget the tries under a key."""
        blinds = self._tx.vault.blinds(KIND, key)
        await self._tx.change(delete(staff_attempts).where(staff_attempts.c.blind.in_(blinds)))


def _session(row: AnyRow) -> StaffSession:
    return StaffSession(row.id, row.staff_id, row.complete, row.begun_at, row.seen_at, row.check_by)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
