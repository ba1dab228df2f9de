"""What the tests of reading lists share: the files, and a report beside the courses."""

from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from bot.courses.report import Origin, Report
from bot.domain.course import Listed

FILES = Path(__file__).parent / "files"
TODAY = date(2026, 12, 1)
TOWNS = {"Dülmen": "duelmen", "Coesfeld": "coesfeld", "Nottuln": "nottuln", "Dülmen – Buldern": "duelmen"}
ORIGIN = Origin("test", "vhs-duelmen", TODAY, lambda name: TOWNS.get(name, ""), frozenset({"vhs-coesfeld"}))

Reader = Callable[[BinaryIO, Origin, Report], Iterator[Listed]]


def read_file(reader: Reader, name: str) -> tuple[dict[str, Listed], Report]:
    """Read one of the files; return the courses by key."""
    return read_bytes(reader, (FILES / name).read_bytes())


def read_bytes(reader: Reader, content: bytes) -> tuple[dict[str, Listed], Report]:
    """Read bytes as a file; return the courses by key."""
    report = Report()
    courses = list(reader(BytesIO(content), ORIGIN, report))
    found = {course.key: course for course in courses}
    assert len(found) == len(courses)
    return found, report


def odd(report: Report) -> list[str]:
    """Return the report's lines."""
    return [f"{one.where}: {one.what}" for one in report.odd]
