"""The web chat over the real store and the real services; only time and what the bot answers are the test's own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.web import WebChannel, WebDeps
from bot.channels.web.deps import Messenger
from bot.dialogue.welcome import Operator, welcome
from bot.domain.message import Inbound, Outbound
from bot.i18n import Texts, read_locales
from bot.knowledge.model import Knowledge, Language
from bot.service.course_book import CourseBook
from bot.service.outbox import Sender
from bot.service.ports import Clock, Retention, Store
from bot.service.receive import Received, receive
from bot.storage.notify import LocalNotifier
from tests.fakes import FakeClock

ROOT = Path(__file__).parent.parent.parent
KEY = bytes(32)
LANGUAGES = (
    Language("de", "Deutsch", "de"),
    Language("en", "English", "en_GB", fallback=("de",)),
    Language("ar", "العربية", "ar", rtl=True, fallback=("en", "de")),
    Language("fa", "فارسی / دری", "fa", rtl=True, fallback=("en", "de"), aliases=("prs", "fa-AF")),
    Language("uk", "Українська", "uk", fallback=("en", "de")),
    Language("fr", "Français", "fr", fallback=("en", "de")),
    Language("so", "Soomaali", "so", fallback=("en", "de")),
    Language("sq", "Shqip", "sq", fallback=("en", "de"), aliases=("als", "aln")),
)
NOTHING: MappingProxyType[str, str] = MappingProxyType({})
NOBODY = Operator()
OPERATOR = Operator("Amt Beispiel", "amt@example.org", "datenschutz@example.org", "Aufsicht Beispiel")

Reply = Callable[[Inbound], list[Outbound]]


def silent(_: Inbound) -> list[Outbound]:
    """Say nothing."""
    return []


def knowledge() -> Knowledge:
    """Knowledge of languages only."""
    none: MappingProxyType[str, object] = MappingProxyType({})
    languages = {language.code: language for language in LANGUAGES}
    return Knowledge("test", languages, none, none, none, none, none, none, none)  # type: ignore[arg-type]


@dataclass
class Wiring:
    """A running page and the hands behind it. `reply` says what the bot answers to a message, at once."""

    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    notifier: LocalNotifier = field(default_factory=LocalNotifier)
    reply: Reply = silent
    operator: Operator = NOBODY
    secure: bool = False
    proxies: int = 0
    retention: Retention = field(default_factory=Retention)
    received: list[Inbound] = field(default_factory=list)
    refuse: Exception | None = None
    messengers: tuple[Messenger, ...] = ()
    team_in_telegram: bool = False

    def __post_init__(self) -> None:
        self.knowledge = knowledge()
        self.locales = read_locales(ROOT / "locales")
        self.channel = WebChannel(self.deps())
        clock: Clock = self.clock
        self.sender = Sender(self.store, {"web": self.channel}, clock, self.notifier, f"test-{uuid4().hex}")

    def deps(self) -> WebDeps:
        """What the composition root would hand over."""
        return WebDeps(
            store=self.store,
            notifier=self.notifier,
            clock=self.clock,
            receive=self.receive,
            texts=self.texts,
            knowledge=lambda: self.knowledge,
            offered=lambda: self.offered,
            welcome=lambda code: welcome(self.texts(code), self.knowledge, self.offered, self.operator),
            courses=CourseBook(self.store, self.clock).courses,
            operator=self.operator,
            retention=self.retention,
            cookie_key=KEY,
            secure=self.secure,
            proxies=self.proxies,
            messengers=self.messengers,
            team_in_telegram=self.team_in_telegram,
        )

    @property
    def offered(self) -> tuple[str, ...]:
        """Languages with interface texts."""
        return tuple(code for code in self.knowledge.languages if code in self.locales.catalogues)

    def texts(self, language: str) -> Texts:
        """Interface texts with fallbacks."""
        languages = self.knowledge.languages
        rtl = frozenset(code for code, known in languages.items() if known.rtl)
        locales = {code: known.locale for code, known in languages.items()}
        always = {"region": self.knowledge.region}
        return self.locales.texts(self.knowledge.chain(language), locales, rtl, always)

    async def receive(self, inbound: Inbound) -> Received:
        """Take in and answer as `reply` says."""
        if self.refuse:
            raise self.refuse
        received = await receive(self.store, self.notifier, self.clock, inbound)
        if received.message:
            self.received.append(inbound)
            if inbound.choice == "erase:yes":
                await self.erase()
                async with self.store.write() as unit:  # for the receipt, as the service does it
                    await unit.contacts.create(inbound.address, self.clock.now())
            for message in self.reply(inbound):
                await self.say(message)
        return received

    async def say(self, message: Outbound) -> int:
        """Let the bot (or staff) write to whoever wrote last; return the message's id."""
        async with self.store.write() as unit:
            found = await unit.contacts.find(self.received[-1].address)
            assert found, "nobody has written yet"
            contact, address_id = found
            number = await unit.outbox.put(contact.id, address_id, message, uuid4().hex, self.clock.now())
        assert number
        while await self.sender.send_once():
            pass
        return number

    async def choose(self, language: str) -> None:
        """Let the conversation be in a language from now on."""
        async with self.store.write() as unit:
            found = await unit.contacts.find(self.received[-1].address)
            assert found
            contact = found[0]
            chosen = replace(contact.conversation, language=language, language_chosen=True)
            await unit.contacts.save(replace(contact, conversation=chosen))
        await self.notifier.publish(f"web:{contact.id}")

    async def erase(self) -> None:
        """Erase whoever wrote last."""
        async with self.store.write() as unit:
            found = await unit.contacts.find(self.received[-1].address)
            assert found
            await unit.erase(found[0].id)

    def application(self) -> web.Application:
        """The server's part that is ours."""
        app = web.Application()
        app.add_routes(self.channel.routes())
        app.on_shutdown.append(self.channel.close_streams)
        return app


Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def browsing(wiring: Wiring) -> AsyncIterator[Client]:
    """A client with a cookie jar of its own."""
    jar = CookieJar(unsafe=True)  # cookies of 127.0.0.1
    async with TestClient(TestServer(wiring.application()), cookie_jar=jar) as client:
        yield client


async def post(
    client: Client, text: str = "", *, choice: str = "", number: str = "", **more: str
) -> ClientResponse:
    """Send as the form does, without JavaScript, without following where it leads."""
    form = {"id": number or uuid4().hex, "text": text, "choice": choice, **more}
    return await client.post("/send", data=form, allow_redirects=False)
