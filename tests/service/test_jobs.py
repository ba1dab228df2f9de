"""What is planned happens, once, also after a fault."""

from bot.domain.job import Job
from bot.domain.message import Address, Delivery, Inbound, Outbound
from bot.service.jobs import RETRY_AFTER, SCRUB, JobWorker, Purge, scrub
from bot.service.mind import Mind
from bot.service.outbox import GIVE_UP_AFTER
from bot.service.ports import Retention, Store
from bot.service.receive import receive
from bot.storage.notify import LocalNotifier
from tests.dialogues.replay import ServiceDriver
from tests.fakes import FakeClock


async def test_a_failed_job_is_tried_again(store: Store) -> None:
    """It stays until it has run without a fault."""
    clock, runs = FakeClock(), []

    async def run(job: Job) -> None:
        runs.append(job.key)
        if len(runs) == 1:
            raise OSError("away")

    worker = JobWorker(store, clock, {"test": run}, "jobs")
    async with store.write() as unit:
        await unit.jobs.put("test", "once", clock.now())
    assert await worker.run_once()
    assert not await worker.run_once()
    clock.advance(seconds=RETRY_AFTER.total_seconds() + 1)
    assert await worker.run_once()
    clock.advance(hours=1)
    assert not await worker.run_once()
    assert runs == ["once", "once"]


async def test_the_purge_deletes_what_is_older_than_the_rules_say(store: Store, mind: Mind) -> None:
    """Messages go after their days, silent contacts after theirs; an open ticket keeps its own."""
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("cmd:help")
    asking = ServiceDriver(store, lambda: mind, driver.clock, driver.channel)
    await asking.press("person")
    await asking.say("Wer hilft mir mit meinem Klavier im dritten Stock?")
    purge = Purge(store, driver.clock, Retention(messages=30, closed_tickets=90, contacts=180), ())
    worker = JobWorker(store, driver.clock, {Purge.kind: purge.run}, "jobs")
    driver.clock.advance(days=31)
    await purge.plan()
    assert await worker.run_once()
    async with store.read() as unit:
        quiet = await unit.contacts.find(driver.address)
        assert quiet is not None
        assert await unit.messages.latest(quiet[0].id, 10) == []
        (ticket,) = await unit.tickets.listed()
        assert ticket.question.startswith("Wer hilft mir")
    driver.clock.advance(days=180)
    await purge.plan()
    while await worker.run_once():
        pass
    async with store.read() as unit:
        assert await unit.contacts.find(driver.address) is None
        assert await unit.contacts.find(asking.address) is not None


async def test_after_forget_me_only_the_receipt_is_left_and_then_nothing(store: Store, mind: Mind) -> None:
    """The receipt has a new key and goes by itself."""
    driver = ServiceDriver(store, lambda: mind)
    await driver.say("Ich heiße Amina und suche einen Deutschkurs in Dülmen")
    async with store.read() as unit:
        before = await unit.contacts.find(driver.address)
    await driver.press("cmd:forget_me")
    (receipt,) = await driver.press("erase:yes")
    assert "Amina" not in receipt.text
    async with store.read() as unit:
        after = await unit.contacts.find(driver.address)
        assert before is not None
        assert after is not None
        assert after[0].id != before[0].id
        assert await unit.held(before[0].id) is None
    purge = Purge(store, driver.clock, Retention(), ())
    worker = JobWorker(store, driver.clock, {Purge.kind: purge.run, SCRUB: scrub(store)}, "jobs")
    driver.clock.advance(hours=1)
    await purge.plan()
    while await worker.run_once():
        pass
    async with store.read() as unit:
        assert await unit.contacts.find(driver.address) is None


async def test_writing_again_after_forget_me_keeps_the_new_contact(store: Store, mind: Mind) -> None:
    """Who comes back is a new contact like any other."""
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("cmd:forget_me")
    await driver.press("erase:yes")
    await receive(
        store,
        LocalNotifier(),
        driver.clock,
        Inbound(driver.address, "again", driver.clock.now(), "Guten Tag"),
    )
    driver.clock.advance(hours=1)
    async with store.write() as unit:
        await unit.purge(Retention(), driver.clock.now())
        assert await unit.contacts.find(Address("kept", "test", driver.address.id)) is not None


async def test_the_purge_gives_up_what_no_sender_looks_at(store: Store) -> None:
    """A channel that was taken off leaves messages that nobody sends; those of the others wait for theirs."""
    clock = FakeClock()
    async with store.write() as unit:
        for channel in ("off", "kept"):
            contact, place = await unit.contacts.create(Address(channel, "test", "amina"), clock.now())
            await unit.outbox.put(contact.id, place, Outbound("hallo", "de"), channel, clock.now())
    purge = Purge(store, clock, Retention(), ("kept",))
    worker = JobWorker(store, clock, {Purge.kind: purge.run}, "jobs")

    async def states() -> list[tuple[Delivery | None, str]]:
        async with store.read() as unit:
            found = [await unit.held(number) for number in (1, 2)]
        return [(line.delivery, line.reason) for held in found if held for line in held.messages]

    waiting = (Delivery.PENDING, "")
    await purge.plan()
    assert await worker.run_once()
    assert await states() == [waiting, waiting]
    clock.advance(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    await purge.plan()
    assert await worker.run_once()
    assert await states() == [(Delivery.FAILED, "channel is off"), waiting]
