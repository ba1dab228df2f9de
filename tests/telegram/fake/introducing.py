"""The methods about the bot itself: who it is, what it is called, which commands it knows."""

from collections.abc import Callable

from tests.telegram.fake import limits
from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.chats import JSON
from tests.telegram.fake.profile import commands_key
from tests.telegram.fake.world import World


def get_me(world: World, arguments: Arguments) -> JSON:
    """getMe."""
    return world.bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_all_groups,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(world: World, arguments: Arguments) -> bool:
    """setMyCommands, for a scope and a language."""
    key = commands_key(arguments)
    world.profile.commands[key] = limits.checked_commands(arguments.structure("commands"))
    world.changed.fire()
    return True


def get_my_commands(world: World, arguments: Arguments) -> list[dict[str, str]]:
    """getMyCommands: exactly those of the scope and the language, no fallback."""
    return list(world.profile.commands.get(commands_key(arguments), ()))


def delete_my_commands(world: World, arguments: Arguments) -> bool:
    """deleteMyCommands."""
    world.profile.commands.pop(commands_key(arguments), None)
    world.changed.fire()
    return True


def setter(name: str, limit: int) -> Callable[[World, Arguments], bool]:
    """Return the method that sets a text of the profile for a language; an empty one takes it away."""

    def set_text(world: World, arguments: Arguments) -> bool:
        language = limits.checked_language(arguments.text("language_code"))
        text = arguments.text(name).strip()
        if refusal := limits.too_long(text, limit):
            raise refusal
        world.profile.texts[name, language] = text
        world.changed.fire()
        return True

    return set_text


def getter(name: str) -> Callable[[World, Arguments], dict[str, str]]:
    """Return the method that reads a text of the profile in a language, or the one for all others."""

    def get_text(world: World, arguments: Arguments) -> dict[str, str]:
        language = limits.checked_language(arguments.text("language_code"))
        text = world.profile.text(name, language)
        return {name: text or (world.bot.first_name if name == "name" else "")}

    return get_text
