"""The methods that change what the bot wrote, or answer a button."""

import time

from tests.telegram.fake import limits
from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.chats import JSON, Chat, Message, text_content
from tests.telegram.fake.keyboards import is_inline, read_markup
from tests.telegram.fake.refusals import bad_request
from tests.telegram.fake.sending import read_formatted
from tests.telegram.fake.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current"
    " content and reply markup of the message"
)
REACTIONS = ("👍", "👎", "❤", "🔥", "🎉", "👀", "🙏", "👌", "🤔", "😢")


def edit_message_text(world: World, arguments: Arguments) -> JSON:
    """editMessageText; without a reply_markup the buttons go."""
    message = _own_message(world, arguments)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    text = limits.checked_text(read_formatted(arguments, "text"))
    markup = read_markup(arguments.structure("reply_markup"))
    if (message.formatted, _shown(message.markup)) == (text, markup):
        raise bad_request(NOT_MODIFIED)
    world.pace.check(message.chat)
    return _changed(world, message, message.content | {"entities": []} | text_content(text), markup)


def edit_message_reply_markup(world: World, arguments: Arguments) -> JSON:
    """editMessageReplyMarkup."""
    message = _own_message(world, arguments)
    markup = read_markup(arguments.structure("reply_markup"))
    if _shown(message.markup) == markup:
        raise bad_request(NOT_MODIFIED)
    world.pace.check(message.chat)
    return _changed(world, message, message.content, markup)


def delete_message(world: World, arguments: Arguments) -> bool:
    """deleteMessage: its own everywhere, anybody's in a private chat or as an administrator."""
    chat = world.chat(arguments)
    message = _message(chat, arguments, "delete")
    if message.sender is not world.bot and not chat.is_private and chat.bot_status != "administrator":
        raise bad_request("message can't be deleted")
    message.deleted = True
    world.changed.fire()
    return True


def answer_callback_query(world: World, arguments: Arguments) -> bool:
    """answerCallbackQuery: ends the little clock on the button, with or without a word."""
    press = world.presses.get(arguments.text("callback_query_id"))
    if press is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = arguments.text("text")
    if len(text) > limits.CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    press.answers.append({"text": text, "show_alert": arguments.flag("show_alert")})
    world.changed.fire()
    return True


def set_message_reaction(world: World, arguments: Arguments) -> bool:
    """setMessageReaction: a bot may set one, or none to take it back."""
    chat = world.chat(arguments)
    message = _message(chat, arguments, "react")
    given = arguments.structure("reaction") or []
    if len(given) > 1:
        raise bad_request("too many reactions specified")
    emojis = tuple(str(reaction.get("emoji", "")) for reaction in given)
    if any(emoji not in REACTIONS for emoji in emojis):
        raise bad_request("REACTION_INVALID")
    message.reactions = emojis
    world.changed.fire()
    return True


def _own_message(world: World, arguments: Arguments) -> Message:
    if arguments.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = world.chat(arguments)
    message = _message(chat, arguments, "edit")
    own = message.sender is world.bot or (message.sender is None and chat.type == "channel")
    if not own or message.origin or (message.markup and not is_inline(message.markup)):
        raise bad_request("message can't be edited")
    return message


def _message(chat: Chat, arguments: Arguments, verb: str) -> Message:
    message = chat.message(arguments.number("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message


def _shown(markup: JSON | None) -> JSON | None:
    return markup if is_inline(markup) else None


def _changed(world: World, message: Message, content: JSON, markup: JSON | None) -> JSON:
    message.content = {key: value for key, value in content.items() if value != []}
    message.markup = markup
    message.edit_date = int(time.time())
    world.changed.fire()
    return message.to_json()
