"""Two contacts that are one person become one, on both databases: nothing is lost and all of it can be read."""

import asyncio
import time

import pytest
from sqlalchemy import insert

from bot.domain.message import Attachment, Author, Inbound
from bot.domain.ticket import NewTicket
from bot.service.ports import Conflict, LeaseLost
from bot.storage import joining
from bot.storage.engine import Database
from bot.storage.files import EncryptedFiles
from bot.storage.tables import contacts, events, metadata, translations
from tests.storage.people import (
    LEASE,
    NOW,
    address,
    after,
    came_in,
    claimed,
    inbound,
    new_contact,
    outbound,
    send_all,
    to_send,
)

PHONE = "telegram"


async def _history(store: Database, contact: int) -> list[str]:
    async with store.read() as unit:
        return [line.body.text for line in await unit.messages.latest(contact, 100)]


async def _two(store: Database) -> tuple[int, int]:
    """Store a web contact with a word and an answer, and a Telegram contact with everything there can be."""
    kept, place = await new_contact(store)
    await came_in(store, kept.id, place, "im Netz")
    other, phone = await new_contact(store, "777", PHONE)
    photo = Inbound(
        address("777", PHONE),
        "photo",
        NOW,
        "",
        attachments=(Attachment("photo", "file-id", "image/jpeg", 9),),
    )
    async with store.write() as unit:
        line = await unit.intake.put(other.id, phone, photo, NOW, NOW)
        assert line
        ticket = await unit.tickets.open(other.id, NewTicket("ein Klavier", "ar", "duelmen"), [line], NOW)
        await unit.tickets.add(ticket.number, "200 kg", [line], NOW)
        await unit.tickets.note(ticket.number, 1, "eine Notiz", NOW)
        await unit.tickets.draft(ticket.number, 1, "ein Entwurf", NOW)
        await unit.tickets.draft(ticket.number, 2, None, NOW)
        await unit.tickets.tell_way(ticket.number, "ein anderer Weg")
        await unit.tokens.issue(other.id, "resume", None)
        await unit.jobs.put("remind", "remind:1", NOW, {"contact": other.id, "ticket": ticket.number})
        await unit.intake.put(other.id, phone, inbound("vom Telefon", sender=address("777", PHONE)), NOW, NOW)
    await to_send(store, other.id, phone, outbound("geschickt"))
    await send_all(store, PHONE)
    await to_send(store, other.id, phone, outbound("unterwegs"))
    async with store.transaction() as transaction:
        row = {"message_id": line, "language": "de", "engine": "x", "contact_id": other.id}
        await transaction.connection.execute(insert(translations).values(**row, state="done", at=NOW))
    return kept.id, other.id


async def _join(store: Database, kept: int, other: int) -> None:
    async with store.write() as unit:
        await unit.join(kept, other)


def test_every_table_with_a_contact_is_thought_of() -> None:
    """A new table must be on one of the lists, or a join would fail, or lose it."""
    listed = {table.name for table in (*joining.PLAIN, *joining.SEALED, *joining.DROPPED)} | {"jobs"}
    with_contact = {name for name, table in metadata.tables.items() if "contact_id" in table.c}
    assert listed == with_contact
    assert not {contacts.name, events.name} & listed


async def test_everything_comes_along_and_can_be_read(store: Database) -> None:
    kept, other = await _two(store)
    await _join(store, kept, other)
    async with store.read() as unit:
        assert await unit.contacts.get(other) is None
        held = await unit.held(kept)
        found = await unit.contacts.find(address("777", PHONE))
        ways = await unit.contacts.addresses(kept)
        drafts = await unit.tickets.drafts(held.tickets[0].number) if held else []
    assert held is not None
    assert found is not None
    assert found[0].id == kept
    assert {way.id for _, way in ways} == {"amina", "777"}
    assert [(ticket.question, ticket.lines, ticket.contact) for ticket in held.tickets] == [
        ("ein Klavier", ("200 kg",), kept)
    ]
    assert [note.text for note in held.notes] == ["eine Notiz"]
    assert held.second_ways == ("ein anderer Weg",)
    assert [draft.text for draft in drafts] == ["ein Entwurf", ""]
    assert [file.reference for line in held.messages for file in line.attachments] == ["file-id"]
    assert held.waiting == 3
    assert await _history(store, kept) == ["im Netz", "", "vom Telefon", "geschickt"]


