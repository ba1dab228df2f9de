"""The methods that put something of the bot's into a chat."""

from typing import Any

from tests.telegram.fake import limits
from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.chats import GENERAL_TOPIC, JSON, Chat, Message, text_content
from tests.telegram.fake.entities import Formatted, clean, trimmed, with_detected
from tests.telegram.fake.files import StoredFile
from tests.telegram.fake.html import parse_html
from tests.telegram.fake.keyboards import read_markup
from tests.telegram.fake.refusals import Refusal, bad_request
from tests.telegram.fake.world import World

ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
)


def send_message(world: World, arguments: Arguments) -> JSON:
    """sendMessage."""
    chat = world.chat(arguments)
    text = limits.checked_text(read_formatted(arguments, "text"))
    content = text_content(text)
    if options := _shown_preview(arguments):
        content["link_preview_options"] = options
    return _send(world, chat, arguments, content)


def send_document(world: World, arguments: Arguments) -> JSON:
    """sendDocument: an upload, or the id of a file that Telegram has."""
    chat = world.chat(arguments)
    file = _file(world, arguments, "document", limits.UPLOAD)
    shown = file.reference() | {"file_name": file.name, "mime_type": file.mime}
    return _send(world, chat, arguments, {"document": shown} | _caption(arguments))


def send_photo(world: World, arguments: Arguments) -> JSON:
    """sendPhoto: Telegram makes smaller copies of it."""
    chat = world.chat(arguments)
    file = _file(world, arguments, "photo", limits.PHOTO)
    return _send(world, chat, arguments, {"photo": photo_sizes(file)} | _caption(arguments))


def copy_message(world: World, arguments: Arguments) -> JSON:
    """copyMessage: the same content without a trace of who wrote it."""
    chat = world.chat(arguments)
    source = _source(world, arguments, "copy")
    content = dict(source.content)
    if "caption" in arguments.values and "text" not in content:
        content.pop("caption_entities", None)
        content |= {"caption": ""} | _caption(arguments)
    return {"message_id": _send(world, chat, arguments, content)["message_id"]}


def forward_message(world: World, arguments: Arguments) -> JSON:
    """forwardMessage: the same content, with its origin."""
    chat = world.chat(arguments)
    source = _source(world, arguments, "forward")
    if source.protected:
        raise bad_request("message has protected content and can't be forwarded")
    return _send(world, chat, arguments, dict(source.content), origin=source.origin or origin_of(source))


def send_chat_action(world: World, arguments: Arguments) -> bool:
    """sendChatAction: shown for some seconds, or until the next message."""
    chat = world.chat(arguments)
    action = arguments.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    world.changed.fire()
    return True


def read_formatted(arguments: Arguments, name: str) -> Formatted:
    """Return a text as the bot formatted it, with what Telegram finds in it."""
    text = clean(arguments.text(name))
    mode = arguments.text("parse_mode").lower()
    if mode == "html":
        return with_detected(trimmed(parse_html(text)))
    if mode in ("markdown", "markdownv2"):
        raise bad_request("can't parse entities: this Telegram reads HTML only")
    if mode:
        raise bad_request("unsupported parse_mode")
    given = arguments.structure("entities" if name == "text" else f"{name}_entities")
    entities = limits.checked_entities(given, text) if given is not None else ()
    return with_detected(trimmed(Formatted(text, entities)))


def thread_of(chat: Chat, thread_id: int | None) -> int | None:
    """Return the topic to write in. Raises Refusal 400 for one that does not (or no longer) exist."""
    if thread_id is None:
        return None
    topic = chat.topics.get(thread_id)
    if not chat.is_forum or thread_id == GENERAL_TOPIC or topic is None:
        raise bad_request("message thread not found")
    if topic.closed and chat.bot_status != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def photo_sizes(file: StoredFile) -> list[JSON]:
    """Return a picture in two sizes, the larger one last."""
    small = file.reference() | {"file_id": f"{file.file_id}s", "file_unique_id": f"{file.unique_id}s"}
    return [small | {"width": 90, "height": 67}, file.reference() | {"width": 1280, "height": 960}]


def origin_of(message: Message) -> JSON:
    """Return Telegram's MessageOrigin of a message that is forwarded."""
    if message.sender:
        return {"type": "user", "date": message.date, "sender_user": message.sender.to_json()}
    chat = message.chat.to_json()
    return {"type": "channel", "date": message.date, "chat": chat, "message_id": message.message_id}


def _send(world: World, chat: Chat, arguments: Arguments, content: JSON, **fields: Any) -> JSON:
    thread_id = thread_of(chat, arguments.number("message_thread_id"))
    markup = read_markup(arguments.structure("reply_markup"))
    reply_to = _reply_to(chat, arguments)
    world.pace.check(chat)
    message = world.post_by_bot(
        chat,
        content,
        markup,
        thread_id=thread_id,
        reply_to=reply_to,
        silent=arguments.flag("disable_notification"),
        protected=arguments.flag("protect_content"),
        **fields,
    )
    chat.actions.clear()
    return message.to_json()


def _reply_to(chat: Chat, arguments: Arguments) -> int | None:
    given = arguments.structure("reply_parameters") or {}
    message_id = given.get("message_id") or arguments.number("reply_to_message_id")
    if message_id is None or chat.message(int(message_id)):
        return None if message_id is None else int(message_id)
    if given.get("allow_sending_without_reply") or arguments.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _shown_preview(arguments: Arguments) -> JSON | None:
    options = arguments.structure("link_preview_options")
    if options is None:
        return {"is_disabled": True} if arguments.flag("disable_web_page_preview") else None
    if not isinstance(options, dict):
        raise bad_request("object expected as link preview options")
    return {key: value for key, value in options.items() if value}


def _caption(arguments: Arguments) -> JSON:
    return text_content(limits.checked_caption(read_formatted(arguments, "caption")), "caption_")


def _source(world: World, arguments: Arguments, verb: str) -> Message:
    chat = world.chats.get(arguments.number("from_chat_id") or 0)
    if chat is None or not chat.known:
        raise bad_request("chat not found")
    message = chat.message(arguments.number("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message


def _file(world: World, arguments: Arguments, kind: str, limit: int) -> StoredFile:
    upload = arguments.upload(kind)
    if upload is None:
        if not arguments.text(kind):
            raise bad_request(f"there is no {kind} in the request")
        known = world.files.kept.get(arguments.text(kind))
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > limit:
        raise Refusal(413, "Request Entity Too Large")
    return world.files.keep(kind, upload.name, upload.mime, upload.data)
