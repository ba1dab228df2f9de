"""Everything that Telegram knows here: one bot, its chats, files, buttons pressed and updates not yet told."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.chats import JSON, Chat, Message, User
from tests.telegram.fake.files import Files
from tests.telegram.fake.keyboards import Markup
from tests.telegram.fake.pace import Pace
from tests.telegram.fake.profile import Profile
from tests.telegram.fake.refusals import bad_request
from tests.telegram.fake.signal import Signal
from tests.telegram.fake.updates import Updates

FIRST_PERSON = 5_000_000_001
FIRST_GROUP = 4_000_001
SUPERGROUPS = 1_000_000_000_000  # Telegram: a supergroup's or channel's id is -100 and its own number


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are posted to; `max_connections` at the same time."""

    url: str
    secret_token: str = ""
    max_connections: int = 40


@dataclass(slots=True)
class Press:
    """A button that somebody pressed, and what the bot answered to it."""

    id: str
    data: str
    chat_id: int
    message_id: int
    answers: list[JSON] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Return whether the little clock on the button has gone."""
        return bool(self.answers)


class World:
    """The state; `changed` fires after every change that a person could see."""

    def __init__(self, token: str, username: str) -> None:
        self.token = token
        self.bot = User(int(token.partition(":")[0]), "Lotse", username=username, is_bot=True)
        self.reads_all_groups = False
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.presses: dict[str, Press] = {}
        self.updates = Updates()
        self.profile = Profile()
        self.pace = Pace()
        self.webhook: Webhook | None = None
        self.webhook_error: tuple[int, str] | None = None
        self.changed = Signal()
        self._shared_ids = itertools.count(1)
        self._persons = itertools.count(FIRST_PERSON)
        self._groups = itertools.count(FIRST_GROUP)
        self._queries = itertools.count(7_300_000_000_000_000_001)

    def new_person(self, first_name: str, last_name: str, username: str, language_code: str) -> Chat:
        """Return the chat of somebody new, who has not written yet."""
        user = User(next(self._persons), first_name, last_name, username, language_code)
        return self._keep(Chat(user.id, "private", person=user))

    def new_room(self, kind: str, title: str, is_forum: bool = False) -> Chat:
        """Return a new group, supergroup or channel that the bot is not in yet."""
        number = next(self._groups)
        chat_id = -number if kind == "group" else -(SUPERGROUPS + number)
        return self._keep(Chat(chat_id, kind, title, is_forum=is_forum, bot_status="left"))

    def chat(self, arguments: Arguments) -> Chat:
        """Return the chat that a call names, if the bot can write in it. Raises Refusal like Telegram's."""
        chat_id = arguments.number("chat_id")
        if chat_id is None:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if refusal := chat.refusal():
            raise refusal
        return chat

    def post(self, chat: Chat, sender: User | None, content: JSON, **fields: Any) -> Message:
        """Put a message into a chat; `fields` are those of Message."""
        message = Message(chat, self._next_id(chat), int(time.time()), sender, content, **fields)
        chat.messages[message.message_id] = message
        self.changed.fire()
        return message

    def post_by_bot(self, chat: Chat, content: JSON, markup: Markup | None = None, **fields: Any) -> Message:
        """Put a message of the bot's into a chat, with its buttons or the chat's new keyboard."""
        if markup and ("keyboard" in markup or "remove_keyboard" in markup):
            chat.keyboard = markup if "keyboard" in markup else None
        sender = None if chat.type == "channel" else self.bot
        return self.post(chat, sender, content, markup=markup, **fields)

    def press(self, message: Message, data: str, by: User) -> Press:
        """Tell the bot that somebody pressed a button under a message."""
        press = Press(str(next(self._queries)), data, message.chat.id, message.message_id)
        self.presses[press.id] = press
        shown = message.to_json()
        if message.deleted:  # Telegram: an InaccessibleMessage, known by its date
            shown = {"chat": message.chat.to_json(), "message_id": message.message_id, "date": 0}
        query = {"id": press.id, "from": by.to_json(), "message": shown, "data": data}
        query["chat_instance"] = str(3_000_000_000_000_000_000 + abs(message.chat.id))
        self.updates.put("callback_query", query, message.chat.id)
        self.changed.fire()
        return press

    def stand(self, chat: Chat, status: str, by: User) -> None:
        """Change what the bot is in a chat, and tell it so."""
        before, chat.bot_status = chat.bot_status, status
        update = {
            "chat": chat.to_json(),
            "from": by.to_json(),
            "date": int(time.time()),
            "old_chat_member": member(self.bot, before),
            "new_chat_member": member(self.bot, status),
        }
        self.updates.put("my_chat_member", update, chat.id)
        self.changed.fire()

    def _keep(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def _next_id(self, chat: Chat) -> int:
        # Private chats and groups share one count, supergroups and channels have their own.
        if chat.type in ("private", "group"):
            return next(self._shared_ids)
        chat.last_id += 1
        return chat.last_id


RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)


def member(user: User, status: str) -> JSON:
    """Return Telegram's ChatMember."""
    shown: JSON = {"user": user.to_json(), "status": status}
    if status == "kicked":
        return shown | {"until_date": 0}
    if status == "administrator":
        rights: JSON = dict.fromkeys(RIGHTS, True)
        return shown | rights | {"can_be_edited": False, "is_anonymous": False}
    return shown
