"""The command line: parses arguments, nothing else."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import (
    commands,
    courses_commands,
    editor_commands,
    learning_commands,
    staff_commands,
    team_commands,
)
from bot.domain.notice import Wish
from bot.domain.registration import State
from bot.domain.staff import Role
from bot.knowledge.asking import TEST_QUESTIONS
from bot.operations.ending import Deadline
from bot.operations.probe import HERE
from bot.service.fault import place_of
from bot.settings import Settings, SettingsError, read_settings

cli = typer.Typer(
    help="Lotse: a multilingual chatbot for newcomers in Kreis Coesfeld.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
knowledge = typer.Typer(help="The knowledge files: check, preview, add, translate.", no_args_is_help=True)
db = typer.Typer(help="The database: bring it up to date.", no_args_is_help=True)
cli.add_typer(knowledge, name="knowledge")
telegram = typer.Typer(help="Telegram: connect the bot, see how it stands.", no_args_is_help=True)
cli.add_typer(db, name="db")
cli.add_typer(telegram, name="telegram")
courses = typer.Typer(help="VHS courses: read lists, show and decide registrations.", no_args_is_help=True)
cli.add_typer(courses, name="courses")
staff = typer.Typer(
    help="The team: invite, list, revoke, readmit, check the audit log.", no_args_is_help=True
)
audit = typer.Typer(help="The log of what staff did.", no_args_is_help=True)
cli.add_typer(staff, name="staff")
staff.add_typer(audit, name="audit")
teams = typer.Typer(help="The teams file: check it.", no_args_is_help=True)
cli.add_typer(teams, name="teams")
keys = typer.Typer(help="The master key: put a new one in use.", no_args_is_help=True)
cli.add_typer(keys, name="keys")

LAST_BREATH = 1.0  # seconds
READER_GONE = 141  # what a shell reports for a program that a closed pipe has ended

Language = Annotated[str, typer.Option("--language", "-l", help="Code of the language, such as ar.")]
Town = Annotated[str, typer.Option("--town", "-t", help="Id of the town, such as duelmen.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
CourseWord = Annotated[
    str, typer.Argument(metavar="COURSE", help="The course's number, or id:12 as `courses list` shows it.")
]
Receipt = Annotated[int, typer.Argument(help="The number that the newcomer was told.")]
Guest = Annotated[int, typer.Argument(help="The guest's number, as `tickets` shows it.")]


@cli.command(epilog="Example: python3 run.py run --port 8080")
def run(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
) -> None:
    """Start the bot: the web page, the workers and the watch over the knowledge files."""
    _do(commands.run(_settings(), host, port))


@cli.command(epilog="Example: python3 run.py chat --language ar --town duelmen")
def chat(language: Language = "", town: Town = "") -> None:
    """Talk to the bot in the terminal; a number presses the button of that number."""
    _do(commands.chat(_settings(), language, town))


@cli.command(epilog='Example: python3 run.py ask --town duelmen "Wo kann ich Deutsch lernen?"')
def ask(
    texts: Annotated[
        list[str],
        typer.Argument(help="The question; with --batch: JSON line files, or - for standard input."),
    ],
    language: Language = "",
    town: Town = "",
    json: Json = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="Read JSON lines, write one JSON line each, in order.")
    ] = False,
) -> None:
    """Show what the bot would answer; no database is touched."""
    settings = _settings()
    if batch:
        _do(commands.ask_batch(settings, texts))
    else:
        _do(commands.ask(settings, " ".join(texts), language, town, json))


@cli.command(epilog="Example: python3 run.py evaluate messages.jsonl --by language --language-known")
def evaluate(
    files: Annotated[list[str], typer.Argument(help="JSON lines with topic, lang, text and maybe style.")],
    by: Annotated[
        str, typer.Option(help="Also show the figures by language, style, area (with commas).")
    ] = "",
    language_known: Annotated[
        bool, typer.Option("--language-known", help="The language is the newcomer's choice, not to be told.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure how well labelled messages are understood, with 95 % intervals."""
    _do(commands.evaluate(_settings(), files, by, language_known, json))


@cli.command(epilog="Example: python3 run.py calibrate --wrong 0.05")
def calibrate(
    wrong: Annotated[
        float, typer.Option(help="Share of wrong answers that is wanted.", min=0.0, max=1.0)
    ] = 0.05,
) -> None:
    """Fit what the parts of the understanding count, on held-out examples (some minutes)."""
    _do(commands.calibrate(_settings(), wrong))


