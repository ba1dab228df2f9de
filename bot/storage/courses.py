"""Courses as the VHS lists them, and how many seats of each we gave away."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update

from bot.domain.course import Course, Listed
from bot.domain.registration import HOLDS_SEAT, State
from bot.service.ports import Reloaded
from bot.storage.tables import courses, registrations
from bot.storage.transaction import AnyRow, AnySelect, Transaction

_FACTS = TypeAdapter(Listed)
_TIMES = ("imported_at", "counted_at")
CHUNK = 500  # courses in one statement

Item = TypeVar("Item")


class StoredCourses:
    """The promise `Courses`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def reload(
        self, source: str, listed: Iterable[Listed], at: datetime, counted_at: datetime
    ) -> Reloaded:
        """Make the list of a source the one given: new, changed, gone.

        In pieces, so that ten thousand courses need no memory; in the order of ids, so that two imports cannot wait
        for one another.
        """
        rows = await self._tx.rows(
            select(courses.c.id, courses.c.key, courses.c.gone)
            .where(courses.c.source == source)
            .order_by(courses.c.id)
        )
        wanted = {one.key: one for one in listed}
        there = {row.key for row in rows}
        changed: list[int] = []
        for ids in _chunks([row.id for row in rows if row.key in wanted]):
            changed += await self._renew(ids, wanted, at, counted_at)
        gone = [row.id for row in rows if row.key not in wanted and not row.gone]
        for ids in _chunks(gone):
            await self._tx.change(update(courses).where(courses.c.id.in_(ids)).values(gone=True))
        new = [one for key, one in wanted.items() if key not in there]
        for some in _chunks(new):
            await self._tx.add(courses, [_values(one, at, counted_at) for one in some])
        return Reloaded(len(new), tuple(changed), tuple(gone))

    async def _renew(
        self, ids: Sequence[int], wanted: Mapping[str, Listed], at: datetime, counted_at: datetime
    ) -> list[int]:
        """Write courses anew; return those of which anything but the time of the import is different."""
        rows = await self._tx.rows(select(courses).where(courses.c.id.in_(ids)).order_by(courses.c.id))
        changed = []
        for row in rows:
            values = _values(wanted[row.key], at, counted_at)
            # A course that staff have cancelled stays so, whatever the file says.
            values["cancelled"] = row.cancelled or values["cancelled"]
            values["gone"] = False
            if any(getattr(row, name) != value for name, value in values.items() if name not in _TIMES):
                changed.append(row.id)
                await self._tx.change(update(courses).where(courses.c.id == row.id).values(**values))
        await self._tx.change(
            update(courses).where(courses.c.id.in_(ids)).values(imported_at=at, counted_at=counted_at)
        )
        return changed

    async def drop_examples(self) -> int:
        """Take the invented courses out of the list; return how many went. Registrations for them stay readable."""
        example = courses.c.facts["example"].as_boolean()
        return await self._tx.change(
            update(courses).where(example, courses.c.gone.is_(False)).values(gone=True, cancelled=True)
        )

    async def listed(self, *, all_: bool = False) -> list[Course]:
        """Return the courses by their beginning, those that are gone or cancelled only with `all_`."""
        statement = _counted().order_by(courses.c.starts, courses.c.id)
        if not all_:
            statement = statement.where(courses.c.gone.is_(False), courses.c.cancelled.is_(False))
        return [_course(row) for row in await self._tx.rows(statement)]

    async def get(self, course: int) -> Course | None:
        """Return a course with its counts."""
        row = await self._tx.first(_counted().where(courses.c.id == course))
        return _course(row) if row else None

    async def by_number(self, number: str) -> Course | None:
        """Return the course that staff call by this number: one that is still listed before one that is gone."""
        row = await self._tx.first(
            _counted()
            .where(courses.c.number == number)
            .order_by(courses.c.gone, courses.c.id.desc())
            .limit(1)
        )
        return _course(row) if row else None

    async def lock(self, course: int) -> Course | None:
        """Let nobody else give away seats of this course until the commit; return it with its counts."""
        held = await self._tx.first(select(courses.c.id).where(courses.c.id == course).with_for_update())
        return await self.get(course) if held else None

    async def set_seats(self, course: int, seats: int | None) -> None:
        """Set how many may take part, instead of what the file tells; None: what the file tells."""
        await self._tx.change(update(courses).where(courses.c.id == course).values(seats=seats))

    async def cancel(self, course: int) -> None:
        """Mark it as cancelled."""
        await self._tx.change(update(courses).where(courses.c.id == course).values(cancelled=True))

    async def imported_at(self) -> datetime | None:
        """Return when the oldest list in use was read."""
        latest = (
            select(func.max(courses.c.imported_at).label("at"))
            .where(courses.c.gone.is_(False))
            .group_by(courses.c.source)
            .subquery()
        )
        row = await self._tx.first(select(func.min(latest.c.at)))
        moment: datetime | None = row[0] if row else None
        return moment


def _counted() -> AnySelect:
    """Each course with our seats that the VHS's count does not hold yet, and our waiting list."""
    ours = and_(
        registrations.c.state.in_([state.value for state in HOLDS_SEAT]),
        or_(registrations.c.exported_at.is_(None), registrations.c.exported_at > courses.c.counted_at),
    )
    return (
        select(
            courses,
            _count(ours).label("taken"),
            _count(registrations.c.state == State.WAITLISTED.value).label("waiting"),
        )
        .outerjoin(registrations, registrations.c.course_id == courses.c.id)
        .group_by(courses.c.id)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, literal(1)), else_=literal(0))), 0)


def _values(one: Listed, at: datetime, counted_at: datetime) -> dict[str, Any]:
    return {
        "source": one.source,
        "key": one.key,
        "vhs": one.vhs,
        "number": one.number,
        "starts": one.starts,
        "ends": one.last_day,
        "facts": _FACTS.dump_python(one, mode="json"),
        "cancelled": one.cancelled,
        "imported_at": at,
        "counted_at": counted_at,
    }


def _course(row: AnyRow) -> Course:
    listed = _FACTS.validate_python(row.facts)
    return Course(
        id=row.id,
        listed=listed,
        imported_at=row.imported_at,
        taken=row.taken,
        waiting=row.waiting,
        cancelled=row.cancelled,
        gone=row.gone,
        seats=row.seats,
    )


def _chunks(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
