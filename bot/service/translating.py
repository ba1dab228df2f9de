"""Translations as jobs: what newcomers wrote to the team, and drafts of the team before they go out.

A job is put in the transaction of what it is about, and runs after its commit: no message ever waits for a translator.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from bot.domain.job import Job
from bot.domain.message import Author, StoredMessage
from bot.domain.translation import GERMAN, Rendering, State, Translation
from bot.knowledge.model import Knowledge
from bot.service.interpreting import Interpreter
from bot.service.jobs import Run
from bot.service.ports import DESK, Clock, Conflict, Notifier, Store, TranslationError, Translator, Unit
from bot.service.refusals import NoSuchTicket

MESSAGE: Final = "translate"
DRAFT: Final = "render"
# Seconds until the next try, by how often it was tried. Whoever waits before a draft is told soon.
WAITS: Final[Mapping[str, tuple[float, ...]]] = {MESSAGE: (2, 10, 60, 300), DRAFT: (1, 4)}
AHEAD: Final = 6  # messages before a ticket's first one, among which the question is looked for
MOST_OF_TICKET: Final = (
    100  # messages that are translated unasked: a flood must not use up what somebody pays for
)
FAULTY: Final = "faulty"  # the reason when a translation came that must not be used

log = structlog.get_logger()


class NotReady(Exception):
    """There is no checked translation of this text; `why`: changed, pending, faulty or none."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Translating:
    """The use cases and the jobs. Without a translator there is none of these."""

    def __init__(
        self,
        store: Store,
        notifier: Notifier,
        clock: Clock,
        translator: Translator,
        knowledge: Callable[[], Knowledge],
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        """trusted: the languages that the operator trusts it with; empty: all that it has."""
        self._store = store
        self._notifier = notifier
        self._clock = clock
        self._translator = translator
        self._interpreter = Interpreter(translator, knowledge)
        self._trusted = trusted
        self._languages: frozenset[str] = frozenset()

    @property
    def engine(self) -> str:
        """What people are told it is called."""
        return self._translator.name[:32]

    def covers(self, language: str) -> bool:
        """True if it translates between this language and German, as far as is known by now."""
        is_trusted = not self._trusted or language in self._trusted
        return language != GERMAN and is_trusted and language in self._languages

    async def refresh(self) -> bool:
        """Ask the translator for its languages; False if it did not say, then the known ones stay."""
        try:
            self._languages = await self._translator.languages()
        except TranslationError as error:
            log.warning("translator.no_languages", reason=error.reason)
            return False
        return True

    # --- what newcomers write

    async def plan(self, unit: Unit, contact: int, ticket: int, language: str) -> None:
        """Plan the translation of what is new in a ticket, in the transaction that it comes in."""
        if not self.covers(language):
            return
        found = await unit.tickets.get(ticket)
        if found is None:
            return
        lines = [one for one in await unit.messages.of_ticket(contact, ticket, AHEAD) if _is_words(one)]
        # Who asked first and then pressed "a person" has asked before the ticket; the button's words say nothing.
        told = (found.question, *found.lines)
        wanted = [one for one in lines if any(one.body.text.strip() in part for part in told)]
        known = await unit.translations.of([one.id for one in wanted])
        new = [one for one in wanted if one.id not in known]
        for one in new[: max(0, MOST_OF_TICKET - len(known))]:
            await self._plan(unit, contact, one.id)

    async def again(self, number: int, message: int) -> None:
        """Translate a message of a ticket once more, or for the first time; raise NoSuchTicket."""
        async with self._store.write() as unit:
            ticket = await unit.tickets.lock(number)
            if ticket is None:
                raise NoSuchTicket
            line = await unit.messages.one(ticket.contact, message)
            if line is None or not _is_words(line):
                raise NoSuchTicket
            await self._plan(unit, ticket.contact, message)
        await self._notifier.publish(DESK)

    async def _plan(self, unit: Unit, contact: int, message: int) -> None:
        now = self._clock.now()
        pending = Translation(message, GERMAN, self.engine, State.PENDING, "", "", now)
        await unit.translations.put(contact, pending)
        await unit.jobs.put(MESSAGE, f"{MESSAGE}:{message}", now, {"contact": contact, "message": message})

    async def _message(self, job: Job) -> None:
        contact, message = int(job.payload["contact"]), int(job.payload["message"])
        async with self._store.read() as unit:
            line = await unit.messages.one(contact, message)
            found = await unit.contacts.get(contact)
            people = await _people(unit, contact)
        if line is None or found is None:
            return  # erased or purged meanwhile
        text = line.body.text
        # What the device said of a message is not what the newcomer chose.
        language = self._interpreter.source_of(text, found.conversation.language or line.body.language)
        if language == GERMAN:
            async with self._store.write() as unit:
                await unit.translations.drop(message)
            await self._notifier.publish(DESK)
            return
        one = Translation(message, GERMAN, self.engine, State.DONE, "", "", self._clock.now())
        try:
            done = await self._interpreter.translate(text, language, GERMAN, people)
        except TranslationError as error:
            one = replace(one, state=State.FAILED, reason=error.reason)
            if await self._tries_again(job, error):
                one = replace(one, state=State.PENDING)
        else:
            if done.faults:
                one = replace(one, state=State.FAILED, reason=done.faults[0].wrong.value)
            else:
                one = replace(one, text=done.shown)
        await self._keep(contact, one)

    async def _keep(self, contact: int, one: Translation) -> None:
        try:
            async with self._store.write() as unit:
                await unit.translations.put(contact, one)
        except Conflict:
            return  # erased meanwhile
        await self._notifier.publish(DESK)

    # --- drafts of the team

    async def render(self, number: int, staff: int, text: str, source: str) -> None:
        """Keep a draft and ask for what becomes of it in the newcomer's language; raise NoSuchTicket."""
        now = self._clock.now()
        async with self._store.write() as unit:
            ticket = await unit.tickets.lock(number)
            if ticket is None:
                raise NoSuchTicket
            await unit.tickets.draft(number, staff, text, now)
            asked = Rendering(State.PENDING, text, source, ticket.language, self.engine)
            await unit.translations.render(number, staff, asked)
            payload: dict[str, str | int] = {"contact": ticket.contact, "ticket": number, "staff": staff}
            await unit.jobs.put(DRAFT, f"{DRAFT}:{number}:{staff}", now, payload)
        await self._notifier.publish(DESK)

    async def rendering(self, number: int, staff: int) -> Rendering | None:
        """Return what becomes of somebody's draft, if that was asked for."""
        async with self._store.read() as unit:
            return await unit.translations.rendering(number, staff)

    async def ready(self, number: int, staff: int, text: str) -> Rendering:
        """Return the checked translation of exactly this text; raise NotReady."""
        found = await self.rendering(number, staff)
        if found is None:
            raise NotReady("none")
        if found.text != text:
            raise NotReady("changed")
        if found.state is State.PENDING:
            raise NotReady("pending")
        if not found.may_go:
            raise NotReady("faulty")
        return found

    async def _draft(self, job: Job) -> None:
        number, staff = int(job.payload["ticket"]), int(job.payload["staff"])
        async with self._store.read() as unit:
            asked = await unit.translations.rendering(number, staff)
            people = await _people(unit, int(job.payload["contact"]))
        if asked is None or asked.state is not State.PENDING:
            return
        try:
            done = await self._interpreter.translate(
                asked.text, asked.source, asked.language, people, back=True
            )
        except TranslationError as error:
            if await self._tries_again(job, error):
                return
            found = replace(asked, state=State.FAILED, reason=error.reason)
        else:
            state = State.FAILED if done.faults else State.DONE
            reason = FAULTY if done.faults else ""
            found = replace(
                asked, state=state, reason=reason, shown=done.shown, back=done.back, faults=done.faults
            )
        async with self._store.write() as unit:
            if await unit.translations.rendering(number, staff) != asked:
                return  # another text was asked for meanwhile
            await unit.translations.render(number, staff, found)
        await self._notifier.publish(DESK)

    # --- inside

    def jobs(self) -> Mapping[str, Run]:
        """Return kind -> what is done."""
        return {MESSAGE: self._message, DRAFT: self._draft}

    async def _tries_again(self, job: Job, error: TranslationError) -> bool:
        """Plan the next try; False if there is none."""
        tried = int(job.payload.get("tried", 0))
        waits = WAITS[job.kind]
        log.warning("translator.failed", kind=job.kind, reason=error.reason, tries=tried + 1)
        if error.permanent or tried >= len(waits):
            return False
        after = timedelta(seconds=max(waits[tried], error.retry_after or 0.0))
        async with self._store.write() as unit:
            payload = {**job.payload, "tried": tried + 1}
            await unit.jobs.put(job.kind, job.key, self._clock.now() + after, payload)
        return True


def _is_words(line: StoredMessage) -> bool:
    return line.author is Author.NEWCOMER and any(letter.isalpha() for letter in line.body.text)


async def _people(unit: Unit, contact: int) -> list[str]:
    """Return the names that a contact told us: they stay here."""
    found: list[str] = []
    for one in await unit.registrations.of(contact):
        found += [one.person.given_name, one.person.family_name]
    return found
