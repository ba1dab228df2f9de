"""A promised time that passes is owned up to, once; an answer in time keeps it."""

from dataclasses import replace

import pytest

from bot.domain.ticket import Ticket
from bot.knowledge.model import Team
from bot.service import promises
from bot.service.desk import Desk, Reply
from bot.service.jobs import JobWorker
from bot.service.mind import Mind
from bot.service.ports import Store
from tests.dialogues.replay import ServiceDriver

TEAM = Team("all", "Team", frozenset({"all"}), frozenset({"all"}), hours="Mo-Fr 09:00-17:00", promise_hours=8)


@pytest.fixture
def punctual(mind: Mind) -> Mind:
    """A team whose hours are known, so that a time is promised."""
    knowledge = replace(mind.world.knowledge, teams={TEAM.id: TEAM})
    return replace(mind, world=replace(mind.world, knowledge=knowledge))


async def _asked(store: Store, mind: Mind) -> tuple[ServiceDriver, Ticket]:
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("lang:ar")
    await driver.press("person")
    await driver.say("كيف أرفع البيانو إلى الطابق الثالث؟")
    async with store.read() as unit:
        (ticket,) = await unit.tickets.listed()
    return driver, ticket


def _desk(store: Store, mind: Mind, driver: ServiceDriver) -> Desk:
    return Desk(store, driver.notifier, driver.clock, mind.world.texts)


async def _at_the_promised_time(store: Store, mind: Mind, driver: ServiceDriver, ticket: Ticket) -> list[str]:
    """Let the time pass and the jobs run; return what the newcomer is told."""
    assert ticket.promised_at
    driver.clock.moment = ticket.promised_at
    run = promises.own_up(store, driver.notifier, driver.clock, mind.world.texts)
    worker = JobWorker(store, driver.clock, {promises.KIND: run}, "jobs")
    while await worker.run_once():
        pass
    return [message.text for message in await driver.settle()]


async def test_nobody_has_answered(store: Store, punctual: Mind) -> None:
    """Not before its time, in the language of the question, once."""
    driver, ticket = await _asked(store, punctual)
    early = JobWorker(store, driver.clock, {promises.KIND: None}, "jobs")  # type: ignore[dict-item]
    assert not await early.run_once()
    sorry = punctual.world.texts("ar").say("ticket.late", number=ticket.number)
    assert await _at_the_promised_time(store, punctual, driver, ticket) == [sorry]
    assert await _at_the_promised_time(store, punctual, driver, ticket) == []


async def test_an_answer_keeps_the_promise(store: Store, punctual: Mind) -> None:
    driver, ticket = await _asked(store, punctual)
    await _desk(store, punctual, driver).reply(ticket.number, Reply("Rufen Sie uns bitte an."))
    await driver.settle()
    assert await _at_the_promised_time(store, punctual, driver, ticket) == []


async def test_a_closed_question_is_not_spoken_of(store: Store, punctual: Mind) -> None:
    driver, ticket = await _asked(store, punctual)
    await _desk(store, punctual, driver).close(ticket.number)
    await driver.settle()
    assert await _at_the_promised_time(store, punctual, driver, ticket) == []


async def test_who_cannot_be_reached_is_not_written_to(store: Store, punctual: Mind) -> None:
    driver, ticket = await _asked(store, punctual)
    async with store.write() as unit:
        ((address_id, _),) = await unit.contacts.addresses(ticket.contact)
        await unit.contacts.unreachable(address_id, "blocked", driver.clock.now())
    assert await _at_the_promised_time(store, punctual, driver, ticket) == []


async def test_after_forget_me_nothing_is_watched(store: Store, punctual: Mind) -> None:
    driver, ticket = await _asked(store, punctual)
    await driver.press("cmd:forget_me")
    await driver.press("erase:yes")
    assert await _at_the_promised_time(store, punctual, driver, ticket) == []
    async with store.read() as unit:
        assert await unit.jobs.next_due([promises.KIND]) is None


async def test_without_known_hours_nothing_is_promised(store: Store, mind: Mind) -> None:
    _, ticket = await _asked(store, mind)
    assert ticket.promised_at is None
    async with store.read() as unit:
        assert await unit.jobs.next_due([promises.KIND]) is None
