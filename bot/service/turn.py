"""The way of a message: a worker leases a contact, understands what waits, and commits all that follows together."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import structlog

from bot.dialogue import outcome
from bot.dialogue.respond import respond, set_scene
from bot.dialogue.turn import Effect, Erase, NoteWrong, OpenTicket, Record, Response, Scene, ShowData, Turn
from bot.domain.capabilities import Capabilities
from bot.domain.conversation import Contact, Conversation
from bot.domain.event import Event
from bot.domain.feedback import NewFeedback
from bot.domain.message import Attachment, Inbound, Outbound
from bot.domain.ticket import Ticket
from bot.service.course_effects import CourseEffects, CourseServices, seats_of
from bot.service.fault import place_of
from bot.service.jobs import SCRUB
from bot.service.loop import Work
from bot.service.mind import Mind, MindSource
from bot.service.opening import open_ticket
from bot.service.ports import DESK, Claim, Clock, Conflict, LeaseLost, Notifier, Store, Unit, Waiting
from bot.service.ticket_effects import TICKET_EFFECTS, TicketEffects, Translate, new_ticket

LEASE = timedelta(seconds=30)
THINK_WITHIN = 20.0  # seconds for all that waits of a contact, so that the lease outlasts it
TRIES = 5
RETRY_AFTER = (1.0, 5.0, 30.0, 120.0)  # seconds, by how often it failed before
RECEIPT_KEPT = timedelta(minutes=30)  # after an erase only the receipt and its address are left, for so long

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Piece:
    """Waiting rows that make one turn: texts in a row are one question, files in a row one delivery; all else
    stands alone."""

    rows: tuple[Waiting, ...]

    @property
    def text(self) -> str:
        """The texts, a line each."""
        return "\n".join(row.inbound.text for row in self.rows if row.inbound.text)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of all rows."""
        return tuple(file for row in self.rows for file in row.inbound.attachments)

    @property
    def last(self) -> Inbound:
        """The newest message of the piece."""
        return self.rows[-1].inbound


@dataclass(frozen=True, slots=True)
class Reply:
    """A response with the scene it was made in, so that outcomes can be worded."""

    piece: Piece
    scene: Scene
    response: Response

    @property
    def erases(self) -> bool:
        """True if the contact is gone afterwards."""
        return any(isinstance(step, Erase) for step in self.response.steps)


def pieces(rows: Sequence[Waiting]) -> tuple[Piece, ...]:
    """Group waiting rows into turns."""
    found: list[Piece] = []
    for row in rows:
        if found and (same := _kind(row)) and same == _kind(found[-1].rows[-1]):
            found[-1] = Piece((*found[-1].rows, row))
        else:
            found.append(Piece((row,)))
    return tuple(found)


def _kind(row: Waiting) -> str:
    """Return "text" or "file" for what goes together with its like, else ""."""
    inbound = row.inbound
    if inbound.choice or inbound.start:
        return ""
    if inbound.attachments:
        return "" if inbound.text else "file"
    return "text"


