"""Takes the updates of newcomers: stores what they said, and reacts to the rest."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog
from telegram import Update

from bot.channels.telegram.reading import Elsewhere, Nothing, Reach, Said, read
from bot.dialogue.start import JOINED
from bot.domain.message import Author, Inbound
from bot.i18n import Texts
from bot.service.join import join
from bot.service.ports import Clock, SendError, Store
from bot.service.receive import Received, TooBusy, TooLong
from bot.telegram import Client, Courtesies, NotNow
from bot.telegram.render import messages

TYPING_AFTER = 0.5  # seconds; before that the answer is the better sign of life
RECENT = 20  # lines of the history among which an edited message is looked for

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NewcomersDeps:
    """Handed over by the composition root. receive: service.receive.receive, bound to its store. texts: by
    language code or a device's tag, fallbacks done."""

    store: Store
    clock: Clock
    receive: Callable[[Inbound], Awaitable[Received]]
    texts: Callable[[str], Texts]


class Newcomers:
    """A taker for the dispatcher; it takes everything that is left, so it stands last."""

    def __init__(self, client: Client, courtesies: Courtesies, deps: NewcomersDeps) -> None:
        self._client = client
        self._courtesies = courtesies
        self._deps = deps

    async def take(self, update: Update) -> bool:
        """Take an update; when this returns, it is stored. Raises NotNow if the intake is full."""
        meaning = read(update, self._client.account, self._deps.clock.now())
        if isinstance(meaning, Said):
            await self._said(meaning)
        elif isinstance(meaning, Reach):
            await self._reach(meaning)
        elif isinstance(meaning, Elsewhere):
            self._courtesies.do(partial(self._say_goodbye, meaning))
        elif isinstance(meaning, Nothing):
            log.info("telegram.ignored", kind=meaning.reason)
        return True

    async def _said(self, said: Said) -> None:
        if said.is_edit and await self._is_known(said.inbounds[0]):
            return
        inbounds = said.inbounds
        if said.join and await join(self._deps.store, self._deps.clock, said.address, said.join):
            inbounds = tuple(replace(inbound, start=JOINED) for inbound in inbounds)
        received = [await self._receive(inbound) for inbound in inbounds]
        if said.press:
            self._courtesies.do(partial(self._client.answer_press, said.press))
        if any(one is not None and one.message is not None for one in received):
            chat = int(said.address.id)
            self._courtesies.do_later(chat, partial(self._client.show_typing, chat), TYPING_AFTER)

    async def _receive(self, inbound: Inbound) -> Received | None:
        try:
            return await self._deps.receive(inbound)
        except TooBusy:
            raise NotNow from None
        except TooLong:  # Telegram itself allows half of it
            log.error("telegram.too_long")
            return None

    async def _is_known(self, inbound: Inbound) -> bool:
        """True if an edit left the words as they were: Telegram tells of edits that nobody sees."""
        async with self._deps.store.read() as unit:
            found = await unit.contacts.find(inbound.address)
            lines = await unit.messages.latest(found[0].id, RECENT) if found else []
        return any(
            line.author is Author.NEWCOMER and line.body.text == inbound.text.strip() for line in lines
        )

    async def _reach(self, reach: Reach) -> None:
        async with self._deps.store.write() as unit:
            found = await unit.contacts.find(reach.address)
            if found is None:
                return
            if reach.is_reachable:
                await unit.contacts.reachable(found[1])
            else:
                await unit.contacts.unreachable(found[1], "blocked", self._deps.clock.now())

    async def _say_goodbye(self, elsewhere: Elsewhere) -> None:
        """Say once that the bot works in private only, and leave. Nobody is stored: a group is no contact."""
        try:
            texts = self._deps.texts(elsewhere.language)
            for part in messages(texts.say("telegram.group"), "", texts.rtl):
                await self._client.send_text(elsewhere.chat, part)
        except SendError as error:
            log.info("telegram.group_not_told", problem=error.reason)
        await self._client.leave(elsewhere.chat)
