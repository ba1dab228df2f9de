"""Nothing that a person wrote, nor how to reach them, lies readable in the database; erased is erased."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from bot.domain.conversation import Asked, Conversation
from bot.domain.message import Address, Attachment, Inbound, Outbound
from bot.domain.ticket import NewTicket
from bot.domain.translation import Rendering, Translation
from bot.domain.translation import State as TranslationState
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.tables import contact_keys, messages, metadata
from bot.storage.vault import KeyProblem, Unreadable, Vault
from tests.databases import MASTER_KEY
from tests.storage.people import (
    LEASE,
    NOW,
    address,
    claimed,
    inbound,
    new_contact,
    outbound,
    send_all,
    to_send,
)

CANARY = "Kanarienvogel"
OTHER_KEY = b"another master key of 32 bytes!!"


async def _sing(store: Database) -> int:
    """Write the canary into everything that is a person's; return the contact."""
    contact, place = await new_contact(store, f"{CANARY}-address")
    sender = Address("web", "lotse", f"{CANARY}-address")
    message = Inbound(
        sender,
        f"{CANARY}-external",
        NOW,
        f"{CANARY} text",
        choice=f"{CANARY}-choice",
        start=f"{CANARY}-start",
        attachments=(Attachment("photo", f"{CANARY}-remote"),),
    )
    conversation = Conversation(asked=Asked("town", CANARY), last_question=CANARY)
    async with store.write() as unit:
        line = await unit.intake.put(contact.id, place, message, NOW, NOW)
        assert line
        await unit.contacts.save(replace(contact, conversation=conversation))
        ticket = await unit.tickets.open(contact.id, NewTicket(f"{CANARY}?", "de"), [line], NOW)
        await unit.tickets.add(ticket.number, f"{CANARY}!", [], NOW)
        await unit.tickets.draft(ticket.number, 1, CANARY, NOW)
        await unit.translations.put(
            contact.id, Translation(line, "de", "x", TranslationState.DONE, CANARY, "", NOW)
        )
        rendering = Rendering(TranslationState.DONE, CANARY, "de", "ar", "x", CANARY, CANARY)
        await unit.translations.render(ticket.number, 1, rendering)
        assert await unit.translations.rendering(ticket.number, 1) == rendering
        await unit.outbox.put(
            contact.id, place, Outbound(CANARY, "de", footnote=CANARY, document=CANARY), "1", NOW
        )
        token = await unit.tokens.issue(contact.id, "web", None)
        assert await unit.tokens.redeem(token, "web", NOW, once=False)
    async with store.read() as unit:
        held = await unit.held(contact.id)
    assert CANARY in repr(held)
    return contact.id


def _bytes_of(store: Database) -> bytes:
    """Return the file, its log and the log's index."""
    path = Path(store.url.database or "")
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


async def _all_cells(store: Database) -> str:
    """Return every cell of every table, bytes as they are."""
    async with store.transaction() as transaction:
        rows = [row for table in metadata.tables.values() for row in await transaction.rows(select(table))]
    return "\n".join(str(cell) for row in rows for cell in row)


async def test_no_column_has_a_persons_words_in_it(store: Database) -> None:
    await _sing(store)
    assert CANARY not in await _all_cells(store)


async def test_no_byte_of_the_files_has_a_persons_words_in_it(sqlite_store: Database) -> None:
    await _sing(sqlite_store)
    before = _bytes_of(sqlite_store)
    await sqlite_store.scrub()
    after = _bytes_of(sqlite_store)
    assert b"contact_keys" in before
    assert b"contact_keys" in after
    assert CANARY.encode() not in before + after


async def _copy_of_a_message(store: Database, contact: int) -> tuple[int, bytes]:
    async with store.transaction() as transaction:
        row = await transaction.first(select(messages).where(messages.c.contact_id == contact))
    assert row
    return row.no, row.body


async def _wrapped_keys(store: Database) -> dict[int, tuple[str, bytes]]:
    async with store.transaction() as transaction:
        rows = await transaction.rows(select(contact_keys))
    return {row.contact_id: (row.key_id, row.wrapped) for row in rows}


