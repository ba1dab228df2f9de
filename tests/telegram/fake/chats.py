"""Who and what there is in Telegram: users, chats with their topics, messages."""

from dataclasses import dataclass, field
from typing import Any

from tests.telegram.fake.entities import Formatted
from tests.telegram.fake.keyboards import Markup, is_inline
from tests.telegram.fake.refusals import Refusal, bad_request, forbidden, migrated

JSON = dict[str, Any]

GONE = ("left", "kicked")
GENERAL_TOPIC = 1


@dataclass(slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    deactivated: bool = False

    def to_json(self) -> JSON:
        """Return Telegram's User."""
        shown: JSON = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                shown[name] = value
        return shown


@dataclass(slots=True)
class Topic:
    """A thread of a forum; its id is that of the message that opened it."""

    thread_id: int
    name: str
    icon_color: int
    closed: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat, group, supergroup or channel, as the bot is in it.

    `bot_status` is Telegram's: member, administrator, left or kicked (for a private chat: blocked).
    """

    id: int
    type: str
    title: str = ""
    person: User | None = None
    is_forum: bool = False
    known: bool = False
    bot_status: str = "member"
    migrated_to: int | None = None
    messages: dict[int, "Message"] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    members: dict[int, User] = field(default_factory=dict)
    bot_lacks: set[str] = field(default_factory=set)  # rights that the bot has not, though an administrator
    keyboard: Markup | None = None
    actions: list[str] = field(default_factory=list)
    last_id: int = 0

    @property
    def is_private(self) -> bool:
        """Return whether it is a chat with one person."""
        return self.type == "private"

    def to_json(self) -> JSON:
        """Return Telegram's Chat."""
        if self.person:
            keys = ("id", "first_name", "last_name", "username")
            shown = {key: getattr(self.person, key) for key in keys}
            return {key: value for key, value in shown.items() if value} | {"type": "private"}
        shown = {"id": self.id, "title": self.title, "type": self.type}
        return shown | ({"is_forum": True} if self.is_forum else {})

    def refusal(self) -> Refusal | None:
        """Return why the bot cannot write here, or None if it can."""
        if not self.known:
            return bad_request("chat not found")
        if self.migrated_to:
            return migrated(self.migrated_to)
        if self.person and self.person.deactivated:
            return forbidden("user is deactivated")
        if self.is_private:
            return forbidden("bot was blocked by the user") if self.bot_status in GONE else None
        kind = f"{self.type} chat"
        if self.bot_status == "kicked":
            return forbidden(f"bot was kicked from the {kind}")
        return forbidden(f"bot is not a member of the {kind}") if self.bot_status == "left" else None

    def message(self, message_id: int | None) -> "Message | None":
        """Return a message that was not deleted."""
        found = self.messages.get(message_id) if message_id is not None else None
        return None if found is None or found.deleted else found


@dataclass(slots=True)
class Message:
    """A message as Telegram keeps it. `content` holds the fields that differ by kind: text, photo, poll ..."""

    chat: Chat
    message_id: int
    date: int
    sender: User | None
    content: JSON
    as_chat: JSON | None = None  # in whose name it was written: of the group itself, or of a channel
    markup: Markup | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    silent: bool = False
    protected: bool = False
    origin: JSON | None = None
    edit_date: int | None = None
    deleted: bool = False
    reactions: tuple[str, ...] = ()

    @property
    def formatted(self) -> Formatted:
        """Return its text or caption."""
        text = self.content.get("text") or self.content.get("caption") or ""
        entities = self.content.get("entities") or self.content.get("caption_entities") or ()
        return Formatted(text, tuple(entities))

    def to_json(self, with_reply: bool = True) -> JSON:
        """Return Telegram's Message; the one it replies to is told without the one that replies to."""
        shown: JSON = {"message_id": self.message_id, "chat": self.chat.to_json(), "date": self.date}
        if self.sender:
            shown["from"] = self.sender.to_json()
        if self.as_chat or not self.sender:
            shown["sender_chat"] = self.as_chat or self.chat.to_json()
        if self.thread_id and self.thread_id != GENERAL_TOPIC:
            shown |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        # Telegram: a message in a topic answers to the one that made the topic, unless it answers to another one.
        root = self.thread_id if self.thread_id != self.message_id else None
        replied = self.chat.message(self.reply_to or root) if with_reply else None
        if replied:
            shown["reply_to_message"] = replied.to_json(with_reply=False)
        if self.origin:
            shown["forward_origin"] = self.origin
        if self.edit_date:
            shown["edit_date"] = self.edit_date
        if self.protected:
            shown["has_protected_content"] = True
        if self.markup and is_inline(self.markup):
            shown["reply_markup"] = self.markup
        return shown | self.content


def text_content(formatted: Formatted, prefix: str = "") -> JSON:
    """Return the fields of a text, or with the prefix "caption_" those of a caption; none for an empty one."""
    if not formatted.text:
        return {}
    content: JSON = {"caption" if prefix else "text": formatted.text}
    return content | ({f"{prefix}entities": list(formatted.entities)} if formatted.entities else {})
