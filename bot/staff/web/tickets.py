"""The list of tickets and the page of one: what they show, for whoever may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web
from markupsafe import Markup

from bot.domain.message import Attachment, Author, Delivery, StoredMessage
from bot.domain.received import obstacle
from bot.domain.staff import Staff
from bot.domain.staff_group import Group
from bot.domain.ticket import Draft, Note, Ticket
from bot.domain.translation import Rendering, Translation
from bot.i18n import Texts
from bot.service.board import SEEN_WITHIN, Board, Folder, Row, Wanted, board, row_of, speaker_of
from bot.service.desk import LONGEST, REASONS
from bot.service.ports import Unit
from bot.staff.web.answers import answers
from bot.staff.web.beside import shown, sides
from bot.staff.web.desk_deps import DeskDeps
from bot.staff.web.gate import Gate
from bot.staff.web.visit import ROOT, Session
from bot.staff.web.words import Words, moment

TICKETS: Final = f"{ROOT}/tickets"
BEFORE: Final = 6  # messages ahead of the question: what the program had offered
AT_ONCE: Final = 12  # lines of the exchange that stand open: the field to answer in must not be far
LOOKS: Final = timedelta(seconds=40)  # a page that is open says so more often
TYPES: Final = timedelta(seconds=15)
LONGEST_SEARCH: Final = 80
SNOOZES: Final = ("tomorrow", "three_days", "week")


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the exchange as the page shows it. who: the key of the speaker, or the name of a colleague."""

    id: int
    kind: str  # newcomer, program, staff
    who: str
    body: Markup
    language: str
    language_name: str
    direction: str
    time: str
    iso: str
    delivery: str
    reason: str
    may_undo: bool
    files: tuple[tuple[Attachment, str], ...]  # each with why it is not opened, "" if it is


@dataclass(frozen=True, slots=True)
class Sight:
    """A ticket with everything around it."""

    row: Row
    lines: Sequence[StoredMessage]
    notes: Sequence[Note]
    drafts: Sequence[Draft]
    others: Sequence[Ticket]
    names: Mapping[int, str]
    translations: Mapping[int, Translation]
    rendering: Rendering | None

    @property
    def ticket(self) -> Ticket:
        """The ticket itself."""
        return self.row.ticket


