"""Seats: handing in, withdrawing, offers and what the VHS decides; counted and written under the course's lock.

Every function works inside the caller's transaction. The course's row is locked first, so that counting and writing
are one step: no seat is given twice, whoever else works at the same time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol

from bot.dialogue.registered import News, tell
from bot.dialogue.world import World
from bot.domain.course import Course
from bot.domain.message import ARRIVED, Outbound
from bot.domain.registration import (
    ACTIVE,
    Application,
    Registration,
    State,
    first_state,
    next_offers,
)
from bot.domain.ticket import NewTicket
from bot.i18n import BERLIN
from bot.service.opening import open_ticket
from bot.service.ports import Unit

OFFER_DAYS = 3  # vhs-heddesheim and pretix give 48 hours; people here ask family first, and weekends count
OFFER_ENDS = time(18)  # local time: an hour that can be told
REMIND_BEFORE = timedelta(hours=24)
LOOK_AFTER = timedelta(minutes=15)  # by then an offer is sent or has failed
OFFER_LOOK, OFFER_REMINDER, OFFER_END = "offer-look", "offer-reminder", "offer-end"
COURSE_REMINDER = "course-reminder"
REMIND_AT = time(16)  # local time, the day before the first date
NEWCOMER, PROGRAM, STAFF = "newcomer", "program", "staff"  # actors in the log


class Speaks(Protocol):
    """What a registrar needs of a mind: the texts, never the understanding."""

    @property
    def world(self) -> World:
        """Knowledge and texts."""


class CourseClosed(Exception):
    """Nobody can be registered for this course: over, cancelled, or no longer in the list."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of an application.

    registrations: of all its people. before: people before them on the waiting list. again: all of them were active
    already, and nothing changed.
    """

    course: Course
    registrations: tuple[Registration, ...]
    state: State
    before: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a yes or no to an offer. late: the offer had ended, so the yes was a new application."""

    applied: Applied
    late: bool = False


