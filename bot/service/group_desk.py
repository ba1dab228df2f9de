"""What staff write and press in a group of theirs: the same acts as at the desk, by the same rules."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.message import Author, Delivery, StoredMessage
from bot.domain.staff import Staff
from bot.domain.staff_group import Group, Saying, Topic, Written
from bot.domain.ticket import Ticket
from bot.service.desk import (
    UNDO_WITHIN,
    Desk,
    Meanwhile,
    NotReachable,
    Reply,
    TooLate,
    morning,
)
from bot.service.ports import DESK, Clock, Conflict, Notifier, Store, Unit
from bot.service.refusals import NoSuchTicket, Taken
from bot.service.written import AlreadyWritten, Origin
from bot.understanding.language import Languages

NOTE = "//"  # what begins so stays in the team
UNDO = "/undo"
MOST_DAYS = 31
# Refused once in a topic, whatever else is written there.
STRANGER, ANONYMOUS = "group.stranger", "group.anonymous"

# Whose words may be shown in a group, by the newcomer's channel.
Shows = Callable[[str], bool]


class Outcome(StrEnum):
    """What became of a message in the group."""

    SENT = "sent"  # or about to be: for some seconds it can be taken back
    NOTED = "noted"
    NOT_SENT = "not_sent"  # why is said in the topic
    NOTHING = "nothing"  # there was nothing to send
    UNKNOWN = "unknown"  # the topic is none of a ticket


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in a topic. account: the number of who wrote it. kind: text, or a refusal that its form already means.

    together: what the messages of an album have in common; they are refused once. version: rises when it is changed.
    """

    group: Group
    thread: int
    message: int
    account: int
    text: str
    refusal: str = ""
    together: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press of a button led to: a text's key for whoever pressed, and whether they must tap it away."""

    key: str
    alert: bool = False
    name: str = ""


