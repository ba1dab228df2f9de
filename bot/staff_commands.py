"""What the commands for accounts of the staff do; they speak German."""

import json
from collections.abc import Iterable, Sequence

import typer

from bot import app
from bot.commands import Refused
from bot.domain.entering import INVITATION, NAME_LENGTH, Account
from bot.domain.notice import Reach, Wish, is_address
from bot.domain.staff import ANSWERS_TICKETS, Role, Staff
from bot.domain.staff_group import Group
from bot.i18n import BERLIN, day
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import suggestion
from bot.operations.logs import set_up
from bot.service import entering, provided
from bot.service.group_joining import Joining
from bot.service.notices import set_reach
from bot.service.ports import Unit
from bot.settings import Settings
from bot.staff.web import invitation_link
from bot.storage.engine import Database
from bot.storage.notify import LocalNotifier

HERE = "http://127.0.0.1:8080"
ROLES = {
    Role.CLERK: "Sachbearbeitung",
    Role.COURSE_CLERK: "Kurs-Sachbearbeitung",
    Role.LEAD: "Leitung",
    Role.EDITOR: "Redaktion",
    Role.ADMINISTRATOR: "Verwaltung der Konten",
    Role.DATA_PROTECTION: "Datenschutz",
}
WISHES = {
    Wish.AT_ONCE: "neue Fragen gleich per E-Mail",
    Wish.DIGEST: "neue Fragen einmal am Tag per E-Mail",
    Wish.NONE: "keine Mitteilungen per E-Mail",
}
WRONG = {
    "name": f"Ein Name hat 1 bis {NAME_LENGTH} Zeichen.",
    "taken": f"'{entering.DEMO}' heißt das Demo-Konto. Nehmen Sie einen anderen Namen.",
    "towns": "--town gehört zu --role clerk und nur dazu: Sachbearbeitung braucht mindestens einen Ort.",
    "provided": "Diese Person kommt über die Anmeldung der Verwaltung (LOTSE_OIDC_ISSUER) und braucht keine Einladung. "
    "Wurde ihr Konto beendet: staff readmit NAME",
    "vhs": "--vhs gehört zu --role course_clerk und nur dazu: Sie braucht mindestens eine VHS.",
}


async def invite(
    settings: Settings,
    name: str,
    role: Role,
    towns: Sequence[str],
    vhs: Sequence[str],
    languages: Sequence[str],
) -> int:
    """Make an account, or let one begin anew, and print its link."""
    set_up("text")
    if not settings.staff_passwords:
        raise Refused(
            "LOTSE_STAFF_PASSWORDS=false: Eine Einladung führt nirgends hin, alle kommen über die Verwaltung."
        )
    staff = _checked(
        app.make_world(settings).knowledge,
        Staff(0, " ".join(name.split()), role, frozenset(towns), frozenset(vhs), tuple(languages)),
    )
    now = app.SystemClock().now()
    try:
        async with app.stored(settings) as database, database.write() as unit:
            known = await unit.staff.named(staff.name)
            token = await entering.invite(unit, staff, now)
    except entering.Wrong as refusal:
        raise Refused(WRONG[refusal.what]) from None
    if known:
        typer.echo(
            f"'{known.staff.name}' beginnt neu: altes Passwort, Telefon und Anmeldungen gelten nicht mehr."
        )
    until = day((now + INVITATION).astimezone(BERLIN).date())
    typer.echo(f"Einladung für {staff.name} ({ROLES[role]}), gilt einmal und bis {until}:")
    typer.echo(invitation_link(settings.public_url.rstrip("/") or HERE, token))
    if not settings.public_url:
        typer.echo("LOTSE_PUBLIC_URL ist nicht gesetzt: Der Link gilt nur auf diesem Rechner.", err=True)
    return 0


def _checked(knowledge: Knowledge, staff: Staff) -> Staff:
    _known("eine Stadt oder Gemeinde", staff.towns, knowledge.towns)
    _known("eine VHS aus places.yaml", staff.vhs, knowledge.vhs_places())
    _known("eine Sprache", staff.languages, knowledge.languages)
    return staff


