"""Groups, forums and channels that the bot may be in."""

from collections.abc import Callable

from tests.telegram.fake.chats import Chat, Topic, User
from tests.telegram.fake.people import Person
from tests.telegram.fake.rooms import (
    ICON_COLORS,
    admit,
    close_topic,
    expel,
    open_topic,
    remove_topic,
    upgrade,
)
from tests.telegram.fake.seen import Seen, look, see, until
from tests.telegram.fake.telling import change, say, written
from tests.telegram.fake.world import World

NOBODY = User(777_000, "Telegram")
# core.telegram.org/bots/api#message: who stands in `from` of an anonymous administrator's message.
ANONYMOUS = User(1_087_968_824, "Group", username="GroupAnonymousBot", is_bot=True)


class Group:
    """A group, a supergroup (a forum, if it has topics) or a channel. Persons write in it with `room=group`."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat: Chat = chat

    @property
    def id(self) -> int:
        """Return the chat's id, a negative number."""
        return self.chat.id

    def add(self, person: Person) -> None:
        """Let somebody in."""
        self.chat.members[person.id] = person.user

    def add_bot(self, admin: bool = False) -> None:
        """Let the bot in (in a channel it must be an administrator), or make it one."""
        status = "administrator" if admin or self.chat.type == "channel" else "member"
        admit(self.world, self.chat, self._somebody, status)

    def kick_bot(self) -> None:
        """Throw the bot out."""
        expel(self.world, self.chat, self._somebody)

    def upgrade(self, forum: bool = False) -> "Group":
        """Turn a group into a supergroup: the new one is returned, the old one only names its id."""
        return Group(self.world, upgrade(self.world, self.chat, forum))

    def anonymous(self, text: str, thread_id: int | None = None) -> Seen:
        """Let an administrator write who remains anonymous."""
        name = self.chat.to_json()
        return see(
            say(self.world, self.chat, ANONYMOUS, written(text), thread_id=thread_id, as_chat=name),
            self.world.bot,
        )

    def other_bot(self, text: str, thread_id: int | None = None) -> Seen:
        """Let another bot write."""
        other = User(8_200_000_002, "Wetter", username="wetter_bot", is_bot=True)
        return see(say(self.world, self.chat, other, written(text), thread_id=thread_id), self.world.bot)

    def posts(self, text: str) -> Seen:
        """Post in a channel."""
        return see(say(self.world, self.chat, None, written(text)), self.world.bot)

    def edits_post(self, post: Seen, text: str) -> None:
        """Change a post of a channel."""
        change(self.world, self.chat.messages[post.message_id], written(text))

    def topic(self, name: str, by: Person) -> Topic:
        """Let a person open a topic in a forum."""
        return open_topic(self.world, self.chat, name, ICON_COLORS[0], by.user)

    def close_topic(self, thread_id: int, by: Person, closed: bool = True) -> None:
        """Let a person close or reopen a topic."""
        close_topic(self.world, self.chat, self.chat.topics[thread_id], closed, by.user)

    def delete_topic(self, thread_id: int) -> None:
        """Delete a topic and what is in it; Telegram does not tell the bot."""
        remove_topic(self.world, self.chat, thread_id)

    @property
    def topics(self) -> list[Topic]:
        """Return the topics of a forum."""
        return list(self.chat.topics.values())

    def sees(self, thread_id: int | None = None) -> tuple[Seen, ...]:
        """Return all messages, or those of one topic."""
        seen = look(self.chat, self.world.bot)
        return seen if thread_id is None else tuple(one for one in seen if one.thread_id == thread_id)

    async def until(
        self, holds: Callable[[tuple[Seen, ...]], object], within: float = 5.0
    ) -> tuple[Seen, ...]:
        """Wait until the chat looks as `holds` says; return it. Raises AssertionError with what is seen instead."""
        return await until(self.world, self.sees, holds, within)

    @property
    def _somebody(self) -> User:
        return next(iter(self.chat.members.values()), NOBODY)
