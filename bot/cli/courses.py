"""The commands for courses and registrations."""

from pathlib import Path
from typing import Annotated

import typer

from bot import courses_commands
from bot.cli.common import Json, do, settings
from bot.domain.registration import State

app = typer.Typer(help="VHS courses: read lists, show and decide registrations.", no_args_is_help=True)

CourseWord = Annotated[
    str, typer.Argument(metavar="COURSE", help="The course's number, or id:12 as `courses list` shows it.")
]
Receipt = Annotated[int, typer.Argument(help="The number that the newcomer was told.")]


@app.command(
    "import",
    epilog="Example: python3 run.py courses import kurse.xml --format kufer --vhs vhs-duelmen --check",
)
def courses_import(
    address: Annotated[str, typer.Argument(metavar="FILE|URL", help="The list; addresses with https only.")],
    form: Annotated[str, typer.Option("--format", help="openvhs, kufer or csv.")],
    vhs: Annotated[str, typer.Option(help="Id of the VHS in places.yaml, such as vhs-duelmen.")],
    source: Annotated[
        str, typer.Option(help="Name of this list, if the VHS has several; else the VHS's id.")
    ] = "",
    counted: Annotated[
        str, typer.Option(help="When the VHS counted its seats, ISO; else what the file tells, or its age.")
    ] = "",
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,
    json: Json = False,
) -> None:
    """Make a VHS's list the one given: new, changed, gone; whoever is registered is told what concerns them."""
    do(courses_commands.import_(settings(), address, form, vhs, source, counted, check, json))


@app.command("list", epilog="Example: python3 run.py courses list --all")
def courses_list(
    show_all: Annotated[
        bool, typer.Option("--all", help="Also full, past, closed and cancelled ones.")
    ] = False,
    json: Json = False,
) -> None:
    """List the courses that one can get into."""
    do(courses_commands.list_(settings(), show_all, json))


@app.command("registrations", epilog="Example: python3 run.py courses registrations 27-4041")
def courses_registrations(course: CourseWord, json: Json = False) -> None:
    """Show who is registered for a course. PERSONAL DATA: names and how to reach people, for the VHS only."""
    do(courses_commands.registrations(settings(), course, json))


@app.command("confirm", epilog="Example: python3 run.py courses confirm 20001")
def courses_confirm(receipt: Receipt) -> None:
    """Give a seat to all people of a receipt, and tell them that they are registered."""
    do(courses_commands.decide(settings(), receipt, State.CONFIRMED))


@app.command("reject", epilog='Example: python3 run.py courses reject 20001 --reason "Bitte erst zum Test."')
def courses_reject(
    receipt: Receipt,
    reason: Annotated[str, typer.Option(help="Why; the newcomer reads it as it stands here.")],
) -> None:
    """Refuse all people of a receipt, and tell them why."""
    do(courses_commands.decide(settings(), receipt, State.REJECTED, reason))


@app.command("attended", epilog="Example: python3 run.py courses attended 20001 --no-show")
def courses_attended(
    receipt: Receipt, no_show: Annotated[bool, typer.Option("--no-show", help="They did not come.")] = False
) -> None:
    """Note that the people of a receipt came, or did not; nobody is told."""
    do(courses_commands.decide(settings(), receipt, State.NO_SHOW if no_show else State.ATTENDED))


@app.command("cancel", epilog="Example: python3 run.py courses cancel 27-4041")
def courses_cancel(
    course: CourseWord, yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False
) -> None:
    """Cancel a course: everybody who is registered or waits is told, with other courses. No import undoes it."""
    do(courses_commands.cancel(settings(), course, yes))


@app.command("seats", epilog="Example: python3 run.py courses seats 27-4041 16")
def courses_seats(
    course: CourseWord,
    number: Annotated[str, typer.Argument(help="How many may take part; `file`: what the list tells.")],
) -> None:
    """Change the seats of a course. More are offered to the waiting list at once, fewer put nobody out."""
    do(courses_commands.seats(settings(), course, number))


@app.command(
    "export", epilog="Example: python3 run.py courses export 27-4041 anmeldungen.xlsx --format xlsx --mark"
)
def courses_export(
    course: CourseWord,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; for kufer a folder.")],
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or kufer (experimental).")] = "csv",
    mark: Annotated[
        bool, typer.Option("--mark", help="Note that the VHS has these now and counts them itself.")
    ] = False,
    with_all: Annotated[
        bool, typer.Option("--all", help="kufer: also those that were handed over already.")
    ] = False,
) -> None:
    """Write the registrations of a course for the VHS. PERSONAL DATA: the file is yours to protect and to delete."""
    do(courses_commands.export(settings(), course, form, out, mark, with_all))
