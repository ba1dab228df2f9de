"""Registrations for courses, for those who look after them: lists with seats, confirm and reject."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.domain.course import Course
from bot.domain.registration import FOLLOWS, Refused, Registration, State
from bot.domain.staff import Staff
from bot.http.form import read_form
from bot.service.desk import LONGEST
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.gate import Gate
from bot.staff.web.visit import ROOT, Session
from bot.staff.web.words import Words, moment

COURSES: Final = f"{ROOT}/courses"
DECISIONS: Final = {"confirm": State.CONFIRMED, "reject": State.REJECTED}


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one receipt, with what may be decided for all of them."""

    receipt: int
    people: Sequence[Registration]

    @property
    def decisions(self) -> tuple[str, ...]:
        """The decisions that the rules allow."""
        states = [one.state for one in self.people]
        return tuple(
            name
            for name, state in DECISIONS.items()
            if all(state in FOLLOWS.get(held, frozenset()) for held in states)
        )


class CourseDesk:
    """The handlers of /staff/courses."""

    def __init__(self, gate: Gate, deps: DeskDeps) -> None:
        self._gate = gate
        self._deps = deps

    async def listed(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/courses: the courses of one's VHS, those with registrations first."""
        async with self._deps.store.read() as unit:
            in_use = set(await unit.registrations.courses_in_use())
            courses = [
                one
                for one in await unit.courses.listed(all_=True)
                if staff.may_see_course(one.listed.vhs)
                and (one.id in in_use or not (one.gone or one.cancelled))
            ]
        ordered = sorted(courses, key=lambda one: one.id not in in_use)
        return self._gate.pages.page(
            "courses.html",
            staff,
            session,
            courses=ordered,
            words=Words(self._deps.knowledge(), self._gate.pages.texts(session)),
        )

    async def page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/courses/N: who is registered, who waits."""
        course = await self._visible(int(request.match_info["course"]), staff)
        async with self._deps.store.read() as unit:
            found = await unit.registrations.of_course(course.id)
        now = self._deps.clock.now()
        return self._gate.pages.page(
            "course.html",
            staff,
            session,
            course=course,
            groups=_grouped(found),
            words=Words(self._deps.knowledge(), self._gate.pages.texts(session)),
            time=lambda at: moment(at, now),
            said=request.query.get("said", ""),
            wrong=request.query.get("wrong", ""),
        )

    async def decide(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/courses/N/<confirm|reject>: decide for all people of a receipt; they are told."""
        course = await self._visible(int(request.match_info["course"]), staff)
        state = DECISIONS[request.match_info["decision"]]
        form = await read_form(request)
        receipt = form.get("receipt", "")
        reason = " ".join(form.get("reason", "").split())[:LONGEST]
        if state is State.REJECTED and not reason:
            return _back(course, wrong="no_reason")
        now = self._deps.clock.now()
        try:
            async with self._deps.store.write() as unit:
                found = await unit.registrations.by_receipt(int(receipt) if receipt.isdecimal() else 0)
                if not found or found[0].course != course.id:
                    raise web.HTTPNotFound
                await self._deps.registrar.decide(unit, int(receipt), state, now, reason)
                await unit.audit.note(staff.id, f"registration.{state.value}", f"receipt:{receipt}", now)
                addresses = await unit.contacts.addresses(found[0].contact)
        except Refused:
            return _back(course, wrong="refused")
        for channel in {address.channel for _, address in addresses}:
            await self._deps.notifier.publish(f"outbox:{channel}")
        return _back(course, said=state.value)

    async def _visible(self, id: int, staff: Staff) -> Course:
        async with self._deps.store.read() as unit:
            course = await unit.courses.get(id)
        if course is None or not staff.may_see_course(course.listed.vhs):
            raise web.HTTPNotFound
        return course


def _grouped(found: Sequence[Registration]) -> list[Group]:
    receipts = dict.fromkeys(one.receipt for one in found)
    return [Group(receipt, tuple(one for one in found if one.receipt == receipt)) for receipt in receipts]


def _back(course: Course, said: str = "", wrong: str = "") -> web.Response:
    told = f"?said={said}" if said else f"?wrong={wrong}"
    return web.Response(status=303, headers={"Location": f"{COURSES}/{course.id}{told}"})
