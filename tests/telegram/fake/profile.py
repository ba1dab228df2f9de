"""What the bot says of itself: its name, descriptions and commands, per language."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.fake import limits
from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.chats import Chat
from tests.telegram.fake.refusals import bad_request

Commands = tuple[dict[str, str], ...]

# Scope -> the fields that it needs (core.telegram.org/bots/api#botcommandscope).
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


@dataclass(slots=True)
class Profile:
    """The texts by field and language, the commands by scope and language; the language "" is for all others."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], Commands] = field(default_factory=dict)

    def text(self, name: str, language: str) -> str:
        """Return a text as somebody with this language reads it."""
        return self.texts.get((name, language)) or self.texts.get((name, ""), "")

    def menu(self, chat: Chat, language: str) -> Commands:
        """Return the commands that somebody with this language sees in a chat: the narrowest that are set."""
        wide = "all_private_chats" if chat.is_private else "all_group_chats"
        scopes = ({"type": "chat", "chat_id": chat.id}, {"type": wide}, {"type": "default"})
        for scope in scopes:
            for code in (language, ""):
                if found := self.commands.get((scope_key(scope), code)):
                    return found
        return ()


def scope_key(value: object) -> str:
    """Return a key for a BotCommandScope; none means the default."""
    scope: Any = {"type": "default"} if value is None else value
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    kind = scope["type"]
    if any(name not in scope for name in SCOPES[kind]):
        raise bad_request(f"can't parse BotCommandScope: {SCOPES[kind]} expected")
    return json.dumps({"type": kind} | {name: int(scope[name]) for name in SCOPES[kind]}, sort_keys=True)


def commands_key(arguments: Arguments) -> tuple[str, str]:
    """Return the scope and the language that a call is about."""
    language = limits.checked_language(arguments.text("language_code"))
    return scope_key(arguments.structure("scope")), language
