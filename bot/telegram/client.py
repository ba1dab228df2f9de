"""The calls of the Bot API that we make; every failure is a SendError."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog
from telegram import (
    Bot,
    BotCommand,
    ChatMember,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    User,
    WebhookInfo,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import TelegramError

from bot.service.ports import SendError, TooLarge
from bot.telegram.errors import (
    BROKEN_MARKUP,
    NO_MESSAGE,
    NOT_MODIFIED,
    TROUBLES,
    ApiError,
    as_send_error,
)
from bot.telegram.render import without_tags
from bot.telegram.transport import ANSWER_WITHIN, Transport

API = "https://api.telegram.org"
# What we ask for; Telegram then sends nothing else.
UPDATES = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member")
MOST_UPDATES = 100  # Telegram's limit for one call
FILE_WITHIN = 30.0  # seconds for the whole of a received file
COURTESY_WITHIN = 5.0  # seconds for what may as well not happen
DELIVERIES_AT_ONCE = 20  # of a webhook; those of one chat come one after the other anyway
_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+)+")
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Answer = TypeVar("Answer")

log = structlog.get_logger()


class Client:
    """One bot. Use it as a context: it holds open connections.

    `account` is the bot's number; `trouble` says in a few words what is wrong with the connection, empty if
    nothing is known to be.
    """

    def __init__(self, token: str, api: str = API, within: float = ANSWER_WITHIN) -> None:
        """Take the token from BotFather, the address of the Bot API, and the seconds to wait for an answer."""
        self._within = within
        self._transport = Transport(within)
        self._url = f"{api.rstrip('/')}/bot"
        self._files = f"{api.rstrip('/')}/file/bot"
        self._token = token
        self._bot = Bot(
            token,
            base_url=self._url,
            base_file_url=self._files,
            request=self._transport,
            get_updates_request=self._transport,
        )
        self.account = token.partition(":")[0]
        self.trouble = ""

    async def __aenter__(self) -> Self:
        await self._transport.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.shutdown()

    # --- messages

    async def send_text(
        self,
        chat: int,
        html: str,
        keyboard: InlineKeyboardMarkup | None = None,
        thread: int | None = None,
        reply_to: int | None = None,
    ) -> str:
        """Send a message of at most 4,096 visible UTF-16 units; return its id.

        If Telegram cannot read our markup, the words are sent without it, and if what they reply to is gone, without
        that: better plain than not at all.
        """
        try:
            return await self._send_text(chat, html, ParseMode.HTML, keyboard, thread, reply_to)
        except SendError as error:
            if error.reason == BROKEN_MARKUP:
                return await self._send_text(chat, without_tags(html), None, keyboard, thread, None)
            if error.reason == NO_MESSAGE and reply_to is not None:
                return await self._send_text(chat, html, ParseMode.HTML, keyboard, thread, None)
            raise

    async def _send_text(
        self,
        chat: int,
        text: str,
        mode: ParseMode | None,
        keyboard: InlineKeyboardMarkup | None,
        thread: int | None,
        reply_to: int | None,
    ) -> str:
        values: dict[str, object] = {
            "chat_id": chat,
            "text": text,
            "link_preview_options": NO_PREVIEW.to_dict(),
        }
        if mode:
            values["parse_mode"] = mode
        if keyboard:
            values["reply_markup"] = keyboard.to_dict()
        if thread is not None:
            values["message_thread_id"] = thread
        if reply_to is not None:
            values["reply_parameters"] = {"message_id": reply_to}
        return await self._send("sendMessage", values)

    async def _send(
        self, method: str, values: Mapping[str, object], file: tuple[str, bytes] | None = None
    ) -> str:
        """Call a method that makes a message; return its id, empty if Telegram took it and tells none.

        Raw, because python-telegram-bot reads the whole message or fails: what was sent would be sent again.
        """
        url = f"{self._url}{self._token}/{method}"
        made = await self._call(self._transport.call(url, values, self._within, file))
        return str(made.get("message_id", "")) if isinstance(made, dict) else ""

    async def edit_text(
        self, chat: int, message: int, html: str, keyboard: InlineKeyboardMarkup | None = None
    ) -> None:
        """Replace a message of ours; one that says it already is no error."""
        await self._unless_so(
            self._bot.edit_message_text(
                html,
                chat,
                message,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=NO_PREVIEW,
            )
        )

    async def send_file(self, chat: int, name: str, content: bytes) -> str:
        """Send a file; return the message's id."""
        return await self._send("sendDocument", {"chat_id": chat}, (name, content))

    async def file(self, id: str, most: int) -> bytes:
        """Return a file that somebody sent; raise TooLarge beyond `most` bytes (Telegram gives at most 20 MB)."""
        url = f"{self._url}{self._token}/getFile"
        found = await self._call(self._transport.call(url, {"file_id": id}, self._within))
        told = found if isinstance(found, dict) else {}
        path, size = str(told.get("file_path")), told.get("file_size")
        # Nothing of another's making goes into an address that holds our token.
        if not _PATH.fullmatch(path) or ".." in path:
            raise SendError("no such file", permanent=True)
        if isinstance(size, int) and size > most:
            raise TooLarge(f"{size} bytes")
        try:
            content = await self._transport.fetch(f"{self._files}{self._token}/{path}", FILE_WITHIN, most)
        except TelegramError as error:
            # A 404 is about this file, not about the token.
            raise SendError("file not there", permanent=isinstance(error, ApiError)) from None
        if len(content) > most:
            raise TooLarge(f"more than {most} bytes")
        return content

    # --- courtesies: nobody misses one that failed

    async def show_typing(self, chat: int) -> None:
        """Show "typing…" for some seconds."""
        await self._call(self._bot.send_chat_action(chat, ChatAction.TYPING, read_timeout=COURTESY_WITHIN))

    async def answer_press(self, press: str, text: str = "", alert: bool = False) -> None:
        """Stop the clock that Telegram shows on a pressed button, with a word (200 characters) to whoever pressed it.

        alert: they must tap it away.
        """
        await self._call(
            self._bot.answer_callback_query(
                press, text=text or None, show_alert=alert or None, read_timeout=COURTESY_WITHIN
            )
        )

    async def react(self, chat: int, message: int, emoji: str) -> None:
        """Put one of Telegram's reactions under a message."""
        await self._call(self._bot.set_message_reaction(chat, message, emoji, read_timeout=COURTESY_WITHIN))

    async def leave(self, chat: int) -> None:
        """Leave a group or channel."""
        await self._call(self._bot.leave_chat(chat))

    # --- topics of a group

    async def make_topic(self, chat: int, name: str) -> int:
        """Make a topic with a name of at most 128 characters; return its id."""
        url = f"{self._url}{self._token}/createForumTopic"
        values = {"chat_id": chat, "name": name}
        made = await self._call(self._transport.call(url, values, self._within))
        return int(made["message_thread_id"])

    async def close_topic(self, chat: int, thread: int) -> None:
        """Close a topic; one that is closed is no error."""
        await self._unless_so(self._bot.close_forum_topic(chat, thread))

    async def open_topic(self, chat: int, thread: int) -> None:
        """Open a closed topic again; one that is open is no error."""
        await self._unless_so(self._bot.reopen_forum_topic(chat, thread))

    async def delete_topic(self, chat: int, thread: int) -> None:
        """Delete a topic with all that is in it."""
        await self._call(self._bot.delete_forum_topic(chat, thread))

    async def group(self, chat: int) -> tuple[str, bool, ChatMember]:
        """Return a group's title, whether it has topics, and what the bot is there."""
        found = await self._call(self._bot.get_chat(chat))
        mine = await self._call(self._bot.get_chat_member(chat, int(self.account)))
        return found.title or "", bool(found.is_forum), mine

    async def _unless_so(self, call: Awaitable[Answer]) -> None:
        try:
            await self._call(call)
        except SendError as error:
            if error.reason != NOT_MODIFIED:
                raise

    # --- updates

    async def updates(self, offset: int, wait: int) -> list[dict[str, Any]]:
        """Return the updates from `offset` on, as Telegram wrote them, waiting up to `wait` seconds for one.

        Raw, because python-telegram-bot reads them all or none: one of a new kind would stop the rest for ever.
        """
        values = {"offset": offset, "limit": MOST_UPDATES, "timeout": wait, "allowed_updates": list(UPDATES)}
        url = f"{self._url}{self._token}/getUpdates"
        return list(await self._call(self._transport.call(url, values, wait + self._within)))

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let Telegram deliver updates to `url`, with `secret` in a header."""
        await self._call(
            self._bot.set_webhook(
                url, secret_token=secret, allowed_updates=UPDATES, max_connections=DELIVERIES_AT_ONCE
            )
        )

    async def delete_webhook(self) -> None:
        """Let updates be fetched again; those that wait are kept."""
        await self._call(self._bot.delete_webhook(drop_pending_updates=False))

    async def webhook(self) -> WebhookInfo:
        """Return where updates are delivered, and what went wrong last."""
        return await self._call(self._bot.get_webhook_info())

    # --- what the bot shows of itself

    async def me(self) -> User:
        """Return the bot's own account."""
        return await self._call(self._bot.get_me())

    async def profile(self, language: str | None) -> tuple[str, str, str]:
        """Return name, description and short description as they are in a language (None: for all others)."""
        name = await self._call(self._bot.get_my_name(language_code=language))
        description = await self._call(self._bot.get_my_description(language_code=language))
        short = await self._call(self._bot.get_my_short_description(language_code=language))
        return name.name, description.description, short.short_description

    async def set_name(self, text: str, language: str | None) -> None:
        """Set the name above the chat."""
        await self._call(self._bot.set_my_name(text, language_code=language))

    async def set_description(self, text: str, language: str | None) -> None:
        """Set the text in the empty chat."""
        await self._call(self._bot.set_my_description(text, language_code=language))

    async def set_short_description(self, text: str, language: str | None) -> None:
        """Set the text on the profile and beside shared links."""
        await self._call(self._bot.set_my_short_description(text, language_code=language))

    async def commands(self, language: str | None) -> dict[str, str]:
        """Return the menu of commands as it is in a language."""
        found: Sequence[BotCommand] = await self._call(self._bot.get_my_commands(language_code=language))
        return {command.command: command.description for command in found}

    async def set_commands(self, commands: Mapping[str, str], language: str | None) -> None:
        """Set the menu of commands."""
        await self._call(self._bot.set_my_commands(list(commands.items()), language_code=language))

    async def _call(self, call: Awaitable[Answer]) -> Answer:
        try:
            answer = await call
        except TelegramError as error:
            failure = as_send_error(error)
            if failure.reason in TROUBLES:
                self._note(failure.reason)
            raise failure from None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # python-telegram-bot trips over an answer of another shape; that must not end the bot.
            raise SendError(f"unreadable answer ({type(error).__name__})") from None
        self._note("")
        return answer

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.error("telegram.trouble", problem=trouble)
        elif self.trouble and not trouble:
            log.info("telegram.well_again")
        self.trouble = trouble