@knowledge.command(epilog="Example: python3 run.py knowledge check")
def check(
    json: Json = False,
    questions: Annotated[
        Path, typer.Option(help="Folder with the test questions; without it they are not counted.")
    ] = TEST_QUESTIONS,
) -> None:
    """Check all knowledge files: errors with file and line, warnings, and the tables of what is covered."""
    _do(editor_commands.check_files(_settings(), questions, json))


@knowledge.command(epilog="Example: python3 run.py knowledge facts local-facts.md")
def facts(
    listed: Annotated[
        Path, typer.Argument(help="The list of checked facts: text or Markdown, a statement a line.")
    ],
    json: Json = False,
) -> None:
    """Compare every telephone number, address, e-mail and opening hour with a list of checked facts."""
    _do(editor_commands.facts(_settings(), listed, json))


@knowledge.command(
    epilog="Example: python3 run.py knowledge preview register-address -l ar --town duelmen --channel telegram"
)
def preview(
    entry: Annotated[str, typer.Argument(help="Id of the entry, such as register-address.")],
    language: Language = "de",
    town: Town = "",
    channel: Annotated[
        str, typer.Option("--channel", "-c", help="web, console, telegram or whatsapp.")
    ] = "web",
    json: Json = False,
) -> None:
    """Show an answer as a newcomer gets it: the pieces, the facts of the town, the buttons."""
    _do(editor_commands.preview(_settings(), entry, language, town, channel, json))


@knowledge.command(epilog="Example: python3 run.py knowledge feedback --done 12")
def feedback(
    done: Annotated[int | None, typer.Option("--done", help="Number of one that is looked after.")] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Those that are done, too.")] = False,
    json: Json = False,
) -> None:
    """List which answers newcomers say are wrong, and what they write about it."""
    _do(editor_commands.feedback(_settings(), done, show_all, json))


@knowledge.command(epilog="Example: python3 run.py knowledge learn 1007 register-address")
def learn(
    ticket: Annotated[int | None, typer.Argument(help="Number of the question; none: list them.")] = None,
    entry: Annotated[str, typer.Argument(help="Entry that it is an example of.")] = "",
    text: Annotated[str, typer.Option("--text", help="The example in other words than it was asked.")] = "",
    json: Json = False,
) -> None:
    """List questions that went to people or got no help, by the nearest entry; or make one an example."""
    _do(learning_commands.learn(_settings(), ticket, entry, text, json))


@knowledge.command(epilog="Example: python3 run.py knowledge build")
def build(
    ship: Annotated[
        bool, typer.Option("--ship", help="Also write what goes with the product (for its developers).")
    ] = False,
) -> None:
    """Learn from the examples as they are now; a running bot does it by itself."""
    _do(editor_commands.build(_settings(), ship))


@knowledge.command("new", epilog="Example: python3 run.py knowledge new library-card --area daily-life")
def new_entry(
    entry: Annotated[str, typer.Argument(help="Id of the new entry, such as library-card.")],
    area: Annotated[str, typer.Option("--area", help="Area of entries.yaml that it belongs to.")],
    required: Annotated[
        bool, typer.Option("--required", help="It must be kept in all complete languages.")
    ] = False,
) -> None:
    """Add an entry: its block in entries.yaml and a file a language, and say what to write where."""
    importance = "required" if required else "usable"
    _do(editor_commands.new(_settings(), entry, area, importance))


@knowledge.command(epilog="Example: python3 run.py knowledge translate uk --todo --out uk.md")
def translate(
    language: Annotated[str, typer.Argument(help="Code of the language, such as uk.")],
    todo: Annotated[
        bool, typer.Option("--todo", help="Write what is missing or behind, to hand to a translator.")
    ] = False,
    taken_from: Annotated[
        Path | None, typer.Option("--import", help="The translator's file: check it and take it over.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; else standard output.")] = None,
) -> None:
    """Hand a language to a translator and take it back; a file with errors changes nothing."""
    _do(editor_commands.translate(_settings(), language, todo, taken_from, out))


