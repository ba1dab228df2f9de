"""The commands for whoever runs the bot: start, database, keys, health."""

from typing import Annotated

import typer

from bot import commands
from bot.cli.common import do, settings
from bot.operations.probe import HERE

app = typer.Typer()
db = typer.Typer(help="The database: bring it up to date.", no_args_is_help=True)
keys = typer.Typer(help="The master key: put a new one in use.", no_args_is_help=True)


@app.command(epilog="Example: python3 run.py run --port 8080")
def run(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
) -> None:
    """Start the bot: the web page, the workers and the watch over the knowledge files."""
    do(commands.run(settings(), host, port))


@keys.command(epilog="Example: python3 run.py keys rewrap")
def rewrap() -> None:
    """Wrap all data keys with the first of several master keys, after a new one was put before the old one."""
    do(commands.rewrap(settings()))


@db.command("upgrade", epilog="Example: python3 run.py db upgrade")
def db_upgrade() -> None:
    """Bring the database's schema up to date (every start does it, too)."""
    do(commands.db_upgrade(settings()))


@app.command(epilog="Example: python3 run.py health --url http://127.0.0.1:8080")
def health(
    url: Annotated[str, typer.Option(help="Where the bot listens.")] = HERE,
) -> None:
    """Ask a running bot how it is; exit code 0 if it is ok or degraded, 1 if it is down or does not answer."""
    do(commands.health(url))
