"""What each command does: builds what it needs through the composition root, prints, and returns the exit code."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot import app
from bot.channels import console, telegram
from bot.dialogue.outcome import as_json
from bot.dialogue.world import World
from bot.domain.conversation import Contact
from bot.domain.ticket import Ticket
from bot.i18n import BERLIN, LocaleError
from bot.knowledge.files import KnowledgeError
from bot.markup import to_plain
from bot.operations import probe
from bot.operations.logs import set_up
from bot.service import ask as ask_service
from bot.service import desk
from bot.service.mind import Mind
from bot.service.ports import SendError, Unit
from bot.service.refusals import NoSuchTicket
from bot.settings import Settings
from bot.storage.vault import KeyProblem
from bot.telegram import Client
from bot.understanding import calibrate as calibration
from bot.understanding.evaluation import measure


class Refused(Exception):
    """The command cannot be carried out as given; the message says why and what to do."""


# Their messages are for whoever runs the bot; none holds anything of a newcomer.
REFUSALS: tuple[type[Exception], ...] = (Refused, app.Unusable, KnowledgeError, LocaleError, KeyProblem)


async def run(settings: Settings, host: str, port: int) -> int:
    """Serve until told to stop."""
    set_up(settings.log_format)
    return 0 if await app.run(settings, host, port, _ready) else 1


def _ready(url: str, demo: str) -> None:
    typer.echo(f"Lotse is ready: {url}   (Ctrl+C stops)", err=True)
    if demo:
        typer.echo(f"The desk of the team, to try it out (works once): {demo}", err=True)


async def chat(settings: Settings, language: str, town: str) -> int:
    """Talk in the terminal."""
    set_up("text")
    _known(app.make_world(settings), language, town)
    await app.chat(settings, language, town, sys.stdin, sys.stdout)
    return 0


async def ask(settings: Settings, text: str, language: str, town: str, as_lines: bool) -> int:
    """Answer one question."""
    set_up("text")
    mind = app.make_mind(settings).mind
    _known(mind.world, language, town)
    if as_lines:
        _print(ask_service.judged(mind, {"text": text, "language": language, "town": town}))
        return 0
    for reply in ask_service.replies(mind, text, language, town, datetime.now(UTC), console.CAPABILITIES):
        typer.echo(to_plain(reply.words))
        for line in [to_plain(reply.footnote), *(f"[{choice.label}]" for choice in reply.choices)]:
            typer.echo(line)
    return 0


async def ask_batch(settings: Settings, names: list[str]) -> int:
    """Answer JSON lines with JSON lines."""
    set_up("text")
    mind = app.make_mind(settings).mind
    for name in names:
        try:
            _judge_all(mind, name)
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"{name}: {error}") from error
        except ask_service.BadLine as error:
            raise Refused(str(error)) from error
    return 0


def _judge_all(mind: Mind, name: str) -> None:
    with sys.stdin if name == "-" else Path(name).open(encoding="utf-8") as file:
        for question in ask_service.read_lines(file, name):
            _print(ask_service.judged(mind, question))


BY = ("language", "style", "area")


async def evaluate(
    settings: Settings, names: Sequence[str], by: str, language_known: bool, as_lines: bool
) -> int:
    """Measure how well labelled messages are understood."""
    set_up("text")
    wanted = [name for name in by.split(",") if name]
    if unknown := set(wanted) - set(BY):
        raise Refused(f"--by knows {', '.join(BY)}, not {', '.join(sorted(unknown))}.")
    mind = app.make_mind(settings).mind
    entries = mind.world.knowledge.entries
    lines: list[dict[str, str]] = []
    for name in names:
        try:
            lines += _labelled(name)
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"{name}: {error}") from error
        except ask_service.BadLine as error:
            raise Refused(str(error)) from error

    def groups(line: Mapping[str, str]) -> list[str]:
        area = entries[line["topic"]].area if line["topic"] in entries else line["topic"]
        of = {"language": line["lang"], "style": line.get("style", ""), "area": area}
        return [f"{name} {of[name]}" for name in wanted]

    report = measure(mind.engine, lines, groups, language_known)
    if as_lines:
        _print(report.as_json())
    else:
        for line in report.as_table():
            typer.echo(line)
    return 0


async def calibrate(settings: Settings, wrong: float) -> int:
    """Fit the scales, and show from which probability on so few answers are wrong."""
    set_up("text")
    keeper = app.make_mind(settings)
    embedder = app.make_sentences(settings).embedder
    mind = keeper.mind
    vectors = app.make_library(settings).vectors_of(keeper.examples, embedder, _on) if embedder else None
    words = keeper.words
    held = calibration.hold_out(mind.world.knowledge, words, mind.engine.matter, vectors)
    for name, with_vectors in (("WITH_VECTORS", True), ("WITHOUT_VECTORS", False)):
        if with_vectors and vectors is None:
            continue
        scales = calibration.fit(held, with_vectors)
        typer.echo(calibration.as_code(name, scales))
        reached = calibration.thresholds(held, scales)
        typer.echo("from    right   wrong   outside answered")
        for line in reached:
            typer.echo(f"{line.threshold:.2f}    {line.right:.3f}   {line.wrong:.3f}   {line.outside:.3f}")
        wanted = next((line.threshold for line in reached if line.wrong <= wrong), None)
        begin = f"from {wanted} on" if wanted else "from no probability on"
        typer.echo(f"wrong answers at most {wrong}: {begin}")
    return 0


def _on() -> None:
    """Let the work go on."""


def _labelled(name: str) -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8") as file:
        return list(ask_service.read_labelled(file, name))


async def tickets(settings: Settings, show_all: bool, as_lines: bool) -> int:
    """List tickets."""
    set_up("text")
    async with app.held(settings) as database, database.read() as unit:
        found = await unit.tickets.listed(only_open=not show_all)
    if not found and not as_lines:
        typer.echo("No question waits.")
    for ticket in found:
        _print(_ticket(ticket)) if as_lines else typer.echo(_line(ticket))
    return 0


def _ticket(ticket: Ticket) -> dict[str, object]:
    return {
        "number": ticket.number,
        "guest": ticket.guest,
        "language": ticket.language,
        "town": ticket.town,
        "entry": ticket.entry,
        "candidates": list(ticket.candidates),
        "opened_at": ticket.opened_at.isoformat(),
        "promised_at": ticket.promised_at.isoformat() if ticket.promised_at else None,
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        "question": ticket.question,
        "added": list(ticket.lines),
    }


def _line(ticket: Ticket) -> str:
    head = f"{ticket.number}  Guest {ticket.guest}, {ticket.language}, {ticket.town or 'no town'}"
    state = "" if ticket.is_open else f", part of {ticket.merged_into}" if ticket.merged_into else ", closed"
    when = f"{ticket.opened_at.astimezone(BERLIN):%Y-%m-%d %H:%M}{state}"
    return "\n".join(
        [f"{head}, {when}", f"    {ticket.question}", *(f"    + {line}" for line in ticket.lines)]
    )


@asynccontextmanager
async def _desk(settings: Settings) -> AsyncIterator[desk.Desk]:
    world = app.make_world(settings)
    async with app.stored(settings) as database, app.listening(database) as notifier:
        yield desk.Desk(database, notifier, app.SystemClock(), world.texts)


async def reply(settings: Settings, number: int, text: str, close: bool) -> int:
    """Answer a ticket; the running bot delivers it."""
    set_up("text")
    async with _desk(settings) as desk_:
        try:
            await desk_.reply(number, desk.Reply(text, close=close))
        except NoSuchTicket:
            raise Refused(f"There is no open ticket {number}.") from None
        except desk.NotReachable:
            raise Refused(f"Whoever asked {number} cannot be reached in the chat any more.") from None
    typer.echo(f"The answer to {number} is on its way{'; the ticket is closed' if close else ''}.")
    return 0


async def close(settings: Settings, number: int) -> int:
    """Close a ticket."""
    set_up("text")
    async with _desk(settings) as desk_:
        try:
            await desk_.close(number)
        except NoSuchTicket:
            raise Refused(f"There is no open ticket {number}.") from None
    typer.echo(f"Closed: {number}.")
    return 0


async def rewrap(settings: Settings) -> int:
    """Bring everything that a master key wraps to the first one given."""
    set_up("text")
    async with app.held(settings) as database:
        behind = await database.rewrap()
        first, *older = database.vault.key_ids
    typer.echo(
        f"In use: master key {first}. Wrapped anew: {behind} contacts, and the staff's second factors."
    )
    if older:
        typer.echo(
            f"Keep the older key ({', '.join(older)}) for another week, in which messages that come twice are known "
            f"by it, and for the audit log as long as its lines are kept ({settings.keep_audit_days} days)."
        )
    else:
        typer.echo(
            "Only one master key is given. To change it, put the new one before it and run this again."
        )
    return 0


async def erase(settings: Settings, guest: int, is_sure: bool) -> int:
    """Erase a guest; ask first, unless that is sure."""
    set_up("text")
    async with app.held(settings) as database:
        async with database.read() as unit:
            contact = await _guest(unit, guest)
            open_tickets = await unit.tickets.of(contact.id, only_open=True)
        typer.echo(_described(contact, open_tickets), err=True)
        if not (
            is_sure or typer.confirm("Delete everything about this guest? Nobody can undo this.", err=True)
        ):
            typer.echo("Nothing was deleted.", err=True)
            return 1
        async with database.write() as unit:
            erased = await unit.erase((await _guest(unit, guest)).id)
        await database.scrub()
    typer.echo(f"Deleted: {erased.messages} messages, {erased.tickets} tickets; the key is destroyed.")
    return 0


async def _guest(unit: Unit, guest: int) -> Contact:
    contact = await unit.contacts.by_guest(guest)
    if contact is None:
        raise Refused(f"There is no guest {guest}.")
    return contact


def _described(contact: Contact, open_tickets: Sequence[Ticket]) -> str:
    talk = contact.conversation
    numbers = ", ".join(str(ticket.number) for ticket in open_tickets) or "none"
    return f"Guest {contact.guest}, {talk.language or 'no language'}, {talk.town or 'no town'}, open tickets: {numbers}"


async def export(settings: Settings, guest: int, out: Path | None) -> int:
    """Export a guest's data."""
    set_up("text")
    async with app.held(settings) as database, database.read() as unit:
        held = await unit.held((await _guest(unit, guest)).id)
    if held is None:
        raise Refused(f"There is no guest {guest}.")
    text = json.dumps(as_json(held), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
    else:
        try:
            _write_private(out, text)
        except OSError as error:
            raise Refused(f"{out}: {error.strerror}") from error
    return 0


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, "utf-8")


