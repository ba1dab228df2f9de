"""The list of courses as the dialogue sees it: read now and then, since seats are counted again under the lock."""

from datetime import datetime, timedelta

from bot.domain.course import Course
from bot.service.ports import Clock, Store

FRESH = timedelta(seconds=5)  # so old may the seats be that a newcomer is shown


class CourseBook:
    """Keeps the last read list."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._read_at: datetime | None = None
        self._courses: tuple[Course, ...] = ()

    async def courses(self) -> tuple[Course, ...]:
        """Return the courses in the list, at most FRESH old."""
        now = self._clock.now()
        if self._read_at is None or not self._read_at <= now < self._read_at + FRESH:
            async with self._store.read() as unit:
                self._courses = tuple(await unit.courses.listed())
            self._read_at = now
        return self._courses

    def forget(self) -> None:
        """Read anew the next time: something was given away."""
        self._read_at = None