@knowledge.command(
    "import-integreat",
    epilog='Example: python3 run.py knowledge import-integreat de.json en.json --region "Musterkreis"',
)
def import_integreat(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="The pages of a region as its API's JSON, a file a language; or the address of the API.",
        ),
    ],
    region: Annotated[str, typer.Option("--region", help="Name of the region, as people call it.")],
    languages: Annotated[
        list[str] | None,
        typer.Option("--language", "-l", help="Only this language beside German; may be told several times."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the region; else knowledge-regions/ and its name.")
    ] = None,
) -> None:
    """Bring a region's Integreat pages into a knowledge folder of its own, again and again without doubles."""
    _do(editor_commands.import_integreat(_settings(), sources, region, tuple(languages or ()), out))


@cli.command(epilog="Example: python3 run.py tickets --all")
def tickets(
    show_all: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
    json: Json = False,
) -> None:
    """List the questions that wait for the team."""
    _do(commands.tickets(_settings(), show_all, json))


@cli.command(epilog='Example: python3 run.py reply 1001 "Bitte kommen Sie am Montag ins Rathaus." --close')
def reply(
    number: Annotated[int, typer.Argument(help="The ticket's number.")],
    text: Annotated[str, typer.Argument(help="What the newcomer shall read, in their language.")],
    close: Annotated[bool, typer.Option("--close", help="Close the ticket with it.")] = False,
) -> None:
    """Answer a ticket in the name of a person of the team; the running bot delivers it."""
    _do(commands.reply(_settings(), number, text, close))


@cli.command(epilog="Example: python3 run.py close 1001")
def close(number: Annotated[int, typer.Argument(help="The ticket's number.")]) -> None:
    """Close a ticket without a further answer."""
    _do(commands.close(_settings(), number))


@keys.command(epilog="Example: python3 run.py keys rewrap")
def rewrap() -> None:
    """Wrap all data keys with the first of several master keys, after a new one was put before the old one."""
    _do(commands.rewrap(_settings()))


@cli.command(epilog="Example: python3 run.py erase 4711")
def erase(
    guest: Guest, yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False
) -> None:
    """Delete everything held about a guest and destroy their key, as "forget me" does."""
    _do(commands.erase(_settings(), guest, yes))


@cli.command(epilog="Example: python3 run.py export 4711 --out guest.json")
def export(
    guest: Guest,
    out: Annotated[Path | None, typer.Option(help="File to write; else standard output.")] = None,
) -> None:
    """Write everything held about a guest as JSON."""
    _do(commands.export(_settings(), guest, out))


