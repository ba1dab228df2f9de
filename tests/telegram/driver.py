"""Lotse on Telegram in this process, and a person who talks to it over HTTP, by polling or by webhook."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from html import unescape
from uuid import uuid4

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import course_services, said_late
from bot.app.team import shows_words
from bot.channels.telegram import Newcomers, NewcomersDeps, TelegramChannel, deliver_to
from bot.channels.web import WebChannel
from bot.domain.message import Address, Choice, Inbound, Outbound
from bot.i18n import Texts
from bot.service.desk import Desk
from bot.service.group_desk import GroupDesk
from bot.service.group_joining import Joining
from bot.service.mind import Mind
from bot.service.outbox import Sender
from bot.service.ports import Store
from bot.service.position import Position
from bot.service.receive import Received, receive
from bot.service.turn import Worker
from bot.staff.telegram import GroupDeps, Mirror, Team
from bot.storage.notify import LocalNotifier
from bot.telegram import Client, Courtesies, Dispatcher, Limits, Poller, Webhook
from tests.fakes import FakeClock
from tests.telegram.fake import FakeTelegram, Person, Seen

SECRET = "a-secret-of-the-tests-only"
WITHIN = 20.0  # seconds; the machine may be busy


@dataclass
class Recording:
    """The channel, with a note of what it was given and which messages in the chat came of it."""

    channel: TelegramChannel
    sent: list[tuple[Outbound, list[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = self.channel.name
        self.capabilities = self.channel.capabilities

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Send it, and note it if that went well."""
        ids = await self.channel.send(address, message_id, message)
        self.sent.append((message, [int(one) for one in ids.split()]))
        return ids


async def until(holds: Callable[[], object]) -> None:
    """Wait until something is so; raise TimeoutError if it does not come."""
    async with asyncio.timeout(WITHIN):
        while True:
            if holds():
                return
            await asyncio.sleep(0.005)


class Lotse:
    """The parts of the composition root that Telegram needs, with a clock of the tests'."""

    def __init__(
        self,
        fake: FakeTelegram,
        store: Store,
        mind: Mind,
    ) -> None:
        self.fake = fake
        self.store = store
        self.mind = mind
        self.clock = FakeClock()
        self.notifier = LocalNotifier()
        self.client = Client(fake.token, fake.address, within=1.0)
        self.courtesies = Courtesies()
        limits = Limits(1000, self._seconds)
        self.channel = Recording(TelegramChannel(self.client, limits, self.courtesies, mind.world.texts))
        deps = NewcomersDeps(store, self.clock, self._receive, self.texts_for)
        self.newcomers = Newcomers(self.client, self.courtesies, deps)
        owner = uuid4().hex
        self.words = "all"
        self.desk = Desk(store, self.notifier, self.clock, mind.world.texts)
        team = self._team()
        self.joining = team.joining
        self.team = Team(self.client, self.courtesies, team)
        lease = Position(store, self.clock, f"group:{self.client.account}", owner)
        self.mirror = Mirror(self.client, limits, lease, team)
        self.dispatcher = Dispatcher([self.team.take, self.newcomers.take])
        self.position = Position(store, self.clock, f"telegram:{self.client.account}", owner)
        capabilities = {one.name: one.capabilities for one in (self.channel, WebChannel)}
        courses = course_services(store, self.clock, lambda: mind)
        self.worker = Worker(store, lambda: mind, self.clock, self.notifier, capabilities, owner, courses)
        late = partial(said_late, mind.world.texts)
        self.sender = Sender(store, {self.channel.name: self.channel}, self.clock, self.notifier, owner, late)

    def _team(self) -> GroupDeps:
        def shows(channel: str) -> bool:
            return shows_words(self.words, channel)

        return GroupDeps(
            self.store,
            self.notifier,
            self.clock,
            GroupDesk(self.store, self.notifier, self.clock, self.desk, shows),
            Joining(self.store, self.notifier, self.clock),
            self.mind.world.texts,
            lambda: self.mind.world.knowledge,
            shows,
            "https://lotse.example.org",
        )

    def texts_for(self, tag: str) -> Texts:
        """Return the texts for a device's language."""
        world = self.mind.world
        return world.texts(world.known_language(tag) or world.offered[0])

    async def _receive(self, inbound: Inbound) -> Received:
        return await receive(self.store, self.notifier, self.clock, inbound)

    def _seconds(self) -> float:
        return self.clock.now().timestamp()

    async def taken(self) -> None:
        """Wait until Telegram has been told that everything was taken."""
        await until(lambda: not self.fake.world.updates.waiting)

    async def outbox(self) -> dict[str, int]:
        """Return how many messages are in which state, of the one person there is."""
        async with self.store.read() as unit:
            held = await unit.held(1)
        assert held is not None
        return dict(Counter(line.delivery.value for line in held.messages if line.delivery))

    async def addresses(self) -> int:
        """Return how many ways there are to reach the one person there is."""
        async with self.store.read() as unit:
            return len(await unit.contacts.addresses(1))

    async def answered(self) -> None:
        """Wait until everything is taken, worked on, and sent as far as it can be."""
        await self.taken()
        self.clock.advance(seconds=3)  # a fragment waits two seconds for the next piece
        while await self.worker.work_once():
            pass
        await self.send()

    async def mirrored(self, patience: float = 60.0) -> int:
        """Let the team's groups show everything; time passes as Telegram's limits want it. Return how many steps it
        took, and stop where a group is to be left alone for longer than `patience` in seconds."""
        steps = 0
        while (wait := await self.mirror.once()) <= patience:
            steps += 1
            self.clock.advance(seconds=wait)
        return steps

    async def send(self, patience: float = 30.0) -> None:
        """Send what is due, and what will be within so many seconds, which pass at once."""
        until = self.clock.now() + timedelta(seconds=patience)
        while True:
            while await self.sender.send_once():
                pass
            async with self.store.read() as unit:
                due = await unit.outbox.next_due([self.channel.name])
            if due is None or due > until:
                return
            self.clock.moment = max(self.clock.moment, due)


