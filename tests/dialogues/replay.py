"""Whole conversations as data: each file is replayed in every language that it names, over the real services."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from ruamel.yaml import YAML

from bot.app import course_services
from bot.domain.capabilities import Capabilities
from bot.domain.message import Address, Attachment, Inbound, Outbound
from bot.service.mind import Mind
from bot.service.outbox import Sender
from bot.service.ports import Store
from bot.service.receive import receive
from bot.service.turn import Worker
from bot.storage.notify import LocalNotifier
from tests.fakes import FakeClock, KeepingChannel

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Dialogue:
    """One conversation in one language. `steps` are the file's own dicts (see README.md beside this file)."""

    name: str
    language: str
    channel: str
    steps: tuple[Mapping[str, Any], ...]
    courses: bool = False  # the lists of tests/courses/people.py are in the database


class Driver(Protocol):
    """A way to hold a conversation with the bot."""

    async def say(self, text: str, start: str = "") -> list[Outbound]:
        """Write a message, perhaps the first one after a start link; return what the bot said to it."""

    async def press(self, choice: str) -> list[Outbound]:
        """Press a button."""

    async def start(self, payload: str) -> list[Outbound]:
        """Come by a start link."""

    async def send_file(self, kind: str) -> list[Outbound]:
        """Send a file."""


def dialogues() -> Iterator[Dialogue]:
    """Read every file of this folder."""
    for path in sorted(FOLDER.glob("*.yaml")):
        found = YAML(typ="safe").load(path.read_text("utf-8"))
        for language in found["languages"]:
            yield Dialogue(
                path.stem,
                language,
                found.get("channel", "kept"),
                tuple(found["steps"]),
                found.get("courses", False),
            )


async def replay(dialogue: Dialogue, driver: Driver, mind: Mind) -> None:
    """Hold the conversation and check each answer; the failure names the step."""
    for number, step in enumerate(dialogue.steps, 1):
        seen = await _act(step, dialogue.language, driver)
        _check(
            step.get("expect", {}),
            seen,
            dialogue,
            mind,
            f"{dialogue.name} [{dialogue.language}], step {number}",
        )


async def _act(step: Mapping[str, Any], language: str, driver: Driver) -> list[Outbound]:
    if "say" in step:
        said = step["say"]
        start = step.get("start", "").format(language=language)
        return await driver.say(said if isinstance(said, str) else said[language], start)
    if "press" in step:
        return await driver.press(step["press"].format(language=language))
    if "start" in step:
        return await driver.start(step["start"].format(language=language))
    return await driver.send_file(step["file"])


def _check(
    wanted: Mapping[str, Any], seen: list[Outbound], dialogue: Dialogue, mind: Mind, where: str
) -> None:
    shown = "\n---\n".join(f"({message.kind}, {message.language}) {message.words}" for message in seen)
    told = f"{where}\nthe bot said:\n{shown}"
    if "kinds" in wanted:
        assert [message.kind for message in seen] == wanted["kinds"], told
    language = wanted.get("language", dialogue.language).format(language=dialogue.language)
    if seen and language != "any":
        assert seen[-1].language == language, told
    pressed = [choice.id for message in seen for choice in message.choices]
    for choice in wanted.get("choices", ()):
        assert choice.format(language=dialogue.language) in pressed, f"{told}\nchoices: {pressed}"
    text = "\n".join(f"{message.words}\n{message.footnote}" for message in seen)
    for piece in wanted.get("has", ()):
        assert piece in text, told
    for piece in wanted.get("has_not", ()):
        assert piece not in text, told
    for key in wanted.get("says", ()):
        assert _said(mind, dialogue.language if language == "any" else language, key, text), (
            f"{told}\nexpected: {key}"
        )


def _said(mind: Mind, language: str, key: str, text: str) -> bool:
    """True if the text of `key` was said; its placeholders may hold anything."""
    pattern = mind.world.texts(language).pattern(key)
    pieces = [piece.split("}", 1)[-1] for piece in pattern.split("{")]
    return all(piece.strip() in text for piece in pieces)


@dataclass
class ServiceDriver:
    """Talks through intake, worker and outbox, with a channel that keeps what it is given."""

    store: Store
    mind: Callable[[], Mind]
    clock: FakeClock = field(default_factory=FakeClock)
    channel: KeepingChannel = field(default_factory=KeepingChannel)

    def __post_init__(self) -> None:
        self.address = Address(self.channel.name, "test", uuid4().hex)
        self.notifier = LocalNotifier()
        capabilities: dict[str, Capabilities] = {self.channel.name: self.channel.capabilities}
        courses = course_services(self.store, self.clock, self.mind)
        self.worker = Worker(
            self.store, self.mind, self.clock, self.notifier, capabilities, f"w-{self.address.id}", courses
        )
        self.use(self.channel)

    def use(self, channel: KeepingChannel) -> None:
        """Send over another provider of the same name from now on."""
        self.channel = channel
        self.sender = Sender(
            self.store, {channel.name: channel}, self.clock, self.notifier, f"s-{self.address.id}"
        )

    async def say(self, text: str, start: str = "") -> list[Outbound]:
        """Write a message."""
        return await self.send(text=text, start=start)

    async def press(self, choice: str) -> list[Outbound]:
        """Press a button."""
        return await self.send(choice=choice)

    async def start(self, payload: str) -> list[Outbound]:
        """Come by a start link."""
        return await self.send(start=payload)

    async def send_file(self, kind: str) -> list[Outbound]:
        """Send a file."""
        return await self.send(attachments=(Attachment(kind),))

    async def send(self, **what: Any) -> list[Outbound]:
        """Put a message in and work until everything is said."""
        inbound = Inbound(self.address, uuid4().hex, self.clock.now(), **what)
        await receive(self.store, self.notifier, self.clock, inbound)
        return await self.settle()

    async def settle(self) -> list[Outbound]:
        """Work off what waits and deliver it."""
        before = len(self.channel.sent)
        self.clock.advance(seconds=3)  # a fragment waits two seconds for the next piece
        while await self.worker.work_once():
            pass
        while await self.sender.send_once():
            pass
        return [message for _, message in self.channel.sent[before:]]
