"""What an update means, as values; names and usernames are not read, let alone kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram.channel import CHANNEL
from bot.dialogue.start import JOINED_LATE
from bot.domain.message import Address, Attachment, Inbound
from bot.i18n import COMMANDS
from bot.service.join import LINK

GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


@dataclass(frozen=True, slots=True)
class Said:
    """A newcomer wrote, pressed a button or sent something.

    `press`: the id to acknowledge a pressed button with. `join`: a token to go on with a conversation; until it is
    redeemed, the inbound says that it came too late. `is_edit`: it replaces words that were perhaps answered already.
    """

    inbounds: tuple[Inbound, ...]
    press: str = ""
    join: str = ""
    is_edit: bool = False

    @property
    def address(self) -> Address:
        """Who it was."""
        return self.inbounds[0].address


@dataclass(frozen=True, slots=True)
class Reach:
    """A newcomer blocked the bot, or let it in again."""

    address: Address
    is_reachable: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody put the bot into a group or channel, where it does not work."""

    chat: int
    language: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """An update without anything to answer; the reason is for the log."""

    reason: str


Meaning = Said | Reach | Elsewhere | Nothing


def read(update: Update, account: str, now: datetime) -> Meaning:
    """Return what an update means to the bot with this account number."""
    if update.my_chat_member:
        return _membership(update.my_chat_member, account)
    if update.callback_query:
        return _press(update, update.callback_query, account, now)
    message = update.effective_message
    if message is None:
        return Nothing("kind")
    if message.chat.type != ChatType.PRIVATE:
        return Nothing("group")  # said goodbye when it was put there
    if update.edited_message:
        return _edit(update, message, account)
    return _message(update, message, account)


def _membership(changed: ChatMemberUpdated, account: str) -> Meaning:
    is_member = changed.new_chat_member.status not in GONE
    if changed.chat.type == ChatType.PRIVATE:
        return Reach(_address(account, changed.chat.id), is_member, changed.date)
    if not is_member or changed.old_chat_member.status not in GONE:
        return Nothing("group")
    return Elsewhere(changed.chat.id, changed.from_user.language_code or "")


def _press(update: Update, query: CallbackQuery, account: str, now: datetime) -> Meaning:
    # A message that is too old comes without its content, but with its chat.
    chat = query.message.chat if query.message else None
    if not query.data or (chat and chat.type != ChatType.PRIVATE):
        return Nothing("button of another kind")
    inbound = Inbound(
        _address(account, query.from_user.id),
        str(update.update_id),
        now,
        _label(query),
        query.data,
        language_hint=query.from_user.language_code or "",
    )
    return Said((inbound,), press=query.id)


def _label(query: CallbackQuery) -> str:
    """Return what stands on the pressed button: the history shows it, and "my data" tells it."""
    message = query.message if isinstance(query.message, Message) else None
    rows = message.reply_markup.inline_keyboard if message and message.reply_markup else ()
    return next((one.text for row in rows for one in row if one.callback_data == query.data), "")


def _edit(update: Update, message: Message, account: str) -> Meaning:
    if not message.text:
        return Nothing("edit without a text")  # a caption, or a location that moves
    said = _message(update, message, account)
    return Said(said.inbounds, is_edit=True) if isinstance(said, Said) else said


def _message(update: Update, message: Message, account: str) -> Meaning:
    words = (message.text or message.caption or "").strip()
    files = _files(message)
    found = []
    if files:  # first, so that the answer to the words stands last
        found.append(_inbound(update, message, account, "file" if words else "", attachments=files))
    command, rest = _command(words) if message.text else ("", "")
    if command == "start" and rest:
        join = rest.removeprefix(LINK) if rest.startswith(LINK) else ""
        found.append(_inbound(update, message, account, start=JOINED_LATE if join else rest))
        return Said(tuple(found), join=join)
    if command in COMMANDS and not rest:
        found.append(_inbound(update, message, account, choice=f"cmd:{command}"))
    elif words:
        # An unknown command may be a word that the understanding knows, such as /hilfe.
        found.append(_inbound(update, message, account, text=words.removeprefix("/") if command else words))
    return Said(tuple(found)) if found else Nothing("service message")


def _inbound(
    update: Update,
    message: Message,
    account: str,
    part: str = "",
    *,
    text: str = "",
    choice: str = "",
    start: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Inbound:
    return Inbound(
        _address(account, message.chat.id),
        f"{update.update_id}:{part}" if part else str(update.update_id),
        message.date,
        text,
        choice,
        start,
        (message.from_user.language_code if message.from_user else None) or "",
        attachments,
    )


def _address(account: str, chat: int) -> Address:
    return Address(CHANNEL, account, str(chat))


def _command(text: str) -> tuple[str, str]:
    """Return the name of a command and what follows it: "/start@LotseBot de" is start and "de"."""
    if not text.startswith("/"):
        return "", ""
    head, _, rest = text[1:].partition(" ")
    return head.partition("@")[0].lower(), rest.strip()


def _files(message: Message) -> tuple[Attachment, ...]:
    return tuple(file for read_file in FILES if (file := read_file(message)))[:1]


def _photo(message: Message) -> Attachment | None:
    largest = message.photo[-1] if message.photo else None
    return Attachment("photo", largest.file_id, "image/jpeg", largest.file_size) if largest else None


def _media(kind: str, field: str) -> Callable[[Message], Attachment | None]:
    def read_file(message: Message) -> Attachment | None:
        found = getattr(message, field)
        if not found:
            return None
        return Attachment(kind, found.file_id, getattr(found, "mime_type", None) or "", found.file_size)

    return read_file


def _mark(kind: str, field: str) -> Callable[[Message], Attachment | None]:
    """Of these only that they came is kept: where somebody is, and whose number they pass on, is not our business."""

    def read_file(message: Message) -> Attachment | None:
        return Attachment(kind) if getattr(message, field) else None

    return read_file


# What a message may hold besides words. An animation is also a document, a venue also a location: first come.
FILES: tuple[Callable[[Message], Attachment | None], ...] = (
    _photo,
    _media("voice", "voice"),
    _media("voice", "audio"),
    _media("video", "video"),
    _media("video", "video_note"),
    _media("video", "animation"),
    _media("document", "document"),
    _media("sticker", "sticker"),
    _mark("location", "location"),
    _mark("contact", "contact"),
    *(_mark("other", field) for field in ("poll", "dice", "story", "game", "paid_media", "checklist")),
)
