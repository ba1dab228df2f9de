"""Several workers at once on both databases: nothing lost, nothing twice, every contact in order."""

import asyncio
import random
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import replace

from bot.service.ports import LeaseLost
from bot.storage.engine import Database
from tests.storage.people import (
    LEASE,
    NOW,
    address,
    after,
    claimed,
    due_first,
    inbound,
    new_contact,
    outbound,
)

CONTACTS = 50
MESSAGES = 20
WORKERS = 4
TO_SEND = 4


async def _contacts(store: Database) -> dict[int, tuple[int, str]]:
    async with store.write() as unit:
        made = {}
        for number in range(CONTACTS):
            name = f"guest {number}"
            contact, place = await unit.contacts.create(address(name), NOW)
            made[contact.id] = (place, name)
    return made


async def test_turns_by_several_workers_keep_order_and_lose_nothing(store: Database) -> None:
    contacts = await _contacts(store)
    worked: dict[int, list[str]] = defaultdict(list)
    turns: Counter[int] = Counter()
    total = CONTACTS * MESSAGES

    async def bring(mine: list[int]) -> None:
        """Bring the messages of some contacts, every fifth twice, as channels do."""
        for number in range(MESSAGES):
            async with store.write() as unit:
                for contact in mine:
                    place, name = contacts[contact]
                    message = inbound(str(number), f"{name}:{number}", address(name))
                    for _ in range(2 if number % 5 == 0 else 1):
                        await unit.intake.put(contact, place, message, NOW, NOW)

    async def work(owner: str) -> None:
        """Take turns: note the messages in the conversation, and answer."""
        while sum(map(len, worked.values())) < total:
            async with store.write() as unit:
                claim = await claimed(unit, owner, NOW, LEASE)
            if claim is None:
                await asyncio.sleep(0.02)
                continue
            contact = claim.contact
            said = contact.conversation.last_question.split() + [row.inbound.text for row in claim.rows]
            async with store.write() as unit:
                place, _ = contacts[contact.id]
                idem = f"turn:{claim.rows[0].id}"
                await unit.outbox.put(contact.id, place, outbound("answer"), idem, NOW)
                turns[contact.id] += 1
                conversation = replace(contact.conversation, last_question=" ".join(said))
                await unit.contacts.save(replace(contact, conversation=conversation))
                await unit.intake.done(claim, NOW)
            worked[contact.id] += [row.inbound.text for row in claim.rows]

    ids = list(contacts)
    async with asyncio.TaskGroup() as tasks:
        for start in range(WORKERS):
            tasks.create_task(bring(ids[start::WORKERS]))
            tasks.create_task(work(f"worker {start}"))

    in_order = [str(number) for number in range(MESSAGES)]
    assert dict(worked) == dict.fromkeys(contacts, in_order)
    async with store.read() as unit:
        assert await unit.intake.waiting(NOW) == (0, 0.0)
        assert (await unit.outbox.pending(NOW))[0] == turns.total()
        for contact in contacts:
            stored = await unit.contacts.get(contact)
            assert stored
            assert stored.conversation.last_question.split() == in_order


async def test_sending_by_several_workers_keeps_order_under_failures(store: Database) -> None:
    contacts = await _contacts(store)
    sent: dict[int, list[str]] = defaultdict(list)
    total = CONTACTS * TO_SEND
    chance = random.Random(7)
    async with store.write() as unit:
        for number in range(TO_SEND):
            for contact, (place, _) in contacts.items():
                await unit.outbox.put(contact, place, outbound(str(number)), f"{contact}:{number}", NOW)

    async def work(owner: str) -> None:
        moment = 0
        while sum(map(len, sent.values())) < total:
            moment += 1
            async with store.write() as unit:
                due = await due_first(unit, owner, after(moment / 1000), LEASE, ["web"])
            if due is None:
                await asyncio.sleep(0)
                continue
            fails = chance.random() < 0.1
            if not fails:
                sent[due.contact].append(due.message.text)
            async with store.write() as unit:
                if fails:
                    await unit.outbox.retry(due, after(moment / 1000 + 0.002), "timeout")
                else:
                    await unit.outbox.sent(due, f"ext{due.id}", NOW)

    async with asyncio.TaskGroup() as tasks:
        for number in range(WORKERS):
            tasks.create_task(work(f"sender {number}"))

    in_order = [str(number) for number in range(TO_SEND)]
    assert dict(sent) == dict.fromkeys(contacts, in_order)
    async with store.read() as unit:
        for contact in contacts:
            shown = [message.body.text for message in await unit.messages.after(contact, 0)]
            assert shown == in_order


async def test_a_worker_thought_dead_commits_nothing(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        await unit.intake.put(contact.id, place, inbound("hallo"), NOW, NOW)
    answers = []

    async def turn(owner: str, seconds: float) -> None:
        async with store.write() as unit:
            claim = await claimed(unit, owner, after(seconds), LEASE)
        assert claim
        is_claimed.release()
        await go_on.wait()
        try:
            async with store.write() as unit:
                await unit.outbox.put(contact.id, place, outbound(owner), f"turn:{owner}", NOW)
                await unit.intake.done(claim, NOW)
        except LeaseLost:
            return
        answers.append(owner)

    is_claimed, go_on = asyncio.Semaphore(0), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for number in range(3):  # each takes over when the lease of the one before has run out
            tasks.create_task(turn(f"worker {number}", 30 * number))
            await is_claimed.acquire()
        go_on.set()
    assert answers == ["worker 2"]
    async with store.read() as unit:
        assert await unit.outbox.pending(NOW) == (1, 0.0)


async def test_erasing_while_others_write_leaves_nothing(store: Database) -> None:
    contact, place = await new_contact(store)
    refused = []

    async def write(number: int) -> None:
        try:
            async with store.write() as unit:
                await unit.intake.put(contact.id, place, inbound(str(number)), NOW, NOW)
                await unit.outbox.put(contact.id, place, outbound(str(number)), str(number), NOW)
        except Exception as error:
            refused.append(type(error).__name__)

    async def erase() -> None:
        async with store.write() as unit:
            await unit.erase(contact.id)

    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(write(number))
            if number == 10:
                tasks.create_task(erase())
    assert set(refused) <= {"Conflict"}
    async with store.read() as unit:
        assert await unit.held(contact.id) is None
        assert await unit.intake.waiting(NOW) == (0, 0.0)


def _assert_no_lock_is_left(store: Database) -> None:
    if store.is_sqlite:
        with closing(sqlite3.connect(store.url.database or "", timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")


async def test_a_cancelled_write_leaves_nothing_and_locks_nobody_out(store: Database) -> None:
    contact, place = await new_contact(store)
    written = []

    async def write(number: int) -> None:
        async with store.write() as unit:
            await unit.intake.put(contact.id, place, inbound(f"in {number}"), NOW, NOW)
            await unit.outbox.put(contact.id, place, outbound(f"out {number}"), str(number), NOW)
        written.append(number)

    for number in range(40):
        try:
            async with asyncio.timeout(number / 4000):
                await write(number)
        except TimeoutError:
            _assert_no_lock_is_left(store)
    await write(99)
    async with store.read() as unit:
        held = await unit.held(contact.id)
    assert held
    stored = [message.body.text.split() for message in held.messages]
    assert {number for _, number in stored} >= {str(number) for number in written}
    assert len(stored) == 2 * held.waiting  # both lines of a write, or none
