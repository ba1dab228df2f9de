"""The way of what a person does into a chat and to the bot."""

import re
import time
from typing import Any

from tests.telegram.fake.chats import JSON, Chat, Message, User, text_content
from tests.telegram.fake.entities import Formatted, clean, trimmed, with_detected
from tests.telegram.fake.world import World


def written(text: str) -> JSON:
    """Return the fields of a text that a person typed."""
    return text_content(with_detected(trimmed(Formatted(clean(text)))))


def captioned(text: str) -> JSON:
    """Return the fields of a caption that a person typed."""
    return text_content(with_detected(trimmed(Formatted(clean(text)))), "caption_")


def say(world: World, chat: Chat, sender: User | None, content: JSON, **fields: Any) -> Message:
    """Put a person's message (in a channel: the channel's) into a chat, and tell the bot if it may hear it."""
    chat.known = chat.known or chat.is_private
    message = world.post(chat, sender, content, **fields)
    tell(world, message, "channel_post" if chat.type == "channel" else "message")
    return message


def change(world: World, message: Message, content: JSON) -> None:
    """Let a person edit a message."""
    message.content = content
    message.edit_date = int(time.time())
    world.changed.fire()
    is_post = message.chat.type == "channel"
    tell(world, message, "edited_channel_post" if is_post else "edited_message")


def tell(world: World, message: Message, kind: str) -> None:
    """Queue a message as an update, unless the bot does not hear it."""
    if hears(world, message):
        world.updates.put(kind, message.to_json(), message.chat.id)


def hears(world: World, message: Message) -> bool:
    """Return whether the bot gets a message: in groups only what is meant for it, unless it is an administrator.

    https://core.telegram.org/bots/features#privacy-mode
    """
    chat = message.chat
    if chat.bot_status not in ("member", "administrator"):
        return False
    if chat.type in ("private", "channel") or chat.bot_status == "administrator" or world.reads_all_groups:
        return True
    replied = chat.message(message.reply_to)
    if replied and replied.sender is world.bot:
        return True
    text = message.formatted.text
    named = f"@{world.bot.username}"
    return bool(re.match(rf"/\w+(?:{named})?(?:\s|$)", text)) or bool(re.search(rf"{named}\b", text))
