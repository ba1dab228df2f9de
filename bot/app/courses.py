"""Joins the readers of course lists to the knowledge, and lists the invented courses at first."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

import structlog

from bot.app.clock import SystemClock
from bot.courses import csv, kufer, openvhs
from bot.courses.report import Origin, Report, Unreadable
from bot.domain.course import Listed
from bot.knowledge.model import Knowledge
from bot.service.importing import EXAMPLES, examples_wanted
from bot.service.ports import Conflict
from bot.service.registering import today
from bot.settings import Settings
from bot.storage.engine import Database
from bot.understanding.normalise import tokens
from bot.understanding.towns import Towns

CourseReader = Callable[[BinaryIO, Origin, Report], Iterator[Listed]]
COURSE_FORMATS: Mapping[str, CourseReader] = {"openvhs": openvhs.read, "kufer": kufer.read, "csv": csv.read}
EXAMPLE_FILE = "courses.csv"

log = structlog.get_logger()


def course_origin(knowledge: Knowledge, source: str, vhs: str, on: date) -> Origin:
    """Return where a list comes from, with the towns and places that we know."""
    names = Towns(knowledge.towns.values())

    def town_of(name: str) -> str:
        found = names.find(tokens(name)).ids
        return found[0] if found else ""

    return Origin(source, vhs, on, town_of, frozenset(knowledge.places))


async def fill_examples(settings: Settings, knowledge: Knowledge, database: Database) -> None:
    """List the invented courses that ship, as long as no real list was ever read; without the file there are none."""
    path = settings.knowledge / EXAMPLE_FILE
    now = SystemClock().now()
    async with database.read() as unit:
        wanted = await examples_wanted(unit, today(now))
    if not wanted or not path.exists():
        return
    report = Report()
    try:
        origin = course_origin(knowledge, EXAMPLES, "", today(now))
        found = await asyncio.to_thread(_read_examples, path, origin, report)
        async with database.write() as unit:
            await unit.courses.reload(EXAMPLES, found, now, now)
    except (OSError, Unreadable, Conflict) as error:  # Conflict: another process was faster
        log.warning("courses.no_examples", error=type(error).__name__)
    else:
        log.info("courses.examples", courses=len(found), odd=len(report.odd))


def _read_examples(path: Path, origin: Origin, report: Report) -> list[Listed]:
    with path.open("rb") as file:
        return [replace(course, example=True) for course in csv.read(file, origin, report)]
