"""`courses import`: a list of the VHS in, or what it would change."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot import app
from bot.commands import Refused
from bot.courses import table
from bot.courses.fetch import fetched, is_url
from bot.courses.report import Origin, Report, Unreadable
from bot.courses_commands.finding import people, print_json, registrar_of
from bot.dialogue.world import World
from bot.domain.course import Listed
from bot.i18n import BERLIN
from bot.knowledge.problem import suggestion
from bot.operations.logs import set_up
from bot.service.importing import Affected, Imported, take_in
from bot.service.registering import today
from bot.settings import Settings

SHOWN_ODD = 50  # lines of the report; --json has all


class _OnlyChecked(Exception):
    """Rolls back what an import with --check did."""


async def import_(
    settings: Settings,
    address: str,
    form: str,
    vhs: str,
    source: str,
    counted: str,
    check: bool,
    as_lines: bool,
) -> int:
    """Take a list in, or with `check` only say what it would change."""
    set_up("text")
    world = app.make_world(settings)
    now = app.SystemClock().now()
    told = _moment(counted, now)
    read = app.COURSE_FORMATS.get(form)
    if read is None:
        raise Refused(f"Das Format '{form}' gibt es nicht. Möglich: {', '.join(app.COURSE_FORMATS)}.")
    known = world.knowledge.vhs_places()
    if vhs not in known:
        raise Refused(f"'{vhs}' ist keine VHS aus places.yaml.{suggestion(vhs, known)}")
    if len(source) > 64:
        raise Refused("Der Name nach --source ist zu lang: höchstens 64 Zeichen.")
    origin = app.course_origin(world.knowledge, source or vhs, vhs, today(now))
    report = Report()
    try:
        with _bar(shown=not as_lines) as progress:
            async with _opened(address, progress) as (file, changed):
                courses = await asyncio.to_thread(_read, read, file, origin, report, progress)
    except Unreadable as error:
        raise Refused(f"{error} Es wurde nichts geändert.") from error
    if not courses:
        _tell_reading(report, courses, as_lines)
        raise Refused("In der Datei ist kein einziger Deutschkurs. Es wurde nichts geändert.")
    counted_at = min(told or report.counted_at or changed or now, now)
    imported = await _store(settings, world, origin.source, courses, now, counted_at, check)
    _tell_import(report, courses, imported, counted_at, check, as_lines)
    return 0


def _moment(told: str, now: datetime) -> datetime | None:
    if not told:
        return None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        raise Refused(f"--counted '{told}' ist kein Zeitpunkt. Beispiel: 2027-01-11T08:00") from None
    found = found if found.tzinfo else found.replace(tzinfo=BERLIN)
    if found > now:
        raise Refused(f"--counted {told} liegt in der Zukunft.")
    return found


@asynccontextmanager
async def _opened(
    address: str, progress: Callable[[int, int | None], None]
) -> AsyncIterator[tuple[BinaryIO, datetime | None]]:
    """Give the file and when it was last changed."""
    if is_url(address):
        async with fetched(address, progress) as found:
            yield found
        return
    try:
        file, changed = await asyncio.to_thread(_open, Path(address))
    except OSError as error:
        raise Refused(f"{address}: {error.strerror}") from error
    with file:
        yield file, changed


def _open(path: Path) -> tuple[BinaryIO, datetime]:
    file = path.open("rb")
    return file, datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, BERLIN)


def _read(
    read: "app.CourseReader",
    file: BinaryIO,
    origin: Origin,
    report: Report,
    progress: Callable[[int, int | None], None],
) -> list[Listed]:
    size = file.seek(0, 2)
    file.seek(0)
    courses = []
    for course in read(file, origin, report):
        courses.append(course)
        progress(file.tell(), size)
    return courses


@contextmanager
def _bar(*, shown: bool) -> Iterator[Callable[[int, int | None], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, disable=not (shown and sys.stderr.isatty()), transient=True
    ) as bar:
        task = bar.add_task("Kursliste", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


async def _store(
    settings: Settings,
    world: World,
    source: str,
    courses: Sequence[Listed],
    now: datetime,
    counted_at: datetime,
    check: bool,
) -> Imported:
    file = app.database_file(settings)
    if check and file and not file.exists():  # a look must not make an empty database
        return Imported(len(courses), new=len(courses), changed=0, gone=0)
    registrar = registrar_of(world)
    imported = None
    async with app.stored(settings) as database:
        with suppress(_OnlyChecked):
            async with database.write() as unit:
                imported = await take_in(unit, registrar, source, courses, now, counted_at)
                if check:
                    raise _OnlyChecked
    assert imported is not None  # noqa: S101 - any other error was raised
    return imported


def _tell_import(
    report: Report,
    courses: Sequence[Listed],
    imported: Imported,
    counted_at: datetime,
    check: bool,
    as_lines: bool,
) -> None:
    if as_lines:
        print_json(
            {
                **_reading(report, courses),
                "checked_only": check,
                "counted_at": counted_at.isoformat(),
                **asdict(imported),
            }
        )
        return
    if check:
        typer.echo("Nur geprüft; es wurde nichts geändert. Das würde geschehen:")
    _tell_reading(report, courses, as_lines)
    typer.echo(
        f"Neu: {imported.new}, geändert: {imported.changed}, nicht mehr in der Liste: {imported.gone}."
    )
    typer.echo(f"Belegung der Liste vom {table.moment(counted_at)}.")
    if imported.examples:
        typer.echo(f"Die {imported.examples} Beispielkurse sind jetzt ausgeblendet.")
    _tell_affected("Fällt laut Liste aus; die Angemeldeten bekommen Nachricht:", imported.cancelled)
    _tell_affected("Andere Termine oder anderer Ort; die Angemeldeten bekommen Nachricht:", imported.moved)
    _tell_affected(
        "Nicht mehr in der Liste, aber noch nicht begonnen. Fällt der Kurs aus? Dann: courses cancel NUMMER"
        " (auch unter tickets):",
        imported.vanished,
    )
    if imported.offered:
        typer.echo(f"Von der Warteliste bekommen ein Angebot: {imported.offered}.")


def _tell_affected(heading: str, affected: Sequence[Affected]) -> None:
    if affected:
        typer.echo(heading)
        for one in affected:
            typer.echo(f"  {one.number}  {one.title}: {people(one.people)}")


def _tell_reading(report: Report, courses: Sequence[Listed], as_lines: bool) -> None:
    if as_lines:
        if not courses:
            print_json(_reading(report, courses))
        return
    typer.echo(
        f"Gelesen: {report.records} Kurse, davon {len(courses)} Deutschkurse"
        f" ({report.other} andere, {report.dropped} nicht verwendbar)."
    )
    for note, number in sorted(report.notes.items()):
        typer.echo(f"  {number} × {note}")
    if report.odd:
        typer.echo(f"Auffällig ({len(report.odd)}):")
    for odd in report.odd[:SHOWN_ODD]:
        typer.echo(f"  {odd.where}: {odd.what}")
    if len(report.odd) > SHOWN_ODD:
        typer.echo(f"  … und {len(report.odd) - SHOWN_ODD} weitere; alle mit --json")


def _reading(report: Report, courses: Sequence[Listed]) -> dict[str, object]:
    return {
        "records": report.records,
        "german": len(courses),
        "other": report.other,
        "dropped": report.dropped,
        "notes": dict(report.notes),
        "odd": [asdict(odd) for odd in report.odd],
    }
