"""The outbox on both databases: in order per contact, urgent first, given up or delivered with a word."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.domain.message import Author, Choice, Delivery, Outbound, Priority
from bot.service.ports import Conflict, Due, LeaseLost
from bot.storage.engine import Database
from bot.storage.tables import addresses, messages, outbox
from tests.storage.people import (
    LEASE,
    NOW,
    address,
    after,
    came_in,
    due_first,
    new_contact,
    outbound,
    send_all,
    to_send,
)

WEB = ("web",)


async def _claim(store: Database, seconds: float = 0, owner: str = "s") -> Due | None:
    async with store.write() as unit:
        return await due_first(unit, owner, after(seconds), LEASE, WEB)


async def test_what_is_due_is_as_it_was_put(store: Database) -> None:
    contact, place = await new_contact(store)
    message = Outbound(
        "**Hallo**",
        "de",
        choices=(Choice("town:duelmen", "Dülmen", "🏠"), Choice("more", "Mehr")),
        footnote="geprüft",
        kind="answer",
        author=Author.STAFF,
        machine_translated=True,
        priority=Priority.URGENT,
        document='{"a": 1}',
    )
    [message_id] = await to_send(store, contact.id, place, message)
    due = await _claim(store)
    assert due
    assert due.message == message
    assert due.address == address()
    assert (due.contact, due.address_id, due.message_id, due.attempts) == (contact.id, place, message_id, 0)
    assert due.created_at == NOW


async def test_the_same_idem_is_stored_once(store: Database) -> None:
    contact, place = await new_contact(store)
    assert len(await to_send(store, contact.id, place, outbound("a"), outbound("a"))) == 1
    assert await to_send(store, contact.id, place, outbound("a")) == []
    assert await send_all(store) == ["a"]


async def test_urgent_goes_first_then_in_order(store: Database) -> None:
    contact, place = await new_contact(store)
    other, elsewhere = await new_contact(store, "b")
    await to_send(store, contact.id, place, outbound("a1"), outbound("a2"), outbound("a!", urgent=True))
    await to_send(store, other.id, elsewhere, outbound("b1"), outbound("b!", urgent=True))
    assert await send_all(store) == ["a!", "b!", "a1", "a2", "b1"]


async def test_one_message_of_a_contact_at_a_time(store: Database) -> None:
    contact, place = await new_contact(store)
    await to_send(store, contact.id, place, outbound("a1"), outbound("a2"))
    first = await _claim(store)
    assert first
    assert await _claim(store, owner="other") is None
    async with store.read() as unit:
        assert await unit.outbox.next_due(WEB) == NOW + LEASE
    async with store.write() as unit:
        await unit.outbox.sent(first, "ext", NOW)
    second = await _claim(store, owner="other")
    assert second
    assert second.message.text == "a2"


async def test_a_message_that_is_tried_again_is_not_overtaken_except_by_an_urgent_one(
    store: Database,
) -> None:
    contact, place = await new_contact(store)
    await to_send(store, contact.id, place, outbound("a1"), outbound("a2"))
    due = await _claim(store)
    assert due
    async with store.write() as unit:
        await unit.outbox.retry(due, after(60), "timeout")
    assert await _claim(store, 59) is None
    async with store.read() as unit:
        assert await unit.outbox.next_due(WEB) == after(60)
    await to_send(store, contact.id, place, outbound("a!", urgent=True))
    urgent = await _claim(store, 59)
    assert urgent
    assert urgent.message.text == "a!"
    async with store.write() as unit:
        await unit.outbox.sent(urgent, "ext", after(59))
    again = await _claim(store, 60)
    assert again
    assert (again.message.text, again.attempts) == ("a1", 1)


async def test_several_are_leased_at_once_one_message_each(store: Database) -> None:
    """Of a contact whose first message cannot be read, the second is taken."""
    for name in "abc":
        contact, place = await new_contact(store, name)
        await to_send(store, contact.id, place, outbound(f"{name}1"), outbound(f"{name}2"))
    async with store.transaction() as transaction:
        await transaction.change(update(messages).where(messages.c.id == 3).values(body=b"damaged"))
    async with store.write() as unit:
        found = await unit.outbox.claim("s1", NOW, LEASE, WEB, 2)
        rest = await unit.outbox.claim("s2", NOW, LEASE, WEB, 9)
        assert await unit.outbox.claim("s3", NOW, LEASE, WEB, 9) == []
        for due in (*found, *rest):
            await unit.outbox.sent(due, "ext", NOW)
    assert [due.message.text for due in found] == ["a1", "b2"]
    assert [due.message.text for due in rest] == ["c1"]
    assert await send_all(store) == ["a2", "c2"]


async def test_a_contact_that_waits_does_not_hold_up_the_others(store: Database) -> None:
    contact, place = await new_contact(store)
    other, elsewhere = await new_contact(store, "b")
    await to_send(store, contact.id, place, outbound("a1"))
    due = await _claim(store)
    assert due
    async with store.write() as unit:
        await unit.outbox.retry(due, after(60), "timeout")
    await to_send(store, other.id, elsewhere, outbound("b1"))
    assert await send_all(store) == ["b1"]


async def test_a_message_that_was_given_up_frees_the_next(store: Database) -> None:
    contact, place = await new_contact(store)
    await to_send(store, contact.id, place, outbound("a1"), outbound("a2"))
    due = await _claim(store)
    assert due
    async with store.write() as unit:
        await unit.outbox.failed(due, "blocked", NOW)
    assert await send_all(store) == ["a2"]
    held = await _held(store, contact.id)
    assert [(message.delivery, message.reason) for message in held] == [
        (Delivery.FAILED, "blocked"),
        (Delivery.SENT, ""),
    ]


async def _held(store: Database, contact: int) -> tuple:
    async with store.read() as unit:
        held = await unit.held(contact)
    assert held
    return held.messages


async def test_a_sender_whose_lease_ran_out_is_refused(store: Database) -> None:
    contact, place = await new_contact(store)
    await to_send(store, contact.id, place, outbound("a1"))
    late = await _claim(store, owner="slow")
    taken = await _claim(store, 30, owner="quick")
    assert late
    assert taken
    assert taken.attempts == 1

    async def sent() -> None:
        async with store.write() as unit:
            await unit.outbox.sent(late, "ext", after(31))

    async def retry() -> None:
        async with store.write() as unit:
            await unit.outbox.retry(late, after(90), "timeout")

    async def failed() -> None:
        async with store.write() as unit:
            await unit.outbox.failed(late, "blocked", after(31))

    for attempt in (sent, retry, failed):
        with pytest.raises(LeaseLost):
            await attempt()
    async with store.write() as unit:
        await unit.outbox.sent(taken, "ext", after(31))
        assert await unit.outbox.pending(after(31)) == (0, 0.0)


async def test_only_the_channels_asked_for_are_looked_at(store: Database) -> None:
    contact, place = await new_contact(store, channel="telegram")
    await to_send(store, contact.id, place, outbound("a1"))
    assert await _claim(store) is None
    assert await send_all(store, "telegram") == ["a1"]


async def test_a_channel_that_is_down_holds_up_no_other_channel_of_a_contact(store: Database) -> None:
    """A person with two ways gets what waits for the second, in order on each."""
    contact, place = await new_contact(store, channel="telegram")
    async with store.write() as unit:
        await unit.contacts.attach(contact.id, address(), NOW)
        [(web, _), *_] = [found for found in await unit.contacts.addresses(contact.id) if found[0] != place]
    both = ("telegram", "web")
    await to_send(store, contact.id, place, outbound("t1"), outbound("t2"))
    async with store.write() as unit:
        due = await due_first(unit, "s", NOW, LEASE, both)
        assert due
        await unit.outbox.retry(due, after(60), "503")
    await to_send(store, contact.id, web, outbound("w1"), outbound("w2"))
    assert await send_all(store, *both) == ["w1", "w2"]
    async with store.read() as unit:
        assert await unit.outbox.next_due(both) == after(60)


async def test_what_waited_for_a_new_try_goes_behind_what_is_new(store: Database) -> None:
    """Many that hang take turns with those who have not been tried."""
    for name in ("a", "b"):
        contact, place = await new_contact(store, name)
        await to_send(store, contact.id, place, outbound(f"{name}1"))
        due = await _claim(store)
        assert due
        async with store.write() as unit:
            await unit.outbox.retry(due, after(10), "time-out")
    contact, place = await new_contact(store, "c")
    await to_send(store, contact.id, place, outbound("c1"))
    due = await _claim(store, 20)
    assert due
    assert due.message.text == "c1"


async def test_nothing_is_due_for_a_channel_that_nobody_serves(store: Database) -> None:
    """What `claim` would not take must not keep a sender awake."""
    contact, place = await new_contact(store, channel="telegram")
    await to_send(store, contact.id, place, outbound("t1"))
    async with store.read() as unit:
        assert await unit.outbox.next_due(WEB) is None
        assert await unit.outbox.next_due(["telegram"]) == NOW


async def test_outgoing_lines_appear_when_sent_and_none_is_missed(store: Database) -> None:
    contact, place = await new_contact(store)
    await to_send(store, contact.id, place, outbound("answer"), outbound("more"))
    await came_in(store, contact.id, place, "while you were writing")
    async with store.read() as unit:
        seen = await unit.messages.after(contact.id, 0)
    assert [message.body.text for message in seen] == ["while you were writing"]
    assert await send_all(store) == ["answer", "more"]
    async with store.read() as unit:
        rest = await unit.messages.after(contact.id, seen[-1].id)
        assert [message.body.text for message in rest] == ["answer", "more"]
        assert await unit.messages.after(contact.id, rest[-1].id) == []
        assert await unit.messages.after(contact.id, 0, limit=1) == seen
        assert await unit.messages.latest(contact.id, 2) == rest


async def test_delivered_covers_what_was_sent_so_far(store: Database) -> None:
    contact, place = await new_contact(store)
    by_staff = replace(outbound("a2"), author=Author.STAFF)
    ids = await to_send(store, contact.id, place, outbound("a1"), by_staff)
    await send_all(store)
    later = await to_send(store, contact.id, place, outbound("a3"), outbound("a4"))
    due = await _claim(store)
    assert due
    async with store.write() as unit:
        await unit.outbox.sent(due, "ext", NOW)
        assert await unit.outbox.delivered(contact.id, later[1], NOW) == 0  # not sent yet: nobody saw it
        assert await unit.outbox.delivered(contact.id, ids[1], NOW) == 1  # of two, one is a person's
        assert await unit.outbox.delivered(contact.id, ids[1], NOW) == 0
        assert await unit.outbox.read(contact.id, ids[0], NOW) == 0
    assert [message.delivery for message in await _held(store, contact.id)] == [
        Delivery.READ,
        Delivery.DELIVERED,
        Delivery.SENT,
        Delivery.PENDING,
    ]
    async with store.write() as unit:
        assert await unit.outbox.read(contact.id, later[0], NOW) == 1
        assert await unit.outbox.delivered(contact.id, later[0], NOW) == 0  # what was read stays read
    assert [message.delivery for message in await _held(store, contact.id)] == [
        *[Delivery.READ] * 3,
        Delivery.PENDING,
    ]


async def test_what_is_pending_is_counted_with_the_age_of_what_is_due(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.read() as unit:
        assert await unit.outbox.pending(NOW) == (0, 0.0)
        assert await unit.outbox.next_due(WEB) is None
    await to_send(store, contact.id, place, outbound("a1"), outbound("a2"))
    async with store.read() as unit:
        assert await unit.outbox.pending(after(5)) == (2, 5.0)
        assert await unit.outbox.next_due(WEB) == NOW


async def test_nothing_is_put_for_an_erased_contact(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        await unit.erase(contact.id)
    with pytest.raises(Conflict):
        await to_send(store, contact.id, place, outbound("a1"))


async def test_what_is_postponed_is_no_failed_try_and_stays_first(store: Database) -> None:
    """The channel's limit was used up: the contact is free for others' turns, the order stays."""
    contact, place = await new_contact(store)
    await to_send(store, contact.id, place, outbound("a"), outbound("b"))
    due = await _claim(store)
    assert due
    async with store.write() as unit:
        await unit.outbox.postpone(due, after(3))
    assert await _claim(store, 2) is None
    async with store.read() as unit:
        assert await unit.outbox.next_due(WEB) == after(3)
    again = await _claim(store, 3, "other")
    assert again
    assert (again.message.text, again.attempts) == ("a", 0)
    with pytest.raises(LeaseLost):
        async with store.write() as unit:
            await unit.outbox.postpone(due, after(3))


@pytest.mark.parametrize("body", [b"", b"x" * 60])
async def test_a_message_that_cannot_be_read_stops_nobody(store: Database, body: bytes) -> None:
    """It fails and says why; the next of its contact and all others go out."""
    contact, place = await new_contact(store)
    other, elsewhere = await new_contact(store, "b")
    [first, _] = await to_send(store, contact.id, place, outbound("a1"), outbound("a2"))
    await to_send(store, other.id, elsewhere, outbound("b1"))
    async with store.transaction() as transaction:
        await transaction.change(update(messages).where(messages.c.id == first).values(body=body))
    assert await send_all(store) == ["a2", "b1"]
    async with store.transaction() as transaction:
        rows = await transaction.rows(select(outbox.c.status, outbox.c.reason).order_by(outbox.c.id))
    assert [(row.status, row.reason) for row in rows] == [
        ("failed", "unreadable"),
        ("sent", ""),
        ("sent", ""),
    ]


async def test_an_address_that_cannot_be_read_stops_nobody(store: Database) -> None:
    contact, place = await new_contact(store)
    other, elsewhere = await new_contact(store, "b")
    await to_send(store, contact.id, place, outbound("a1"), outbound("a2"))
    await to_send(store, other.id, elsewhere, outbound("b1"))
    async with store.transaction() as transaction:
        await transaction.change(update(addresses).where(addresses.c.id == place).values(sealed=b"x" * 60))
    assert await send_all(store) == ["b1"]
    async with store.transaction() as transaction:
        rows = await transaction.rows(select(outbox.c.reason).order_by(outbox.c.id))
    assert [row.reason for row in rows] == ["unreadable", "unreadable", ""]
