"""Telegram's limits, and the checks that refuse what is above them (core.telegram.org/bots/api, /bots/features)."""

import re

from tests.telegram.fake.entities import Entity, Formatted, is_empty, units
from tests.telegram.fake.refusals import Refusal, bad_request

TEXT = 4096  # UTF-16 units after the entities are parsed
CAPTION = 1024
ENTITIES = 100  # what is above is dropped silently
CALLBACK_DATA = 64  # bytes
CALLBACK_ANSWER = 200
BUTTONS = 100
COMMANDS = 100
COMMAND = 32
COMMAND_DESCRIPTION = 256
NAME = 64
DESCRIPTION = 512
SHORT_DESCRIPTION = 120
TOPIC_NAME = 128
SECRET_TOKEN = 256
WEBHOOK_CONNECTIONS = 100
UPDATES = 100
UPLOAD = 50_000_000  # bytes
PHOTO = 10_000_000
DOWNLOAD = 20_000_000

COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"(?:[a-z]{2})?")
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
SECRET = re.compile(r"[A-Za-z0-9_-]*")
BREAKABLE = ("text_link", "custom_emoji", "pre", "code", "blockquote", "expandable_blockquote")
STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")


def checked_text(formatted: Formatted) -> Formatted:
    """Return a message's text, or raise for an empty or too long one."""
    if is_empty(formatted.text):
        raise bad_request("message text is empty")
    if units(formatted.text) > TEXT:
        raise bad_request("message is too long")
    return Formatted(formatted.text, formatted.entities[:ENTITIES])


def checked_caption(formatted: Formatted) -> Formatted:
    """Return a file's caption, or raise for a too long one."""
    if units(formatted.text) > CAPTION:
        raise bad_request("message caption is too long")
    return Formatted(formatted.text, formatted.entities[:ENTITIES])


def checked_entities(value: object, text: str) -> tuple[Entity, ...]:
    """Return entities that a bot gave itself, or raise if they are of no known form or lie outside the text."""
    if not isinstance(value, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    for entity in value:
        if not isinstance(entity, dict) or entity.get("type") not in (*BREAKABLE, *STYLES):
            raise bad_request("can't parse MessageEntity: unsupported type specified")
        if not all(isinstance(entity.get(name), int) for name in ("offset", "length")):
            raise bad_request("can't parse MessageEntity: offset and length must be Numbers")
        if entity["offset"] < 0 or entity["offset"] + entity["length"] > units(text):
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity['offset']} ends after the end of the text"
            )
    return tuple(value)


def checked_language(code: str) -> str:
    """Return a language code that texts can be set for: two lower-case letters, or none."""
    if not LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def checked_commands(value: object) -> tuple[dict[str, str], ...]:
    """Return a list of commands as Telegram keeps it."""
    if not isinstance(value, list):
        raise bad_request("can't parse commands list: expected an Array of BotCommand")
    if len(value) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return tuple(_command(command) for command in value)


def _command(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = str(value.get("command", "")).strip().removeprefix("/")
    description = str(value.get("description", "")).strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > COMMAND:
        raise bad_request(f"command length must not exceed {COMMAND}")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > COMMAND_DESCRIPTION:
        raise bad_request(f"command description length must not exceed {COMMAND_DESCRIPTION}")
    if not COMMAND_NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def checked_topic_name(name: str) -> str:
    """Return the name of a topic without white space around it."""
    name = name.strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    if len(name) > TOPIC_NAME:
        raise bad_request("TOPIC_TITLE_TOO_LONG")
    return name


def too_long(text: str, limit: int) -> Refusal | None:
    """Return the refusal of a profile text above its limit, in characters."""
    return bad_request(f"text must be at most {limit} characters long") if len(text) > limit else None
