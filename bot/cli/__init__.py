"""The command line: parses arguments, nothing else. A module a noun; what the commands do is in `bot/*commands*`."""

import typer

from bot.cli import courses, knowledge, operating, staff, talking, telegram, tickets

cli = typer.Typer(
    help="Lotse: a multilingual chatbot for newcomers in Kreis Coesfeld.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# In the order of the help.
for module in (operating, talking, tickets):
    cli.add_typer(module.app)
cli.add_typer(knowledge.app, name="knowledge")
cli.add_typer(courses.app, name="courses")
cli.add_typer(staff.app, name="staff")
cli.add_typer(staff.teams, name="teams")
cli.add_typer(telegram.app, name="telegram")
cli.add_typer(operating.db, name="db")
cli.add_typer(operating.keys, name="keys")