def _known(what: str, told: Iterable[str], known: Iterable[str]) -> None:
    names = tuple(known)
    for word in told:
        if word not in names:
            raise Refused(
                f"'{word}' ist nicht {what}.{suggestion(word, names)}".replace("nicht eine", "keine")
            )


async def list_(settings: Settings, as_lines: bool) -> int:
    """List the accounts."""
    set_up("text")
    async with app.held(settings) as database, database.read() as unit:
        accounts = await unit.staff.listed()
    if not accounts and not as_lines:
        typer.echo('Noch niemand. Einladen: staff invite "Frau Beispiel" --role clerk --town duelmen')
    for account in accounts:
        if as_lines:
            typer.echo(json.dumps(_account(account), ensure_ascii=False))
        else:
            typer.echo(_line(account))
    return 0


def _account(account: Account) -> dict[str, object]:
    staff = account.staff
    return {
        "id": staff.id,
        "name": staff.name,
        "role": staff.role.value,
        "towns": sorted(staff.towns),
        "vhs": sorted(staff.vhs),
        "languages": list(staff.languages),
        "demo": staff.demo,
        "ready": account.is_ready,
        "provided": account.is_provided,
    }


def _line(account: Account) -> str:
    staff = account.staff
    scope = ", ".join((*sorted(staff.towns), *sorted(staff.vhs)))
    state = "Demo" if staff.demo else "" if account.is_ready else "eingeladen"
    if account.is_provided:
        state = "über die Anmeldung der Verwaltung"
    return "  ".join(part for part in (staff.name, ROLES[staff.role], scope, state) if part)


async def notices(settings: Settings, name: str, mail: str, wish: Wish) -> int:
    """Set where and how somebody is written to."""
    set_up("text")
    if not settings.smtp_host:
        raise Refused("LOTSE_SMTP_HOST ist nicht gesetzt: Ohne Mailserver gibt es keine Mitteilungen.")
    if wish is not Wish.NONE and not is_address(mail):
        raise Refused("Das ist keine E-Mail-Adresse, an die wir schreiben können.")
    async with app.held(settings) as database, database.write() as unit:
        staff = (await _there(unit, name)).staff
        if staff.role not in ANSWERS_TICKETS:
            raise Refused(f"'{staff.name}' beantwortet keine Fragen und bekommt darum keine Mitteilungen.")
        await set_reach(unit, Reach(staff.id, mail, wish), app.SystemClock().now(), by=None)
    typer.echo(f"'{staff.name}': {WISHES[wish]}.")
    return 0


async def _there(unit: Unit, name: str) -> Account:
    account = await unit.staff.named(name)
    if account is None or account.revoked_at:
        names = [known.staff.name for known in await unit.staff.listed()]
        raise Refused(f"Ein Konto '{name}' gibt es nicht.{suggestion(name, names)}")
    return account


async def revoke(settings: Settings, name: str) -> int:
    """End an account."""
    set_up("text")
    async with app.held(settings) as database, database.write() as unit:
        account = await _there(unit, name)
        await entering.revoke(unit, account, app.SystemClock().now())
    typer.echo(f"'{account.staff.name}' kann sich nicht mehr anmelden und ist überall abgemeldet.")
    return 0


async def readmit(settings: Settings, name: str) -> int:
    """Let somebody of the town's provider in again."""
    set_up("text")
    async with app.held(settings) as database, database.write() as unit:
        account = await unit.staff.named(name)
        if account is None or not account.is_provided or not account.revoked_at:
            accounts = await unit.staff.listed(revoked=True)
            ended = [known.staff.name for known in accounts if known.is_provided and known.revoked_at]
            raise Refused(
                f"Ein beendetes Konto '{name}', das über die Anmeldung der Verwaltung kam, gibt es nicht."
                f"{suggestion(name, ended)}"
            )
        await provided.readmit(unit, account, app.SystemClock().now())
    typer.echo(
        f"'{account.staff.name}' kann sich wieder anmelden, mit der Aufgabe, die dort eingetragen ist."
    )
    return 0


