"""The methods of the Bot API that this Telegram has, by their names in lower case."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.telegram.fake import editing, introducing, limits, receiving, rooms, sending
from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.world import World

Method = Callable[[World, Arguments], Any | Awaitable[Any]]

METHODS: dict[str, Method] = {
    "getme": introducing.get_me,
    "getupdates": receiving.get_updates,
    "setwebhook": receiving.set_webhook,
    "deletewebhook": receiving.delete_webhook,
    "getwebhookinfo": receiving.get_webhook_info,
    "sendmessage": sending.send_message,
    "senddocument": sending.send_document,
    "sendphoto": sending.send_photo,
    "copymessage": sending.copy_message,
    "forwardmessage": sending.forward_message,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": editing.edit_message_text,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "deletemessage": editing.delete_message,
    "answercallbackquery": editing.answer_callback_query,
    "setmessagereaction": editing.set_message_reaction,
    "setmycommands": introducing.set_my_commands,
    "getmycommands": introducing.get_my_commands,
    "deletemycommands": introducing.delete_my_commands,
    "setmyname": introducing.setter("name", limits.NAME),
    "getmyname": introducing.getter("name"),
    "setmydescription": introducing.setter("description", limits.DESCRIPTION),
    "getmydescription": introducing.getter("description"),
    "setmyshortdescription": introducing.setter("short_description", limits.SHORT_DESCRIPTION),
    "getmyshortdescription": introducing.getter("short_description"),
    "getchat": rooms.get_chat,
    "getchatmember": rooms.get_chat_member,
    "leavechat": rooms.leave_chat,
    "getfile": rooms.get_file,
    "createforumtopic": rooms.create_forum_topic,
    "editforumtopic": rooms.edit_forum_topic,
    "closeforumtopic": rooms.close_forum_topic,
    "reopenforumtopic": rooms.reopen_forum_topic,
    "deleteforumtopic": rooms.delete_forum_topic,
}
