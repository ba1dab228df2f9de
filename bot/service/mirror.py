"""What a group of the team does not show yet of a ticket: found by comparing, so that nothing can be missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge

from bot.domain.message import Author, Delivery, StoredMessage
from bot.domain.staff_group import Glance, Group, Topic, group_for
from bot.domain.ticket import REOPENS_WITHIN, Note, Ticket
from bot.service.ports import Store, Unit

LOOKED_AT = 20  # tickets of a group that are looked at closely at a time
NEWCOMER, STAFF, NOTE, LOST = "newcomer", "staff", "note", "lost"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that a topic does not show yet. id: of the message or note. who: a colleague's name.

    kind: newcomer, staff, note, or lost: an answer that did not arrive.
    """

    kind: str
    id: int
    at: datetime
    text: str
    who: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """A ticket and what its topic lacks. words: they may be shown. assignee: a name.

    blocked: more lines follow, which may not be shown yet.
    """

    ticket: Ticket
    topic: Topic
    signature: str
    lines: tuple[Line, ...]
    words: bool
    assignee: str
    delivery: str
    blocked: bool

    @property
    def is_new(self) -> bool:
        """True while there is no topic with its first message."""
        return self.topic.thread is None or self.topic.head is None


async def behind(
    store: Store, group: Group, shows: Callable[[str], bool], now: datetime, but: frozenset[int]
) -> list[Sight]:
    """Return the tickets of a group that it does not show as they are; those that have a topic first.

    shows: whose words may be shown, by the newcomer's channel. but: numbers of tickets to leave out.
    """
    async with store.read() as unit:
        groups = await unit.groups.listed()
        waiting = [
            one
            for one in await unit.mirror.glances()
            if one.ticket.number not in but and _is_shown(one, group, groups) and one.is_behind(now)
        ]
        waiting.sort(key=lambda one: one.topic is None or one.topic.head is None)
        names = {account.staff.id: account.staff.name for account in await unit.staff.listed(revoked=True)}
        looked = [await _look(unit, one, group, shows, names, now) for one in waiting[:LOOKED_AT]]
    return [sight for sight in looked if sight is not None]


def _is_shown(glance: Glance, group: Group, groups: Sequence[Group]) -> bool:
    """True if a ticket belongs into this group. What was there before the group waits until something is new."""
    if glance.topic:
        return glance.topic.group == group.id
    ticket, found = glance.ticket, group_for(groups, glance.ticket.town)
    spoken = ticket.added_at or ticket.opened_at
    return found is not None and found.id == group.id and max(spoken, ticket.opened_at) >= group.connected_at


async def _look(
    unit: Unit,
    glance: Glance,
    group: Group,
    shows: Callable[[str], bool],
    names: dict[int, str],
    now: datetime,
) -> Sight | None:
    ticket = await unit.tickets.get(glance.ticket.number)
    if ticket is None:
        return None
    topic = glance.topic or Topic(ticket.number, group.id)
    messages = await unit.messages.of_ticket(ticket.contact, ticket.number, 0)
    if topic.message == 0:
        topic = replace(topic, message=_in_question(messages, ticket))
    written = await unit.mirror.all_written(ticket.number)
    said, blocked = _said(messages, topic, ticket, {one.answer for one in written}, names, now)
    noted = _noted(await unit.tickets.notes(ticket.number), topic, {one.note for one in written}, names)
    lines = list(merge(said, noted, key=lambda line: line.at))
    if glance.delivery == Delivery.FAILED.value and glance.answer > topic.told:
        lines.append(Line(LOST, glance.answer, now, ""))
    addresses = await unit.contacts.addresses(ticket.contact)
    return Sight(
        ticket,
        topic,
        glance.signature(now),
        tuple(lines),
        shows(addresses[0][1].channel if addresses else ""),
        names.get(ticket.assignee or 0, ""),
        glance.delivery,
        blocked,
    )


def _in_question(messages: Sequence[StoredMessage], ticket: Ticket) -> int:
    """Return the id of the last message of those at the beginning that are the question itself."""
    last = 0
    for one in messages:
        text = one.body.text.strip()
        is_question = text and text in ticket.question and not one.attachments
        if one.author is not Author.PROGRAM and not (one.author is Author.NEWCOMER and is_question):
            break
        last = one.id
    return last


def _said(
    messages: Sequence[StoredMessage],
    topic: Topic,
    ticket: Ticket,
    known: set[int | None],
    names: dict[int, str],
    now: datetime,
) -> tuple[list[Line], bool]:
    """Return what was said and is not shown; True if an answer follows that can still be taken back."""
    lines: list[Line] = []
    for one in messages:
        if one.id <= topic.message or one.author is Author.PROGRAM or one.id in known:
            continue
        if ticket.closed_at and one.at > ticket.closed_at:
            break  # said to the program again
        if one.delivery is Delivery.PENDING and one.at > now:
            return lines, True
        kind = NEWCOMER if one.author is Author.NEWCOMER else STAFF
        files = tuple(file.kind for file in one.attachments)
        text = one.body.original or one.body.text  # of a translation what the colleague wrote
        lines.append(Line(kind, one.id, one.at, text, names.get(one.staff or 0, ""), files))
    return lines, False


def _noted(notes: Sequence[Note], topic: Topic, known: set[int | None], names: dict[int, str]) -> list[Line]:
    return [
        Line(NOTE, one.id, one.at, one.text, names.get(one.staff or 0, ""))
        for one in notes
        if one.id > topic.note and one.id not in known
    ]


async def let_old_ones_go(store: Store, now: datetime) -> None:
    """Have the topics deleted of tickets that a newcomer cannot reopen any more."""
    async with store.write() as unit:
        for topic in await unit.mirror.ended(now - REOPENS_WITHIN):
            await unit.mirror.let_go(topic.ticket)
