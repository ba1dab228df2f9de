"""Takes the list of a VHS in: what is new, changed or gone, and what that means for the people who are registered.

One transaction. Nothing is announced that the list does not say: a course that vanished before its beginning is a task
for staff, one that the list calls cancelled is cancelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.course import Course, Listed
from bot.service.ports import Unit
from bot.service.registering import Registrar, today

EXAMPLES = "beispiel"  # the source of the invented list


@dataclass(frozen=True, slots=True)
class Affected:
    """A course whose people an import concerns, and how many they are; never who."""

    number: str
    title: str
    people: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed.

    cancelled: the list says so, their people were told. vanished: not begun and no longer listed: a task for staff.
    moved: other dates or another place, their people were told. offered: how many people got an offer.
    """

    courses: int
    new: int
    changed: int
    gone: int
    examples: int = 0
    cancelled: Sequence[Affected] = field(default_factory=list)
    vanished: Sequence[Affected] = field(default_factory=list)
    moved: Sequence[Affected] = field(default_factory=list)
    offered: int = 0


async def take_in(
    unit: Unit,
    registrar: Registrar,
    source: str,
    listed: Sequence[Listed],
    now: datetime,
    counted_at: datetime,
) -> Imported:
    """Make `listed` the list of a source, and tell those whom it concerns. The first real list ends the examples."""
    in_use = await _in_use(unit)
    examples = 0
    if not any(one.example for one in listed):
        examples = await _end_examples(unit, registrar, in_use, now)
    reloaded = await unit.courses.reload(source, listed, now, counted_at)
    cancelled, vanished, moved, offered = [], [], [], 0
    for before in in_use:
        if before.listed.source != source:
            continue
        course = await unit.courses.get(before.id)
        if course is None:
            continue
        if course.listed.cancelled and not course.gone:
            cancelled.append(_affected(course, len(await registrar.cancel_course(unit, course.id, now))))
        elif course.id in reloaded.gone:
            if _is_ahead(before, today(now)):
                vanished.append(_affected(course, len(await registrar.course_vanished(unit, course.id, now))))
        elif not course.gone:
            if _has_moved(before, course, today(now)):
                moved.append(_affected(course, len(await registrar.course_changed(unit, course.id, now))))
            offered += await registrar.promote(unit, course.id, now)
    return Imported(
        courses=len(listed),
        new=reloaded.new,
        changed=len(reloaded.changed),
        gone=len(reloaded.gone),
        examples=examples,
        cancelled=cancelled,
        vanished=vanished,
        moved=moved,
        offered=offered,
    )


async def examples_wanted(unit: Unit, on: date) -> bool:
    """True if the invented list should be read: nothing is listed, or only examples that have all begun."""
    listed = await unit.courses.listed(all_=True)
    if any(not course.listed.example for course in listed):
        return False  # a real list was here once; from then on no example comes back
    return not any(_is_ahead(course, on) for course in listed)


async def _in_use(unit: Unit) -> list[Course]:
    found = [await unit.courses.get(course) for course in await unit.registrations.courses_in_use()]
    return [course for course in found if course is not None]


async def _end_examples(unit: Unit, registrar: Registrar, in_use: Sequence[Course], now: datetime) -> int:
    """Take the invented courses out; whoever tried to register for one is told that it is off."""
    for course in in_use:
        if course.listed.example:
            await registrar.cancel_course(unit, course.id, now)
    return await unit.courses.drop_examples()


def _affected(course: Course, people: int) -> Affected:
    return Affected(course.listed.number, course.listed.title, people)


def _has_moved(before: Course, course: Course, on: date) -> bool:
    last = course.listed.last_day
    return not before.listed.meets_as(course.listed, on) and (last is None or last >= on)


def _is_ahead(course: Course, on: date) -> bool:
    """True if it has not begun, as far as anybody can tell."""
    return course.first_day is None or course.first_day > on