class NotTheirs(Exception):
    """Whoever acts may not; `key` says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class _Case:
    """What a message in a topic is about, and who wrote it."""

    ticket: Ticket
    staff: Staff
    words: bool
    before: Written | None
    lines: tuple[StoredMessage, ...]
    seen: int


class GroupDesk:
    """The use cases. shows: whose words may be read in a group; answers are taken where they may."""

    def __init__(self, store: Store, notifier: Notifier, clock: Clock, desk: Desk, shows: Shows) -> None:
        self._store = store
        self._notifier = notifier
        self._clock = clock
        self._desk = desk
        self._shows = shows

    # --- what is written

    async def write(self, posted: Posted) -> Outcome:
        """Take what was written in a topic: an answer, a note or /undo. What is refused is said there, once."""
        found = await self._topic(posted)
        if found is None:
            return Outcome.UNKNOWN
        try:
            if posted.refusal == ANONYMOUS:
                raise NotTheirs(ANONYMOUS)
            case = await self._case(posted, found)
            if case.before:
                return Outcome.SENT if case.before.answer else Outcome.NOTED
            if posted.refusal:
                raise NotTheirs(posted.refusal)
            return await self._take(posted, case)
        except AlreadyWritten:
            return Outcome.SENT
        except NotTheirs as refused:
            await self._refuse(posted, found.ticket, refused.key)
        except Taken as taken:
            await self._taken(posted, found.ticket, taken)
        except Meanwhile as meanwhile:
            await self._refuse(posted, found.ticket, f"group.meanwhile.{meanwhile.line.author.value}")
        except (NoSuchTicket, Conflict):
            await self._refuse(posted, found.ticket, "group.closed")
        except NotReachable:
            await self._refuse(posted, found.ticket, "group.unreachable")
        return Outcome.NOT_SENT

    async def rewrite(self, posted: Posted) -> Outcome:
        """Take a changed message: an answer that has not gone out is taken back and written anew, or becomes a note.

        What was refused before counts as new; Telegram tells also of changes that nobody sees.
        """
        found = await self._topic(posted)
        if found is None:
            return Outcome.UNKNOWN
        async with self._store.read() as unit:
            before = await unit.mirror.written(posted.group.id, posted.message)
            text = await _text_of(unit, found.ticket, before) if before else ""
        if before is None:
            return await self.write(posted)
        if not before.answer or text == posted.text:
            if before.note and text != posted.text.removeprefix(NOTE).strip():
                await self._refuse(posted, found.ticket, "group.note_stays")
            return Outcome.NOTHING
        try:
            case = await self._case(posted, found)
            await self._desk.undo(found.ticket, before.answer, case.staff.id)
        except (TooLate, NoSuchTicket):
            await self._refuse(posted, found.ticket, "group.edit_too_late")
            return Outcome.NOT_SENT
        except NotTheirs as refused:
            await self._refuse(posted, found.ticket, refused.key)
            return Outcome.NOT_SENT
        return await self.write(posted)

    async def left_over(self, posted: Posted) -> None:
        """Have it said once that a topic is none of a ticket (any more), so that nothing written there is sent."""
        async with self._store.write() as unit:
            saying = Saying(0, posted.group.id, posted.thread, posted.message, "group.leftover")
            await unit.mirror.say(saying, f"{posted.group.id}:{posted.thread}:leftover", self._clock.now())
        await self._notifier.publish(DESK)

    async def _take(self, posted: Posted, case: _Case) -> Outcome:
        origin = Origin(posted.group.id, posted.message)
        number, staff = case.ticket.number, case.staff.id
        if posted.text.startswith(NOTE):
            await self._desk.note(number, staff, posted.text.removeprefix(NOTE).strip(), origin)
            return Outcome.NOTED
        if posted.text.partition("@")[0] == UNDO:
            return await self._undo(posted, case)
        if posted.text.startswith("/"):
            raise NotTheirs("group.unknown_command")
        language = await asyncio.to_thread(_language, posted.text, posted.group.language, case.ticket)
        reply = Reply(posted.text, staff, language, seen=case.seen, undo=UNDO_WITHIN, written=origin)
        await self._desk.reply(number, reply)
        return Outcome.SENT

    async def _undo(self, posted: Posted, case: _Case) -> Outcome:
        mine = [
            one.id
            for one in case.lines
            if one.staff == case.staff.id and one.delivery is Delivery.PENDING and one.author is Author.STAFF
        ]
        try:
            if not mine:
                raise TooLate
            await self._desk.undo(case.ticket.number, mine[-1], case.staff.id)
        except TooLate:
            raise NotTheirs("group.undo_too_late") from None
        await self._refuse(posted, case.ticket.number, "group.undone")
        return Outcome.NOTHING

    async def _topic(self, posted: Posted) -> Topic | None:
        async with self._store.read() as unit:
            return await unit.mirror.in_thread(posted.group.id, posted.thread)

    async def _case(self, posted: Posted, topic: Topic) -> _Case:
        """Return what the message is about; raise NotTheirs if who wrote it may not."""
        async with self._store.read() as unit:
            ticket = await unit.tickets.get(topic.ticket)
            if ticket is None:
                raise NotTheirs("group.closed")
            staff = await _who(unit, posted.account, ticket)
            addresses = await unit.contacts.addresses(ticket.contact)
            words = self._shows(addresses[0][1].channel if addresses else "")
            lines = await unit.messages.of_ticket(ticket.contact, ticket.number, 0)
            written = await unit.mirror.all_written(ticket.number)
        before = next((one for one in written if one.message == posted.message), None)
        if not words:
            raise NotTheirs("group.no_words")
        known = {one.answer for one in written if one.answer}
        return _Case(ticket, staff, words, before, tuple(lines), _seen(lines, topic, known))

    async def _refuse(self, posted: Posted, ticket: int, key: str, **more: str) -> None:
        """Have it said why nothing was sent: to a stranger once in a topic, of an album once."""
        async with self._store.write() as unit:
            of = posted.together or f"{posted.message}:{posted.version}"
            if key in (STRANGER, ANONYMOUS):
                of = f"stranger:{unit.groups.mark(posted.account)}"
            once = f"{posted.group.id}:{posted.thread}:{of}"
            values: dict[str, str | int] = {"link": ticket, **more}
            saying = Saying(0, posted.group.id, posted.thread, posted.message, key, values)
            await unit.mirror.say(saying, once, self._clock.now(), ticket)
        await self._notifier.publish(DESK)

    async def _taken(self, posted: Posted, ticket: int, taken: Taken) -> None:
        async with self._store.read() as unit:
            name = await _name(unit, taken.by)
        await self._refuse(posted, ticket, "group.taken" if taken.by else "group.free", name=name)

    # --- what is pressed

    async def press(self, group: Group, account: int, act: str, number: int, more: int) -> Pressed:
        """Do what a button says, for a ticket that has its topic in this group; `more` is what stands behind it."""
        async with self._store.read() as unit:
            topic, ticket = await unit.mirror.topic(number), await unit.tickets.get(number)
            if topic is None or ticket is None or topic.group != group.id:
                return Pressed("group.press.gone", True)
            try:
                staff = await _who(unit, account, ticket)
            except NotTheirs as refused:
                return Pressed(f"{refused.key}.press", True)
        try:
            return await self._act(act, ticket, staff, more)
        except Taken as taken:
            async with self._store.read() as unit:
                key = "group.press.taken" if taken.by else "group.press.free"
                return Pressed(key, True, await _name(unit, taken.by))
        except (NoSuchTicket, Conflict):
            return Pressed("group.press.closed", True)

    async def _act(self, act: str, ticket: Ticket, staff: Staff, more: int) -> Pressed:
        number, desk = ticket.number, self._desk
        if act == "take":
            await desk.take(number, staff.id, more or None)
        elif act == "release":
            await desk.release(number, staff.id)
        elif act == "close":
            await desk.close(number, staff.id)
        elif act == "reopen":
            await desk.reopen(number)
        elif act == "snooze":
            now = self._clock.now()
            await desk.snooze(number, morning(now, more) if 0 < more <= MOST_DAYS else None)
        else:
            return Pressed("group.press.gone", True)
        return Pressed(f"group.press.{'wake' if act == 'snooze' and not more else act}")


async def _who(unit: Unit, account: int, ticket: Ticket) -> Staff:
    """Return who of the team it is; raise NotTheirs if nobody, or somebody who may not answer this ticket."""
    found = await unit.groups.linked(account) if account else None
    if found is None:
        raise NotTheirs(STRANGER)
    if not found.staff.may_answer(ticket.town):
        raise NotTheirs("group.not_yours")
    return found.staff


async def _name(unit: Unit, staff: int | None) -> str:
    account = await unit.staff.get(staff) if staff else None
    return account.staff.name if account else ""


async def _text_of(unit: Unit, number: int, before: Written) -> str:
    """Return the words of an answer or note that was written in a group."""
    if before.note:
        return next((one.text for one in await unit.tickets.notes(number) if one.id == before.note), "")
    ticket = await unit.tickets.get(number)
    lines = await unit.messages.of_ticket(ticket.contact, number, 0) if ticket else []
    return next((one.body.text for one in lines if one.id == before.answer), "")


def _seen(lines: list[StoredMessage], topic: Topic, known: set[int]) -> int:
    """Return the id of the last message that stands in the topic, with all before it: posted or written there."""
    seen = topic.message
    for line in lines:
        if line.id > topic.message and line.author is not Author.PROGRAM and line.id not in known:
            break
        seen = max(seen, line.id)
    return seen


def _language(text: str, usual: str, ticket: Ticket) -> str:
    """Return which of the two likely languages somebody wrote in."""
    guess = Languages(dict.fromkeys((usual, ticket.language))).guess(text)
    return guess.language if guess else usual
