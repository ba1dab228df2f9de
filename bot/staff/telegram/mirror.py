"""Keeps the groups of the team as the tickets are: one call at a time, as fast as Telegram allows a group."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Final

import structlog

from bot.domain.staff_group import Group, Topic
from bot.service.mirror import Sight, behind, let_old_ones_go
from bot.service.ports import DESK, Conflict, SendError
from bot.service.position import Position
from bot.staff.telegram.deps import GroupDeps
from bot.staff.telegram.wording import Wording
from bot.telegram import NO_MESSAGE, NO_RIGHTS, NO_TOPIC, NO_TOPICS, Client, Limits, Migrated, while_first

LONGEST_SLEEP: Final = 5.0  # seconds; a lost wake-up costs no more, and times pass
AT_MOST_EVERY: Final = 0.3  # seconds: many changes at once are one
AFTER_A_FAULT: Final = 5.0
LOOK_AGAIN: Final = timedelta(
    minutes=5
)  # at a group that cannot be written to, or a ticket that Telegram refuses
TIDY_EVERY: Final = timedelta(hours=1)
# What makes a whole group unusable, until somebody changes it there.
OF_GROUP: Final = (NO_TOPICS, NO_RIGHTS)

log = structlog.get_logger()

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A group and its words."""

    group: Group
    wording: Wording