async def db_upgrade(settings: Settings) -> int:
    """Bring the schema up to date."""
    set_up("text")
    async with app.stored(settings) as database:
        typer.echo(f"The database is up to date ({database.url.get_backend_name()}).")
    return 0


async def health(url: str) -> int:
    """Ask a running bot."""
    try:
        found = await asyncio.to_thread(probe.ask, url)
    except probe.NoAnswer as error:
        typer.echo(str(error), err=True)
        return 1
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return probe.exit_code(found)


async def telegram_connect(settings: Settings, webhook: str, polling: bool) -> int:
    """Set what the bot shows of itself, and how updates come."""
    set_up("text")
    secret = settings.telegram_webhook_secret
    if webhook and (polling or not webhook.startswith("https://")):
        raise Refused("--webhook wants the page's https:// address, and no --polling beside it.")
    if webhook and secret is None:
        proposal = secrets.token_urlsafe(32)
        raise Refused(f"Set LOTSE_TELEGRAM_WEBHOOK_SECRET first, for the bot too, such as {proposal}")
    if polling and secret:
        raise Refused("LOTSE_TELEGRAM_WEBHOOK_SECRET is set: unset it, for the bot too, to fetch updates.")
    world = app.make_world(settings)
    async with _telegram(settings) as client:
        await telegram.connect(client, world.texts, world.offered, typer.echo)
        if webhook and secret:
            target = await telegram.deliver_to(client, webhook, secret.get_secret_value())
            typer.echo(f"Telegram delivers to {target}")
        elif polling:
            await client.delete_webhook()
            typer.echo("No webhook: updates are fetched.")
    return 0


async def telegram_status(settings: Settings) -> int:
    """Tell how the bot stands with Telegram."""
    set_up("text")
    secret = settings.telegram_webhook_secret
    async with _telegram(settings) as client:
        for line in await telegram.describe(client, secret.get_secret_value() if secret else ""):
            typer.echo(line)
    return 0


@asynccontextmanager
async def _telegram(settings: Settings) -> AsyncIterator[Client]:
    client = app.telegram_client(settings)
    if client is None:
        raise Refused("LOTSE_TELEGRAM_TOKEN is not set. BotFather gives the token: docs/telegram.md")
    try:
        async with client:
            yield client
    except SendError as error:
        wait = f" Try again in {error.retry_after:.0f} s." if error.retry_after else ""
        raise Refused(f"Telegram: {error.reason}.{wait}") from error


def _known(world: World, language: str, town: str) -> None:
    knowledge = world.knowledge
    if language and language not in knowledge.languages:
        raise Refused(f"No language {language!r}. Known are: {', '.join(knowledge.languages)}.")
    if town and town not in knowledge.towns:
        raise Refused(f"No town {town!r}. Known are: {', '.join(knowledge.towns)}.")


def _print(found: object) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False))