@courses.command(
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
    _do(courses_commands.import_(_settings(), address, form, vhs, source, counted, check, json))


@courses.command("list", epilog="Example: python3 run.py courses list --all")
def courses_list(
    show_all: Annotated[
        bool, typer.Option("--all", help="Also full, past, closed and cancelled ones.")
    ] = False,
    json: Json = False,
) -> None:
    """List the courses that one can get into."""
    _do(courses_commands.list_(_settings(), show_all, json))


@courses.command("registrations", epilog="Example: python3 run.py courses registrations 27-4041")
def courses_registrations(course: CourseWord, json: Json = False) -> None:
    """Show who is registered for a course. PERSONAL DATA: names and how to reach people, for the VHS only."""
    _do(courses_commands.registrations(_settings(), course, json))


@courses.command("confirm", epilog="Example: python3 run.py courses confirm 20001")
def courses_confirm(receipt: Receipt) -> None:
    """Give a seat to all people of a receipt, and tell them that they are registered."""
    _do(courses_commands.decide(_settings(), receipt, State.CONFIRMED))


@courses.command(
    "reject", epilog='Example: python3 run.py courses reject 20001 --reason "Bitte erst zum Test."'
)
def courses_reject(
    receipt: Receipt,
    reason: Annotated[str, typer.Option(help="Why; the newcomer reads it as it stands here.")],
) -> None:
    """Refuse all people of a receipt, and tell them why."""
    _do(courses_commands.decide(_settings(), receipt, State.REJECTED, reason))


@courses.command("attended", epilog="Example: python3 run.py courses attended 20001 --no-show")
def courses_attended(
    receipt: Receipt, no_show: Annotated[bool, typer.Option("--no-show", help="They did not come.")] = False
) -> None:
    """Note that the people of a receipt came, or did not; nobody is told."""
    _do(courses_commands.decide(_settings(), receipt, State.NO_SHOW if no_show else State.ATTENDED))


@courses.command("cancel", epilog="Example: python3 run.py courses cancel 27-4041")
def courses_cancel(
    course: CourseWord, yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False
) -> None:
    """Cancel a course: everybody who is registered or waits is told, with other courses. No import undoes it."""
    _do(courses_commands.cancel(_settings(), course, yes))


@courses.command("seats", epilog="Example: python3 run.py courses seats 27-4041 16")
def courses_seats(
    course: CourseWord,
    number: Annotated[str, typer.Argument(help="How many may take part; `file`: what the list tells.")],
) -> None:
    """Change the seats of a course. More are offered to the waiting list at once, fewer put nobody out."""
    _do(courses_commands.seats(_settings(), course, number))


@courses.command(
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
    _do(courses_commands.export(_settings(), course, form, out, mark, with_all))


@staff.command(
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
    _do(staff_commands.invite(_settings(), name, role, town or (), vhs or (), language or ()))


@staff.command("list", epilog="Example: python3 run.py staff list")
def staff_list(json: Json = False) -> None:
    """List who has an account or an open invitation, and what they may see."""
    _do(staff_commands.list_(_settings(), json))


@staff.command("revoke", epilog='Example: python3 run.py staff revoke "Frau Beispiel"')
def staff_revoke(name: Annotated[str, typer.Argument(help="The name as `staff list` shows it.")]) -> None:
    """End an account and log it out everywhere, at once."""
    _do(staff_commands.revoke(_settings(), name))


@staff.command("readmit", epilog='Example: python3 run.py staff readmit "Frau Beispiel"')
def staff_readmit(name: Annotated[str, typer.Argument(help="The name that they had.")]) -> None:
    """Let somebody in again whose account was ended, if the town's provider (LOTSE_OIDC_ISSUER) lets them in."""
    _do(staff_commands.readmit(_settings(), name))


@staff.command(
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
    _do(staff_commands.notices(_settings(), name, mail, wish))


@staff.command("telegram-code", epilog='Example: python3 run.py staff telegram-code "Frau Beispiel"')
def staff_telegram_code(
    name: Annotated[str, typer.Argument(help="The name as `staff list` shows it.")],
) -> None:
    """Print a code by which somebody's account at Telegram becomes theirs here, for the staff's group."""
    _do(staff_commands.telegram_code(_settings(), name))


@teams.command("check", epilog="Example: python3 run.py teams check")
def teams_check(json: Json = False) -> None:
    """Check teams.yaml and show who answers what, until when an answer is promised, and who is absent (German).

    Exit code 1 if something is wrong.
    """
    _do(team_commands.check(_settings(), json))


@audit.command("check", epilog="Example: python3 run.py staff audit check")
def audit_check() -> None:
    """Check that no line of the audit log was changed, left out or cut off; exit code 1 if one was."""
    _do(staff_commands.audit_check(_settings()))


@db.command("upgrade", epilog="Example: python3 run.py db upgrade")
def db_upgrade() -> None:
    """Bring the database's schema up to date (every start does it, too)."""
    _do(commands.db_upgrade(_settings()))


@telegram.command(
    "connect", epilog="Example: python3 run.py telegram connect --webhook https://lotse.example.org"
)
def telegram_connect(
    webhook: Annotated[
        str, typer.Option(help="Let Telegram deliver to this page, given by its outside address.")
    ] = "",
    polling: Annotated[bool, typer.Option("--polling", help="Fetch updates; no address needed.")] = False,
) -> None:
    """Set the bot's name, descriptions and menu in every language, and how messages come."""
    _do(commands.telegram_connect(_settings(), webhook, polling))


@telegram.command("status", epilog="Example: python3 run.py telegram status")
def telegram_status() -> None:
    """Show which bot it is, how messages come, and what went wrong last."""
    _do(commands.telegram_status(_settings()))


@telegram.command(
    "staff-group", epilog="Example: python3 run.py telegram staff-group --connect --town duelmen"
)
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
        _do(staff_commands.connect_group(_settings(), town or (), language))
    elif disconnect:
        _do(staff_commands.disconnect_group(_settings(), disconnect))
    else:
        _do(staff_commands.groups(_settings()))


@cli.command(epilog="Example: python3 run.py health --url http://127.0.0.1:8080")
def health(
    url: Annotated[str, typer.Option(help="Where the bot listens.")] = HERE,
) -> None:
    """Ask a running bot how it is; exit code 0 if it is ok or degraded, 1 if it is down or does not answer."""
    _do(commands.health(url))


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        typer.echo(f"Settings: {error}", err=True)
        raise typer.Exit(2) from None


def _do(work: Coroutine[Any, Any, int]) -> None:
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


def main() -> None:
    """Run the command line."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    cli()


if __name__ == "__main__":
    main()
