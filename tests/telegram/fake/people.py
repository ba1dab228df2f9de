"""Persons with a phone: what they do reaches the bot, what the bot does they see."""

import itertools
import time
from collections.abc import Callable
from typing import Any, Protocol

from tests.telegram.fake import limits, media
from tests.telegram.fake.chats import GONE, JSON, Chat, Message, User
from tests.telegram.fake.seen import Seen, look, see, until
from tests.telegram.fake.telling import captioned, change, say, written
from tests.telegram.fake.world import Press, World


class Room(Protocol):
    """A group that one can write in."""

    @property
    def chat(self) -> Chat:
        """Return its chat."""
        ...


class Person:
    """Somebody who writes to the bot. `room` is a group to do it in; without one it is the chat with the bot.

    Everything is done at once; what the bot makes of it is awaited with `until`.
    """

    _polls = itertools.count(1)

    def __init__(self, world: World, chat: Chat) -> None:
        assert chat.person, "there is nobody to do it"
        self.world = world
        self.chat = chat
        self.user: User = chat.person

    @property
    def id(self) -> int:
        """Return the person's id, which is also the chat's."""
        return self.user.id

    def start(self, payload: str = "") -> Seen:
        """Press Start, or follow a link t.me/<bot>?start=<payload>; ends a block."""
        assert limits.PAYLOAD.fullmatch(payload), "Telegram takes up to 64 of A-Z a-z 0-9 _ - after ?start="
        if self.chat.bot_status in GONE:
            self.unblocks_bot()
        return self.says(f"/start {payload}".strip())

    def says(self, text: str, room: Room | None = None, **fields: Any) -> Seen:
        """Write; `fields` may be thread_id and reply_to."""
        assert text.strip(), "Telegram's apps send no empty message"
        return self._does(written(text), room, **fields)

    def presses(self, button: str, message: Seen | None = None, room: Room | None = None) -> Press:
        """Press a button by its label or data: of this message (as it was seen), or the last that has it."""
        looked = [message] if message else reversed(self._screen(room))
        for seen in looked:
            found = seen.button(button)
            if found and found.data and (message or not seen.deleted):
                return self.forges(found.data, seen, room)
        raise AssertionError(f"there is no button {button!r} to press; there are {self._labels(room)}")

    def forges(self, data: str, message: Seen, room: Room | None = None) -> Press:
        """Send any data as if a button of this message had it, as a foreign app can."""
        chat = room.chat if room else self.chat
        return self.world.press(chat.messages[message.message_id], data, self.user)

    def edits(self, message: Seen, text: str) -> Seen:
        """Change a text, or a caption, that the person sent."""
        mine = self._mine(message)
        rest = {k: v for k, v in mine.content.items() if "entities" not in k and k not in ("text", "caption")}
        change(self.world, mine, rest | (written(text) if message.kind == "text" else captioned(text)))
        return see(mine, self.world.bot)

    def deletes(self, message: Seen) -> None:
        """Delete a message; Telegram does not tell the bot."""
        self._mine(message).deleted = True
        self.world.changed.fire()

    def sends_photo(self, caption: str = "", size: int | None = None, album: str = "", **fields: Any) -> Seen:
        """Send a picture; pictures of one `album` belong together. `size` is claimed, in bytes."""
        group: JSON = {"media_group_id": album} if album else {}
        return self._does(media.photo(self.world.files, size=size) | group | captioned(caption), **fields)

    def sends_voice(self, duration: int = 3, size: int | None = None, **fields: Any) -> Seen:
        """Send a spoken message."""
        return self._does(media.voice(self.world.files, duration, size), **fields)

    def sends_video(
        self, caption: str = "", duration: int = 5, size: int | None = None, **fields: Any
    ) -> Seen:
        """Send a film."""
        return self._does(media.video(self.world.files, duration, size) | captioned(caption), **fields)

    def sends_video_note(self, duration: int = 5, **fields: Any) -> Seen:
        """Send a round film."""
        return self._does(media.video_note(self.world.files, duration), **fields)

    def sends_audio(self, title: str = "Lied", **fields: Any) -> Seen:
        """Send a piece of music."""
        return self._does(media.audio(self.world.files, title), **fields)

    def sends_document(
        self,
        name: str = "brief.pdf",
        data: bytes = b"%PDF-1.7",
        mime: str = "application/pdf",
        caption: str = "",
        size: int | None = None,
        **fields: Any,
    ) -> Seen:
        """Send a file."""
        content = media.document(self.world.files, name, mime, data, size)
        return self._does(content | captioned(caption), **fields)

    def sends_sticker(self, emoji: str = "👍", **fields: Any) -> Seen:
        """Send a sticker."""
        return self._does(media.sticker(self.world.files, emoji), **fields)

    def sends_location(self, latitude: float = 51.83, longitude: float = 7.28, **fields: Any) -> Seen:
        """Send a place on the map."""
        return self._does(media.location(latitude, longitude), **fields)

    def sends_contact(self, phone: str = "+49301234567", first_name: str = "", **fields: Any) -> Seen:
        """Send a telephone number: one's own, or with a name somebody else's."""
        own = None if first_name else self.id
        return self._does(media.contact(phone, first_name or self.user.first_name, own), **fields)

    def sends_poll(
        self, question: str = "Wann?", options: tuple[str, ...] = ("Mo", "Di"), **fields: Any
    ) -> Seen:
        """Send a poll."""
        return self._does(media.poll(next(self._polls), question, options), **fields)

    def forwards(self, text: str, name: str = "Amt", **fields: Any) -> Seen:
        """Forward a text of somebody whose account is hidden."""
        origin = {"type": "hidden_user", "date": int(time.time()) - 60, "sender_user_name": name}
        return self._does(written(text), origin=origin, **fields)

    def reacts(self, message: Seen, emoji: str) -> None:
        """Put a reaction under a message; the bot is told only if it asked for message_reaction."""
        reaction = [{"type": "emoji", "emoji": emoji}]
        told = {"chat": self.chat.to_json(), "message_id": message.message_id, "date": int(time.time())}
        told |= {"user": self.user.to_json(), "old_reaction": [], "new_reaction": reaction}
        self.world.updates.put("message_reaction", told, self.chat.id)

    def blocks_bot(self) -> None:
        """Block the bot: it is told, and can send nothing any more."""
        self.world.stand(self.chat, "kicked", self.user)

    def unblocks_bot(self) -> None:
        """Take the block back."""
        self.world.stand(self.chat, "member", self.user)

    def deletes_account(self) -> None:
        """Leave Telegram; the bot is not told."""
        self.user.deactivated = True
        self.world.changed.fire()

    def sees(self) -> tuple[Seen, ...]:
        """Return the chat with the bot, the person's own messages too, in its order."""
        return self._screen(None)

    def hears(self) -> list[str]:
        """Return the texts of the bot that are (still) in the chat."""
        return [seen.text for seen in self.sees() if seen.from_bot and not seen.deleted]

    async def until(
        self, holds: Callable[[tuple[Seen, ...]], object], within: float = 5.0
    ) -> tuple[Seen, ...]:
        """Wait until the chat looks as `holds` says; return it. Raises AssertionError with what is seen instead."""
        return await until(self.world, self.sees, holds, within)

    @property
    def menu(self) -> dict[str, str]:
        """Return the commands that the person's app offers, with their descriptions."""
        commands = self.world.profile.menu(self.chat, self.user.language_code)
        return {command["command"]: command["description"] for command in commands}

    def reads_profile(self, name: str) -> str:
        """Return the bot's name, description or short_description in the person's language."""
        return self.world.profile.text(name, self.user.language_code)

    @property
    def action(self) -> str:
        """Return what the bot is shown to do right now: "typing", or nothing."""
        return self.chat.actions[-1] if self.chat.actions else ""

    def _does(self, content: JSON, room: Room | None = None, **fields: Any) -> Seen:
        assert not self.user.deactivated, "the account is gone"
        assert room or self.chat.bot_status not in GONE, "who has blocked the bot cannot write to it"
        message = say(self.world, room.chat if room else self.chat, self.user, content, **fields)
        return see(message, self.world.bot)

    def _mine(self, message: Seen) -> Message:
        found = self.world.chats[message.chat_id].messages[message.message_id]
        assert found.sender is self.user, "only the one who wrote a message can change it"
        return found

    def _screen(self, room: Room | None) -> tuple[Seen, ...]:
        return look(room.chat if room else self.chat, self.world.bot)

    def _labels(self, room: Room | None) -> list[str]:
        return [label for seen in self._screen(room) for label in seen.labels]
