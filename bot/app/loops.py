"""The loops behind a server: answering, sending, and what is due."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import uuid4

from bot.app.parts import CAPABILITIES, Loop, Parts
from bot.app.translators import translating_loops
from bot.domain.message import Outbound
from bot.i18n import BERLIN, Texts, day
from bot.knowledge.model import Knowledge
from bot.service import answered, notices, promises, quiet
from bot.service.course_jobs import course_jobs
from bot.service.jobs import SCRUB, JobWorker, Purge, Run, scrub
from bot.service.loop import keep_going
from bot.service.outbox import Sender
from bot.service.ports import Channel, Post
from bot.service.turn import Worker

SENT_AT_ONCE = 16  # messages on the way over one channel
LETTERS_AT_ONCE = 4


def said_late(texts: Callable[[str], Texts], message: Outbound, written_at: datetime) -> Outbound:
    """Return a message that could not be delivered for long, with a line that says of when it is."""
    local = written_at.astimezone(BERLIN)
    line = texts(message.framed_in).say("telegram.late", time=f"{day(local.date())}, {local:%H:%M}")
    return replace(message, lead=f"{line}\n\n{message.lead}".strip())


def loops(parts: Parts, channels: dict[str, Channel], post: Post | None = None) -> list[Loop]:
    """Return the loops that answer, deliver and do what is due; each channel has its own, so that one that
    hangs holds up no other. post: writes to people of the team, in a loop of its own as well."""
    owner = _owner()
    sending = [_sending(parts, channel, f"{owner}-{name}") for name, channel in channels.items()]
    letters = [_letters(parts, post, owner)] if post else []
    return [
        _answering(parts, owner),
        *sending,
        _jobs(parts, tuple(channels), owner, post is not None),
        *letters,
        *_translating(parts, owner),
    ]


def _owner() -> str:
    return f"{os.uname().nodename}-{os.getpid()}-{uuid4().hex[:8]}"


def _answering(parts: Parts, owner: str) -> Loop:
    worker = Worker(
        parts.database,
        lambda: parts.keeper.mind,
        parts.clock,
        parts.notifier,
        CAPABILITIES,
        owner,
        parts.courses,
        parts.translate,
    )

    async def due() -> datetime | None:
        async with parts.database.read() as unit:
            return await unit.intake.next_ready()

    at_once = parts.settings.workers
    return partial(keep_going, worker.take, at_once, "intake", due, parts.clock, parts.notifier)


def _sending(parts: Parts, channel: Channel, owner: str) -> Loop:
    late = partial(said_late, parts.texts)
    sender = Sender(parts.database, {channel.name: channel}, parts.clock, parts.notifier, owner, late)

    async def due() -> datetime | None:
        async with parts.database.read() as unit:
            return await unit.outbox.next_due([channel.name])

    topic = f"outbox:{channel.name}"
    return partial(keep_going, sender.take, SENT_AT_ONCE, topic, due, parts.clock, parts.notifier)


def _translating(parts: Parts, owner: str) -> list[Loop]:
    if parts.translating is None:
        return []
    return translating_loops(parts.translating, parts.database, parts.notifier, parts.clock, owner)


def _jobs(parts: Parts, channels: Sequence[str], owner: str, writes_letters: bool) -> Loop:
    purge = Purge(parts.database, parts.clock, parts.retention, channels)
    kinds = {
        purge.kind: purge.run,
        SCRUB: scrub(parts.database),
        **course_jobs(parts.database, parts.courses.registrar, parts.clock),
        promises.KIND: promises.own_up(parts.database, parts.notifier, parts.clock, parts.texts),
        answered.KIND: answered.tell(parts.database, parts.notifier, parts.clock, lambda: parts.keeper.mind),
        promises.REMINDER: promises.remind(parts.database, parts.notifier, parts.clock),
        quiet.KIND: quiet.come_back(parts.database, parts.notifier, parts.clock, parts.texts),
        notices.TELL: notices.tell(
            parts.database, parts.notifier, parts.clock, _knowledge(parts), writes_letters
        ),
    }
    working = _working(parts, kinds, owner, "jobs", 1)

    async def run(stop: asyncio.Event) -> None:
        await purge.plan()
        await working(stop)

    return run


def _letters(parts: Parts, post: Post, owner: str) -> Loop:
    origin = parts.settings.public_url.rstrip("/")
    deliverer = notices.Deliverer(parts.database, parts.clock, post, parts.texts, _knowledge(parts), origin)
    return _working(parts, {notices.LETTER: deliverer.run}, owner, notices.TOPIC, LETTERS_AT_ONCE)


def _working(parts: Parts, kinds: Mapping[str, Run], owner: str, topic: str, at_once: int) -> Loop:
    worker = JobWorker(parts.database, parts.clock, kinds, owner)

    async def due() -> datetime | None:
        async with parts.database.read() as unit:
            return await unit.jobs.next_due(tuple(kinds))

    return partial(keep_going, worker.take, at_once, topic, due, parts.clock, parts.notifier)


def _knowledge(parts: Parts) -> Callable[[], Knowledge]:
    return lambda: parts.keeper.mind.world.knowledge
