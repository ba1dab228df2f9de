"""Work for later: one row per key, leased to one worker when it is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, literal, or_, select, update

from bot.domain.job import Job
from bot.service.ports import LeaseLost
from bot.storage.tables import jobs
from bot.storage.transaction import INSERT, Transaction

_PLANNED = ("kind", "run_at", "payload", "contact_id", "attempts")
_PUT = {
    kind: (new := insert(jobs)).on_conflict_do_update(
        index_elements=[jobs.c.key], set_={name: new.excluded[name] for name in _PLANNED}
    )
    for kind, insert in INSERT.items()
}


class StoredJobs:
    """The promise `Jobs`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def put(
        self, kind: str, key: str, run_at: datetime, payload: dict[str, str | int] | None = None
    ) -> None:
        """Plan a job; the same key again moves it to the new time, also while it runs."""
        content = payload or {}
        await self._tx.change(
            _PUT[self._tx.kind],
            key=key,
            kind=kind,
            run_at=run_at,
            payload=content,
            contact_id=content.get("contact"),
            attempts=0,
        )

    async def claim(self, owner: str, now: datetime, lease: timedelta, kinds: Sequence[str]) -> Job | None:
        """Lease one due job, the longest due first."""
        row = await self._tx.first(
            select(jobs)
            .where(
                jobs.c.kind.in_(kinds),
                jobs.c.run_at <= now,
                or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= now),
            )
            .order_by(jobs.c.run_at, jobs.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        attempts = row.attempts + int(row.lease_owner is not None)  # its last worker died over it
        await self._tx.change(
            update(jobs)
            .where(jobs.c.id == row.id)
            .values(lease_owner=owner, lease_until=now + lease, attempts=attempts)
        )
        return Job(row.id, row.kind, row.key, row.run_at, row.payload, attempts)

    async def done(self, job: Job, owner: str) -> None:
        """Remove it, unless it was planned for another time meanwhile; raise LeaseLost if it is not ours."""
        if await self._tx.change(delete(jobs).where(_held(job, owner), jobs.c.run_at == job.run_at)):
            return
        await self._release(job, owner)

    async def retry(self, job: Job, owner: str, run_at: datetime) -> None:
        """Count a failed try and try again later, or when it was planned meanwhile; raise LeaseLost."""
        as_claimed = jobs.c.run_at == job.run_at
        await self._release(
            job,
            owner,
            attempts=case((as_claimed, jobs.c.attempts + 1), else_=jobs.c.attempts),
            run_at=case((as_claimed, literal(run_at, jobs.c.run_at.type)), else_=jobs.c.run_at),
        )

    async def _release(self, job: Job, owner: str, **values: ColumnElement[Any]) -> None:
        released = await self._tx.change(
            update(jobs).where(_held(job, owner)).values(lease_owner=None, lease_until=None, **values)
        )
        if not released:
            raise LeaseLost(f"job {job.kind}")

    async def renew(self, job: Job, owner: str, until: datetime) -> None:
        """Prolong the lease of a job that takes long; raise LeaseLost if it is not ours."""
        if not await self._tx.change(update(jobs).where(_held(job, owner)).values(lease_until=until)):
            raise LeaseLost(f"job {job.kind}")

    async def cancel(self, key: str) -> None:
        """Remove it if it has not run."""
        await self._tx.change(delete(jobs).where(jobs.c.key == key))

    async def next_due(self, kinds: Sequence[str]) -> datetime | None:
        """Return when `claim` can next find something, or None when nothing is planned."""
        later = case((jobs.c.lease_until > jobs.c.run_at, jobs.c.lease_until), else_=jobs.c.run_at)
        row = await self._tx.first(select(func.min(later)).where(jobs.c.kind.in_(kinds)))
        moment: datetime | None = row[0] if row else None
        return moment


def _held(job: Job, owner: str) -> ColumnElement[bool]:
    return and_(jobs.c.id == job.id, jobs.c.lease_owner == owner)