async def test_an_erased_key_is_gone_and_old_copies_stay_shut(store: Database) -> None:
    contact = await _sing(store)
    stays = await new_contact(store, "stays")
    number, copy = await _copy_of_a_message(store, contact)
    wrapped = await _wrapped_keys(store)
    async with store.write() as unit:
        await unit.erase(contact)
    await store.scrub()
    left = await _wrapped_keys(store)
    assert left == {stays[0].id: wrapped[stays[0].id]}
    for other, (key_id, sealed) in left.items():
        with pytest.raises(Unreadable):
            store.vault.unwrap(other, key_id, sealed).open("messages.body", number, copy)
        with pytest.raises(Unreadable):
            store.vault.unwrap(contact, key_id, sealed)
    if store.is_sqlite:
        everything = _bytes_of(store)
        assert wrapped[contact][1] not in everything
        assert wrapped[stays[0].id][1] in everything


async def test_no_copy_of_an_erased_key_stays_in_the_slack_of_a_page(sqlite_store: Database) -> None:
    # Enough contacts for several pages, erased so that SQLite moves rows between them.
    async with sqlite_store.write() as unit:
        contacts = [(await unit.contacts.create(address(str(n)), NOW))[0].id for n in range(120)]
    wrapped = await _wrapped_keys(sqlite_store)
    erased = [contact for number, contact in enumerate(contacts) if number % 6]
    async with sqlite_store.write() as unit:
        for contact in erased:
            await unit.erase(contact)
    await sqlite_store.scrub()
    everything = _bytes_of(sqlite_store)
    assert not [contact for contact in erased if wrapped[contact][1] in everything]
    assert all(wrapped[contact][1] in everything for contact in contacts[::6])


async def test_a_ciphertext_at_another_place_is_refused(store: Database) -> None:
    contact, place = await new_contact(store)
    first, second = await to_send(store, contact.id, place, outbound("eins"), outbound("zwei"))
    await send_all(store)
    async with store.transaction() as transaction:
        [row] = await transaction.rows(select(messages.c.body).where(messages.c.id == first))
        await transaction.change(update(messages).where(messages.c.id == second).values(body=row.body))

    async def read() -> None:
        async with store.read() as unit:
            await unit.messages.after(contact.id, 0)

    with pytest.raises(Unreadable):
        await read()


async def test_an_error_of_the_database_does_not_tell_what_was_written(store: Database) -> None:
    """Its text goes into logs."""

    statement = text("SELECT * FROM nothing WHERE word = :word").bindparams(word=CANARY)
    with pytest.raises(DBAPIError) as raised:
        async with store.transaction() as transaction:
            await transaction.change(statement)
    assert CANARY not in str(raised.value)
    with pytest.raises(DBAPIError) as raised:
        async with store.migrating() as connection:
            await connection.execute(statement)
    assert CANARY not in str(raised.value)


async def test_a_wrong_master_key_is_noticed(store: Database) -> None:
    await store.health()
    await _sing(store)
    await store.health()
    stranger = Database(store.url.render_as_string(hide_password=False), Vault([OTHER_KEY]), store.folder)
    with pytest.raises(KeyProblem, match=store.vault.key_id):
        await stranger.health()
    await stranger.close()


async def test_a_master_key_can_be_replaced(store: Database, tmp_path: Path) -> None:
    url, folder = store.url.render_as_string(hide_password=False), Folder(tmp_path / "files")
    contact = await _sing(store)
    known = Address("web", "lotse", f"{CANARY}-address")
    both = Database(url, Vault([OTHER_KEY, MASTER_KEY]), folder)
    async with both.write() as unit:
        assert await unit.contacts.find(known)
        again = inbound("again", f"{CANARY}-external", known)
        assert await unit.intake.put(contact, 1, again, NOW, NOW) is None
    assert await both.rewrap() == 1
    assert await both.rewrap() == 0
    await both.close()
    new = Database(url, Vault([OTHER_KEY]), folder)
    await new.health()
    async with new.write() as unit:
        found = await unit.contacts.find(known)
        assert found
        assert found[0].id == contact
        assert await unit.messages.latest(contact, 9)
        claim = await claimed(unit, "w", NOW, LEASE)
        assert claim
        assert claim.rows[0].inbound.text == f"{CANARY} text"
    await new.close()


async def test_sqlite_is_driven_as_promised(sqlite_store: Database) -> None:
    async with sqlite_store.transaction() as transaction:
        values = {
            name: (await transaction.connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
        with (
            sqlite3.connect(sqlite_store.url.database or "", timeout=0) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")  # ours has the lock already, before its first write
        other.close()
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }
