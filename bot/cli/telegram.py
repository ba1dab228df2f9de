"""The commands for Telegram."""

from typing import Annotated

import typer

from bot import commands, staff_commands
from bot.cli.common import do, settings

app = typer.Typer(help="Telegram: connect the bot, see how it stands.", no_args_is_help=True)


@app.command("connect", epilog="Example: python3 run.py telegram connect --webhook https://lotse.example.org")
def telegram_connect(
    webhook: Annotated[
        str, typer.Option(help="Let Telegram deliver to this page, given by its outside address.")
    ] = "",
    polling: Annotated[bool, typer.Option("--polling", help="Fetch updates; no address needed.")] = False,
) -> None:
    """Set the bot's name, descriptions and menu in every language, and how messages come."""
    do(commands.telegram_connect(settings(), webhook, polling))


@app.command("status", epilog="Example: python3 run.py telegram status")
def telegram_status() -> None:
    """Show which bot it is, how messages come, and what went wrong last."""
    do(commands.telegram_status(settings()))


@app.command("staff-group", epilog="Example: python3 run.py telegram staff-group --connect --town duelmen")
def telegram_staff_group(
    connect: Annotated[bool, typer.Option("--connect", help="Print a code that connects a group.")] = False,
    town: Annotated[
        list[str] | None, typer.Option(help="Only questions from this town; may be given again.")
    ] = None,
    language: Annotated[str, typer.Option(help="What the bot speaks there: de or en.")] = "de",
    disconnect: Annotated[int, typer.Option(help="Forget the group of this number.")] = 0,
) -> None:
    """Show the groups of the staff, connect one, or forget one."""
    if connect:
        do(staff_commands.connect_group(settings(), town or (), language))
    elif disconnect:
        do(staff_commands.disconnect_group(settings(), disconnect))
    else:
        do(staff_commands.groups(settings()))
