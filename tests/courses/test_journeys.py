"""Registrations through the chat, the jobs and the outbox, with time travel: waiting list, dead channel, restarts."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.app import course_services
from bot.domain.message import Address, Inbound, Outbound
from bot.service.course_jobs import course_jobs
from bot.service.jobs import JobWorker
from bot.service.mind import Mind
from bot.service.ports import SendError
from bot.service.receive import receive
from bot.service.registering import LOOK_AFTER, offer_end
from bot.storage.engine import Database
from tests.courses.people import courses, listed
from tests.dialogues.replay import ServiceDriver
from tests.fakes import FakeClock, KeepingChannel

UNTIL_SUMMARY = ("form:age:adult", "form:reach:-", "form:latin:yes", "form:level:none", "form:more:no")
SEND = "form:consent:yes"


@dataclass
class Channel(KeepingChannel):
    """Whoever is dead has blocked the bot."""

    dead: set[Address] = field(default_factory=set)

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        if address in self.dead:
            raise SendError("blocked", permanent=True)
        return await super().send(address, message_id, message)


@dataclass
class World:
    """People who chat over one database, and the worker that does what is due later."""

    store: Database
    mind: Mind

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.channel = Channel()
        registrar = course_services(self.store, self.clock, lambda: self.mind).registrar
        self.jobs = JobWorker(self.store, self.clock, course_jobs(self.store, registrar, self.clock), "jobs")
        self.read = 0

    def person(self) -> ServiceDriver:
        return ServiceDriver(self.store, lambda: self.mind, self.clock, self.channel)

    async def registers(self, name: str) -> ServiceDriver:
        """Let somebody come and register for the first course."""
        person = self.person()
        await fills_in(person, name)
        await person.press(SEND)
        return person

    async def travel(self, **delta: float) -> None:
        """Let time pass, and do what is due then."""
        self.clock.advance(**delta)
        while await self.jobs.run_once():
            pass

    async def heard(self, *people: ServiceDriver) -> list[list[Outbound]]:
        """Deliver everything; return what each has heard since the last time."""
        while await people[0].sender.send_once():
            pass
        new, self.read = self.channel.sent[self.read :], len(self.channel.sent)
        return [[message for address, message in new if address == one.address] for one in people]


async def fills_in(person: ServiceDriver, name: str, course: int = 1) -> list[Outbound]:
    """Answer all questions up to the summary."""
    for choice in ("lang:de", "town:duelmen", f"join:{course}"):
        await person.press(choice)
    for words in (name, "Haddad"):
        await person.say(words)
    return [(await person.press(choice))[-1] for choice in UNTIL_SUMMARY]


def _choices(messages: list[Outbound]) -> list[str]:
    return [choice.id for message in messages for choice in message.choices]


async def test_the_waiting_list_from_offer_to_late_yes(store: Database, mind: Mind) -> None:
    await courses(store, listed(maximum=1))
    world = World(store, mind)
    ali, bea, cem = [await world.registers(name) for name in ("Ali", "Bea", "Cem")]
    said = await world.heard(ali, bea, cem)
    assert ["Angemeldet:" in messages[-1].text for messages in said] == [True, False, False]

    await ali.press("reg:withdraw_yes:20001")
    end = offer_end(world.clock.now())
    _, (offer,), nothing = await world.heard(ali, bea, cem)
    assert "Ein Platz ist frei" in offer.text
    assert _choices([offer]) == ["reg:yes:20002", "reg:no:20002"]
    assert not nothing

    await world.travel(seconds=LOOK_AFTER.total_seconds() + 1)  # it did arrive: nobody hears of that
    assert await world.heard(bea, cem) == [[], []]
    await world.travel(seconds=(end - timedelta(hours=24) - world.clock.now()).total_seconds() - 60)
    assert await world.heard(bea) == [[]]
    await world.travel(minutes=2)
    ((reminder,),) = await world.heard(bea)
    assert "Wir warten noch" in reminder.text
    await world.travel(hours=23)
    assert await world.heard(bea, cem) == [[], []]

    await world.travel(hours=1, minutes=5)
    (over,), (next_offer,) = await world.heard(bea, cem)
    assert "reg:yes:20002" not in _choices([over])
    assert "Ein Platz ist frei" in next_offer.text
    (taken,) = await cem.press("reg:yes:20003")
    assert "Angemeldet:" in taken.text
    late = await bea.press("reg:yes:20002")
    assert "nach der Frist" in late[0].text
    assert "Warteliste" in late[-1].text
    assert "Angemeldet" not in late[-1].text
    await world.travel(days=10)  # nothing is left over that would still be said
    await world.heard(bea)
    assert await world.heard(ali, bea, cem) == [[], [], []]
    async with store.read() as unit:
        assert not await unit.tickets.listed()


async def test_an_offer_that_never_arrives_is_a_task_and_keeps_its_seat(store: Database, mind: Mind) -> None:
    await courses(store, listed(maximum=1))
    world = World(store, mind)
    ali, bea, cem = [await world.registers(name) for name in ("Ali", "Bea", "Cem")]
    await world.heard(ali, bea, cem)
    world.channel.dead.add(bea.address)
    await ali.press("reg:withdraw_yes:20001")
    assert (await world.heard(ali, bea, cem))[1:] == [[], []]

    await world.travel(seconds=LOOK_AFTER.total_seconds() + 1)
    async with store.read() as unit:
        (task,) = await unit.tickets.listed()
    assert "20002" in task.question
    assert task.urgent
    await world.travel(days=7)
    assert await world.heard(bea, cem) == [[], []]  # the seat is held: nobody else is asked, nothing expires
    async with store.read() as unit:
        assert [one.state for one in await unit.registrations.by_receipt(20002)] == ["offered"]
        assert len(await unit.tickets.listed()) == 1


async def test_a_restart_in_the_middle_of_the_form(store: Database, mind: Mind) -> None:
    """Each message is worked on by another process."""
    await courses(store, listed())
    world = World(store, mind)

    async def new_process() -> ServiceDriver:
        started = world.person()
        started.address = person.address
        return started

    person = world.person()
    for choice in ("lang:de", "town:duelmen", "join:1"):
        await (await new_process()).press(choice)
    for words in ("Amina", "Haddad"):
        await (await new_process()).say(words)
    for choice in UNTIL_SUMMARY:
        (last,) = await (await new_process()).press(choice)
    assert "Amina Haddad" in last.text
    (receipt,) = await (await new_process()).press(SEND)
    assert "Angemeldet:" in receipt.text


@pytest.mark.parametrize("same", [True, False], ids=["one-press-delivered-twice", "two-presses"])
async def test_the_same_button_twice_has_one_effect(store: Database, mind: Mind, same: bool) -> None:
    """Both are there before the first is worked on."""
    await courses(store, listed())
    world = World(store, mind)
    person = world.person()
    await fills_in(person, "Amina")
    for number in (1, 1) if same else (1, 2):
        pressed = Inbound(person.address, f"press {number}", world.clock.now(), choice=SEND)
        await receive(store, person.notifier, world.clock, pressed)
    said = await person.settle()
    assert sum("Angemeldet:" in message.text for message in said) == 1
    assert len(said) == (1 if same else 2)
    async with store.read() as unit:
        assert len(await unit.registrations.of_course(1)) == 1


async def test_pressing_join_again_goes_on_where_one_was(store: Database, mind: Mind) -> None:
    await courses(store, listed())
    person = World(store, mind).person()
    await fills_in(person, "Amina")
    again = await person.press("join:1")
    assert "Amina Haddad" in again[-1].text
    assert SEND in _choices(again)


async def test_buttons_of_a_course_that_is_off(store: Database, mind: Mind) -> None:
    """The summary was open when the course was cancelled: nothing is handed in, and there is a way on."""
    await courses(store, listed())
    world = World(store, mind)
    person = world.person()
    await fills_in(person, "Amina")
    async with store.write() as unit:
        await unit.courses.cancel(1)
    world.clock.advance(seconds=10)
    (gone,) = await person.press(SEND)
    assert "nicht mehr" in gone.text
    assert "courses" in _choices([gone])
    (still,) = await person.press("join:1")
    assert "nicht mehr" in still.text
    async with store.read() as unit:
        assert not await unit.registrations.of_course(1)
