"""What happens later with courses: looking after offers, reminders, the end of an offer's time."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.domain.job import Job
from bot.service.jobs import Run
from bot.service.ports import Clock, Store, Unit
from bot.service.registering import COURSE_REMINDER, OFFER_END, OFFER_LOOK, OFFER_REMINDER, Registrar

Step = Callable[[Unit, int, datetime], Awaitable[object]]


def course_jobs(store: Store, registrar: Registrar, clock: Clock) -> Mapping[str, Run]:
    """Return kind -> what is done; each in one transaction, under the course's lock."""
    steps: dict[str, Step] = {
        OFFER_LOOK: registrar.look_after_offer,
        OFFER_REMINDER: registrar.remind_of_offer,
        OFFER_END: registrar.end_offer,
        COURSE_REMINDER: registrar.remind_of_course,
    }

    def running(step: Step) -> Run:
        async def run(job: Job) -> None:
            async with store.write() as unit:
                await step(unit, int(job.payload["receipt"]), clock.now())

        return run

    return {kind: running(step) for kind, step in steps.items()}
