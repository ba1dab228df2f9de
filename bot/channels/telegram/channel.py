"""Sends to newcomers over Telegram."""

from collections.abc import Callable, Iterator
from typing import Final

from telegram import InlineKeyboardMarkup

from bot.domain.capabilities import Capabilities
from bot.domain.message import DOCUMENTS, Address, Author, Outbound
from bot.i18n import Texts
from bot.service.ports import Later
from bot.telegram import Client, Courtesies, Limits, Migrated
from bot.telegram.keyboard import keyboard
from bot.telegram.render import messages, with_original

CHANNEL: Final = "telegram"
# core.telegram.org/bots/api: 4,096 characters a message; labels are cut on narrow phones beyond about 40.
CAPABILITIES: Final = Capabilities(text=4096, text_with_buttons=4096, buttons=100, button_label=40, edit=True)
Part = tuple[str, InlineKeyboardMarkup | bytes | None]  # a text and its buttons, or a file's name and content
MOST_BEGUN = 1_000  # messages of several parts that are remembered as half sent


class TelegramChannel:
    """Implements service.ports.Channel. `texts` gives the interface texts of a language."""

    name = CHANNEL
    capabilities = CAPABILITIES

    def __init__(
        self, client: Client, limits: Limits, courtesies: Courtesies, texts: Callable[[str], Texts]
    ) -> None:
        self._client = client
        self._courtesies = courtesies
        self._limits = limits
        self._texts = texts
        self._begun: dict[int, list[str]] = {}  # ids of the parts that went out, by our message id

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Send the message, in several if it is long; return their ids.

        After a failure between two parts the next try goes on with the part that is missing.
        """
        chat, sent = int(address.id), self._begun.pop(message_id, [])
        parts = list(self._parts(message))
        try:
            for part in parts[len(sent) :]:
                sent.append(await self._send(chat, part))
        finally:  # also when the outbox has lost its patience
            if len(sent) < len(parts):
                self._remember(message_id, sent)
        return " ".join(sent)

    def _remember(self, message_id: int, sent: list[str]) -> None:
        if not sent:
            return
        self._begun[message_id] = sent
        if len(self._begun) > MOST_BEGUN:
            del self._begun[next(iter(self._begun))]

    def _parts(self, message: Outbound) -> Iterator[Part]:
        texts = self._texts(message.language)
        text = message.words
        if message.author is Author.STAFF:  # who speaks is always to be seen
            text = f"**🧑 {texts.say('author.staff')}**\n\n{text}"
        *first, last = with_original(
            messages(text, message.footnote, texts.rtl), texts.say("reply.original"), message.original
        ) or [""]
        yield from ((part, None) for part in first)
        yield last, keyboard(message.choices, texts.rtl)
        if message.document:
            name, _ = DOCUMENTS[message.document_kind]
            yield name, message.document.encode()

    async def _send(self, chat: int, part: Part) -> str:
        if wait := self._limits.take(chat):
            raise Later(wait)
        self._courtesies.spare(chat)
        try:
            return await self._send_now(chat, part)
        except Migrated as migrated:
            return await self._send_now(migrated.chat, part)

    async def _send_now(self, chat: int, part: Part) -> str:
        first, second = part
        if isinstance(second, bytes):
            return await self._client.send_file(chat, first, second)
        return await self._client.send_text(chat, first, second)
