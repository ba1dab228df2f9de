"""The methods about chats and the topics of forums."""

from tests.telegram.fake import limits
from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.chats import GONE, JSON, Chat, Topic, User
from tests.telegram.fake.refusals import bad_request
from tests.telegram.fake.world import World, member

ICON_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(world: World, arguments: Arguments) -> JSON:
    """getChat: ChatFullInfo, as far as a bot needs it."""
    chat = world.chat(arguments)
    shown = chat.to_json() | {"accent_color_id": chat.id % 7, "max_reaction_count": 11}
    shown["accepted_gift_types"] = dict.fromkeys(GIFTS, chat.is_private)
    if chat.type == "supergroup":
        shown |= {"join_to_send_messages": False, "has_visible_history": True}
    return shown


def get_chat_member(world: World, arguments: Arguments) -> JSON:
    """getChatMember."""
    chat = world.chat(arguments)
    user_id = arguments.number("user_id")
    if user_id == world.bot.id:
        shown = member(world.bot, chat.bot_status)
        return shown | {right: False for right in chat.bot_lacks if right in shown}
    if found := chat.members.get(user_id or 0):
        return member(found, "member")
    if chat.person and chat.person.id == user_id:
        return member(chat.person, "member")
    raise bad_request("member not found")


def leave_chat(world: World, arguments: Arguments) -> bool:
    """leaveChat."""
    chat = world.chat(arguments)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    world.stand(chat, "left", world.bot)
    return True


def get_file(world: World, arguments: Arguments) -> JSON:
    """getFile: where to fetch a file, up to 20 MB."""
    file = world.files.kept.get(arguments.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > limits.DOWNLOAD:
        raise bad_request("file is too big")
    return file.reference() | {"file_path": file.path}


def create_forum_topic(world: World, arguments: Arguments) -> JSON:
    """createForumTopic."""
    chat = _forum(world, arguments)
    name = limits.checked_topic_name(arguments.text("name"))
    color = arguments.number("icon_color") or ICON_COLORS[0]
    if color not in ICON_COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    world.pace.check(chat)  # the message that makes a topic is one of the bot's
    topic = open_topic(world, chat, name, color, world.bot)
    return {"message_thread_id": topic.thread_id, "name": topic.name, "icon_color": topic.icon_color}


def edit_forum_topic(world: World, arguments: Arguments) -> bool:
    """editForumTopic: its name."""
    chat, topic = _topic(world, arguments)
    if arguments.text("name"):
        name = limits.checked_topic_name(arguments.text("name"))
        if name == topic.name:
            raise bad_request("TOPIC_NOT_MODIFIED")
        topic.name = name
        _note(world, chat, topic, "forum_topic_edited", {"name": name}, world.bot)
    return True


def close_forum_topic(world: World, arguments: Arguments) -> bool:
    """closeForumTopic."""
    return _set_closed(world, arguments, True)


def reopen_forum_topic(world: World, arguments: Arguments) -> bool:
    """reopenForumTopic."""
    return _set_closed(world, arguments, False)


def delete_forum_topic(world: World, arguments: Arguments) -> bool:
    """deleteForumTopic, with all that was written in it."""
    chat, topic = _topic(world, arguments)
    if "can_delete_messages" in chat.bot_lacks:
        raise bad_request("not enough rights to delete a topic")
    remove_topic(world, chat, topic.thread_id)
    return True


def open_topic(world: World, chat: Chat, name: str, color: int, by: User) -> Topic:
    """Open a topic in a forum; the message that tells so gives it its id."""
    created = {"name": name, "icon_color": color}
    message = world.post(chat, by, {"forum_topic_created": created})
    message.thread_id = message.message_id
    topic = Topic(message.message_id, name, color)
    chat.topics[topic.thread_id] = topic
    if by is not world.bot:
        world.updates.put("message", message.to_json(), chat.id)
    return topic


def remove_topic(world: World, chat: Chat, thread_id: int) -> None:
    """Delete a topic and its messages; nobody is told."""
    del chat.topics[thread_id]
    for message in chat.messages.values():
        message.deleted = message.deleted or message.thread_id == thread_id
    world.changed.fire()


def close_topic(world: World, chat: Chat, topic: Topic, closed: bool, by: User) -> None:
    """Close or reopen a topic, and say so in it."""
    topic.closed = closed
    _note(world, chat, topic, "forum_topic_closed" if closed else "forum_topic_reopened", {}, by)


def _set_closed(world: World, arguments: Arguments, closed: bool) -> bool:
    chat, topic = _topic(world, arguments)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    close_topic(world, chat, topic, closed, world.bot)
    return True


def _note(world: World, chat: Chat, topic: Topic, kind: str, content: JSON, by: User) -> None:
    message = world.post(chat, by, {kind: content}, thread_id=topic.thread_id)
    if by is not world.bot:
        world.updates.put("message", message.to_json(), chat.id)


def _forum(world: World, arguments: Arguments) -> Chat:
    chat = world.chat(arguments)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if chat.bot_status != "administrator" or "can_manage_topics" in chat.bot_lacks:
        raise bad_request("not enough rights to create a topic")
    return chat


def _topic(world: World, arguments: Arguments) -> tuple[Chat, Topic]:
    chat = _forum(world, arguments)
    topic = chat.topics.get(arguments.number("message_thread_id") or 0)
    if topic is None:
        raise bad_request("message thread not found")
    return chat, topic


def admit(world: World, chat: Chat, by: User, status: str) -> None:
    """Take the bot into a room, and tell it so."""
    chat.known = True
    world.stand(chat, status, by)
    if chat.type != "channel":
        content: JSON = {"new_chat_members": [world.bot.to_json()]}
        world.updates.put("message", world.post(chat, by, content).to_json(), chat.id)


def upgrade(world: World, chat: Chat, is_forum: bool) -> Chat:
    """Turn a group into a supergroup with another id; the old one only tells the new one's."""
    by = next(iter(chat.members.values()))
    new = world.new_room("supergroup", chat.title, is_forum)
    new.known, new.bot_status, new.members = True, chat.bot_status, dict(chat.members)
    old_note = world.post(chat, by, {"migrate_to_chat_id": new.id})
    world.updates.put("message", old_note.to_json(), chat.id)
    chat.migrated_to = new.id
    new_note = world.post(new, by, {"migrate_from_chat_id": chat.id})
    world.updates.put("message", new_note.to_json(), new.id)
    return new


def expel(world: World, chat: Chat, by: User, status: str = "kicked") -> None:
    """Take the bot out of a room, and tell it so."""
    if chat.bot_status not in GONE:
        world.stand(chat, status, by)
