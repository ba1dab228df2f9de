"""The worker answers once, in order, and loses nothing when something breaks."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from bot.domain.message import Address, Inbound
from bot.domain.ticket import Ticket
from bot.service import turn as service
from bot.service.mind import Mind
from bot.service.ports import Retention, Store
from bot.service.receive import receive
from bot.service.turn import LEASE, TRIES, pieces
from bot.storage.notify import LocalNotifier
from bot.understanding.result import Understood
from tests.dialogues.replay import ServiceDriver
from tests.fakes import FakeClock
from tests.storage.people import claimed


class Broken:
    """An engine with a fault."""

    def understand(
        self, text: str, *, language: str = "", language_chosen: bool = False, previous: str = ""
    ) -> Understood:
        """Raise, as a fault of ours would."""
        raise RuntimeError("a fault of ours")


@dataclass
class Watched:
    """An engine that does something before it understands, and keeps what it was asked."""

    mind: Mind
    first: Callable[[str], object]
    asked: list[str] = field(default_factory=list)

    def understand(
        self, text: str, *, language: str = "", language_chosen: bool = False, previous: str = ""
    ) -> Understood:
        """Do it, and understand."""
        self.asked.append(text)
        self.first(text)
        return self.mind.engine.understand(
            text, language=language, language_chosen=language_chosen, previous=previous
        )


async def _tickets(store: Store) -> list[Ticket]:
    async with store.read() as unit:
        return await unit.tickets.listed()


async def test_a_fault_of_ours_becomes_a_ticket_and_an_apology(store: Store, mind: Mind) -> None:
    """After the last try a person gets the words, and the newcomer is told the number."""
    broken = Mind(mind.world, Broken())
    driver = ServiceDriver(store, lambda: broken)
    assert await driver.say("Wo ist das Rathaus in Dülmen bitte?") == []
    said = []
    for _ in range(TRIES):
        driver.clock.advance(minutes=10)
        said += await driver.settle()
    (ticket,) = await _tickets(store)
    assert ticket.question == "Wo ist das Rathaus in Dülmen bitte?"
    assert [str(ticket.number) in message.text for message in said] == [True]


async def test_what_comes_in_pieces_is_one_question(store: Store, mind: Mind) -> None:
    """A greeting waits for the question behind it; both are answered together."""
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("lang:de")
    for text in ("Hallo", "Wo kann ich Deutsch lernen?"):
        inbound = Inbound(driver.address, uuid4().hex, driver.clock.now(), text)
        await receive(store, driver.notifier, driver.clock, inbound)
    said = await driver.settle()
    assert "smalltalk" not in {message.kind for message in said}
    async with store.read() as unit:
        found = await unit.contacts.find(driver.address)
    assert found is not None
    assert found[0].conversation.last_question == "Hallo\nWo kann ich Deutsch lernen?"


async def test_buttons_between_texts_stand_alone(store: Store, mind: Mind) -> None:
    """Text, button, text are three turns, in their order."""
    clock, notifier = FakeClock(), LocalNotifier()
    address = Address("kept", "test", "amina")
    for number, what in enumerate(({"text": "eins zwei"}, {"choice": "lang:ar"}, {"text": "drei vier"})):
        inbound = Inbound(address, str(number), clock.now(), **what)
        await receive(store, notifier, clock, inbound)
    async with store.write() as unit:
        claim = await claimed(unit, "test", clock.now(), LEASE)
    assert claim is not None
    assert [(piece.text, piece.last.choice) for piece in pieces(claim.rows)] == [
        ("eins zwei", ""),
        ("", "lang:ar"),
        ("drei vier", ""),
    ]


async def test_two_workers_answer_once(store: Store, mind: Mind) -> None:
    """A worker that lost its lease cannot commit what it had thought of."""
    driver = ServiceDriver(store, lambda: mind)
    inbound = Inbound(driver.address, "1", driver.clock.now(), choice="cmd:help")
    await receive(store, driver.notifier, driver.clock, inbound)
    other = ServiceDriver(store, lambda: mind, driver.clock, driver.channel)

    async with store.write() as unit:
        late = await claimed(unit, "late", driver.clock.now(), LEASE)
    assert late is not None
    driver.clock.advance(minutes=5)
    assert len(await other.settle()) == 1
    assert await other.settle() == []


async def test_what_comes_with_an_erase_is_answered_to_somebody_new(store: Store, mind: Mind) -> None:
    """What was written before it is forgotten; what comes after it waits for no second message."""
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("lang:de")
    await driver.press("cmd:forget_me")
    for what in ({"choice": "erase:yes"}, {"text": "Wo kann ich in Dülmen Deutsch lernen?"}):
        await receive(
            store,
            driver.notifier,
            driver.clock,
            Inbound(driver.address, uuid4().hex, driver.clock.now(), **what),
        )
    said = await driver.settle()
    assert len(said) > 1
    assert said[-1].kind == "answer"
    await _is_kept(driver, "Wo kann ich in Dülmen Deutsch lernen?")


async def test_what_comes_while_an_erase_is_worked_on_is_answered(store: Store, mind: Mind) -> None:
    """It was stored for the contact who goes, after the worker had looked."""
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("lang:de")
    await driver.press("cmd:forget_me")
    question = Inbound(driver.address, "late", driver.clock.now(), "Wo kann ich in Dülmen Deutsch lernen?")
    loop = asyncio.get_running_loop()

    def write(text: str) -> None:
        if not text:
            coming = receive(store, driver.notifier, driver.clock, question)
            asyncio.run_coroutine_threadsafe(coming, loop).result(20)

    watched = Mind(mind.world, Watched(mind, write))
    meanwhile = ServiceDriver(store, lambda: watched, driver.clock, driver.channel)
    meanwhile.address = driver.address
    said = await meanwhile.press("erase:yes")
    assert said[-1].kind == "answer"
    await _is_kept(driver, question.text)


async def _is_kept(driver: ServiceDriver, question: str) -> None:
    """The new contact is one like any other: with the question, and not about to be purged."""
    driver.clock.advance(days=1)
    async with driver.store.write() as unit:
        await unit.purge(Retention(), driver.clock.now())
        found = await unit.contacts.find(driver.address)
        assert found is not None
        assert found[0].conversation.last_question == question
        assert (await unit.intake.waiting(driver.clock.now()))[0] == 0


async def test_a_message_that_ends_its_workers_goes_to_a_person(store: Store, mind: Mind) -> None:
    """After so many leases that nobody gave back it is not thought about again."""
    watched = Watched(mind, lambda _: None)
    driver = ServiceDriver(store, lambda: Mind(mind.world, watched))
    inbound = Inbound(driver.address, "1", driver.clock.now(), "Wo ist das Rathaus in Dülmen bitte?")
    await receive(store, driver.notifier, driver.clock, inbound)
    for number in range(TRIES):
        driver.clock.advance(minutes=1)
        async with store.write() as unit:
            assert await claimed(unit, f"dies {number}", driver.clock.now(), LEASE)
    driver.clock.advance(minutes=1)
    (apology,) = await driver.settle()
    (ticket,) = await _tickets(store)
    assert ticket.question == inbound.text
    assert str(ticket.number) in apology.text
    assert watched.asked == []


async def test_understanding_without_end_is_a_failed_try(
    store: Store, mind: Mind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker goes on with others, and this contact is tried again later."""
    go_on = threading.Event()
    watched = Mind(mind.world, Watched(mind, lambda _: go_on.wait(60)))
    driver = ServiceDriver(store, lambda: watched)
    inbound = Inbound(driver.address, "1", driver.clock.now(), choice="lang:de")
    await receive(store, driver.notifier, driver.clock, inbound)
    with monkeypatch.context() as patch:
        patch.setattr(service, "THINK_WITHIN", 0.01)
        assert await driver.settle() == []
    go_on.set()
    async with store.read() as unit:
        assert (await unit.intake.waiting(driver.clock.now()))[0] == 1
    driver.clock.advance(minutes=1)
    assert await driver.settle() != []


def test_the_lease_outlasts_thinking() -> None:
    """Else another worker would think about the same while the first one still does."""
    assert LEASE.total_seconds() > service.THINK_WITHIN
