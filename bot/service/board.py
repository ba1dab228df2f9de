"""The list of tickets as one person of the staff sees it: folders with counts, filters, search."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.staff import Role, Staff
from bot.domain.ticket import Ticket, Waits
from bot.domain.translation import GERMAN
from bot.service.ports import Past, Store, Unit

PAGE = 100  # tickets
MINE, NEEDED = "mine", "needed"  # of the language of a ticket: one's own; that of a speaker who is not there
SEEN_WITHIN = timedelta(days=3)  # what nobody has looked at for so long, where it is lost with the browser


class Folder(StrEnum):
    """The parts of the list, in their order; a ticket may be in several."""

    NEW = "new"
    MINE = "mine"
    ALL = "all"  # open, whoever has it
    OVERDUE = "overdue"
    NOT_REACHED = "not_reached"
    WAITING = "waiting"  # for the newcomer
    SNOOZED = "snoozed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see. search: a number, a town, a tag, or words of open tickets. page: from 0."""

    folder: Folder = Folder.NEW
    town: str = ""
    entry: str = ""
    language: str = ""
    search: str = ""
    speaker: str = ""  # MINE or NEEDED; of closed ones it thins out the page
    page: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket with what is derived of it at this moment. speaker: as of `speaker_of`."""

    ticket: Ticket
    unreached: bool
    due: bool
    overdue: bool
    snoozed: bool
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The list. towns, entries, languages: of the open tickets, to filter by. has_more: there is another page."""

    counts: Mapping[Folder, int]
    rows: tuple[Row, ...]
    towns: tuple[str, ...]
    entries: tuple[str, ...]
    languages: tuple[str, ...]
    has_more: bool = False


async def board(
    store: Store,
    staff: Staff,
    wanted: Wanted,
    now: datetime,
    may_expire: Sequence[str],
    names: Mapping[str, str],
    translated: Callable[[str], bool] = lambda _: False,
) -> Board:
    """Return the list for somebody: only what they may see.

    may_expire: channels whose messages are lost with the browser. names: town id -> name, to search by. translated:
    whether a program translates a language.
    """

    def row(ticket: Ticket) -> Row:
        return row_of(ticket, unreached, now, speaker_of(ticket.language, staff, translated))

    towns = None if staff.role is Role.LEAD else ["", *sorted(staff.towns)]
    rows: Sequence[Row]
    async with store.read() as unit:
        unreached = await unit.tickets.unreached(may_expire, now - SEEN_WITHIN)
        heads = await unit.tickets.heads(towns, sorted(unreached))
        mine = [row(one) for one in heads if staff.may_answer(one.town)]
        if wanted.folder is Folder.CLOSED:
            past = _past(wanted, towns, names)
            # One more than a page, to know whether there is another.
            found = await unit.tickets.closed(PAGE + 1, past, wanted.page * PAGE)
            rows = [row(one) for one in found]
        else:
            rows = await _open_ones(unit, [row for row in mine if _fits(row, wanted, staff)], wanted, names)
        shown = [one for one in await _with_words(unit, rows[:PAGE]) if _is_spoken(one, wanted)]
        closed_count = await unit.tickets.count_closed()
    counts = Counter(folder for row in mine for folder in folders_of(row, staff))
    counts[Folder.CLOSED] = sum(count for town, count in closed_count.items() if staff.may_answer(town))
    return Board(
        counts,
        tuple(shown),
        tuple(sorted({row.ticket.town for row in mine if row.ticket.town})),
        tuple(sorted({row.ticket.entry for row in mine if row.ticket.entry})),
        tuple(sorted({row.ticket.language for row in mine})),
        len(rows) > PAGE,
    )


async def _open_ones(
    unit: Unit, fitting: Sequence[Row], wanted: Wanted, names: Mapping[str, str]
) -> Sequence[Row]:
    """Return those from the page on; only for a search all are decrypted."""
    if wanted.search:
        rows = await _with_words(unit, fitting)
        fitting = [row for row in rows if _matches(row.ticket, _word(wanted), names)]
    return sorted(fitting, key=_urgency)[wanted.page * PAGE :]


async def _with_words(unit: Unit, rows: Sequence[Row]) -> list[Row]:
    """Return rows whose tickets have their words."""
    missing = [row.ticket.number for row in rows if not row.ticket.question]
    held = {ticket.number: ticket for ticket in await unit.tickets.numbered(missing)} if missing else {}
    return [replace(row, ticket=held.get(row.ticket.number, row.ticket)) for row in rows]


def _past(wanted: Wanted, towns: Sequence[str] | None, names: Mapping[str, str]) -> Past:
    word = _word(wanted)
    named = [id for id, name in names.items() if word and word in name.casefold()]
    return Past(towns, wanted.town, wanted.entry, wanted.language, word, named)


def _word(wanted: Wanted) -> str:
    return " ".join(wanted.search.casefold().split()).removeprefix("#")


def folders_of(row: Row, staff: Staff) -> frozenset[Folder]:
    """Return the folders of somebody's that a ticket is in."""
    ticket = row.ticket
    if not ticket.is_open:
        return frozenset({Folder.CLOSED, Folder.NOT_REACHED}) if row.unreached else frozenset({Folder.CLOSED})
    places = (
        (Folder.ALL, True),
        (Folder.NOT_REACHED, row.unreached),
        (Folder.SNOOZED, row.snoozed),
        (Folder.OVERDUE, row.overdue),
        (Folder.NEW, ticket.assignee is None and not row.snoozed),
        (Folder.MINE, ticket.assignee == staff.id and not row.snoozed),
        (Folder.WAITING, ticket.waits_for is Waits.NEWCOMER and not row.snoozed),
    )
    return frozenset(folder for folder, is_there in places if is_there)


def speaker_of(language: str, staff: Staff, translated: Callable[[str], bool]) -> str:
    """Return MINE if somebody speaks the language of a ticket, NEEDED if nobody but a speaker understands it."""
    if language == GERMAN:
        return ""
    if language in staff.languages:
        return MINE
    return "" if translated(language) else NEEDED


def row_of(ticket: Ticket, unreached: frozenset[int], now: datetime, speaker: str) -> Row:
    """Return a ticket with what is derived of it."""
    return Row(
        ticket,
        ticket.number in unreached,
        ticket.is_due(now),
        ticket.is_overdue(now),
        ticket.is_snoozed(now),
        speaker,
    )


def _is_spoken(row: Row, wanted: Wanted) -> bool:
    return not wanted.speaker or wanted.speaker == row.speaker


def _fits(row: Row, wanted: Wanted, staff: Staff) -> bool:
    ticket = row.ticket
    # A search is in every folder of what is open.
    is_there = bool(wanted.search) or wanted.folder in folders_of(row, staff)
    chosen = (
        (wanted.town, ticket.town),
        (wanted.entry, ticket.entry),
        (wanted.language, ticket.language),
        (wanted.speaker, row.speaker),
    )
    return is_there and all(not wish or wish == has for wish, has in chosen)


def _matches(ticket: Ticket, word: str, names: Mapping[str, str]) -> bool:
    texts = (ticket.question, *ticket.lines, *ticket.tags, names.get(ticket.town, ""))
    return (
        word == str(ticket.number)
        or word == str(ticket.guest)
        or any(word in text.casefold() for text in texts)
    )


def _urgency(row: Row) -> tuple[bool, bool, bool, datetime]:
    ticket = row.ticket
    return not ticket.urgent, not row.overdue, not row.due, ticket.promised_at or ticket.opened_at