@asynccontextmanager
async def polling(lotse: Lotse) -> AsyncIterator[None]:
    """Fetch updates for as long as the context lasts."""
    stop = asyncio.Event()
    poller = Poller(lotse.client, lotse.position, lotse.dispatcher.take)
    async with lotse.client, asyncio.TaskGroup() as group:
        group.create_task(poller.run(stop))
        group.create_task(lotse.courtesies.run(stop))
        try:
            yield
        finally:
            stop.set()


@asynccontextmanager
async def delivered(lotse: Lotse) -> AsyncIterator[None]:
    """Have updates delivered for as long as the context lasts."""
    stop = asyncio.Event()
    app = web.Application()
    app.add_routes(Webhook(SECRET, lotse.dispatcher.take).routes())
    async with TestServer(app) as server, lotse.client, asyncio.TaskGroup() as group:
        group.create_task(lotse.courtesies.run(stop))
        try:
            await deliver_to(lotse.client, str(server.make_url("")), SECRET)
            yield
        finally:
            stop.set()


WAYS = {"polling": polling, "webhook": delivered}


class TelegramDriver:
    """A person as `tests.dialogues.replay` wants one."""

    def __init__(self, lotse: Lotse, person: Person) -> None:
        self._lotse = lotse
        self._person = person

    async def say(self, text: str, start: str = "") -> list[Outbound]:
        """Write; Telegram has no message together with a start link, so that comes before."""
        if start:
            await self.start(start)
        self._person.says(text)
        return await self._answers()

    async def press(self, choice: str) -> list[Outbound]:
        """Press the last button with these data, or send them as a foreign app would."""
        messages = [seen for seen in reversed(self._person.sees()) if seen.from_bot]
        shown = next((seen for seen in messages if seen.button(choice)), messages[0])
        press = self._person.forges(choice, shown)
        answers = await self._answers()
        await until(lambda: press.answered)
        return answers

    async def start(self, payload: str = "") -> list[Outbound]:
        """Press "Start", or come by a link."""
        self._person.start(payload)
        return await self._answers()

    async def send_file(self, kind: str) -> list[Outbound]:
        """Send a picture, a voice message, ..."""
        getattr(self._person, f"sends_{kind}")()
        return await self._answers()

    async def _answers(self) -> list[Outbound]:
        before = len(self._lotse.channel.sent)
        await self._lotse.answered()
        screen = {seen.message_id: seen for seen in self._person.sees()}
        return [
            _as_seen(message, [screen[one] for one in ids])
            for message, ids in self._lotse.channel.sent[before:]
        ]


def _as_seen(message: Outbound, seen: list[Seen]) -> Outbound:
    """Return the message with text and buttons as they are on the screen; a screen shows no kind or language."""
    choices = tuple(
        Choice(button.data, button.label) for one in seen for row in one.buttons for button in row
    )
    return replace(message, text="\n\n".join(markdown(one) for one in seen), footnote="", choices=choices)


def markdown(seen: Seen) -> str:
    """Return what a message says in our own marks."""
    text = seen.html.replace("\u200f", "")
    text = re.sub(r'<a href="([^"]*)">(.*?)</a>', _link, text, flags=re.S)
    text = re.sub(r"</?b>", "**", re.sub(r"</?i>", "", text))
    return unescape(re.sub(r"^\u2003*• ", "- ", text, flags=re.M))


def _link(found: re.Match[str]) -> str:
    href, words = unescape(found[1]), unescape(found[2])
    return words if words.rstrip("/") == href.rstrip("/") else f"[{words}]({href})"
