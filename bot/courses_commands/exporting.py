"""`courses export`: registrations out, as a table or for Kufer."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer

from bot import app
from bot.commands import Refused
from bot.courses import kufer_export, table
from bot.courses_commands.finding import find_course, people, town_names
from bot.domain.course import Course
from bot.domain.registration import ACTIVE, Registration, State
from bot.operations.logs import set_up
from bot.settings import Settings
from bot.storage.engine import Database

FORMATS_OUT = ("csv", "xlsx", "kufer")
# Those who have a seat: only they can be in the VHS's count, and only they are marked as handed over.
SEATED = frozenset({State.CONFIRMED, State.ATTENDED, State.NO_SHOW})


async def export(settings: Settings, word: str, form: str, out: Path, mark: bool, with_all: bool) -> int:
    """Write the registrations of a course for the VHS; with `mark` note that it has them."""
    set_up("text")
    if form not in FORMATS_OUT:
        raise Refused(f"Das Format '{form}' gibt es nicht. Möglich: {', '.join(FORMATS_OUT)}.")
    world = app.make_world(settings)
    async with app.held(settings) as database:
        async with database.read() as unit:
            course = await find_course(unit, word)
            found = await unit.registrations.of_course(course.id)
        town = town_names(world.knowledge)
        try:
            written = (
                _write_kufer(out, found, course, town, with_all)
                if form == "kufer"
                else _write_table(out, form, found, course, town)
            )
        except OSError as error:
            raise Refused(f"{error.filename or out}: {error.strerror}") from error
        if mark:
            await _mark(database, written)
    return 0


async def _mark(database: Database, written: Sequence[Registration]) -> None:
    fresh = [one.id for one in written if one.state in SEATED and one.exported_at is None]
    async with database.write() as unit:
        await unit.registrations.exported(fresh, app.SystemClock().now())
    typer.echo(
        f"Als übergeben vermerkt: {len(fresh)}. Tragen Sie sie ein, bevor Sie die nächste Liste ausgeben."
    )


def _write_table(
    out: Path, form: str, found: Sequence[Registration], course: Course, town: table.Town
) -> list[Registration]:
    written = [one for one in found if one.state in ACTIVE or one.state in SEATED or one.exported_at]
    rows = table.rows(written, course, town)
    write = table.write_csv if form == "csv" else table.write_xlsx
    with _private(out) as file:
        write(file, rows)
    typer.echo(f"{out}: {people(len(written))}. Die Datei enthält personenbezogene Daten.")
    return written


def _write_kufer(
    folder: Path, found: Sequence[Registration], course: Course, town: table.Town, with_all: bool
) -> list[Registration]:
    written = [
        one for one in found if kufer_export.may_go(one) or (with_all and one.state is State.CONFIRMED)
    ]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in written:
        with _private(folder / kufer_export.file_name(one)) as file:
            file.write(kufer_export.document(one, course, town))
    left_out = sum(one.state in ACTIVE for one in found) - len(written)
    typer.echo(
        "VERSUCH: Kufer hat das Format nicht veröffentlicht. Bitte mit der VHS erst an einer Datei prüfen."
    )
    typer.echo(f"{folder}: {len(written)} Dateien. Sie enthalten personenbezogene Daten.")
    typer.echo(f"Nie gefragt und leer: {', '.join(kufer_export.EMPTY)} und die Postleitzahl in ORT.")
    if left_out > 0:
        typer.echo(f"Nicht dabei: {left_out} (Warteliste, Anfragen, schon übergeben).")
    return written


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """Open a file that only its owner may read."""
    with open(path, "w+b", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        os.fchmod(file.fileno(), 0o600)
        yield file
