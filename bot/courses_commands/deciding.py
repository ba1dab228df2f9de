"""`courses confirm`, `reject`, `attended`, `cancel` and `seats`: what staff decide, and who is told."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import typer

from bot import app
from bot.commands import Refused
from bot.courses import table
from bot.courses_commands.finding import find_course, people, registrar_of
from bot.courses_commands.showing import course_line
from bot.domain.registration import ACTIVE, Registration, State
from bot.domain.registration import Refused as NotAllowed
from bot.operations.logs import set_up
from bot.service.ports import Unit
from bot.service.registering import Registrar
from bot.settings import Settings

FROM_FILE = ("file", "datei")


async def decide(settings: Settings, receipt: int, state: State, reason: str = "") -> int:
    """Confirm, reject or note who came; whom it concerns is told."""
    set_up("text")
    async with _registering(settings) as (unit, registrar, now):
        try:
            applied = await registrar.decide(unit, receipt, state, now, reason)
        except NotAllowed as error:
            raise Refused(
                f"Das geht nicht: Die Anmeldung {receipt} ist schon „{table.STATES[error.state]}“."
            ) from None
        if applied is None:
            raise Refused(f"Eine Anmeldung {receipt} gibt es nicht.")
        unreached = await _unreached(unit, applied.registrations) if state is not State.ATTENDED else []
    concerned = people(len(applied.registrations))
    typer.echo(f"{receipt}: {concerned}, jetzt „{table.STATES[state]}“.")
    _tell_unreached(unreached)
    return 0


async def cancel(settings: Settings, word: str, is_sure: bool) -> int:
    """Cancel a course and tell those who are registered."""
    set_up("text")
    async with app.held(settings) as database, database.read() as unit:
        course = await find_course(unit, word)
        found = [one for one in await unit.registrations.of_course(course.id) if one.state in ACTIVE]
    typer.echo(
        f"{course.listed.number}  {course.listed.title}: benachrichtigt wird: {people(len(found))}.",
        err=True,
    )
    if not (
        is_sure or typer.confirm("Soll der Kurs ausfallen? Das lässt sich nicht zurücknehmen.", err=True)
    ):
        typer.echo("Nichts geändert.", err=True)
        return 1
    async with _registering(settings) as (unit, registrar, now):
        told = await registrar.cancel_course(unit, course.id, now)
        unreached = await _unreached(unit, told)
    typer.echo(f"Abgesagt: {course.listed.number}. Benachrichtigt: {people(len(told) - len(unreached))}.")
    _tell_unreached(unreached)
    return 0


async def seats(settings: Settings, word: str, wanted: str) -> int:
    """Set how many may take part, or go back to what the file tells."""
    set_up("text")
    number = None if wanted.lower() in FROM_FILE else _number(wanted)
    async with _registering(settings) as (unit, registrar, now):
        before = await find_course(unit, word)
        course = await registrar.set_seats(unit, before.id, number, now)
    if course is not None:
        typer.echo(course_line(course))
        if course.decided_by_vhs:
            typer.echo("Über diesen Kurs entscheidet die VHS; Lotse vergibt keine Plätze.")
    return 0


def _number(text: str) -> int:
    if not (text.isdecimal() and len(text) <= 4):
        raise Refused(f"'{text}' ist keine Zahl von Plätzen. Wie in der Liste: file")
    return int(text)


@asynccontextmanager
async def _registering(settings: Settings) -> AsyncIterator[tuple[Unit, Registrar, datetime]]:
    """Give one transaction; the running bot finds within seconds what is put into the outbox."""
    world = app.make_world(settings)
    async with app.held(settings) as database, database.write() as unit:
        yield unit, registrar_of(world), app.SystemClock().now()


async def _unreached(unit: Unit, registered: Sequence[Registration]) -> list[Registration]:
    return [one for one in registered if not await unit.contacts.addresses(one.contact)]


def _tell_unreached(registered: Sequence[Registration]) -> None:
    for one in registered:
        reach = one.application.reach or "kein anderer Weg bekannt"
        typer.echo(f"Im Chat nicht erreichbar, bitte anrufen: Anmeldung {one.receipt} ({reach})")
