"""A chat as the one who looks at it sees it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.telegram.fake.chats import JSON, Chat, Message, User
from tests.telegram.fake.html import render
from tests.telegram.fake.world import World

SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
)
KINDS = (
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "document",
    "sticker",
    "location",
    "contact",
    "poll",
)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; it has `data` for the bot, or a `url`."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message on the screen. `html` is its text or caption as it looks; `kind` is text, photo, ... or service.

    `buttons` are rows; `edited` and `deleted` tell what became of it; `silent` that it made no sound.
    `content` has Telegram's own fields, for what is not told otherwise.
    """

    message_id: int
    chat_id: int
    sender: str
    from_bot: bool
    kind: str
    text: str
    html: str
    buttons: tuple[tuple[Button, ...], ...]
    edited: bool
    deleted: bool
    silent: bool
    protected: bool
    reply_to: int | None
    thread_id: int | None
    reactions: tuple[str, ...]
    content: JSON

    @property
    def labels(self) -> list[str]:
        """Return the labels of all its buttons."""
        return [button.label for row in self.buttons for button in row]

    def button(self, name: str) -> Button | None:
        """Return the button with this label or data."""
        pressed = (button for row in self.buttons for button in row if name in (button.label, button.data))
        return next(pressed, None)


def look(chat: Chat, bot: User) -> tuple[Seen, ...]:
    """Return all messages of a chat in their order; deleted ones stay, marked."""
    return tuple(see(message, bot) for message in chat.messages.values())


def see(message: Message, bot: User) -> Seen:
    """Return one message as it looks now."""
    sender = message.sender
    formatted = message.formatted
    return Seen(
        message_id=message.message_id,
        chat_id=message.chat.id,
        sender=sender.first_name if sender else message.chat.title,
        from_bot=sender is bot,
        kind=_kind(message.content),
        text=formatted.text,
        html=render(formatted),
        buttons=_buttons(message.markup),
        edited=message.edit_date is not None,
        deleted=message.deleted,
        silent=message.silent,
        protected=message.protected,
        reply_to=message.reply_to,
        thread_id=message.thread_id,
        reactions=message.reactions,
        content=message.content,
    )


async def until(
    world: World, look_again: Callable[[], tuple[Seen, ...]], holds: Callable[[Any], object], within: float
) -> tuple[Seen, ...]:
    """Return what is seen as soon as `holds` says yes. Raises AssertionError with the screen after `within` s."""
    seen = look_again()
    try:
        async with asyncio.timeout(within):
            while not holds(seen):
                await world.changed.next()
                seen = look_again()
    except TimeoutError:
        screen = "\n".join(f"  {message.sender}: {message.text or message.kind}" for message in seen)
        raise AssertionError(f"not seen within {within} s; on the screen is:\n{screen}") from None
    return seen


def _kind(content: JSON) -> str:
    if any(name in content for name in SERVICE):
        return "service"
    return next((kind for kind in KINDS if kind in content), "text")


def _buttons(markup: JSON | None) -> tuple[tuple[Button, ...], ...]:
    rows = (markup or {}).get("inline_keyboard", ())
    return tuple(tuple(_button(button) for button in row) for row in rows)


def _button(button: JSON) -> Button:
    return Button(button["text"], str(button.get("callback_data", "")), button.get("url", ""))