class Mirror:
    """One worker's part; `trouble` says in a few words what is wrong with a group, "" if nothing is."""

    def __init__(self, client: Client, limits: Limits, lease: Position, deps: GroupDeps) -> None:
        self._client = client
        self._limits = limits
        self._lease = lease
        self._deps = deps
        self._refused: dict[
            int, datetime
        ] = {}  # tickets that Telegram will not show, until when they are left out
        self._tidied: datetime | None = None
        self._may_remove = datetime.min.replace(tzinfo=UTC)
        self._kept = False
        self.trouble = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Mirror whenever no other worker does, until `stop` is set."""
        await while_first(self._lease, self._keep_up, stop, "mirror", self._ask)

    async def _keep_up(self, _at: int, stop: asyncio.Event) -> None:
        async with self._deps.notifier.subscribe(DESK) as news:
            while not stop.is_set():
                wait = await self.once()
                if wait > 0 and await news.wait(min(wait, LONGEST_SLEEP)):
                    await asyncio.sleep(AT_MOST_EVERY)

    async def once(self) -> float:
        """Do one step for each group; return the seconds until the next one may be done: 0.0 at once, inf unless
        something changes."""
        await self._tidy()
        groups = await self._ask()
        waits = [await self._step(group) for group in groups]
        return min(waits, default=inf)

    async def _ask(self) -> list[Group]:
        async with self._deps.store.read() as unit:
            groups = await unit.groups.listed()
        self.trouble = next((group.trouble for group in groups if group.trouble), "")
        return groups

    async def _tidy(self) -> None:
        now = self._deps.clock.now()
        if self._tidied is None or now - self._tidied >= TIDY_EVERY:
            self._tidied = now
            await let_old_ones_go(self._deps.store, now)

    async def _step(self, group: Group) -> float:
        now = self._deps.clock.now()
        if group.wait_until and group.wait_until > now:
            return (group.wait_until - now).total_seconds()
        self._kept = False
        step, is_proof = await self._next(group, now)
        if step is None:
            return 0.0 if self._kept else inf
        if wait := self._limits.take(group.chat):
            return wait
        try:
            await step()
        except Migrated as migrated:
            async with self._deps.store.write() as unit:
                await unit.groups.move(group.id, migrated.chat)
        except SendError as error:
            return await self._failed(group, error)
        except Conflict:  # the ticket was erased meanwhile: it is not there at the next look
            return 0.0
        if is_proof:
            await self._well(group)
        return 0.0

    # --- what is to be done

    async def _next(self, group: Group, now: datetime) -> tuple[Step | None, bool]:
        """Return the next call, what somebody waits for first; and whether it proves that the group is well."""
        place = self._place(group)
        async with self._deps.store.read() as unit:
            sayings = await unit.mirror.to_say(group.id)
            left = await unit.mirror.left(group.id)
        if sayings:
            return _bound(self._say, place, sayings[0]), False
        if group.trouble:  # a new topic would only fail: this asks nothing of anybody
            return _bound(self._try_again, group), True
        resting = frozenset(number for number, until in self._refused.items() if until > now)
        sights = await behind(self._deps.store, group, self._deps.shows, now, resting)
        for choose in (self._adding, self._beginning, self._changing):
            for sight in sights:
                if step := await choose(place, sight, now):
                    return _guarded(step, sight, self), True
        if left and self._may_remove <= now:
            return _bound(self._remove, group, left[0]), True
        return None, False

    def _place(self, group: Group) -> _Place:
        deps = self._deps
        return _Place(group, Wording(deps.knowledge(), deps.texts(group.language), deps.public_url))

    async def _adding(self, place: _Place, sight: Sight, now: datetime) -> Step | None:
        """What people wrote; what is not to be shown is passed over at once."""
        if sight.is_new or not sight.lines:
            return None
        html, topic = place.wording.added(sight, now)
        if html:
            return _bound(self._add, place.group, html, topic)
        await self._keep(topic)
        return None

    async def _beginning(self, place: _Place, sight: Sight, now: datetime) -> Step | None:
        ticket, topic = sight.ticket, sight.topic
        if not sight.is_new:
            return None
        if not ticket.is_open:  # closed before anybody could see it here
            await self._keep(replace(topic, closed=True, signature=sight.signature))
            return None
        if topic.thread is None:
            return _bound(self._make, place, sight)
        return _bound(self._begin, place, sight, now)

    async def _changing(self, place: _Place, sight: Sight, now: datetime) -> Step | None:
        """The first message, then whether the topic is closed; if all is as it should be, that is noted."""
        topic, is_closed = sight.topic, not sight.ticket.is_open
        if sight.is_new or sight.lines:
            return None
        head = place.wording.head(sight, now)
        if head.mark != topic.shown:
            return _bound(self._change, place, sight, now)
        if topic.closed != is_closed:
            return _bound(self._close, place.group, topic, is_closed)
        if not sight.blocked:
            await self._keep(replace(topic, signature=sight.signature))
        return None

    # --- one call each; what it led to is stored at once

    async def _say(self, place: _Place, saying: Any) -> None:
        html = place.wording.saying(saying)
        try:
            await self._client.send_text(
                place.group.chat, html, thread=saying.thread, reply_to=saying.reply_to
            )
        except SendError as error:
            if error.reason != NO_TOPIC:  # it is gone, with the message that this is about
                raise
        async with self._deps.store.write() as unit:
            await unit.mirror.said(saying.id, self._deps.clock.now())

    async def _make(self, place: _Place, sight: Sight) -> None:
        thread = await self._client.make_topic(place.group.chat, place.wording.name(sight.ticket))
        await self._keep(replace(sight.topic, thread=thread))

    async def _begin(self, place: _Place, sight: Sight, now: datetime) -> None:
        head = place.wording.head(sight, now)
        sent = await self._client.send_text(
            place.group.chat, head.html, head.keyboard, thread=sight.topic.thread
        )
        await self._keep(replace(sight.topic, head=int(sent or 0), shown=head.mark))

    async def _add(self, group: Group, html: str, topic: Topic) -> None:
        await self._client.send_text(group.chat, html, thread=topic.thread)
        await self._keep(topic)

    async def _change(self, place: _Place, sight: Sight, now: datetime) -> None:
        head = place.wording.head(sight, now)
        await self._client.edit_text(place.group.chat, sight.topic.head or 0, head.html, head.keyboard)
        await self._keep(replace(sight.topic, shown=head.mark))

    async def _close(self, group: Group, topic: Topic, closed: bool) -> None:
        call = self._client.close_topic if closed else self._client.open_topic
        await call(group.chat, topic.thread or 0)
        await self._keep(replace(topic, closed=closed))

    async def _remove(self, group: Group, thread: int) -> None:
        try:
            await self._client.delete_topic(group.chat, thread)
        except SendError as error:
            if error.reason == NO_RIGHTS:  # no reason to keep everything else waiting
                log.error("group.topic_not_deleted", problem=error.reason)
                self._may_remove = self._deps.clock.now() + LOOK_AGAIN
                return
            if error.reason != NO_TOPIC:
                raise
        async with self._deps.store.write() as unit:
            await unit.mirror.gone(group.id, thread)

    async def _try_again(self, group: Group) -> None:
        if trouble := await lacking(self._client, group.chat):
            raise SendError(trouble, permanent=True)

    async def _keep(self, topic: Topic) -> None:
        async with self._deps.store.write() as unit:
            await unit.mirror.keep(topic)
        self._kept = True

    # --- what can go wrong

    async def mend(self, sight: Sight, error: SendError) -> bool:
        """Put right what a refusal tells of one topic; False if it is not about that."""
        topic = sight.topic
        if (
            error.reason == NO_TOPIC
        ):  # deleted by somebody, or dead: made anew, with all that is said from here on
            async with self._deps.store.write() as unit:
                await unit.mirror.begin_anew(topic)
        elif error.reason == NO_MESSAGE:
            await self._keep(replace(topic, head=None, shown="", signature=""))
        elif error.permanent and not error.unreachable and error.reason not in OF_GROUP:
            number = sight.ticket.number
            log.error("group.not_shown", ticket=number, problem=error.reason)
            self._refused[number] = self._deps.clock.now() + LOOK_AGAIN
        else:
            return False
        return True

    async def _failed(self, group: Group, error: SendError) -> float:
        now = self._deps.clock.now()
        ill = error.unreachable or error.reason in OF_GROUP
        wait = error.retry_after or (LOOK_AGAIN.total_seconds() if ill else AFTER_A_FAULT)
        async with self._deps.store.write() as unit:
            await unit.groups.leave_alone(group.id, now + timedelta(seconds=wait))
            if ill:
                await unit.groups.ail(group.id, error.reason, now)
        log.warning("group.not_written", problem=error.reason, wait=wait)
        if ill:
            self.trouble = error.reason
            await self._deps.notifier.publish(DESK)
        return wait

    async def _well(self, group: Group) -> None:
        if group.trouble or group.wait_until:
            async with self._deps.store.write() as unit:
                await unit.groups.ail(group.id, "", self._deps.clock.now())
                await unit.groups.leave_alone(group.id, None)
            log.info("group.well_again")


async def lacking(client: Client, chat: int) -> str:
    """Return what a group lacks for a mirror, "" if it has all; raise SendError."""
    _, has_topics, mine = await client.group(chat)
    if not has_topics:
        return NO_TOPICS
    rights = ("can_manage_topics", "can_delete_messages")
    return "" if all(getattr(mine, right, False) for right in rights) else NO_RIGHTS


def _bound(call: Callable[..., Awaitable[None]], *values: Any) -> Step:
    async def step() -> None:
        await call(*values)

    return step


def _guarded(step: Step, sight: Sight, mirror: Mirror) -> Step:
    async def run() -> None:
        try:
            await step()
        except Migrated:
            raise
        except SendError as error:
            if not await mirror.mend(sight, error):
                raise

    return run