class Tickets:
    """The pages that only show."""

    def __init__(self, gate: Gate, deps: DeskDeps) -> None:
        self._gate = gate
        self._deps = deps

    def words(self, session: Session) -> Words:
        """Return names in the language of a session."""
        return Words(self._deps.knowledge(), self._gate.pages.texts(session))

    # --- the list

    async def listed(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/tickets: the list, or only its changing part for htmx."""
        if staff.demo:
            await self._deps.examples()
        wanted, words = _wanted(request), self.words(session)
        knowledge, now = self._deps.knowledge(), self._deps.clock.now()
        towns = {id: town.name for id, town in knowledge.towns.items()}
        found = await board(
            self._deps.store, staff, wanted, now, self._deps.may_expire, towns, self._deps.translated
        )
        async with self._deps.store.read() as unit:
            names = await names_of_staff(unit)
            ill = next((one for one in await unit.groups.listed() if one.trouble), None)
        values = self._list_values(found, wanted, words, names, now)
        values["ill"] = _ailment(ill, words.texts, now) if ill else ""
        template = "tickets_part.html" if "HX-Request" in request.headers else "tickets.html"
        return self._gate.pages.page(template, staff, session, 200, **values)

    def _list_values(
        self, found: Board, wanted: Wanted, words: Words, names: Mapping[int, str], now: datetime
    ) -> dict[str, object]:
        return {
            "board": found,
            "wanted": wanted,
            "folders": tuple(Folder),
            "words": words,
            "names": names,
            "time": lambda at: moment(at, now),
            "query": _query(wanted),
            "speaker_named": lambda value: words.texts.say(f"desk.filter.speaker.{value}"),
        }

    # --- one ticket

    async def visible(self, number: int, staff: Staff) -> Ticket:
        """Return a ticket that somebody may see; raise 404, also for one of another town."""
        async with self._deps.store.read() as unit:
            ticket = await unit.tickets.get(number)
        if ticket is None or not staff.may_answer(ticket.town):
            raise web.HTTPNotFound
        return ticket

    async def lines(self, ticket: Ticket) -> list[StoredMessage]:
        """Return what the page of a ticket shows of the exchange."""
        async with self._deps.store.read() as unit:
            return await unit.messages.of_ticket(ticket.contact, ticket.number, BEFORE)

    async def page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/tickets/N: the exchange, notes and what can be done."""
        ticket = await self.visible(number_of(request), staff)
        if "HX-Request" not in request.headers:
            await self._deps.desk.draft(ticket.number, staff.id, None)
        return await self.show(request, staff, session, ticket)

    async def show(
        self, request: web.Request, staff: Staff, session: Session, ticket: Ticket, **more: object
    ) -> web.Response:
        """Return the page of a ticket, or only its changing part for htmx."""
        sight = await self._look(ticket, staff)
        now, words = self._deps.clock.now(), self.words(session)
        mine = next((draft.text for draft in sight.drafts if draft.staff == staff.id), "")
        items = self._items(sight, staff, words, now)
        values: dict[str, object] = {
            "sight": sight,
            "ticket": ticket,
            "names": sight.names,
            "row": sight.row,
            "items": items[-AT_ONCE:],
            "earlier": items[:-AT_ONCE],
            "seen": max((one.id for one in sight.lines), default=0),
            "draft": mine,
            "present": _present(sight, staff, now),
            "languages": dict.fromkeys((session.language, ticket.language, "de", "en")),
            "colleagues": await self._colleagues(ticket, staff),
            "taken_in": [one.number for one in sight.others if one.merged_into == ticket.number],
            "mergeable": [one for one in sight.others if not one.merged_into and staff.may_answer(one.town)],
            "words": words,
            "time": lambda at: moment(at, now),
            "attended": ticket.is_attended(now),
            "snoozes": SNOOZES,
            "reasons": REASONS,
            "said": request.query.get("said", ""),
            "wrong": request.query.get("wrong", ""),
            "by": sight.names.get(int(by)) if (by := request.query.get("by", "")).isdecimal() else None,
            "way": None,
            "sides": sides(sight.lines, sight.translations, words, self._deps.translating, ticket.language),
            "translates": self._deps.translated(ticket.language),
            "engine": self._deps.translating.engine if self._deps.translating else "",
            "shown": shown(sight.rendering, mine, words),
            **more,
        }
        template = "ticket_part.html" if "HX-Request" in request.headers else "ticket.html"
        return self._gate.pages.page(template, staff, session, 200, **values)

    async def _look(self, ticket: Ticket, staff: Staff) -> Sight:
        now = self._deps.clock.now()
        speaker = speaker_of(ticket.language, staff, self._deps.translated)
        async with self._deps.store.read() as unit:
            unreached = await unit.tickets.unreached(self._deps.may_expire, now - SEEN_WITHIN)
            lines = await unit.messages.of_ticket(ticket.contact, ticket.number, BEFORE)
            return Sight(
                row_of(ticket, unreached, now, speaker),
                lines,
                await unit.tickets.notes(ticket.number),
                await unit.tickets.drafts(ticket.number),
                [one for one in await unit.tickets.of(ticket.contact) if one.number != ticket.number],
                await names_of_staff(unit),
                await unit.translations.of([one.id for one in lines]),
                await unit.translations.rendering(ticket.number, staff.id),
            )

    async def _colleagues(self, ticket: Ticket, staff: Staff) -> list[Staff]:
        async with self._deps.store.read() as unit:
            accounts = await unit.staff.listed()
        return [
            one.staff for one in accounts if one.staff.id != staff.id and one.staff.may_answer(ticket.town)
        ]

    def _items(
        self, sight: Sight, staff: Staff, words: Words, now: datetime
    ) -> list[tuple[str, Line | Note]]:
        """Return messages and notes in the order of time, each with what it is."""
        lines: list[tuple[datetime, str, Line | Note]] = [
            (one.at, "line", self._line(one, sight, staff, words, now))
            for one in sight.lines
            if one.body.words or one.attachments  # a pressed button without a label says nothing
        ]
        notes: list[tuple[datetime, str, Line | Note]] = [(one.at, "note", one) for one in sight.notes]
        return [(kind, one) for _, kind, one in sorted([*lines, *notes], key=lambda item: item[0])]

    def _line(self, line: StoredMessage, sight: Sight, staff: Staff, words: Words, now: datetime) -> Line:
        say = words.texts.say
        who = say(f"desk.author.{line.author.value}")
        if line.author is Author.STAFF and line.staff is not None:
            who = sight.names.get(line.staff, who)
        waiting = line.delivery is Delivery.PENDING and line.at > now
        return Line(
            line.id,
            line.author.value,
            who,
            words.body(line),
            line.body.language,
            words.language(line.body.language),
            words.direction(line),
            moment(line.at, now),
            line.at.isoformat(timespec="seconds"),
            line.delivery.value if line.delivery else "",
            line.reason,
            waiting and line.author is Author.STAFF and line.staff == staff.id,
            tuple((file, obstacle(file)) for file in line.attachments),
        )

    async def answers(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/tickets/N/answers?q=: ready answers that fit, to put into the draft."""
        ticket = await self.visible(number_of(request), staff)
        search = request.query.get("q", "")[:LONGEST_SEARCH]
        words = self.words(session)
        found = answers(words, search, ticket.language)
        template = "answers_part.html" if "HX-Request" in request.headers else "answers.html"
        return self._gate.pages.page(
            template, staff, session, ticket=ticket, answers=found, search=search, words=words
        )


async def names_of_staff(unit: Unit) -> dict[int, str]:
    """Return id -> name of everybody in the team."""
    return {account.staff.id: account.staff.name for account in await unit.staff.listed()}


def number_of(request: web.Request) -> int:
    """Return the ticket's number in the address."""
    return int(request.match_info["number"])


def text_of(form: Mapping[str, str]) -> str:
    """Return the words in the form of an answer, as they are sent."""
    return form.get("text", "").replace("\r\n", "\n").strip()[:LONGEST]


def _ailment(group: Group, texts: Texts, now: datetime) -> str:
    """Return what is wrong with a group of the team, and since when."""
    key = f"group.trouble.{group.trouble.replace(' ', '_')}"
    problem = texts.say(key if texts.has(key) else "group.trouble.other")
    return texts.say("group.ill", problem=problem, time=moment(group.trouble_since or now, now))


def _present(sight: Sight, staff: Staff, now: datetime) -> list[tuple[str, bool]]:
    """Return who else has the ticket before them, and whether they write."""
    return [
        (name, draft.typed_at is not None and now - draft.typed_at < TYPES)
        for draft in sight.drafts
        if draft.staff != staff.id and now - draft.seen_at < LOOKS and (name := sight.names.get(draft.staff))
    ]


def _wanted(request: web.Request) -> Wanted:
    query = request.query
    folder = query.get("folder", "")
    return Wanted(
        Folder(folder) if folder in set(Folder) else Folder.NEW,
        query.get("town", "")[:64],
        query.get("entry", "")[:64],
        query.get("language", "")[:16],
        query.get("q", "").strip()[:LONGEST_SEARCH],
        query.get("speaker", "")[:16],
        int(page) if (page := query.get("page", "")).isdecimal() and len(page) < 6 else 0,
    )


def _query(wanted: Wanted) -> dict[str, str]:
    """Return the filters as they stand in an address, without the folder."""
    values = {
        "town": wanted.town,
        "entry": wanted.entry,
        "language": wanted.language,
        "q": wanted.search,
        "speaker": wanted.speaker,
    }
    return {name: value for name, value in values.items() if value}
