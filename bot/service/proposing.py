"""An answer becomes an entry: written from a solved ticket, read by a second person, published by an editor."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.message import Author
from bot.domain.proposal import LONGEST_NOTE, MOST_ASKERS, Proposal, State, Step, Wording
from bot.domain.staff import Staff
from bot.domain.ticket import Ticket
from bot.knowledge.edits import Edit, MoreQuestions, NewEntry, file_of
from bot.knowledge.languages import GERMAN
from bot.knowledge.masking import Known, has_marks, unmasked
from bot.knowledge.model import Knowledge
from bot.knowledge.new_entry import LONGEST
from bot.service import answered
from bot.service.editing import Change, Editing, Refused, Saved
from bot.service.masks import Masks, known_of
from bot.service.ports import DESK, Clock, Notifier, Store, Unit
from bot.service.refusals import NoSuchTicket

BEFORE = 0  # messages ahead of the question that the answer is taken from
LONGEST_TEXT = 4000  # characters of a field
LONGEST_QUESTION = 300
MOST_QUESTIONS = 20
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class NoSuchProposal(Exception):
    """No proposal has this number, or none that is still open."""


class Incomplete(Exception):
    """It is not fit to be read or published yet; `missing` are words that name what is to be done."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


class Invalid(Exception):
    """The check of the knowledge would refuse it; `refused` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.why)
        self.refused = refused


class Proposing:
    """The use cases; what the rules of a proposal forbid raises NotAllowed."""

    def __init__(
        self,
        store: Store,
        notifier: Notifier,
        clock: Clock,
        knowledge: Callable[[], Knowledge],
        masks: Masks,
        editing: Editing,
    ) -> None:
        self._store = store
        self._notifier = notifier
        self._clock = clock
        self._knowledge = knowledge
        self._masks = masks
        self._editing = editing

    # --- how it begins

    async def begin(self, number: int, staff: Staff, entry: str = "") -> int:
        """Make a proposal of a ticket and return its id; one that is there is gone on with.

        entry: what is there already and gets the question as an example; "": a new entry is to be made. Raise
        NoSuchTicket, also for one that somebody may not see; Incomplete if nobody has answered it.
        """
        knowledge = self._knowledge()
        if entry and entry not in knowledge.entries:
            raise Incomplete(["entry"])
        async with self._store.read() as unit:
            ticket = await _visible(unit, number, staff)
            if found := await _of_ticket(unit, number, entry):
                return found
            known = await known_of(unit, [ticket])
            lines = await unit.messages.of_ticket(ticket.contact, number, BEFORE)
        said = [line.body for line in lines if line.author is Author.STAFF]
        if not entry and not said:
            raise Incomplete(["answer"])
        question = await self._masks.question(ticket.question, ticket.language, known)
        wording = Wording(entry)
        if not entry:
            answers = [await self._masks.answer(one.text, one.language, known) for one in said]
            body = "\n\n".join(one.text for one in answers)[:LONGEST_TEXT]
            wording = Wording(area=_area(knowledge, ticket), body=body)
        now = self._clock.now()
        async with self._store.write() as unit:
            if found := await _of_ticket(unit, number, entry):
                return found
            id = await unit.proposals.add(staff.id, wording, now, is_new=not entry)
            await unit.proposals.ask(id, ticket.contact, number, ticket.language, question.text)
            if entry:  # there is nothing to be written
                await _move(unit, id, staff, Step.SEND, now)
            await unit.audit.note(staff.id, "proposal.begun", f"proposal:{id}", now)
        await self._notifier.publish(DESK)
        return id

    async def join(self, id: int, number: int, staff: Staff) -> None:
        """Add a ticket in which the same was asked; raise NoSuchTicket, NoSuchProposal."""
        async with self._store.read() as unit:
            ticket = await _visible(unit, number, staff)
            known = await known_of(unit, [ticket])
        question = await self._masks.question(ticket.question, ticket.language, known)
        async with self._store.write() as unit:
            proposal = await _locked(unit, id)
            proposal.allow(Step.WRITE, staff)
            if len(proposal.askers) < MOST_ASKERS:
                await unit.proposals.ask(id, ticket.contact, number, ticket.language, question.text)

    async def part(self, id: int, number: int, staff: Staff) -> None:
        """Take a ticket out in which something else was asked; raise NoSuchProposal."""
        async with self._store.write() as unit:
            proposal = await _locked(unit, id)
            proposal.allow(Step.WRITE, staff)
            await unit.proposals.leave(id, number)

    # --- how it goes on

    async def write(self, id: int, staff: Staff, wording: Wording, questions: Mapping[int, str]) -> None:
        """Keep what somebody has written; what is known of the askers is masked again. Raise NoSuchProposal.

        questions: asker's id -> their question; empty: it is no example.
        """
        async with self._store.read() as unit:
            proposal = await _open(unit, id)
            known = await known_of_askers(unit, proposal)
        told = await self._covered(wording, known)
        masked = await self._masks.covered((line[:LONGEST_QUESTION] for line in questions.values()), known)
        async with self._store.write() as unit:
            proposal = await _locked(unit, id)
            proposal.allow(Step.WRITE, staff)
            if not proposal.is_new:
                told = proposal.wording
            await unit.proposals.change(proposal, self._clock.now(), wording=told, author=staff.id)
            for asker in proposal.askers:
                asked = dict(zip(questions, masked, strict=True))
                if asker.id in asked:
                    await unit.proposals.reword(asker.id, " ".join(asked[asker.id].split()))

    async def step(self, id: int, staff: Staff, step: Step, note: str = "") -> None:
        """Send it to be read, approve it, send it back or drop it; whoever publishes uses `publish`.

        Raise NoSuchProposal; Incomplete if something is missing, or a note when it is sent back; Invalid if the check
        of the knowledge would refuse it.
        """
        if step is Step.SEND_BACK and not note.strip():
            raise Incomplete(["note"])
        if step is Step.SEND:
            await self._expect_fit(id, staff)
        now = self._clock.now()
        async with self._store.write() as unit:
            await _move(unit, id, staff, step, now, note.strip()[:LONGEST_NOTE])
            await unit.audit.note(staff.id, f"proposal.{step.value}", f"proposal:{id}", now)
        await self._notifier.publish(DESK)

    async def publish(self, id: int, staff: Staff) -> Saved | Refused:
        """Write it into the knowledge, and tell those who asked; the same again changes nothing.

        Raise NoSuchProposal, Incomplete. What the editing refuses leaves it as it is.
        """
        async with self._store.read() as unit:
            proposal = await _open(unit, id)
        proposal.allow(Step.PUBLISH, staff)
        if missing := missing_in(proposal, None):
            raise Incomplete(missing)
        saved = await self._editing.save(await self._change(proposal), staff.name)
        if isinstance(saved, Refused):
            return saved
        now = self._clock.now()
        async with self._store.write() as unit:
            proposal = await _locked(unit, id)
            if proposal.state is State.PUBLISHED:  # another worker was as fast
                return saved
            await unit.proposals.change(proposal, now, state=State.PUBLISHED, note="")
            for asker in proposal.askers:
                await unit.proposals.reword(asker.id, "")  # it stands in the knowledge now
            if proposal.is_new:
                await answered.plan(unit, proposal, now)
            await unit.audit.note(staff.id, "proposal.published", f"proposal:{id}", now)
        await self._notifier.publish("jobs")
        await self._notifier.publish(DESK)
        return saved

    async def learn(
        self, number: int, entry: str, text: str, editor: str, staff: int | None
    ) -> Saved | Refused:
        """Make a ticket's question an example of an entry that is there, at once, and keep that it was used.

        text: the masked question, as the editor has looked at it. Raise NoSuchTicket.
        """
        async with self._store.read() as unit:
            ticket = await unit.tickets.get(number)
            if ticket is None:
                raise NoSuchTicket
            known = await known_of(unit, [ticket])
        (masked,) = await self._masks.covered([text[:LONGEST_QUESTION]], known)
        edit = MoreQuestions(entry, ticket.language, (unmasked(masked),))
        saved = await self._editing.save(Change((edit,)), editor)
        if isinstance(saved, Refused):
            return saved
        now = self._clock.now()
        async with self._store.write() as unit:
            id = await unit.proposals.add(staff, Wording(entry), now, is_new=False)
            made = await _locked(unit, id)
            await unit.proposals.ask(id, ticket.contact, number, ticket.language, "")
            await unit.proposals.change(made, now, state=State.PUBLISHED)
            await unit.audit.note(staff, "proposal.learned", f"ticket:{number}", now)
        return saved

    async def judge(self, proposal: Proposal) -> Saved | Refused:
        """Return what the check of the knowledge says of it; nothing is written."""
        judged = await self._editing.judge(await self._change(proposal))
        return judged if isinstance(judged, Refused) else Saved("", tuple(judged.files), judged.problems)

    # --- inside

    async def _expect_fit(self, id: int, staff: Staff) -> None:
        async with self._store.read() as unit:
            proposal = await _open(unit, id)
        proposal.allow(Step.SEND, staff)
        if missing := missing_in(proposal, self._knowledge()):
            raise Incomplete(missing)
        judged = await self.judge(proposal)
        if isinstance(judged, Refused):
            raise Invalid(judged)

    async def _covered(self, wording: Wording, known: Known) -> Wording:
        lines = [one for line in wording.questions if (one := " ".join(line.split())[:LONGEST_QUESTION])]
        fields = (wording.title, wording.short, wording.body[:LONGEST_TEXT], *lines[:MOST_QUESTIONS])
        title, short, body, *questions = await self._masks.covered(fields, known)
        entry = wording.entry or slug(title)
        return replace(wording, entry=entry, title=title, short=short, body=body, questions=tuple(questions))

    async def _change(self, proposal: Proposal) -> Change:
        """Return the step that publishes it; an entry that a crash has left behind is not made twice."""
        told = proposal.wording
        asked = questions_of(proposal)
        edits: list[Edit] = []
        if proposal.is_new:
            german = asked.pop(GERMAN, ())
            there = await self._editing.file(file_of(told.entry, GERMAN))
            if there is None or told.body.strip() not in there:
                edits.append(
                    NewEntry(told.entry, told.area, told.title, told.short, told.body.strip(), german)
                )
        edits += [MoreQuestions(told.entry, language, lines) for language, lines in asked.items()]
        return Change(tuple(edits))


def questions_of(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    """Return language -> example questions, as they are published; German first."""
    found: dict[str, list[str]] = {GERMAN: list(proposal.wording.questions)}
    for asker in proposal.askers:
        if asker.question:
            found.setdefault(asker.language, []).append(asker.question)
    return {
        language: tuple(dict.fromkeys(map(unmasked, lines))) for language, lines in found.items() if lines
    }


def missing_in(proposal: Proposal, knowledge: Knowledge | None) -> list[str]:
    """Return words for what is to be done before it can be read; knowledge: to see whether the id is free."""
    told = proposal.wording
    missing = [] if questions_of(proposal) else ["questions"]
    if not proposal.is_new:
        return missing
    missing += [
        name for name in ("entry", "area", "title", "short", "body") if not getattr(told, name).strip()
    ]
    missing += ["marks"] if has_marks("\n".join((told.title, told.short, told.body))) else []
    missing += ["taken"] if knowledge and told.entry in knowledge.entries else []
    return missing


def slug(title: str) -> str:
    """Return an entry's id made from a title: small letters, digits, hyphens."""
    words = re.findall(r"[a-z0-9]+", title.casefold().translate(_UMLAUTS))
    found = "-".join(words).lstrip("0123456789-")
    return found if len(found) <= LONGEST else found[:LONGEST].rpartition("-")[0]


