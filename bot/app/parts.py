"""What every way of starting needs, built once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot import memory
from bot.app.clock import SystemClock
from bot.app.courses import fill_examples
from bot.app.database import listening, stored
from bot.app.minds import make_mind
from bot.app.translators import make_translating
from bot.channels import console
from bot.channels.telegram import CAPABILITIES as TELEGRAM
from bot.channels.telegram import TelegramChannel
from bot.channels.upcoming import UPCOMING
from bot.channels.web import WebChannel
from bot.courses.ics import calendar
from bot.dialogue.welcome import welcome
from bot.domain.capabilities import Capabilities
from bot.domain.message import Inbound, Outbound
from bot.i18n import Texts
from bot.service.course_book import CourseBook
from bot.service.course_effects import CourseServices
from bot.service.editing import Editing
from bot.service.mind import MindKeeper, MindSource
from bot.service.ports import Clock, Notifier, Retention, Store
from bot.service.receive import Received, receive
from bot.service.registering import Registrar
from bot.service.ticket_effects import Translate
from bot.service.translating import Translating
from bot.settings import Settings
from bot.storage.engine import Database

# What texts must fit: every channel there is or will be.
CAPABILITIES: dict[str, Capabilities] = {
    WebChannel.name: WebChannel.capabilities,
    console.NAME: console.CAPABILITIES,
    TelegramChannel.name: TELEGRAM,
    **UPCOMING,
}
log = structlog.get_logger()
Loop = Callable[[asyncio.Event], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What every way of starting needs: stored things, time, wake-ups and the mind."""

    settings: Settings
    clock: SystemClock
    database: Database
    notifier: Notifier
    keeper: MindKeeper
    courses: CourseServices
    translating: Translating | None = None

    @property
    def translate(self) -> Translate | None:
        """What plans the translation of what newcomers write to the team, if anything translates."""
        return self.translating.plan if self.translating else None

    @property
    def editing(self) -> Editing:
        """Changes the knowledge files that the keeper reads."""
        return Editing(self.settings.knowledge, CAPABILITIES, self.clock)

    @property
    def retention(self) -> Retention:
        """The one value behind the purge and the privacy notice."""
        return retention_of(self.settings)

    async def receive(self, inbound: Inbound) -> Received:
        """Take a message in."""
        return await receive(self.database, self.notifier, self.clock, inbound)

    def texts(self, language: str) -> Texts:
        """Return the interface texts of a language."""
        return self.keeper.mind.world.texts(language)

    def texts_for(self, tag: str) -> Texts:
        """Return the interface texts for a device's language tag ("ar-SY"), the first offered ones if unknown."""
        world = self.keeper.mind.world
        return world.texts(world.known_language(tag) or world.offered[0])

    def welcome(self, language: str) -> Outbound:
        """Return the welcome in a language."""
        world = self.keeper.mind.world
        return welcome(world.texts(language), world.knowledge, world.offered, world.operator)


def retention_of(settings: Settings) -> Retention:
    """Return how long things are kept."""
    return Retention(
        settings.keep_messages_days,
        settings.keep_tickets_days,
        settings.keep_contacts_days,
        settings.keep_statistics_days,
        settings.keep_audit_days,
    )


def course_services(store: Store, clock: Clock, mind: MindSource) -> CourseServices:
    """Return what turns need of courses."""
    return CourseServices(
        CourseBook(store, clock), Registrar(mind), lambda listed: calendar(listed, clock.now())
    )


def finish_edits(settings: Settings) -> None:
    """End what was being written to the knowledge when the last process died; half of it could not be read."""
    try:
        Editing(settings.knowledge, CAPABILITIES, SystemClock()).finish()
    except OSError as error:
        log.error("knowledge.not_finished", error=type(error).__name__)


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Parts]:
    """Build everything that every way of starting needs."""
    await asyncio.to_thread(finish_edits, settings)
    with memory.growing():
        keeper = await asyncio.to_thread(make_mind, settings)
    async with stored(settings) as database, listening(database) as notifier:
        clock = SystemClock()
        await fill_examples(settings, keeper.mind.world.knowledge, database)
        courses = course_services(database, clock, lambda: keeper.mind)
        translating = make_translating(
            settings, database, notifier, clock, lambda: keeper.mind.world.knowledge
        )
        yield Parts(settings, clock, database, notifier, keeper, courses, translating)
