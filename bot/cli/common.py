"""What the commands share: their options, and how one is carried out and what it says if it fails."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from bot import commands
from bot.operations.ending import Deadline
from bot.service.fault import place_of
from bot.settings import Settings, SettingsError, read_settings

LAST_BREATH = 1.0  # seconds
READER_GONE = 141  # what a shell reports for a program that a closed pipe has ended

Language = Annotated[str, typer.Option("--language", "-l", help="Code of the language, such as ar.")]
Town = Annotated[str, typer.Option("--town", "-t", help="Id of the town, such as duelmen.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def settings() -> Settings:
    """Return the settings; end with what is wrong with them."""
    try:
        return read_settings()
    except SettingsError as error:
        typer.echo(f"Settings: {error}", err=True)
        raise typer.Exit(2) from None


def do(work: Coroutine[Any, Any, int]) -> None:
    """Carry out a command and end with its exit code."""
    runner = asyncio.Runner()
    code = _code(runner, work)
    # What a thread still waits for (a line from the terminal) is of no use any more.
    with Deadline(LAST_BREATH, code) as deadline:
        deadline.start()
        runner.close()
    if code:
        raise typer.Exit(code)


def _code(runner: asyncio.Runner, work: Coroutine[Any, Any, int]) -> int:
    try:
        return runner.run(work)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    except typer.Abort:
        typer.echo("Aborted.", err=True)
        return 1
    except BrokenPipeError:
        # Nobody reads the output any more, as after `| head`; a network's broken pipe comes wrapped by its library.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except Exception as error:
        return _told(_innermost(error))


def _innermost(error: Exception) -> Exception:
    """Return the first error of a group of tasks that failed together."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _told(error: Exception) -> int:
    """Say what went wrong in one line and return the exit code: 2 for what can be put right from outside."""
    if isinstance(error, commands.REFUSALS):
        typer.echo(str(error), err=True)
        return 2
    # Not the words of the error: a database's hold what it was to store.
    typer.echo(f"Fault in the program: {type(error).__name__}, {place_of(error)}", err=True)
    return 1