def _joining(database: Database) -> Joining:
    return Joining(database, LocalNotifier(), app.SystemClock())


async def telegram_code(settings: Settings, name: str) -> int:
    """Print a code by which somebody's account at Telegram becomes theirs here."""
    set_up("text")
    async with app.held(settings) as database:
        async with database.read() as unit:
            account = await _there(unit, name)
        if account.staff.role not in ANSWERS_TICKETS:
            raise Refused(f"'{account.staff.name}' ({ROLES[account.staff.role]}) beantwortet keine Fragen.")
        code = await _joining(database).code_for(account.staff)
    typer.echo(
        f"{account.staff.name} schickt dem Bot in Telegram, im privaten Chat (gilt einmal, 15 Minuten):"
    )
    typer.echo(f"/link {code}")
    return 0


async def connect_group(settings: Settings, towns: Sequence[str], language: str) -> int:
    """Print a code that connects a group of the team."""
    set_up("text")
    knowledge = app.make_world(settings).knowledge
    _known("eine Stadt oder Gemeinde", towns, knowledge.towns)
    if language not in ("de", "en"):
        raise Refused("Die Gruppe spricht de oder en.")
    async with app.stored(settings) as database:
        code = await _joining(database).code_for_group(towns, language)
    typer.echo("1. Eine Gruppe mit Themen („Topics“) anlegen und nur das Team hineinholen.")
    typer.echo("2. Den Bot hinzufügen (bei BotFather muss /setjoingroups dafür auf Enable stehen) und zum")
    typer.echo("   Administrator machen, mit den Rechten „Themen verwalten“ und „Nachrichten löschen“.")
    typer.echo("3. In der Gruppe schreiben (gilt einmal, eine Stunde):")
    typer.echo(f"/connect {code}")
    return 0


async def groups(settings: Settings) -> int:
    """List the groups of the team."""
    set_up("text")
    async with app.held(settings) as database, database.read() as unit:
        found = await unit.groups.listed()
    typer.echo(
        f"Wörter der Gäste in der Gruppe: {settings.staff_telegram_words} (LOTSE_STAFF_TELEGRAM_WORDS)"
    )
    for group in found:
        typer.echo(_group(group))
    if not found:
        typer.echo("Keine Gruppe. Verbinden: telegram staff-group --connect")
    return 0


def _group(group: Group) -> str:
    towns = ", ".join(sorted(group.towns)) or "alle Orte"
    since = f" seit {group.trouble_since.astimezone(BERLIN):%d.%m.%Y, %H:%M}" if group.trouble_since else ""
    return f"{group.id}  {towns}  {group.language}  {f'{group.trouble}{since}' if group.trouble else 'ok'}"


async def disconnect_group(settings: Settings, number: int) -> int:
    """Forget a group of the team."""
    set_up("text")
    async with app.held(settings) as database:
        async with database.read() as unit:
            group = next((one for one in await unit.groups.listed() if one.id == number), None)
        if group is None:
            raise Refused(f"Eine Gruppe {number} gibt es nicht. Alle zeigt: telegram staff-group")
        await _joining(database).disconnect(group)
    typer.echo("Getrennt. Was in der Gruppe steht, bleibt dort stehen: Löschen Sie sie in Telegram.")
    return 0


async def audit_check(settings: Settings) -> int:
    """Check the audit log."""
    set_up("text")
    async with app.held(settings) as database, database.read() as unit:
        chain = await unit.audit.check()
    if chain.broken_at is None:
        typer.echo(f"Das Protokoll ist vollständig: Zeilen {chain.first} bis {chain.last}.")
        typer.echo(
            f"Siegel der letzten Zeile: {chain.head or '-'} (notieren: dann fällt auch ein Kürzen auf)"
        )
        return 0
    typer.echo(
        f"VERÄNDERT: Ab Zeile {chain.broken_at} ist das Protokoll nicht mehr, wie es geschrieben wurde.",
        err=True,
    )
    return 1
