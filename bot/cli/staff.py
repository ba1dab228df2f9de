"""The commands for the team: accounts, the audit log, the teams file."""

from typing import Annotated

import typer

from bot import staff_commands, team_commands
from bot.cli.common import Json, do, settings
from bot.domain.notice import Wish
from bot.domain.staff import Role

app = typer.Typer(help="The team: invite, list, revoke, readmit, check the audit log.", no_args_is_help=True)
audit = typer.Typer(help="The log of what staff did.", no_args_is_help=True)
app.add_typer(audit, name="audit")
teams = typer.Typer(help="The teams file: check it.", no_args_is_help=True)


@app.command(
    "invite", epilog='Example: python3 run.py staff invite "Frau Beispiel" --role clerk --town duelmen'
)
def staff_invite(
    name: Annotated[str, typer.Argument(help="Name to log in with, as colleagues read it.")],
    role: Annotated[Role, typer.Option(help="What they do.")],
    town: Annotated[
        list[str] | None, typer.Option(help="Id of a town of a clerk; may be told several times.")
    ] = None,
    vhs: Annotated[
        list[str] | None, typer.Option(help="Id of a VHS of a course clerk; may be told several times.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Code of a language that they speak; several times.")
    ] = None,
) -> None:
    """Make a one-time link for somebody of the team; for a known name everything begins anew (lost telephone)."""
    do(staff_commands.invite(settings(), name, role, town or (), vhs or (), language or ()))


@app.command("list", epilog="Example: python3 run.py staff list")
def staff_list(json: Json = False) -> None:
    """List who has an account or an open invitation, and what they may see."""
    do(staff_commands.list_(settings(), json))


@app.command("revoke", epilog='Example: python3 run.py staff revoke "Frau Beispiel"')
def staff_revoke(name: Annotated[str, typer.Argument(help="The name as `staff list` shows it.")]) -> None:
    """End an account and log it out everywhere, at once."""
    do(staff_commands.revoke(settings(), name))


@app.command("readmit", epilog='Example: python3 run.py staff readmit "Frau Beispiel"')
def staff_readmit(name: Annotated[str, typer.Argument(help="The name that they had.")]) -> None:
    """Let somebody in again whose account was ended, if the town's provider (LOTSE_OIDC_ISSUER) lets them in."""
    do(staff_commands.readmit(settings(), name))


@app.command(
    "notices",
    epilog='Example: python3 run.py staff notices "Frau Beispiel" --mail beispiel@example.org --wish digest',
)
def staff_notices(
    name: Annotated[str, typer.Argument(help="The name as `staff list` shows it.")],
    mail: Annotated[str, typer.Option(help="Their e-mail address.")] = "",
    wish: Annotated[
        Wish, typer.Option(help="How they hear of new questions: numbers and links, never content.")
    ] = Wish.AT_ONCE,
) -> None:
    """Set where and how somebody is told of questions by e-mail."""
    do(staff_commands.notices(settings(), name, mail, wish))


@app.command("telegram-code", epilog='Example: python3 run.py staff telegram-code "Frau Beispiel"')
def staff_telegram_code(
    name: Annotated[str, typer.Argument(help="The name as `staff list` shows it.")],
) -> None:
    """Print a code by which somebody's account at Telegram becomes theirs here, for the staff's group."""
    do(staff_commands.telegram_code(settings(), name))


@teams.command("check", epilog="Example: python3 run.py teams check")
def teams_check(json: Json = False) -> None:
    """Check teams.yaml and show who answers what, until when an answer is promised, and who is absent (German).

    Exit code 1 if something is wrong.
    """
    do(team_commands.check(settings(), json))


@audit.command("check", epilog="Example: python3 run.py staff audit check")
def audit_check() -> None:
    """Check that no line of the audit log was changed, left out or cut off; exit code 1 if one was."""
    do(staff_commands.audit_check(settings()))
