"""What the bot shows of itself in Telegram: name, descriptions and the menu of commands, in every language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.i18n import Texts
from bot.telegram import Client
from bot.telegram.webhook import path_of

log = structlog.get_logger()

# The menu, in its order; the description of each is the text of its key. Telegram's own /start is not shown there.
MENU = {
    "help": "telegram.help",
    "browse": "command.browse",
    "courses": "command.courses",
    "status": "command.status",
    "language": "command.language",
    "town": "command.town",
    "person": "command.person",
    "my_data": "command.my_data",
    "forget_me": "command.forget_me",
    "privacy": "command.privacy",
    "stop": "telegram.stop",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """The words of one language."""

    name: str
    description: str
    short: str
    commands: dict[str, str]


async def connect(
    client: Client,
    texts: Callable[[str], Texts],
    languages: Sequence[str],
    told: Callable[[str], None],
) -> None:
    """Set name, descriptions and commands in each language, and those of the first one for everybody else.

    What is right already is left alone: Telegram allows few changes an hour. Raises SendError.
    """
    me = await client.me()
    told(f"@{me.username}: https://t.me/{me.username}")
    for language in (None, *languages):
        wanted = _profile(texts(language or languages[0]))
        changed = await _bring_up_to_date(client, wanted, language)
        told(f"{language or 'all others'}: {', '.join(changed) or 'as it should be'}")


async def _bring_up_to_date(client: Client, wanted: Profile, language: str | None) -> list[str]:
    name, description, short = await client.profile(language)
    changed = []
    if name != wanted.name:
        await client.set_name(wanted.name, language)
        changed.append("name")
    if description != wanted.description:
        await client.set_description(wanted.description, language)
        changed.append("description")
    if short != wanted.short:
        await client.set_short_description(wanted.short, language)
        changed.append("short description")
    if await client.commands(language) != wanted.commands:
        await client.set_commands(wanted.commands, language)
        changed.append("commands")
    return changed


def _profile(texts: Texts) -> Profile:
    return Profile(
        texts.say("telegram.name"),
        texts.say("telegram.description"),
        texts.say("telegram.short"),
        {command: texts.say(key) for command, key in MENU.items()},
    )


async def deliver_to(client: Client, url: str, secret: str) -> str:
    """Let Telegram deliver updates to the page at `url` (its outside address); return the whole address."""
    target = f"{url.rstrip('/')}{path_of(secret)}"
    await client.set_webhook(target, secret)
    return target


async def check_delivery(client: Client, secret: str) -> None:
    """Tell in the log if updates should be delivered and Telegram does not know where to. Raises SendError."""
    webhook = await client.webhook()
    if not webhook.url.endswith(path_of(secret)):
        log.error("telegram.no_webhook", problem="run: telegram connect --webhook URL")


async def describe(client: Client, secret: str) -> list[str]:
    """Return the state in lines for the operator. Raises SendError."""
    me, webhook = await client.me(), await client.webhook()
    lines = [f"@{me.username} (https://t.me/{me.username}), number {me.id}"]
    lines.append(f"Updates wait: {webhook.pending_update_count}")
    if not webhook.url:
        lines.append("Updates are fetched (polling).")
        if secret:
            lines.append(
                "LOTSE_TELEGRAM_WEBHOOK_SECRET is set, but no webhook: telegram connect --webhook URL"
            )
    else:
        lines.append(f"Updates are delivered to {webhook.url.removesuffix(path_of(secret))}")
        if not secret or not webhook.url.endswith(path_of(secret)):
            lines.append("That is not the address of this installation's secret: telegram connect")
    if webhook.last_error_message:
        lines.append(
            f"Last error, {webhook.last_error_date:%Y-%m-%d %H:%M} UTC: {webhook.last_error_message}"
        )
    return lines
