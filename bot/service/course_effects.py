"""Carries out what a turn wants of courses, and words what came of it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dialogue import outcome
from bot.dialogue.registered import News, tell
from bot.dialogue.turn import AnswerOffer, Effect, HandIn, Scene, SendCalendar, ShowThings, Withdraw
from bot.domain.course import Listed
from bot.domain.message import Outbound
from bot.domain.registration import ACTIVE, State
from bot.service.course_book import CourseBook
from bot.service.ports import Unit
from bot.service.registering import Applied, CourseClosed, Registrar

Say = Callable[[Outbound], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class CourseServices:
    """What turns need of courses. calendar: writes a course's dates as an iCalendar file."""

    book: CourseBook
    registrar: Registrar
    calendar: Callable[[Listed], str]


class CourseEffects:
    """What concerns courses in one turn of one contact, inside the turn's transaction."""

    def __init__(
        self, unit: Unit, services: CourseServices, contact: int, scene: Scene, now: datetime, say: Say
    ) -> None:
        self._unit = unit
        self._services = services
        self._registrar = services.registrar
        self._contact = contact
        self._scene = scene
        self._now = now
        self._say = say

    async def do(self, effect: Effect) -> None:
        """Carry out an effect that is about courses; leave any other."""
        if isinstance(effect, HandIn):
            await self._hand_in(effect)
        elif isinstance(effect, Withdraw):
            await self._withdraw(effect)
        elif isinstance(effect, AnswerOffer):
            await self._answer(effect)
        elif isinstance(effect, SendCalendar):
            await self._calendar(effect)
        elif isinstance(effect, ShowThings):
            await self._things()

    async def _hand_in(self, effect: HandIn) -> None:
        try:
            applied = await self._registrar.hand_in(self._unit, self._contact, effect.application, self._now)
        except CourseClosed:
            await self._say(outcome.course_gone(self._scene))
            return
        self._services.book.forget()
        if applied.again:
            await self._say(self._scene.message("apply.again"))
        await self._tell(applied)

    async def _withdraw(self, effect: Withdraw) -> None:
        applied = await self._registrar.withdraw(self._unit, self._contact, effect.receipt, self._now)
        if applied is None:
            await self._say(self._scene.message("withdraw.nothing"))
        else:
            await self._tell(applied)

    async def _answer(self, effect: AnswerOffer) -> None:
        answered = await self._registrar.answer(
            self._unit, self._contact, effect.receipt, effect.yes, self._now
        )
        if answered is None:
            await self._say(self._scene.message("withdraw.nothing"))
            return
        if answered.late:
            await self._say(self._scene.message("offer.late"))
        await self._tell(answered.applied)

    async def _tell(self, applied: Applied) -> None:
        news = News(applied.course, applied.registrations, before=applied.before)
        await self._say(tell(applied.state, news, self._scene.texts))

    async def _calendar(self, effect: SendCalendar) -> None:
        found = [
            one
            for one in await self._unit.registrations.by_receipt(effect.receipt)
            if one.contact == self._contact
        ]
        course = await self._unit.courses.get(found[0].course) if found else None
        if course is None:
            await self._say(self._scene.message("withdraw.nothing"))
        else:
            await self._say(outcome.calendar(self._scene, course, self._services.calendar(course.listed)))

    async def _things(self) -> None:
        tickets = [one for one in await self._unit.tickets.of(self._contact) if not one.merged_into]
        own = []
        for one in await self._unit.registrations.of(self._contact):
            course = await self._unit.courses.get(one.course)
            before = await self._unit.registrations.before(one) if one.state is State.WAITLISTED else 0
            if course:
                own.append(News(course, (one,), until=one.offer_until, before=before))
        await self._say(outcome.things(self._scene, tickets, own))


async def seats_of(unit: Unit, contact: int) -> list[int]:
    """Return the courses in which an erase of this contact frees seats."""
    return [one.course for one in await unit.registrations.of(contact) if one.state in ACTIVE]
