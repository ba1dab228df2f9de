"""The intake on both databases: once only, in order, leased by contact."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.domain.message import Attachment, Inbound
from bot.domain.ticket import NewTicket
from bot.service.ports import Claim, Conflict, LeaseLost
from bot.storage.engine import Database
from bot.storage.intake import UNREADABLE_FOR
from bot.storage.tables import addresses, contact_keys, contacts, intake, tickets
from tests.storage.people import LEASE, NOW, address, after, came_in, claimed, inbound, new_contact, outbound


def _texts(claim: Claim) -> list[str]:
    return [row.inbound.text for row in claim.rows]


async def test_the_same_message_twice_is_stored_once(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        first = await unit.intake.put(contact.id, place, inbound("hallo", "7"), NOW, NOW)
        second = await unit.intake.put(contact.id, place, inbound("hallo", "7"), NOW, NOW)
        history = await unit.messages.after(contact.id, 0)
    async with store.write() as unit:
        third = await unit.intake.put(contact.id, place, inbound("hallo", "7"), NOW, NOW)
    assert first is not None
    assert (second, third) == (None, None)
    assert [message.id for message in history] == [first]


async def test_the_same_id_from_another_account_is_another_message(store: Database) -> None:
    contact, place = await new_contact(store)
    other = inbound("hallo", "7", address(channel="telegram"))
    async with store.write() as unit:
        assert await unit.intake.put(contact.id, place, inbound("hallo", "7"), NOW, NOW)
        assert await unit.intake.put(contact.id, place, other, NOW, NOW)


async def test_a_message_that_was_answered_is_still_known(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "hallo")
    async with store.write() as unit:
        claim = await claimed(unit, "w", NOW, LEASE)
        assert claim
        await unit.intake.done(claim, NOW)
        again = inbound("hallo", f"{contact.id}:hallo")
        assert await unit.intake.put(contact.id, place, again, NOW, NOW) is None
        assert await claimed(unit, "w", NOW, LEASE) is None


async def test_a_claim_returns_all_that_came_in_as_it_came(store: Database) -> None:
    contact, place = await new_contact(store)
    sent = Inbound(
        address(),
        "1",
        NOW,
        "مرحبا",
        choice="lang:ar",
        start="poster",
        language_hint="ar",
        attachments=(Attachment("photo", "remote-id", "image/jpeg", 12), Attachment("voice")),
    )
    async with store.write() as unit:
        message = await unit.intake.put(contact.id, place, sent, NOW, NOW)
        await unit.intake.put(contact.id, place, inbound("zwei"), after(1), after(1))
    async with store.write() as unit:
        claim = await claimed(unit, "w", after(1), LEASE)
        history = await unit.messages.latest(contact.id, 10)
    assert claim
    assert claim.contact == contact
    assert [row.inbound for row in claim.rows] == [sent, inbound("zwei")]
    assert claim.rows[0].message_id == message
    assert claim.rows[0].received_at == NOW
    assert history[0].attachments == sent.attachments
    assert history[0].body.text == "مرحبا"
    assert history[0].delivery is None


async def test_who_waits_longest_comes_first_and_nobody_twice(store: Database) -> None:
    first, second = await new_contact(store, "a"), await new_contact(store, "b")
    await came_in(store, second[0].id, second[1], "b1")
    await came_in(store, first[0].id, first[1], "a1")
    await came_in(store, second[0].id, second[1], "b2")
    async with store.write() as unit:
        claims = [await claimed(unit, f"w{number}", NOW, LEASE) for number in range(3)]
    assert claims[0]
    assert claims[1]
    assert claims[2] is None
    assert [_texts(claims[0]), _texts(claims[1])] == [["b1", "b2"], ["a1"]]


async def test_several_are_leased_at_once(store: Database) -> None:
    """Whom one call could not take, for want of room or of a readable message, the next one may."""
    for name in "abcd":
        contact, place = await new_contact(store, name)
        await came_in(store, contact.id, place, f"{name}1", f"{name}2")
    async with store.transaction() as transaction:
        await transaction.change(update(intake).where(intake.c.id == 3).values(payload=b"damaged"))
    async with store.write() as unit:
        claims = await unit.intake.claim("w1", NOW, LEASE, 2)
        rest = await unit.intake.claim("w2", NOW, LEASE, 9)
        assert await unit.intake.claim("w3", NOW, LEASE, 9) == []
        for claim in (*claims, *rest):
            await unit.intake.done(claim, NOW)
    assert [_texts(claim) for claim in claims] == [["a1", "a2"], ["c1", "c2"]]
    assert [(claim.owner, _texts(claim)) for claim in rest] == [("w2", ["d1", "d2"])]


async def test_what_comes_in_during_a_turn_waits_for_the_next(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "eins")
    async with store.write() as unit:
        claim = await claimed(unit, "w", NOW, LEASE)
    assert claim
    await came_in(store, contact.id, place, "zwei")
    async with store.write() as unit:
        await unit.intake.done(claim, NOW)
        following = await claimed(unit, "w", NOW, LEASE)
    assert following
    assert _texts(following) == ["zwei"]


async def test_what_was_put_back_is_not_overtaken(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "eins")
    async with store.write() as unit:
        claim = await claimed(unit, "w", NOW, LEASE)
        assert claim
        await unit.intake.put_back(claim, after(60))
    await came_in(store, contact.id, place, "zwei")
    async with store.write() as unit:
        assert await claimed(unit, "w", after(59), LEASE) is None
        assert await unit.intake.next_ready() == after(60)
        again = await claimed(unit, "w", after(60), LEASE)
    assert again
    assert _texts(again) == ["eins", "zwei"]
    assert [row.attempts for row in again.rows] == [1, 0]


async def test_a_fragment_goes_with_what_follows(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        await unit.intake.put(contact.id, place, inbound("ich"), NOW, after(5))
        assert await claimed(unit, "w", after(1), LEASE) is None
        assert await unit.intake.next_ready() == after(5)
        await unit.intake.put(contact.id, place, inbound("suche eine Wohnung"), after(2), after(2))
        claim = await claimed(unit, "w", after(2), LEASE)
    assert claim
    assert _texts(claim) == ["ich", "suche eine Wohnung"]


async def test_a_lease_that_ran_out_is_taken_over_and_its_holder_refused(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "eins")
    async with store.write() as unit:
        late = await claimed(unit, "slow", NOW, LEASE)
        assert await claimed(unit, "quick", after(29), LEASE) is None
        assert await unit.intake.next_ready() == NOW + LEASE
    async with store.write() as unit:
        taken = await claimed(unit, "quick", after(30), LEASE)
    assert late
    assert taken
    assert taken.rows[0].attempts == 1

    async def finish_late() -> None:
        async with store.write() as unit:
            await unit.outbox.put(contact.id, place, outbound("zu spät"), "late", NOW)
            await unit.intake.done(late, after(31))

    async def put_back_late() -> None:
        async with store.write() as unit:
            await unit.intake.put_back(late, after(31))

    for attempt in (finish_late, put_back_late):
        with pytest.raises(LeaseLost):
            await attempt()
    async with store.write() as unit:
        await unit.intake.done(taken, after(31))
        assert await unit.outbox.pending(after(31)) == (0, 0.0)  # what the late one prepared is gone with it


async def test_what_waits_is_counted_with_its_age(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.read() as unit:
        assert await unit.intake.waiting(NOW) == (0, 0.0)
        assert await unit.intake.next_ready() is None
    await came_in(store, contact.id, place, "eins", "zwei")
    async with store.read() as unit:
        assert await unit.intake.waiting(NOW + timedelta(minutes=2)) == (2, 120.0)
        assert await unit.intake.next_ready() == NOW


async def test_an_erased_contact_takes_no_message(store: Database) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        await unit.erase(contact.id)
    with pytest.raises(Conflict):
        await came_in(store, contact.id, place, "hallo")


DAMAGE = {
    "state": update(contacts).where(contacts.c.id == 1).values(state=b"x" * 60),
    "payload": update(intake).where(intake.c.contact_id == 1).values(payload=b"x" * 60),
    "ticket": update(tickets).where(tickets.c.contact_id == 1).values(question=b"x" * 60),
    "address": update(addresses).where(addresses.c.contact_id == 1).values(sealed=b"x"),
    "key": delete(contact_keys).where(contact_keys.c.contact_id == 1),
    "master key": update(contact_keys).where(contact_keys.c.contact_id == 1).values(key_id="another"),
}


@pytest.mark.parametrize("what", DAMAGE)
async def test_a_contact_that_cannot_be_read_stops_nobody(store: Database, what: str) -> None:
    """It is passed over with a counted try; the others are answered; nothing is dropped."""
    broken, place = await new_contact(store)
    sound, elsewhere = await new_contact(store, "karim")
    await came_in(store, broken.id, place, "eins")
    await came_in(store, sound.id, elsewhere, "zwei")
    async with store.write() as unit:
        await unit.tickets.open(broken.id, NewTicket("eine Frage", "de"), [], NOW)
    async with store.transaction() as transaction:
        assert await transaction.change(DAMAGE[what])
    async with store.write() as unit:
        claim = await claimed(unit, "w", NOW, LEASE)
    assert claim
    assert _texts(claim) == ["zwei"]
    async with store.write() as unit:
        await unit.intake.done(claim, NOW)
        assert await claimed(unit, "w", NOW, LEASE) is None
        assert (await unit.intake.waiting(NOW))[0] == 1
        assert await unit.intake.next_ready() == NOW + UNREADABLE_FOR
    async with store.transaction() as transaction:
        row = await transaction.first(select(intake.c.attempts).where(intake.c.contact_id == broken.id))
    assert row
    assert row.attempts == 1


async def test_a_contact_that_can_be_read_again_is_answered(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "eins")
    async with store.transaction() as transaction:
        key = await transaction.first(select(contact_keys.c.key_id))
        await transaction.change(update(contact_keys).values(key_id="another"))
    assert key
    async with store.write() as unit:
        assert await claimed(unit, "w", NOW, LEASE) is None
    async with store.transaction() as transaction:
        await transaction.change(update(contact_keys).values(key_id=key.key_id))
    async with store.write() as unit:
        claim = await claimed(unit, "w", NOW + UNREADABLE_FOR, LEASE)
    assert claim
    assert [(row.inbound.text, row.attempts) for row in claim.rows] == [("eins", 1)]
