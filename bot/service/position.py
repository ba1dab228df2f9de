"""A number that survives restarts and that one worker of many holds: where a poller stands."""

from datetime import timedelta

from bot.domain.job import Job
from bot.service.ports import Clock, LeaseLost, Store

# A worker that died is missed for so long; a living one says so three times in it.
LEASE = timedelta(seconds=6)


class Position:
    """One worker's hold on the number called `name` (at most 32 characters); it is a job that never ends."""

    def __init__(self, store: Store, clock: Clock, name: str, owner: str) -> None:
        self._store = store
        self._clock = clock
        self._name = name
        self._owner = owner
        self._job: Job | None = None

    async def take(self) -> int | None:
        """Hold the number and return it, 0 the first time; None if another worker holds it."""
        now = self._clock.now()
        async with self._store.write() as unit:
            if await unit.jobs.next_due([self._name]) is None:
                await unit.jobs.put(self._name, self._name, now)
            self._job = await unit.jobs.claim(self._owner, now, LEASE, [self._name])
        return int(self._job.payload.get("at", 0)) if self._job else None

    async def keep(self) -> bool:
        """Go on holding it; False if another worker has it now."""
        if self._job is None:
            return False
        try:
            async with self._store.write() as unit:
                await unit.jobs.renew(self._job, self._owner, self._clock.now() + LEASE)
        except LeaseLost:
            self._job = None
        return self._job is not None

    async def move(self, to: int) -> None:
        """Store a new value. An older one, stored by a worker that lost its hold, does no harm: what is fetched
        twice is known by its number."""
        async with self._store.write() as unit:
            await unit.jobs.put(self._name, self._name, self._clock.now(), {"at": to})

    async def give_back(self) -> None:
        """Let another worker hold it at once."""
        if self._job is None:
            return
        job, self._job = self._job, None
        try:
            async with self._store.write() as unit:
                await unit.jobs.retry(job, self._owner, self._clock.now())
        except LeaseLost:
            return  # so another one has it
