"""`courses list` and `courses registrations`: what is there, and who is registered."""

from datetime import date

import typer

from bot import app
from bot.courses import table
from bot.courses_commands.finding import BY_ID, find_course, print_json, town_names
from bot.domain.course import Course, Entry
from bot.i18n import day
from bot.operations.logs import set_up
from bot.service.registering import today
from bot.settings import Settings


async def list_(settings: Settings, show_all: bool, as_lines: bool) -> int:
    """List the courses that one can get into, or all."""
    set_up("text")
    on = today(app.SystemClock().now())
    async with app.held(settings) as database, database.read() as unit:
        found = await unit.courses.listed(all_=show_all)
    shown = [course for course in found if _is_free(course, on) or (show_all and not _is_over(course))]
    if not shown and not as_lines:
        typer.echo("Kein Kurs." if show_all else "Kein Kurs mit freien Plätzen. Alle zeigt --all.")
    for course in shown:
        print_json(_course_as_dict(course)) if as_lines else typer.echo(course_line(course))
    return 0


def _is_free(course: Course, on: date) -> bool:
    return course.open_on(on) and (course.decided_by_vhs or bool(course.left))


def _is_over(course: Course) -> bool:
    """True for an example that a real list has ended: nobody looks for it."""
    return course.listed.example and course.gone


def course_line(course: Course) -> str:
    listed = course.listed
    begins = day(course.first_day) if course.first_day else "Beginn offen"
    levels = "/".join(table.LEVELS[level] for level in listed.levels) or "ohne Niveau"
    marks = [
        *(["Beispiel"] if listed.example else []),
        *(["fällt aus"] if course.cancelled else []),
        *(["nicht mehr in der Liste"] if course.gone else []),
        *(["nur bei der VHS"] if listed.entry is Entry.CLOSED else []),
    ]
    tail = f"  [{', '.join(marks)}]" if marks else ""
    return (
        f"{listed.number}  {listed.title}  ({levels}, {begins}, {listed.vhs}, {BY_ID}{course.id})\n"
        f"    {_seats_line(course)}{tail}"
    )


def _seats_line(course: Course) -> str:
    own = f"über Lotse vergeben: {course.taken}, Warteliste: {course.waiting}"
    if course.decided_by_vhs:
        return f"Anfrage, die VHS entscheidet; {own}"
    set_here = " (von Hand)" if course.seats is not None else ""
    return f"Plätze: {course.maximum}{set_here}, bei der VHS belegt: {course.listed.booked}, {own}, frei: {course.left}"


def _course_as_dict(course: Course) -> dict[str, object]:
    listed = course.listed
    return {
        "id": course.id,
        "number": listed.number,
        "title": listed.title,
        "vhs": listed.vhs,
        "source": listed.source,
        "kind": listed.kind.value,
        "levels": [level.value for level in listed.levels],
        "starts": course.first_day.isoformat() if course.first_day else None,
        "town": listed.venue.town_id or listed.venue.town,
        "entry": listed.entry.value,
        "decided_by_vhs": course.decided_by_vhs,
        "maximum": course.maximum,
        "booked": listed.booked,
        "taken": course.taken,
        "waiting": course.waiting,
        "left": course.left,
        "cancelled": course.cancelled,
        "gone": course.gone,
        "example": listed.example,
        "imported_at": course.imported_at.isoformat(),
    }


async def registrations(settings: Settings, word: str, as_lines: bool) -> int:
    """Show who is registered for a course; personal data."""
    set_up("text")
    world = app.make_world(settings)
    async with app.held(settings) as database, database.read() as unit:
        course = await find_course(unit, word)
        found = await unit.registrations.of_course(course.id)
    rows = table.rows(found, course, town_names(world.knowledge))
    if as_lines:
        for row in rows[1:]:
            print_json(dict(zip(rows[0], row, strict=True)))
        return 0
    typer.echo(course_line(course))
    if not found:
        typer.echo("Niemand.")
    for row in rows[1:]:
        cells = dict(zip(rows[0], row, strict=True))
        typer.echo(f"{cells['Nummer']}  {cells['Vorname']} {cells['Familienname']}: {cells['Stand']}")
        typer.echo(f"    {_told(cells)}")
    return 0


def _told(cells: dict[str, str]) -> str:
    shown = [name for name in table.COLUMNS if name not in ("Nummer", "Vorname", "Familienname", "Stand")]
    left_out = ("Kursnummer", "Kurs")
    return ", ".join(f"{name}: {cells[name]}" for name in shown if cells[name] and name not in left_out)