async def test_work_goes_on_where_it_was(store: Database) -> None:
    """What waits is answered, what is pending is sent, a planned job knows its new owner."""
    kept, other = await _two(store)
    await _join(store, kept, other)
    async with store.write() as unit:
        claim = await claimed(unit, "w", after(1), LEASE)
        assert claim is not None
        assert [row.inbound.text for row in claim.rows] == ["im Netz", "", "vom Telefon"]
        await unit.intake.done(claim, after(1))
        job = await unit.jobs.claim("w", after(1), LEASE, ["remind"])
        assert job is not None
        assert job.payload["contact"] == kept
    assert await send_all(store, PHONE) == ["unterwegs"]
    async with store.write() as unit:
        gone = await unit.erase(kept)
    assert (gone.messages, gone.tickets, gone.attachments) == (5, 1, 1)


async def test_a_worker_in_the_middle_of_it_commits_nothing(store: Database) -> None:
    kept, other = await _two(store)
    async with store.write() as unit:
        claims = [await claimed(unit, "w", NOW, LEASE) for _ in range(2)]
    (claim,) = [one for one in claims if one and one.contact.id == other]
    await _join(store, kept, other)
    with pytest.raises(LeaseLost):
        async with store.write() as unit:
            await unit.intake.done(claim, NOW)
    assert "vom Telefon" in await _history(store, kept)


async def test_it_is_all_or_nothing(store: Database) -> None:
    kept, other = await _two(store)
    before = await _history(store, other)
    for pair in ((kept, 999), (999, other)):
        with pytest.raises(Conflict):
            await _join(store, *pair)
    assert await _history(store, other) == before
    assert await _history(store, kept) == ["im Netz"]


async def test_files_come_along(store: Database) -> None:
    """They are bound to their owner's key, so they are written anew; one that is lost stays lost, and nothing else."""
    kept, other = await _two(store)
    files = EncryptedFiles(store, store.folder, limit=100)
    reference = await files.put(other, b"a letter")
    async with store.write() as unit:
        found = await unit.contacts.find(address("777", PHONE))
        assert found is not None
        both = tuple(Attachment("photo", one) for one in (reference, "file:0123"))
        await unit.intake.put(
            other, found[1], Inbound(address("777", PHONE), "filed", NOW, attachments=both), NOW, NOW
        )
    await _join(store, kept, other)
    async with store.read() as unit:
        held = await unit.held(kept)
    assert held is not None
    _, moved, lost = [file.reference for line in held.messages for file in line.attachments]
    assert moved != reference
    assert await files.get(kept, moved) == b"a letter"
    assert await files.get(kept, lost) is None
    assert store.folder.read(reference.removeprefix("file:")) is None, "the old file is gone"
    async with store.write() as unit:
        await unit.erase(kept)
    assert store.folder.names(before=time.time() + 60) == []


async def test_messages_that_come_in_meanwhile_are_not_lost(store: Database) -> None:
    kept, other = await _two(store)

    async def write(number: int) -> None:
        for _ in range(3):
            try:
                async with store.write() as unit:
                    found = await unit.contacts.find(address("777", PHONE))
                    assert found is not None
                    late = inbound(f"spät {number}", sender=address("777", PHONE))
                    await unit.intake.put(found[0].id, found[1], late, NOW, NOW)
                return
            except Conflict:
                continue

    await asyncio.gather(*(write(number) for number in range(4)), _join(store, kept, other))
    async with store.read() as unit:
        held = await unit.held(kept)
    assert held is not None
    said = [line.body.text for line in held.messages if line.author is Author.NEWCOMER]
    assert sorted(said) == sorted(["im Netz", "", "vom Telefon", *(f"spät {number}" for number in range(4))])
