"""Measures reading and storing a large list: 10,000 courses, and a file of 100 MB.

    python -m benchmarks.courses [--courses 10000] [--padding 0] [--german 1.0]

Makes a Kufer file in a temporary folder and imports it twice (new, then unchanged) into SQLite, in a process of its
own. Prints seconds, seconds of processor in all, and the largest memory in use. `--padding 8000` adds so many letters
of description to each course, which real exports have and nobody reads.
"""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.courses import kufer
from bot.courses.report import Origin, Report
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.migrations import upgrade
from bot.storage.vault import Vault

MEETINGS = 20  # a usual number: twice a week for ten weeks
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


def write(path: Path, courses: int, padding: int, german: float) -> None:
    """Write a list of so many courses; the share `german` is about German."""
    first = date(2027, 1, 11)
    dates = "".join(
        f"<termin><tag>{first + timedelta(days=7 * n):%d.%m.%Y}</tag><zeitvon>18:00</zeitvon>"
        "<zeitbis>20:15</zeitbis></termin>"
        for n in range(MEETINGS)
    )
    with path.open("w", encoding="windows-1252") as file:
        file.write('<?xml version="1.0" encoding="windows-1252"?>\n<kurse>\n')
        for number in range(courses):
            title = "Deutsch A1 am Abend" if number < courses * german else "Rückenschule"
            file.write(
                f"<kurs><knr>27-{number}</knr><fachbtext>Kurse</fachbtext><haupttitel>{title} {number}</haupttitel>"
                f"<inhalt>{'ü' * padding}</inhalt><ortname>Dülmen</ortname><beginndat>{first:%d.%m.%Y}</beginndat>"
                f"<termine>{dates}</termine><tnmax>12</tnmax><tnanmeldungen>3</tnanmeldungen></kurs>\n"
            )
        file.write("</kurse>\n")


async def measure(path: Path, folder: Path) -> None:
    """Import the file twice and print what it took."""
    database = Database(f"sqlite:///{folder / 'lotse.db'}", Vault([bytes(32)]), Folder(folder / "files"))
    await upgrade(database)
    for which in ("first", "again"):
        began, used = time.monotonic(), time.process_time()
        report = Report()
        with path.open("rb") as file:
            courses = list(kufer.read(file, Origin("bench", "vhs-duelmen", NOW.date()), report))
        read = time.monotonic() - began
        began = time.monotonic()
        async with database.write() as unit:
            reloaded = await unit.courses.reload("bench", courses, NOW, NOW)
        stored = time.monotonic() - began
        used = time.process_time() - used
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{which}: {report.records} records, {len(courses)} German; read {read:.1f} s, stored {stored:.1f} s"
            f" ({reloaded.new} new, {len(reloaded.changed)} changed), {used:.1f} s of processor, at most {memory} MB"
        )
    await database.close()


def main() -> None:
    """Write the file, measure in a child."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=10_000)
    parser.add_argument("--padding", type=int, default=0)
    parser.add_argument("--german", type=float, default=1.0)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        asyncio.run(measure(given.measure, given.measure.parent))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kurse.xml"
        write(path, given.courses, given.padding, given.german)
        print(f"{path.stat().st_size / 1e6:.0f} MB")
        subprocess.run([sys.executable, "-m", "benchmarks.courses", "--measure", str(path)], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
