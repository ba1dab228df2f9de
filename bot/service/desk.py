"""What staff do with a ticket: take it, answer it through the outbox, put it off, close it; each in one transaction.

Everything that changes a ticket holds its lock: of two who press at once one wins, and the other is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import uuid4

from bot.dialogue import outcome
from bot.domain.message import Author, Delivery, Outbound, StoredMessage
from bot.domain.ticket import Ticket
from bot.i18n import BERLIN, Texts
from bot.service import merging, promises, quiet
from bot.service.aside import Aside, Word, tell
from bot.service.ports import DESK, Clock, Notifier, Store, Unit
from bot.service.refusals import NoSuchTicket, Taken
from bot.service.written import Origin, once

UNDO_WITHIN = timedelta(seconds=10)  # an answer from the desk goes out so much later
LONGEST = 4000  # characters of an answer, a note, a draft
# Why somebody wants to see another way to a newcomer; the log has the word.
REASONS = ("not_reached", "asked", "urgent", "appointment")
MOST_TAGS, LONGEST_TAG = 8, 30
MORNING = time(8)  # a ticket that was put off comes back at the beginning of a day


class NotReachable(Exception):
    """Every address of the contact refuses messages: another way to them is needed."""


class Meanwhile(Exception):
    """Somebody has written since the writer last looked: `line` is the first such message."""

    def __init__(self, line: StoredMessage) -> None:
        super().__init__(line.id)
        self.line = line


class TooLate(Exception):
    """The answer is on its way and cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to send.

    language: of the words; unset: the ticket's. seen: the id of the last message that the writer has seen, unset: not
    looked at. undo: so long it can be taken back. original: what the writer wrote, in `source`, if `text` is a
    program's translation that the writer has checked. written: the message of a group of the team that it is, if it is
    one.
    """

    text: str
    staff: int | None = None
    language: str = ""
    seen: int | None = None
    close: bool = False
    undo: timedelta = timedelta(0)
    original: str = ""
    source: str = ""
    written: Origin | None = None


class Desk:
    """The use cases; `texts` are those of a language."""

    def __init__(self, store: Store, notifier: Notifier, clock: Clock, texts: Callable[[str], Texts]) -> None:
        self._store = store
        self._notifier = notifier
        self._clock = clock
        self._texts = texts

    # --- who has it

    async def take(self, number: int, staff: int, instead_of: int | None = None) -> None:
        """Make a ticket one's own; the newcomer is told that a person is on it.

        Raise Taken if somebody else was faster (or, with `instead_of`, if it is not theirs any more), NoSuchTicket.
        """
        now = self._clock.now()
        async with self._store.write() as unit:
            ticket = await _open(unit, number)
            if ticket.assignee not in (instead_of, staff):
                raise Taken(ticket.assignee)
            await unit.tickets.change(number, assignee=staff, snoozed_until=None)
            channel = await self._attend(unit, ticket, now, now)
        await self._publish(channel)

    async def give(self, number: int, to: int, by: int | None = None) -> None:
        """Make a ticket somebody else's; raise Taken unless it is `by`'s or nobody's, NoSuchTicket."""
        async with self._store.write() as unit:
            ticket = await _open(unit, number)
            if ticket.assignee not in (None, by):
                raise Taken(ticket.assignee)
            await unit.tickets.change(number, assignee=to)
        await self._publish("")

    async def release(self, number: int, by: int) -> None:
        """Give a ticket back to everybody: the program answers the newcomer again. Raise Taken, NoSuchTicket."""
        now = self._clock.now()
        async with self._store.write() as unit:
            ticket = await _open(unit, number)
            if ticket.assignee != by:
                raise Taken(ticket.assignee)
            await unit.tickets.change(number, assignee=None, attended_at=None)
            await quiet.over(unit, number)
            channel = ""
            if ticket.is_attended(now):
                channel = await self._say(unit, ticket, outcome.attended_ends, f"back:{uuid4().hex}", now)
        await self._publish(channel)

    # --- what is written

    async def reply(self, number: int, reply: Reply) -> int:
        """Send a person's answer to whoever asked; it goes out like any other message, and may fail like one.

        The newcomer sees that a person wrote it, and the ticket is the writer's from then on. Return the message's
        id. Raise NoSuchTicket, NotReachable, Taken if it is somebody else's, Meanwhile, AlreadyWritten; then nothing is
        stored.
        """
        now = self._clock.now()
        async with self._store.write() as unit:
            ticket = await _open(unit, number)
            await _refuse(unit, ticket, reply)
            addresses = await unit.contacts.addresses(ticket.contact)
            if not addresses:
                raise NotReachable
            at, key = now + reply.undo, f"reply:{number}:{uuid4().hex}"
            if reply.close:
                await _end(unit, ticket, now)
            else:
                await self._attend(unit, ticket, now, at)
            message = self._worded(reply, ticket)
            contact, place = ticket.contact, addresses[0][0]
            stored = await unit.outbox.put(contact, place, message, key, at, number, reply.staff)
            assert stored is not None  # noqa: S101 - the key is new
            await once(unit, number, reply.staff, reply.written, answer=stored)
            if reply.close:
                await self._say(unit, ticket, outcome.ticket_closed, f"{key}:closed", at)
            await promises.kept(unit, number)
            owner = ticket.assignee if reply.staff is None else reply.staff
            await unit.tickets.change(number, answered_at=now, assignee=owner, snoozed_until=None)
            if reply.staff is not None:
                await unit.tickets.draft(number, reply.staff, "", now)
                await unit.translations.render(number, reply.staff, None)
            await unit.audit.note(reply.staff, "ticket.answered", f"ticket:{number}", now)
        await self._publish(addresses[0][1].channel)
        return stored

    async def has_sent(self, number: int, reply: Reply) -> bool:
        """True if somebody has sent these words since they last looked: the button was pressed twice."""
        async with self._store.read() as unit:
            ticket = await unit.tickets.get(number)
            lines = await unit.messages.of_ticket(ticket.contact, number, 0) if ticket else []
        return any(
            line.id > (reply.seen or 0)
            and line.staff == reply.staff
            and reply.text in (line.body.text, line.body.original)
            for line in lines
            if line.author is Author.STAFF
        )

    async def undo(self, number: int, message: int, staff: int) -> None:
        """Take one's own answer back before it goes out, with what went with it; its words are a draft again.

        A ticket that it closed is open again. Raise TooLate, NoSuchTicket.
        """
        now = self._clock.now()
        async with self._store.write() as unit:
            ticket = await _any(unit, number)
            lines = await unit.messages.of_ticket(ticket.contact, number, 0)
            mine = next((one for one in lines if one.id == message and one.staff == staff), None)
            if mine is None or not await unit.outbox.take_back(ticket.contact, message, now):
                raise TooLate
            await unit.mirror.taken_back(message)
            with_it = [one for one in lines if _goes_with(one, mine)]
            for one in with_it:
                await unit.outbox.take_back(ticket.contact, one.id, now)
            answered = [one.at for one in lines if one.author is Author.STAFF and one.id != message]
            await unit.tickets.change(number, answered_at=max(answered, default=None))
            await unit.tickets.draft(number, staff, mine.body.original or mine.body.text, now)
            if not ticket.is_open:
                await unit.tickets.change(number, closed_at=None)
            if any(
                one.body.kind != outcome.CLOSED for one in with_it
            ):  # "a person is on it" was not said yet
                await unit.tickets.change(number, attended_at=None)
                await quiet.over(unit, number)
            if not answered:
                await promises.watch(unit, ticket)
        await self._publish("")

    async def again(self, number: int, message: int) -> None:
        """Try an answer that failed once more; raise NoSuchTicket, NotReachable."""
        now = self._clock.now()
        async with self._store.write() as unit:
            ticket = await _any(unit, number)
            addresses = await unit.contacts.addresses(ticket.contact)
            if not addresses:
                raise NotReachable
            await unit.outbox.again(ticket.contact, message, addresses[0][0], now)
        await self._publish(addresses[0][1].channel)

    async def note(self, number: int, staff: int, text: str, written: Origin | None = None) -> None:
        """Write something for the team only; raise NoSuchTicket, AlreadyWritten."""
        async with self._store.write() as unit:
            await _any(unit, number)
            note = await unit.tickets.note(number, staff, text[:LONGEST], self._clock.now())
            await once(unit, number, staff, written, note=note)
        await self._publish("")

    async def draft(self, number: int, staff: int, text: str | None, seen: int | None = None) -> None:
        """Keep what somebody has written so far (None: only that they look at it); raise NoSuchTicket.

        seen: the last message on their page. Words from before their own last answer come too late: they were sent.
        """
        async with self._store.write() as unit:
            if await unit.tickets.lock(number) is None:
                raise NoSuchTicket
            if text and seen is not None and await unit.messages.last_by(number, staff) > seen:
                return
            await unit.tickets.draft(number, staff, text[:LONGEST] if text else text, self._clock.now())

    # --- what becomes of it

    async def snooze(self, number: int, until: datetime | None) -> None:
        """Put a ticket off; a word of the newcomer's brings it back earlier, None at once. Raise NoSuchTicket."""
        async with self._store.write() as unit:
            await _open(unit, number)
            await unit.tickets.change(number, snoozed_until=until)
        await self._publish("")

    async def tag(self, number: int, tags: str) -> None:
        """Set a ticket's tags, given as words between commas; raise NoSuchTicket."""
        words = (" ".join(word.split()).lower()[:LONGEST_TAG] for word in tags.split(","))
        async with self._store.write() as unit:
            await _any(unit, number)
            found = list(dict.fromkeys(word for word in words if word))[:MOST_TAGS]
            await unit.tickets.change(number, tags=found)
        await self._publish("")

    async def close(self, number: int, staff: int | None = None) -> None:
        """Close a ticket: the program answers again and asks once whether it helped.

        Raise NoSuchTicket, Taken if it is somebody else's.
        """
        now = self._clock.now()
        async with self._store.write() as unit:
            ticket = await _open(unit, number)
            if staff is not None and ticket.assignee not in (None, staff):
                raise Taken(ticket.assignee)
            await _end(unit, ticket, now)
            channel = await self._say(unit, ticket, outcome.ticket_closed, f"closed:{uuid4().hex}", now)
            await unit.audit.note(staff, "ticket.closed", f"ticket:{number}", now)
        await self._publish(channel)

    async def merge(self, number: int, into: int, staff: int) -> None:
        """Let a ticket become part of another one of the same newcomer, who is told; see `merging.merge`."""
        async with self._store.write() as unit:
            channel = await merging.merge(unit, self._texts, (into, number), staff, self._clock.now())
        await self._publish(channel)

    async def part(self, number: int, staff: int) -> None:
        """Let a ticket that was merged into another be one of its own again; see `merging.part`."""
        async with self._store.write() as unit:
            channel = await merging.part(unit, self._texts, number, staff, self._clock.now())
        await self._publish(channel)

    async def reopen(self, number: int) -> None:
        """Open a closed ticket again; the newcomer is not told. Raise NoSuchTicket, also for one that was merged."""
        async with self._store.write() as unit:
            ticket = await _any(unit, number)
            if ticket.merged_into:
                raise NoSuchTicket
            await unit.tickets.change(number, closed_at=None, rating=None)
            if ticket.answered_at is None:
                await promises.watch(unit, ticket)
        await self._publish("")

    async def show_way(self, number: int, staff: int, reason: str) -> str:
        """Return another way to the newcomer, "" if they told none; that somebody saw it, and why, is in the log.

        Raise ValueError for a reason that is none of REASONS, NoSuchTicket.
        """
        if reason not in REASONS:
            raise ValueError(reason)
        async with self._store.write() as unit:
            await _any(unit, number)
            way = await unit.tickets.way(number)
            await unit.audit.note(staff, f"contact.shown.{reason}", f"ticket:{number}", self._clock.now())
        return way

    async def reached(self, number: int) -> None:
        """Note that somebody reached the newcomer by another way: that is an answer. Raise NoSuchTicket."""
        now = self._clock.now()
        async with self._store.write() as unit:
            await _any(unit, number)
            await unit.tickets.change(number, reached_at=now, answered_at=now)
            await promises.kept(unit, number)
        await self._publish("")

    # --- inside

    def _worded(self, reply: Reply, ticket: Ticket) -> Outbound:
        """Return the answer as the newcomer gets it; a translation says that it is one, and has its original."""
        language = reply.language or ticket.language
        message = Outbound(reply.text, language, author=Author.STAFF, kind="staff")
        if not reply.original:
            return message
        return replace(
            message,
            machine_translated=True,
            footnote=self._texts(language).say("reply.machine"),
            original=reply.original,
            original_language=reply.source,
        )

    async def _attend(self, unit: Unit, ticket: Ticket, now: datetime, at: datetime) -> str:
        """Keep the program silent; the newcomer is told when that begins. Return the channel that has news."""
        channel = ""
        if not ticket.is_attended(now):
            channel = await self._say(unit, ticket, outcome.attended_begins, f"attended:{uuid4().hex}", at)
        await quiet.begin(unit, ticket, now)
        return channel

    async def _say(self, unit: Unit, ticket: Ticket, word: Word, idem: str, at: datetime) -> str:
        """Say something of the program's; return the channel, "" if nobody hears it."""
        return (await tell(unit, self._texts, ticket, Aside(word, idem, at))).channel

    async def _publish(self, channel: str) -> None:
        if channel:
            await self._notifier.publish(f"outbox:{channel}")
        await self._notifier.publish(DESK)


