"""Takes the updates of the team: what is written and pressed in a connected group, and codes from anywhere."""

from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Final

import structlog
from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.domain.staff_group import Group
from bot.i18n import Texts
from bot.service.group_desk import ANONYMOUS, Outcome, Posted
from bot.service.ports import DESK, SendError
from bot.staff.telegram.deps import GroupDeps
from bot.staff.telegram.mirror import lacking
from bot.staff.telegram.wording import BUTTON
from bot.telegram import Client, Courtesies

GROUPS: Final = (ChatType.GROUP, ChatType.SUPERGROUP)
GONE: Final = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
REMOVED: Final = "removed from the chat"  # as the table of refusals calls it
LINK, CONNECT = "link", "connect"  # commands
# What a message is seen to have led to, without a post of its own: those are few in a minute.
SIGNS: Final = {Outcome.SENT: "👍", Outcome.NOTED: "👌", Outcome.NOT_SENT: "👎"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Command:
    name: str
    rest: str


class Team:
    """A taker for the dispatcher; it stands before the newcomers'. Whatever it does is stored when `take` returns."""

    def __init__(self, client: Client, courtesies: Courtesies, deps: GroupDeps) -> None:
        self._client = client
        self._courtesies = courtesies
        self._deps = deps

    async def take(self, update: Update) -> bool:
        """Take what is the team's; False for everything else."""
        if update.my_chat_member:
            return await self._membership(update.my_chat_member)
        if update.callback_query:
            return await self._press(update.callback_query)
        message = update.message or update.edited_message
        if message is None:
            return False
        command = _command(message.text or "")
        if command and command.name == LINK:
            return await self._link(message, command.rest)
        if message.chat.type not in GROUPS:
            return False
        if command and command.name == CONNECT:
            return await self._connect(message, command.rest)
        async with self._deps.store.read() as unit:
            group = await unit.groups.of_chat(message.chat.id)
        if group is None:
            return False
        await self._message(group, message, update.edited_message is not None)
        return True

    # --- the group itself

    async def _membership(self, changed: ChatMemberUpdated) -> bool:
        if changed.chat.type not in GROUPS:
            return False
        async with self._deps.store.write() as unit:
            group = await unit.groups.of_chat(changed.chat.id)
            if group is None:
                return await unit.groups.awaited(
                    self._deps.clock.now()
                )  # it stays until somebody connects it
            now, is_gone = self._deps.clock.now(), changed.new_chat_member.status in GONE
            if is_gone:
                await unit.groups.ail(group.id, REMOVED, now)
            else:  # with other rights, perhaps: looked at soon
                await unit.groups.leave_alone(group.id, None)
        log.info("group.membership", gone=is_gone)
        await self._deps.notifier.publish(DESK)
        return True

    async def _connect(self, message: Message, word: str) -> bool:
        """Connect a group; who has no good code learns nothing."""
        chat = message.chat.id
        try:
            trouble = await lacking(self._client, chat)
        except SendError as error:
            trouble = error.reason
        account = _author(message)
        group = await self._deps.joining.connect(chat, account, word, trouble)
        if group is None:
            async with self._deps.store.read() as unit:
                group = await unit.groups.of_chat(chat)
        log.info("group.connect", connected=group is not None)
        return group is not None

    async def _link(self, message: Message, word: str) -> bool:
        """Make an account known. The answer is a courtesy: the code's page says it as well."""
        account, texts = _author(message), self._texts(message)
        if account:
            told = await self._deps.joining.link(account, word)
            say = texts.say(told.key, name=told.name)
        else:
            say = texts.say(ANONYMOUS)
        thread = message.message_thread_id if message.is_topic_message else None
        chat = message.chat.id
        self._courtesies.do(
            partial(self._client.send_text, chat, escape(say, quote=False), None, thread, message.message_id)
        )
        return True

    def _texts(self, message: Message) -> Texts:
        language = message.from_user.language_code if message.from_user else None
        return self._deps.texts("de" if (language or "de")[:2] == "de" else "en")

    # --- what is written in it

    async def _message(self, group: Group, message: Message, is_edit: bool) -> None:
        if message.migrate_to_chat_id:
            async with self._deps.store.write() as unit:
                await unit.groups.move(group.id, message.migrate_to_chat_id)
            await self._deps.notifier.publish(DESK)
            return
        posted = _posted(group, message)
        if posted is None:
            return
        write = self._deps.desk.rewrite if is_edit else self._deps.desk.write
        outcome = await write(posted)
        if sign := SIGNS.get(outcome):
            chat = message.chat.id
            self._courtesies.do(partial(self._client.react, chat, message.message_id, sign))
        if outcome is Outcome.UNKNOWN and _is_left_over(message, self._client.account):
            await self._deps.desk.left_over(posted)

    # --- what is pressed

    async def _press(self, query: CallbackQuery) -> bool:
        act, number, more = _pressed(query.data or "")
        if not act:
            return False
        chat = query.message.chat if query.message else None
        async with self._deps.store.read() as unit:
            group = await unit.groups.of_chat(chat.id) if chat else None
        if group is None:
            return True  # a button of ours, but in no group of ours: nothing to do, nobody to tell
        found = await self._deps.desk.press(group, query.from_user.id, act, number, more)
        text = self._deps.texts(group.language).say(found.key, name=found.name)
        self._courtesies.do(partial(self._client.answer_press, query.id, text, found.alert))
        return True


def _posted(group: Group, message: Message) -> Posted | None:
    """Return what somebody wrote in a topic; None for what other bots, channels and Telegram itself put there."""
    thread = message.message_thread_id if message.is_topic_message else None
    by_bot = message.from_user is None or (message.from_user.is_bot and message.sender_chat is None)
    if thread is None or by_bot or message.is_automatic_forward:
        return None
    text, refusal = (message.text or "").strip(), ""
    if message.sender_chat:  # an anonymous administrator, or somebody who writes as a channel
        refusal = ANONYMOUS
    elif not text:
        if not message.effective_attachment:
            return None  # a service message: somebody joined, a title changed
        refusal = "group.media"
    elif message.forward_origin:
        refusal = "group.forwarded"
    elif _is_aside(message) and not text.startswith(("//", "/")):
        refusal = "group.aside"
    return Posted(
        group,
        thread,
        message.message_id,
        _author(message),
        text,
        refusal,
        message.media_group_id or "",
        int(message.edit_date.timestamp()) if message.edit_date else 0,
    )


def _author(message: Message) -> int:
    """Return the number of who wrote it; 0 for a group's anonymous administrators and for channels."""
    return message.from_user.id if message.from_user and message.sender_chat is None else 0


def _is_aside(message: Message) -> bool:
    """True for an answer to a colleague's message: that may be meant for the colleague."""
    answered = message.reply_to_message
    # Telegram says of each message in a topic that it answers to the one that made the topic.
    return (
        answered is not None
        and answered.forum_topic_created is None
        and answered.from_user is not None
        and not answered.from_user.is_bot
    )


def _is_left_over(message: Message, account: str) -> bool:
    """True in a topic that we made and know nothing of any more."""
    root = message.reply_to_message
    made = root is not None and root.forum_topic_created is not None and root.from_user is not None
    return bool(made and root and root.from_user and str(root.from_user.id) == account)


def _command(text: str) -> _Command | None:
    """Return a command and what follows it: "/link@LotseBot ABC" is link and "ABC"."""
    if not text.startswith("/"):
        return None
    head, _, rest = text[1:].partition(" ")
    return _Command(head.partition("@")[0].lower(), rest.strip())


def _pressed(data: str) -> tuple[str, int, int]:
    """Return act, ticket and number of a button of ours; an empty act for any other."""
    parts = data.split(":")
    if (
        len(parts) != 4
        or parts[0] != BUTTON
        or not all(one.isdecimal() and len(one) < 16 for one in parts[2:])
    ):
        return "", 0, 0
    return parts[1], int(parts[2]), int(parts[3])