async def known_of_askers(unit: Unit, proposal: Proposal) -> Known:
    """Return what is known of those who asked, as far as their tickets live."""
    return await known_of(unit, await unit.tickets.numbered([one.ticket for one in proposal.askers]))


async def _visible(unit: Unit, number: int, staff: Staff) -> Ticket:
    ticket = await unit.tickets.get(number)
    if ticket is None or not staff.may_answer(ticket.town):
        raise NoSuchTicket
    return ticket


async def _of_ticket(unit: Unit, number: int, entry: str) -> int:
    """Return the proposal of a ticket for the same purpose, 0 if there is none."""
    for one in (await unit.proposals.of_tickets([number])).get(number, []):
        if one.is_new == (not entry) and (one.is_new or one.wording.entry == entry):
            return one.id
    return 0


async def _open(unit: Unit, id: int) -> Proposal:
    proposal = await unit.proposals.get(id)
    if proposal is None:
        raise NoSuchProposal
    return proposal


async def _locked(unit: Unit, id: int) -> Proposal:
    proposal = await unit.proposals.lock(id)
    if proposal is None:
        raise NoSuchProposal
    return proposal


async def _move(unit: Unit, id: int, staff: Staff, step: Step, now: datetime, note: str = "") -> None:
    proposal = await _locked(unit, id)
    state = proposal.allow(step, staff)
    if state is State.DROPPED:
        await unit.proposals.drop(proposal, now)
        return
    reviewer = staff.id if step is Step.APPROVE else None
    await unit.proposals.change(proposal, now, state=state, reviewer=reviewer, note=note)


def _area(knowledge: Knowledge, ticket: Ticket) -> str:
    """Return the area of the likeliest entry."""
    for id in (ticket.entry, *ticket.candidates):
        if id in knowledge.entries:
            return knowledge.entries[id].area
    return ""