def morning(now: datetime, days: int) -> datetime:
    """Return when a ticket comes back that is put off for so many days."""
    day = now.astimezone(BERLIN).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, BERLIN)


async def _any(unit: Unit, number: int) -> Ticket:
    ticket = await unit.tickets.lock(number)
    if ticket is None:
        raise NoSuchTicket
    return ticket


async def _open(unit: Unit, number: int) -> Ticket:
    ticket = await _any(unit, number)
    if not ticket.is_open:
        raise NoSuchTicket
    return ticket


async def _refuse(unit: Unit, ticket: Ticket, reply: Reply) -> None:
    """Raise Taken or Meanwhile if the answer must not go out now."""
    if reply.staff is not None and ticket.assignee not in (None, reply.staff):
        raise Taken(ticket.assignee)
    if reply.seen is None:
        return
    for line in await unit.messages.of_ticket(ticket.contact, ticket.number, 0):
        if line.id > reply.seen and line.author is not Author.PROGRAM:
            raise Meanwhile(line)


async def _end(unit: Unit, ticket: Ticket, now: datetime) -> None:
    await unit.tickets.close(ticket.number, now)
    await promises.kept(unit, ticket.number)
    await quiet.over(unit, ticket.number)


def _goes_with(line: StoredMessage, reply: StoredMessage) -> bool:
    """True for what the program says around an answer that has not gone out."""
    return line.author is Author.PROGRAM and line.delivery is Delivery.PENDING and line.at == reply.at
