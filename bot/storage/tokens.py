"""One-time and lasting links; the database knows only their hash."""

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, or_, select

from bot.storage.tables import tokens
from bot.storage.transaction import Transaction

TOKEN_BYTES = 32  # 43 characters; too many to guess, so that a plain hash is enough


class StoredTokens:
    """The promise `Tokens`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def issue(self, contact: int, purpose: str, expires_at: datetime | None) -> str:
        """Return a new random token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {"hash": _hash(token), "contact_id": contact, "purpose": purpose, "expires_at": expires_at}
        await self._tx.add(tokens, [row])
        return token

    async def redeem(self, token: str, purpose: str, now: datetime, *, once: bool) -> int | None:
        """Return the contact, or None if unknown or expired; `once` uses it up."""
        valid = (
            tokens.c.hash == _hash(token),
            tokens.c.purpose == purpose,
            or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now),
        )
        row = await self._tx.first(
            delete(tokens).where(*valid).returning(tokens.c.contact_id)
            if once
            else select(tokens.c.contact_id).where(*valid)
        )
        return int(row.contact_id) if row else None

    async def revoke(self, contact: int, purpose: str) -> None:
        """End all links of a contact that are for this purpose."""
        await self._tx.change(
            delete(tokens).where(tokens.c.contact_id == contact, tokens.c.purpose == purpose)
        )


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