class Worker:
    """Answers contacts; several may run, in one process or in many."""

    def __init__(
        self,
        store: Store,
        mind: MindSource,
        clock: Clock,
        notifier: Notifier,
        capabilities: Mapping[str, Capabilities],
        owner: str,
        courses: CourseServices,
        translate: Translate | None = None,
    ) -> None:
        self._store = store
        self._mind = mind
        self._clock = clock
        self._notifier = notifier
        self._capabilities = capabilities
        self._owner = owner
        self._courses = courses
        self._translate = translate
        self._calls = count()

    async def take(self, most: int) -> list[Work]:
        """Lease up to so many contacts that wait; return the work of answering each."""
        owner = f"{self._owner}:{next(self._calls)}"
        async with self._store.write() as unit:
            claims = await unit.intake.claim(owner, self._clock.now(), LEASE, most)
        return [partial(self._work, claim) for claim in claims]

    async def work_once(self) -> bool:
        """Answer one contact; False if nobody waits."""
        found = await self.take(1)
        for work in found:
            await work()
        return bool(found)

    async def _work(self, claim: Claim) -> None:
        try:
            if claim.rows[0].attempts < TRIES:
                await self._answer(claim)
            else:  # each of its workers died over it, or was too slow
                log.error("turn.given_up", tries=claim.rows[0].attempts)
                await self._give_up(claim)
        except (LeaseLost, Conflict):
            log.info("turn.lease_lost", contact=claim.contact.guest)
        except Exception as error:  # a message must never be lost by a fault of ours
            await self._failed(claim, error)
        for channel in {row.inbound.address.channel for row in claim.rows}:
            await self._notifier.publish(f"outbox:{channel}")

    async def _failed(self, claim: Claim, error: Exception) -> None:
        tries = claim.rows[0].attempts + 1
        log.error("turn.failed", error=type(error).__name__, place=place_of(error), tries=tries)
        try:
            await self._put_back(claim)
        except (LeaseLost, Conflict):
            log.info("turn.lease_lost", contact=claim.contact.guest)
        except Exception as again:  # the database is away; the lease runs out, and that counts as a try
            log.error("turn.not_put_back", error=type(again).__name__, place=place_of(again))

    async def _answer(self, claim: Claim) -> None:
        async with asyncio.timeout(THINK_WITHIN):
            replies = await self._think(claim)
        await self._commit(claim, replies)

    async def _think(self, claim: Claim) -> tuple[Reply, ...]:
        """Work the turns out, one after the other, outside any transaction; after an erase somebody new speaks,
        whose turns are not of this claim."""
        mind, memory = self._mind(), claim.contact.conversation
        replies: list[Reply] = []
        for piece in pieces(claim.rows):
            reply = await self._reply(mind, memory, piece, claim.tickets)
            replies.append(reply)
            if reply.erases:
                break
            memory = reply.response.memory
        return tuple(replies)

    async def _reply(
        self, mind: Mind, memory: Conversation, piece: Piece, tickets: tuple[Ticket, ...]
    ) -> Reply:
        understood = await asyncio.to_thread(
            mind.engine.understand,
            piece.text,
            language=memory.language,
            language_chosen=memory.language_chosen,
            previous=memory.last_question,
        )
        last = piece.last
        turn = Turn(
            at=self._clock.now(),
            channel=last.address.channel,
            capabilities=self._capabilities[last.address.channel],
            understood=understood,
            text=piece.text,
            choice=last.choice,
            start=last.start,
            language_hint=last.language_hint,
            attachments=piece.attachments,
            tickets=tuple(ticket for ticket in tickets if ticket.is_open),
            closed=tuple(ticket.number for ticket in tickets if not ticket.is_open),
            courses=await self._courses.book.courses(),
        )
        scene = set_scene(turn, memory, mind.world)
        return Reply(piece, scene, respond(scene))

    async def _commit(self, claim: Claim, replies: tuple[Reply, ...]) -> None:
        """Carry everything out in one transaction: conversation, effects, outbox rows and "done"."""
        now = self._clock.now()
        memory = replies[-1].response.memory
        async with self._store.write() as unit:
            await unit.intake.done(claim, now)
            if memory != claim.contact.conversation:
                await unit.contacts.save(replace(claim.contact, conversation=memory))
            # What was written before an erase is forgotten with it. What came after is not of the same person,
            # as far as we may know: it is put in anew. The lock of `done` lets nothing more in until the commit.
            last = replies[-1]
            written = [row for row in claim.rows if row.id > last.piece.rows[-1].id] if last.erases else []
            written += await unit.intake.of(claim.contact.id) if last.erases else []
            for reply in replies:
                await Carrier(unit, claim.contact, reply, now, self._courses, self._translate).carry_out()
            for row in written:
                await put_again(unit, row, now)
        if last.erases:
            await self._notifier.publish("jobs")
        if claim.tickets or any(_concerns_staff(step) for reply in replies for step in reply.response.steps):
            await self._notifier.publish(DESK)

    async def _put_back(self, claim: Claim) -> None:
        tries = claim.rows[0].attempts + 1
        now = self._clock.now()
        async with self._store.write() as unit:
            if tries < TRIES:
                await unit.intake.put_back(claim, now + timedelta(seconds=RETRY_AFTER[tries - 1]))
            else:
                await self._give_to_team(unit, claim, now)

    async def _give_up(self, claim: Claim) -> None:
        async with self._store.write() as unit:
            await self._give_to_team(unit, claim, self._clock.now())

    async def _give_to_team(self, unit: Unit, claim: Claim, now: datetime) -> None:
        """Open a ticket with what could not be worked on: a person must see it."""
        world, memory = self._mind().world, claim.contact.conversation
        text = "\n".join(row.inbound.text or row.inbound.choice or row.inbound.start for row in claim.rows)
        ids = [row.message_id for row in claim.rows]
        new = new_ticket(OpenTicket(text, memory.language, memory.town), world.knowledge, now)
        # The apology names no time: none is promised.
        new = replace(new, promised_at=None, remind_at=None)
        opened = await open_ticket(unit, claim.contact.id, new, ids, now)
        if self._translate is not None:
            await self._translate(unit, claim.contact.id, opened.number, memory.language)
        apology = outcome.failed(world.texts(memory.language), opened.number)
        last = claim.rows[-1]
        await unit.outbox.put(
            claim.contact.id, last.address_id, apology, f"{last.id}:failed", now, opened.number
        )
        await unit.intake.done(claim, now)


