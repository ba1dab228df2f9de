"""Delivers what is due, in order per contact and channel; nothing is sent around it."""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import structlog

from bot.domain.message import Author, Outbound
from bot.service.fault import place_of
from bot.service.loop import Work
from bot.service.ports import DESK, Channel, Clock, Due, Later, LeaseLost, Notifier, SendError, Store

LEASE = timedelta(seconds=60)
SEND_WITHIN = 20.0  # seconds for one message, so that the lease outlasts it
GIVE_UP_AFTER = timedelta(hours=24)  # Telegram and WhatsApp keep undelivered updates as long
FIRST_WAIT, LONGEST_WAIT = 1.0, 900.0  # seconds
LATE = timedelta(hours=1)  # from then on a message says when it was written

log = structlog.get_logger()


class Sender:
    """Sends messages; several may run, in one process or in many.

    Give it one channel, or such as are equally quick: while one channel hangs, its other ones wait.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        notifier: Notifier,
        owner: str,
        late: Callable[[Outbound, datetime], Outbound] = lambda message, _: message,
    ) -> None:
        """`late` words a message that goes out LATE or more after it was written, at the given moment."""
        self._store = store
        self._channels = channels
        self._clock = clock
        self._notifier = notifier
        self._owner = owner
        self._calls = count()
        self._late = late

    async def take(self, most: int) -> list[Work]:
        """Lease up to so many contacts to whom a message is due; return the work of sending each."""
        owner = f"{self._owner}:{next(self._calls)}"
        async with self._store.write() as unit:
            found = await unit.outbox.claim(owner, self._clock.now(), LEASE, tuple(self._channels), most)
        return [partial(self._work, due) for due in found]

    async def send_once(self) -> bool:
        """Send one message; False if none is due."""
        found = await self.take(1)
        for work in found:
            await work()
        return bool(found)

    async def _work(self, due: Due) -> None:
        try:
            await self._send(due)
        except LeaseLost:
            log.info("outbox.lease_lost")
        except Exception as error:  # the database is away; the lease runs out, and that counts as a try
            log.error("outbox.not_marked", error=type(error).__name__, place=place_of(error))

    async def _send(self, due: Due) -> None:
        try:
            external_id = await self._hand_over(due)
        except Later as later:
            await self._postpone(due, later)
            return
        except SendError as error:
            await self._not_sent(due, error)
            return
        except Exception as error:  # an adapter's own fault must not stop the queue
            log.error(
                "outbox.adapter_failed",
                channel=due.address.channel,
                error=type(error).__name__,
                place=place_of(error),
            )
            await self._not_sent(due, SendError(type(error).__name__))
            return
        async with self._store.write() as unit:
            await unit.outbox.sent(due, external_id, self._clock.now())
        await self._notifier.publish(f"{due.address.channel}:{due.contact}")
        await self._tell_desk(due)

    async def _hand_over(self, due: Due) -> str:
        channel = self._channels[due.address.channel]
        try:
            async with asyncio.timeout(SEND_WITHIN):
                return await channel.send(due.address, due.message_id, self._message(due))
        except TimeoutError:
            raise SendError("time-out") from None

    def _message(self, due: Due) -> Outbound:
        is_late = self._clock.now() - due.created_at >= LATE
        return self._late(due.message, due.created_at) if is_late else due.message

    async def _postpone(self, due: Due, later: Later) -> None:
        next_at = self._clock.now() + timedelta(seconds=later.seconds)
        async with self._store.write() as unit:
            await unit.outbox.postpone(due, next_at)

    async def _not_sent(self, due: Due, error: SendError) -> None:
        now = self._clock.now()
        async with self._store.write() as unit:
            if error.permanent or now - due.created_at > GIVE_UP_AFTER:
                await unit.outbox.failed(due, error.reason, now)
                if error.unreachable:
                    await unit.contacts.unreachable(due.address_id, error.reason, now)
            else:
                await unit.outbox.retry(due, next_try(due, error, now), error.reason)
        await self._tell_desk(due)
        log.warning(
            "outbox.not_sent", channel=due.address.channel, permanent=error.permanent, tries=due.attempts + 1
        )

    async def _tell_desk(self, due: Due) -> None:
        """Wake whoever looks at the state of a person's answer."""
        if due.message.author is Author.STAFF:
            await self._notifier.publish(DESK)


def next_try(due: Due, error: SendError, now: datetime) -> datetime:
    """Return when to try again: what the provider asks for, else doubling with jitter."""
    wait = min(FIRST_WAIT * 2**due.attempts, LONGEST_WAIT)
    jitter = 0.5 + random.random()  # noqa: S311  # spreads retries, protects nothing
    return now + timedelta(seconds=max(wait * jitter, error.retry_after or 0.0))