class Registrar:
    """Gives seats away, and tells those whom it concerns."""

    def __init__(self, mind: Callable[[], Speaks]) -> None:
        self._mind = mind

    # --- what newcomers do

    async def hand_in(self, unit: Unit, contact: int, application: Application, now: datetime) -> Applied:
        """Register the people of an application, or put them on the list; raise CourseClosed.

        People who are active already stay what they are, so that the same application twice has one effect.
        """
        course = await unit.courses.lock(application.course)
        if course is None or not course.open_on(today(now)):
            raise CourseClosed
        there = await unit.registrations.active(contact, application)
        known = {one.person.name_key for one in there}
        people = tuple(person for person in application.people if person.name_key not in known)
        if not people:
            return Applied(course, tuple(there), there[0].state, again=True)
        waiting = await unit.registrations.waiting(course.id)
        state = first_state(len(people), course.left, waiting, decided_by_vhs=course.decided_by_vhs)
        stored = await unit.registrations.put(
            contact, [replace(application, people=(person,)) for person in people], state, now
        )
        if state is State.CONFIRMED:
            await self._plan_course_reminder(unit, stored[0], course, now)
        before = await unit.registrations.before(stored[0]) if state is State.WAITLISTED else 0
        return Applied(course, stored, state, before)

    async def withdraw(self, unit: Unit, contact: int, receipt: int, now: datetime) -> Applied | None:
        """Take back what a contact handed in under a receipt, and offer the seats to those who wait.

        None if there is nothing of theirs under it.
        """
        course, mine = await self._locked(unit, contact, receipt)
        if course is None:
            return None
        active = [one for one in mine if one.state in ACTIVE]
        for one in active:
            await unit.registrations.move(one, State.WITHDRAWN, now, NEWCOMER)
        if active:
            await self._forget_offer(unit, receipt)
            await unit.jobs.cancel(f"{COURSE_REMINDER}:{receipt}")
            await self.promote(unit, course.id, now)
        return Applied(course, tuple(mine), State.WITHDRAWN, again=not active)

    async def answer(
        self, unit: Unit, contact: int, receipt: int, yes: bool, now: datetime
    ) -> Answered | None:
        """Take or decline offered seats; None if there is nothing of theirs under the receipt."""
        course, mine = await self._locked(unit, contact, receipt)
        if course is None:
            return None
        offered = [one for one in mine if one.state is State.OFFERED]
        if not offered:
            return await self._late(unit, contact, course, mine, yes, now)
        state = State.CONFIRMED if yes else State.DECLINED
        for one in offered:
            await unit.registrations.move(one, state, now, NEWCOMER)
        await self._forget_offer(unit, receipt)
        if yes:
            await self._plan_course_reminder(unit, offered[0], course, now)
        else:
            await self.promote(unit, course.id, now)
        return Answered(Applied(course, tuple(offered), state))

    async def _late(
        self,
        unit: Unit,
        contact: int,
        course: Course,
        mine: Sequence[Registration],
        yes: bool,
        now: datetime,
    ) -> Answered:
        """Read a yes after the end of the offer as a new application; any other second press changes nothing."""
        expired = [one for one in mine if one.state is State.EXPIRED]
        if not (yes and expired and course.open_on(today(now))):
            return Answered(Applied(course, tuple(mine), mine[0].state, again=True))
        people = tuple(one.person for one in expired)
        again = replace(expired[0].application, people=people)
        return Answered(await self.hand_in(unit, contact, again, now), late=True)

    # --- what the VHS and staff do

    async def decide(
        self, unit: Unit, receipt: int, state: State, now: datetime, reason: str = ""
    ) -> Applied | None:
        """Confirm, reject or note who came, for all people of a receipt, and tell them; None without any.

        Raise Refused if one of them cannot go there; the caller's transaction then changes nothing.
        """
        found = await unit.registrations.by_receipt(receipt)
        if not found:
            return None
        course = await unit.courses.lock(found[0].course)
        assert course is not None  # noqa: S101 - a foreign key keeps it
        found = await unit.registrations.by_receipt(receipt)  # as it is now that nobody else can change it
        for one in found:
            await unit.registrations.move(one, state, now, STAFF, reason=reason)
        await self._forget_offer(unit, receipt)
        if state is State.CONFIRMED:
            await self._plan_course_reminder(unit, found[0], course, now)
        if state in (State.CONFIRMED, State.REJECTED):
            await self._tell(unit, found, state.value, News(course, tuple(found), reason=reason), now)
        if state is State.REJECTED:
            await self.promote(unit, course.id, now)
        return Applied(course, tuple(found), state)

    async def cancel_course(self, unit: Unit, course_id: int, now: datetime) -> list[Registration]:
        """Mark a course as cancelled and tell everybody who is active, with other courses; return those people."""
        course = await unit.courses.lock(course_id)
        if course is None:
            return []
        await unit.courses.cancel(course_id)
        active = [one for one in await unit.registrations.of_course(course_id) if one.state in ACTIVE]
        others = alternatives(course, await unit.courses.listed(), today(now))
        for receipt in dict.fromkeys(one.receipt for one in active):
            group = tuple(one for one in active if one.receipt == receipt)
            for one in group:
                await unit.registrations.move(one, State.CANCELLED, now, STAFF)
            await self._forget_offer(unit, receipt)
            await unit.jobs.cancel(f"{COURSE_REMINDER}:{receipt}")
            await self._tell(unit, group, "cancelled", News(course, group, alternatives=others), now)
        return active

    async def course_changed(self, unit: Unit, course_id: int, now: datetime) -> list[Registration]:
        """Tell everybody who is active the course's new dates or place, and move their reminders; return them."""
        course = await unit.courses.lock(course_id)
        if course is None:
            return []
        active = [one for one in await unit.registrations.of_course(course_id) if one.state in ACTIVE]
        for receipt in dict.fromkeys(one.receipt for one in active):
            group = tuple(one for one in active if one.receipt == receipt)
            await unit.jobs.cancel(f"{COURSE_REMINDER}:{receipt}")
            if group[0].state is State.CONFIRMED:
                await self._plan_course_reminder(unit, group[0], course, now)
            # A course may change twice, and each time is told.
            await self._tell(unit, group, "changed", News(course, group), now, f":{now:%Y%m%d%H%M%S}")
        return active

    async def course_vanished(self, unit: Unit, course_id: int, now: datetime) -> list[Registration]:
        """Make a course that is no longer listed a task for staff, a ticket a receipt; return who is active.

        The newcomer hears nothing yet: whether it is off, or only left out of the list, the VHS must say.
        """
        course = await unit.courses.lock(course_id)
        if course is None:
            return []
        active = [one for one in await unit.registrations.of_course(course_id) if one.state in ACTIVE]
        for one in {one.receipt: one for one in reversed(active)}.values():
            listed = course.listed
            task = (
                f"Der Kurs {listed.number} „{listed.title}“ steht nicht mehr in der Liste der VHS, hat aber noch nicht"
                f" begonnen. Betroffen: Anmeldung {one.receipt}. Bitte klären Sie mit der VHS, ob er ausfällt."
            )
            language, town = one.application.language, one.application.town
            ticket = NewTicket(task, language, town, "course-registration", urgent=True)
            await open_ticket(unit, one.contact, ticket, [], now)
        return active

    async def set_seats(self, unit: Unit, course_id: int, seats: int | None, now: datetime) -> Course | None:
        """Change how many may take part; more seats are offered at once, fewer put nobody out."""
        if await unit.courses.lock(course_id) is None:
            return None
        await unit.courses.set_seats(course_id, seats)
        await self.promote(unit, course_id, now)
        return await unit.courses.get(course_id)

    # --- the waiting list

    async def promote(self, unit: Unit, course_id: int, now: datetime) -> int:
        """Offer the free seats to those who wait, in order; return how many people got an offer.

        Safe to run at any time and twice: who has an offer does not wait any more.
        """
        course = await unit.courses.lock(course_id)
        if course is None or not course.open_on(today(now)) or course.decided_by_vhs:
            return 0
        groups = next_offers(await unit.registrations.waiting(course_id), course.left or 0)
        until = offer_end(now)
        for group in groups:
            for one in group:
                await unit.registrations.move(one, State.OFFERED, now, PROGRAM, offer_until=until)
            await self._tell(unit, group, "offered", News(course, group, until=until), now)
            receipt, contact = group[0].receipt, group[0].contact
            for kind, at in (
                (OFFER_LOOK, now + LOOK_AFTER),
                (OFFER_REMINDER, until - REMIND_BEFORE),
                (OFFER_END, until),
            ):
                await unit.jobs.put(kind, f"{kind}:{receipt}", at, {"receipt": receipt, "contact": contact})
        return sum(map(len, groups))

    async def look_after_offer(self, unit: Unit, receipt: int, now: datetime) -> bool:
        """Make an offer that did not arrive a task for staff, and let its deadline wait; True if it did arrive."""
        course, offered = await self._offered(unit, receipt)
        if course is None:
            return True
        if await unit.outbox.delivery(_idem("offered", offered[0])) in ARRIVED:
            return True
        if offered[0].offer_until is None:
            return False  # staff have the task already
        for one in offered:
            await unit.registrations.hold_offer(one, None)
        await unit.jobs.cancel(f"{OFFER_REMINDER}:{receipt}")
        await unit.jobs.cancel(f"{OFFER_END}:{receipt}")
        task = (
            f"Angebot {receipt} ({course.listed.number}) konnte nicht zugestellt werden. Bitte rufen Sie an."
        )
        language = offered[0].application.language
        await open_ticket(
            unit,
            offered[0].contact,
            NewTicket(task, language, offered[0].application.town, "course-registration", urgent=True),
            [],
            now,
        )
        return False

    async def remind_of_offer(self, unit: Unit, receipt: int, now: datetime) -> None:
        """Remind once of an offer that is still open."""
        course, offered = await self._offered(unit, receipt)
        if course is not None:
            news = News(course, tuple(offered), until=offered[0].offer_until)
            await self._tell(unit, offered, "offer_reminder", news, now)

    async def end_offer(self, unit: Unit, receipt: int, now: datetime) -> None:
        """End an offer whose time is over, and go on with the next in the list; not if it never arrived."""
        course, offered = await self._offered(unit, receipt)
        if course is None or not await self.look_after_offer(unit, receipt, now):
            return
        if offered[0].offer_until is None or offered[0].offer_until > now:
            return  # staff gave more time, or it waits until somebody was reached
        for one in offered:
            await unit.registrations.move(one, State.EXPIRED, now, PROGRAM)
        await self._tell(unit, offered, "expired", News(course, tuple(offered)), now)
        await self.promote(unit, course.id, now)

    async def remind_of_course(self, unit: Unit, receipt: int, now: datetime) -> None:
        """Say the day before the first date that the course begins."""
        found = [one for one in await unit.registrations.by_receipt(receipt) if one.state is State.CONFIRMED]
        course = await unit.courses.get(found[0].course) if found else None
        if course and not course.cancelled:
            await self._tell(unit, found, "tomorrow", News(course, tuple(found)), now)

    # --- inside

    async def _locked(
        self, unit: Unit, contact: int, receipt: int
    ) -> tuple[Course | None, list[Registration]]:
        """Lock the course of a contact's receipt; what was read before the lock is read again."""
        found = [one for one in await unit.registrations.by_receipt(receipt) if one.contact == contact]
        if not found:
            return None, []
        course = await unit.courses.lock(found[0].course)
        return course, [one for one in await unit.registrations.by_receipt(receipt) if one.contact == contact]

    async def _offered(self, unit: Unit, receipt: int) -> tuple[Course | None, list[Registration]]:
        found = await unit.registrations.by_receipt(receipt)
        if not found:
            return None, []
        course = await unit.courses.lock(found[0].course)
        offered = [one for one in await unit.registrations.by_receipt(receipt) if one.state is State.OFFERED]
        return (course, offered) if offered else (None, [])

    async def _forget_offer(self, unit: Unit, receipt: int) -> None:
        for kind in (OFFER_LOOK, OFFER_REMINDER, OFFER_END):
            await unit.jobs.cancel(f"{kind}:{receipt}")

    async def _plan_course_reminder(
        self, unit: Unit, registration: Registration, course: Course, now: datetime
    ) -> None:
        first = course.first_day
        if first is None:
            return
        at = datetime.combine(first - timedelta(days=1), REMIND_AT, BERLIN)
        if at > now:
            await unit.jobs.put(
                COURSE_REMINDER,
                f"{COURSE_REMINDER}:{registration.receipt}",
                at,
                {"receipt": registration.receipt, "contact": registration.contact},
            )

    async def _tell(
        self,
        unit: Unit,
        group: Sequence[Registration],
        what: str,
        news: News,
        now: datetime,
        which: str = "",
    ) -> None:
        """Send the news to the contact's latest address; without any, staff hear of it (look_after_offer)."""
        contact = await unit.contacts.get(group[0].contact)
        addresses = await unit.contacts.addresses(group[0].contact)
        if contact is None or not addresses:
            return
        message: Outbound = tell(what, news, self._mind().world.texts(contact.conversation.language))
        await unit.outbox.put(contact.id, addresses[0][0], message, _idem(what, group[0]) + which, now)


def _idem(what: str, registration: Registration) -> str:
    return f"{what}:{registration.id}"


def today(now: datetime) -> date:
    """Return the local day."""
    return now.astimezone(BERLIN).date()


def offer_end(now: datetime) -> datetime:
    """Return when an offer made now ends: after three days, at an hour that can be told, never under 48 hours."""
    return datetime.combine(today(now) + timedelta(days=OFFER_DAYS), OFFER_ENDS, BERLIN).astimezone(
        now.tzinfo
    )


def alternatives(course: Course, all_: Sequence[Course], on: date, most: int = 3) -> tuple[Course, ...]:
    """Return open courses of the same levels or kind, the same VHS's first."""

    def alike(other: Course) -> bool:
        same = set(other.listed.levels) & set(course.listed.levels)
        return bool(same) or other.listed.kind is course.listed.kind

    fitting = [other for other in all_ if other.id != course.id and other.open_on(on) and alike(other)]
    fitting.sort(key=lambda other: (other.listed.vhs != course.listed.vhs, other.listed.starts or date.max))
    return tuple(fitting[:most])