class Carrier:
    """Carries out one response inside the transaction."""

    def __init__(
        self,
        unit: Unit,
        contact: Contact,
        reply: Reply,
        now: datetime,
        courses: CourseServices,
        translate: Translate | None = None,
    ) -> None:
        self._unit = unit
        self._courses = courses
        self._translate = translate
        self._contact = contact.id
        self._reply = reply
        self._now = now
        self._last = reply.piece.rows[-1]
        self._address_id = self._last.address_id
        self._said = 0

    async def carry_out(self) -> None:
        """Do all steps in order; an erase is the last, for the contact is gone then."""
        for step in self._reply.response.steps:
            if isinstance(step, Erase):
                await self._erase()
                return
            if isinstance(step, Outbound):
                await self._say(step)
            else:
                await self._do(step)

    async def _do(self, effect: Effect) -> None:
        if isinstance(effect, NoteWrong):
            await self._note(effect)
        elif isinstance(effect, ShowData):
            held = await self._unit.held(self._contact)
            if held is not None:
                await self._say(outcome.data_shown(self._reply.scene, held))
        elif isinstance(effect, Record):
            await self._record(effect)
        elif isinstance(effect, TICKET_EFFECTS):
            await self._ticket_effects().do(effect)
        else:
            scene, now = self._reply.scene, self._now
            await CourseEffects(self._unit, self._courses, self._contact, scene, now, self._say).do(effect)

    async def _note(self, effect: NoteWrong) -> None:
        scene = self._reply.scene
        new = NewFeedback(effect.entry, scene.language, scene.town, scene.turn.channel, effect.text)
        await self._unit.feedback.note(self._contact, new, self._now)

    def _ticket_effects(self) -> TicketEffects:
        ids = [row.message_id for row in self._reply.piece.rows]
        scene = self._reply.scene
        return TicketEffects(self._unit, self._contact, scene, ids, self._now, self._say, self._translate)

    async def _erase(self) -> None:
        """Delete the contact; a new one without any history carries the receipt, for a short while only."""
        freed = await seats_of(self._unit, self._contact)
        erased = await self._unit.erase(self._contact)
        for course in freed:
            await self._courses.registrar.promote(self._unit, course, self._now)
        scene = self._reply.scene
        address = self._last.inbound.address
        contact, address_id = await self._unit.contacts.create(address, self._now)
        memory = Conversation(greeted=True, language=scene.language, language_chosen=True)
        await self._unit.contacts.save(replace(contact, conversation=memory))
        await self._unit.contacts.keep_until(contact.id, self._now + RECEIPT_KEPT)
        receipt = outcome.erased(scene, erased)
        await self._unit.outbox.put(contact.id, address_id, receipt, f"erased:{contact.id}", self._now)
        await self._unit.jobs.put(SCRUB, SCRUB, self._now)
        await self._record(Record("erased"))

    async def _say(self, message: Outbound, ticket: int | None = None) -> None:
        idem = f"{self._last.id}:{self._said}"
        self._said += 1
        await self._unit.outbox.put(self._contact, self._address_id, message, idem, self._now, ticket)

    async def _record(self, effect: Record) -> None:
        scene = self._reply.scene
        event = Event(
            effect.kind,
            self._now,
            channel=scene.turn.channel,
            language=scene.language,
            town=scene.town,
            entry=effect.entry,
            detail=effect.detail,
        )
        await self._unit.events.record(event)


def _concerns_staff(step: Outbound | Effect) -> bool:
    return isinstance(step, TICKET_EFFECTS)


async def put_again(unit: Unit, row: Waiting, now: datetime) -> None:
    """Put in what an erased contact wrote after the erase, for the one who has the address now."""
    address = row.inbound.address
    contact, address_id = await unit.contacts.find(address) or await unit.contacts.create(address, now)
    await unit.intake.put(contact.id, address_id, row.inbound, row.received_at, now)
