"""What happens later: each kind of job has one function; a job survives restarts and runs on one worker."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.domain.job import Job
from bot.service.fault import place_of
from bot.service.loop import Work
from bot.service.outbox import GIVE_UP_AFTER
from bot.service.ports import Clock, LeaseLost, Retention, Store

LEASE = timedelta(minutes=5)
RETRY_AFTER = timedelta(minutes=5)
SCRUB = "scrub"
PURGE_EVERY = timedelta(hours=1)

log = structlog.get_logger()

Run = Callable[[Job], Awaitable[None]]


class Again(Exception):
    """What is outside is not ready: the job is tried again after `wait`, which counts as a try."""

    def __init__(self, reason: str, wait: timedelta) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


class JobWorker:
    """Runs due jobs, one at a time."""

    def __init__(self, store: Store, clock: Clock, kinds: Mapping[str, Run], owner: str) -> None:
        self._store = store
        self._clock = clock
        self._kinds = kinds
        self._owner = owner

    async def take(self, most: int) -> list[Work]:
        """Lease one due job, if there is one and room for it; return the work of running it."""
        async with self._store.write() as unit:
            job = await unit.jobs.claim(self._owner, self._clock.now(), LEASE, tuple(self._kinds))
        return [partial(self._work, job)] if job else []

    async def run_once(self) -> bool:
        """Run one due job; False if there is none."""
        found = await self.take(1)
        for work in found:
            await work()
        return bool(found)

    async def _work(self, job: Job) -> None:
        try:
            await self._kinds[job.kind](job)
            async with self._store.write() as unit:
                await unit.jobs.done(job, self._owner)
        except LeaseLost:
            log.info("job.lease_lost", kind=job.kind)
        except Again as again:
            log.warning("job.again", kind=job.kind, reason=again.reason, tries=job.attempts + 1)
            await self._put_back(job, again.wait)
        except Exception as error:  # the job stays and is tried again
            log.error(
                "job.failed",
                kind=job.kind,
                error=type(error).__name__,
                place=place_of(error),
                tries=job.attempts + 1,
            )
            await self._put_back(job, RETRY_AFTER)

    async def _put_back(self, job: Job, wait: timedelta) -> None:
        try:
            async with self._store.write() as unit:
                await unit.jobs.retry(job, self._owner, self._clock.now() + wait)
        except LeaseLost:
            log.info("job.lease_lost", kind=job.kind)
        except Exception as again:  # the database is away; the lease runs out, and that counts as a try
            log.error("job.not_put_back", error=type(again).__name__, place=place_of(again))


def scrub(store: Store) -> Run:
    """Return the job that overwrites what an erase freed; being a job, it happens also after a crash."""

    async def run(_: Job) -> None:
        await store.scrub()

    return run


class Purge:
    """Deletes what is older than the retention allows, every hour, and gives up what no sender looks at."""

    kind = "purge"

    def __init__(self, store: Store, clock: Clock, rules: Retention, channels: Sequence[str]) -> None:
        """`channels` are those that are sent to; whose messages get old otherwise, their sender decides."""
        self._store = store
        self._clock = clock
        self._rules = rules
        self._channels = channels

    async def plan(self) -> None:
        """Make sure that the next purge is planned."""
        async with self._store.write() as unit:
            await unit.jobs.put(self.kind, f"purge:{self._slot()}", self._clock.now())

    async def run(self, job: Job) -> None:
        """Purge now and plan the next one."""
        now = self._clock.now()
        async with self._store.write() as unit:
            gone = await unit.purge(self._rules, now)
            unsent = await unit.outbox.give_up(self._channels, now - GIVE_UP_AFTER, now)
            following = now + PURGE_EVERY
            await unit.jobs.put(self.kind, f"purge:{following:%Y%m%d%H}", following)
            if gone:
                await unit.jobs.put(SCRUB, SCRUB, now)
        if gone:
            log.info("purge.done", rows=gone)
        if unsent:
            log.warning("outbox.given_up", messages=unsent)

    def _slot(self) -> str:
        # One job an hour, however many processes start in it.
        return f"{self._clock.now():%Y%m%d%H}"
