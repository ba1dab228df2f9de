"""The commands for questions that wait for the team, and for everything held about a guest."""

from pathlib import Path
from typing import Annotated

import typer

from bot import commands
from bot.cli.common import Json, do, settings

app = typer.Typer()

Guest = Annotated[int, typer.Argument(help="The guest's number, as `tickets` shows it.")]


@app.command(epilog="Example: python3 run.py tickets --all")
def tickets(
    show_all: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
    json: Json = False,
) -> None:
    """List the questions that wait for the team."""
    do(commands.tickets(settings(), show_all, json))


@app.command(epilog='Example: python3 run.py reply 1001 "Bitte kommen Sie am Montag ins Rathaus." --close')
def reply(
    number: Annotated[int, typer.Argument(help="The ticket's number.")],
    text: Annotated[str, typer.Argument(help="What the newcomer shall read, in their language.")],
    close: Annotated[bool, typer.Option("--close", help="Close the ticket with it.")] = False,
) -> None:
    """Answer a ticket in the name of a person of the team; the running bot delivers it."""
    do(commands.reply(settings(), number, text, close))


@app.command(epilog="Example: python3 run.py close 1001")
def close(number: Annotated[int, typer.Argument(help="The ticket's number.")]) -> None:
    """Close a ticket without a further answer."""
    do(commands.close(settings(), number))


@app.command(epilog="Example: python3 run.py erase 4711")
def erase(
    guest: Guest, yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False
) -> None:
    """Delete everything held about a guest and destroy their key, as "forget me" does."""
    do(commands.erase(settings(), guest, yes))


@app.command(epilog="Example: python3 run.py export 4711 --out guest.json")
def export(
    guest: Guest,
    out: Annotated[Path | None, typer.Option(help="File to write; else standard output.")] = None,
) -> None:
    """Write everything held about a guest as JSON."""
    do(commands.export(settings(), guest, out))
