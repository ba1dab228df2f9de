"""E-mail to people of the team: that there is something to do, in their working hours, many things in one letter.

A turn only plans a job. That job finds out who is told and when; another one, of each person, writes the letter. It
is marked right before its words go out: if the process dies then, nobody knows whether it arrived, and it is not sent
again; what it told of stands in the next day's letter if nobody has taken care of it by then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.job import Job
from bot.domain.notice import Cause, Notice, Reach, Wish, told_of
from bot.domain.ticket import Ticket
from bot.i18n import Texts
from bot.knowledge.hours import next_morning, working_deadline
from bot.knowledge.model import Knowledge, Team
from bot.service import letters
from bot.service.jobs import Again, Run
from bot.service.ports import Clock, Notifier, Post, SendError, Store, Unit, Unsure

TELL = "notice"
LETTER = "letter"
TOPIC = "letters"  # wakes whoever sends them

COLLECT = timedelta(minutes=1)  # so long a first new question waits for others
APART = timedelta(minutes=10)  # between two letters about new questions to the same person
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
# When letters go where a team has told no hours; nobody is promised anything by it.
OFFICE = "Mo-Fr 08:00-16:00"
NOBODYS = Team("", "", frozenset(), frozenset(), OFFICE)

log = structlog.get_logger()


async def about(unit: Unit, ticket: Ticket, cause: Cause, now: datetime) -> None:
    """Have the team told of a ticket, after the commit."""
    payload: dict[str, str | int] = {
        "contact": ticket.contact,
        "ticket": ticket.number,
        "cause": cause.value,
    }
    await unit.jobs.put(TELL, f"{TELL}:{cause.value}:{ticket.number}", now, payload)


async def set_reach(unit: Unit, reach: Reach, now: datetime, by: int | None) -> None:
    """Store how somebody wants to be written to; a new address is greeted, so that they see that it works."""
    known = await unit.notices.lock(reach.staff)
    await unit.notices.set_reach(reach)
    if reach.is_on and (known is None or known.address != reach.address or known.trouble):
        await unit.notices.put(reach.staff, Cause.HELLO, 0, now)
        await _plan(unit, reach.staff)
    await unit.audit.note(by, "staff.notices", f"staff:{reach.staff}", now)


def tell(
    store: Store, notifier: Notifier, clock: Clock, knowledge: Callable[[], Knowledge], is_on: bool
) -> Run:
    """Return the job that notes for each person who is told of a ticket when they are; nobody is unless `is_on`."""

    async def run(job: Job) -> None:
        if not is_on:
            return
        cause, number = Cause(str(job.payload["cause"])), int(job.payload["ticket"])
        async with store.write() as unit:
            ticket = await unit.tickets.get(number)
            if ticket is None:
                return
            team = _team(knowledge().teams, ticket)
            able = [account.staff for account in await unit.staff.listed()]
            for one in told_of(able, ticket, cause):
                reach = await unit.notices.lock(one.id)
                if reach is not None and reach.is_on:
                    await unit.notices.put(one.id, cause, number, _moment(cause, reach, team, clock.now()))
                    await _plan(unit, one.id)
        await notifier.publish(TOPIC)

    return run


class Deliverer:
    """Writes and sends the letters; `origin` is the address of the desk from outside, without a slash at its end."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        post: Post,
        texts: Callable[[str], Texts],
        knowledge: Callable[[], Knowledge],
        origin: str,
    ) -> None:
        self._store = store
        self._clock = clock
        self._post = post
        self._texts = texts
        self._knowledge = knowledge
        self._origin = origin

    async def run(self, job: Job) -> None:
        """Send somebody what waits for them, if it is time; raise Again if the mail server is not ready."""
        staff = int(job.payload["staff"])
        async with self._store.write() as unit:
            reach, waiting = await self._waiting(unit, staff)
            if reach is None or not any(one.send_at <= self._clock.now() for one in waiting):
                await _plan(unit, staff)
                return
        ids = [one.id for one in waiting]
        try:
            await self._post.send(
                letters.write(self._texts(reach.language), reach, waiting, self._origin),
                lambda: self._begin(ids),
            )
        except Unsure:
            log.warning("letter.unsure")
            async with self._store.write() as unit:
                await self._waiting(unit, staff)
                await _plan(unit, staff)
            return
        except SendError as error:
            await self._not_sent(staff, ids, error)
            if error.permanent:
                return
            raise Again(error.reason, min(FIRST_WAIT * 2 ** min(job.attempts, 10), LONGEST_WAIT)) from error
        async with self._store.write() as unit:
            await unit.notices.lock(staff)
            await unit.notices.settle(ids, self._clock.now())
            if any(one.cause is Cause.NEW for one in waiting):
                await unit.notices.mailed(staff, self._clock.now())
            await _plan(unit, staff)

    async def _waiting(self, unit: Unit, staff: int) -> tuple[Reach | None, Sequence[Notice]]:
        """Return how somebody is written to, None if not at all, and of what; what is done meanwhile is dropped."""
        reach = await unit.notices.lock(staff)
        account = await unit.staff.get(staff)
        pending = await unit.notices.pending(staff)
        if reach is None or not reach.is_on or account is None or account.revoked_at:
            await unit.notices.settle([one.id for one in pending], self._clock.now())
            return None, ()
        numbers = sorted({one.ticket for one in pending if one.ticket})
        tickets = {ticket.number: ticket for ticket in await unit.tickets.numbered(numbers)}
        wanted = [one for one in pending if one.is_wanted(tickets.get(one.ticket))]
        done = [one.id for one in pending if one not in wanted]
        await unit.notices.settle(done, self._clock.now())
        return reach, [await self._settled(unit, one, tickets.get(one.ticket)) for one in wanted]

    async def _settled(self, unit: Unit, notice: Notice, ticket: Ticket | None) -> Notice:
        """Put off what went out in a letter of which nobody knows whether it arrived."""
        if notice.begun_at is None:
            return notice
        team = _team(self._knowledge().teams, ticket)
        now = self._clock.now()
        later = next_morning(team, now) or now + timedelta(days=1)
        await unit.notices.later([notice.id], later)
        return replace(notice, begun_at=None, send_at=later)

    async def _begin(self, ids: Sequence[int]) -> None:
        async with self._store.write() as unit:
            await unit.notices.begin(ids, self._clock.now())

    async def _not_sent(self, staff: int, ids: Sequence[int], error: SendError) -> None:
        async with self._store.write() as unit:
            await unit.notices.lock(staff)
            if error.permanent:
                log.warning("letter.refused", reason=error.reason)
                await unit.notices.refused(staff, error.reason)
            else:
                await unit.notices.later(ids)


async def _plan(unit: Unit, staff: int) -> None:
    """Plan the next letter to somebody, if anything waits for them; call it under their lock."""
    pending = await unit.notices.pending(staff)
    if pending:
        moment = min(one.send_at for one in pending)
        await unit.jobs.put(LETTER, f"{LETTER}:{staff}", moment, {"staff": staff})


def _team(teams: Mapping[str, Team], ticket: Ticket | None) -> Team:
    """Return whose working hours count."""
    team = teams.get(ticket.team, NOBODYS) if ticket else NOBODYS
    return team if team.hours else replace(team, hours=OFFICE)


def _moment(cause: Cause, reach: Reach, team: Team, now: datetime) -> datetime:
    """Return when somebody is told: in working hours; of a promised time without delay."""
    if cause is Cause.NEW and reach.wish is Wish.DIGEST:
        return next_morning(team, now) or now
    earliest = now
    if cause is Cause.NEW:
        earliest += COLLECT
        if reach.mailed_at is not None:
            earliest = max(earliest, reach.mailed_at + APART)
    return working_deadline(team, earliest, 0) or now
