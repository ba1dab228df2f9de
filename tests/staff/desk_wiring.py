"""The desk over the real store and services, with a newcomer who writes and two of the team."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web

from bot.app import course_services
from bot.domain.received import LARGEST
from bot.domain.staff import Role
from bot.i18n import Texts
from bot.service import examples
from bot.service.desk import Desk
from bot.service.mind import Mind, MindSource
from bot.service.ports import Clock, Notifier, Source, Translator
from bot.service.received import ReceivedFiles
from bot.service.translating import Translating
from bot.staff.web import DeskDeps, DeskPages, Gate
from bot.storage.engine import Database
from bot.storage.files import EncryptedFiles
from tests.dialogues.replay import ServiceDriver
from tests.staff.wiring import Browser, Office, Person

QUESTION = "چگونه پیانو را به طبقه سوم ببرم؟"


@dataclass
class Scene:
    """A question in Persian from Dülmen, number 1001, and the office that answers it."""

    store: Database
    mind: Mind
    translator: Translator | None = None
    newcomer: ServiceDriver = field(init=False)
    translating: Translating | None = field(init=False, default=None)
    office: Office = field(init=False)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    sources: Sequence[Source] = ()

    def __post_init__(self) -> None:
        self.newcomer = ServiceDriver(self.store, lambda: self.mind)
        if self.translator:
            self.translating = translating_for(self.newcomer, self.translator)
        self.office = Office(self.store, clock=self.newcomer.clock, more=self._desk)
        self.office.texts = self._texts  # type: ignore[method-assign]

    def _texts(self, language: str) -> Texts:
        return self.mind.world.texts(language)

    @property
    def desk(self) -> Desk:
        """The use cases."""
        clock = self.newcomer.clock
        return Desk(self.store, self.newcomer.notifier, clock, self.mind.world.texts)

    def _desk(self, gate: Gate) -> list[web.RouteDef]:
        newcomer = self.newcomer
        return desk_routes(
            gate,
            self.store,
            newcomer.notifier,
            newcomer.clock,
            lambda: self.mind,
            self.sources,
            self.translating,
        )

    async def ask(self) -> None:
        """Let the newcomer ask for a person."""
        await self.newcomer.start("fa_duelmen")
        await self.newcomer.press("person")
        await self.newcomer.say(QUESTION)

    async def inside(
        self,
        name: str,
        role: Role = Role.CLERK,
        towns: tuple[str, ...] = ("duelmen",),
        vhs: tuple[str, ...] = (),
    ) -> tuple[Browser, Person]:
        """Return a browser of somebody who is logged in."""
        person = await self.office.join(name, role, towns=towns, vhs=vhs)
        browser = await self.stack.enter_async_context(self.office.browser())
        browser.take(person.token)
        return browser, person


def desk_routes(
    gate: Gate,
    store: Database,
    notifier: Notifier,
    clock: Clock,
    mind: MindSource,
    sources: Sequence[Source] = (),
    translating: Translating | None = None,
) -> list[web.RouteDef]:
    """Return the routes of the desk as the composition root makes them; "kept" loses messages as the web does."""

    def texts(language: str) -> Texts:
        return mind().world.texts(language)

    deps = DeskDeps(
        store,
        notifier,
        clock,
        Desk(store, notifier, clock, texts),
        course_services(store, clock, mind).registrar,
        ReceivedFiles(store, EncryptedFiles(store, store.folder, LARGEST), sources, clock),
        lambda: mind().world.knowledge,
        ("kept",),
        partial(examples.fill, store, notifier, clock),
        translating,
    )
    return DeskPages(gate, deps).routes()


def translating_for(driver: ServiceDriver, translator: Translator) -> Translating:
    """Return the use cases around a translator for a newcomer, whose worker plans translations from now on."""
    found = Translating(
        driver.store,
        driver.notifier,
        driver.clock,
        translator,
        lambda: driver.mind().world.knowledge,
    )
    driver.worker._translate = found.plan
    return found


@asynccontextmanager
async def scene(store: Database, mind: Mind, kind: type[Scene] = Scene) -> AsyncIterator[Scene]:
    """Open the office for the time of a test."""
    found = kind(store, mind)
    async with found.stack:
        await found.ask()
        yield found


async def act(browser: Browser, name: str, number: int = 1001, **fields: str) -> str:
    """Press a button of a ticket's page; return where it leads."""
    page = f"/staff/tickets/{number}"
    answer = await browser.post(f"{page}/{name}", fields, page=page)
    assert answer.status == 303, (answer.status, await answer.text())
    return answer.headers["Location"].removeprefix(page)
