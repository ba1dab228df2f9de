"""The file store: encrypted, private, gone with its owner."""

import os
import stat
import time
from pathlib import Path

import pytest

from bot.domain.message import Attachment, Inbound
from bot.service.ports import Conflict, Files, Retention, TooLarge
from bot.storage.engine import Database
from bot.storage.files import EncryptedFiles
from tests.storage.people import NOW, address, after, claimed, new_contact

PHOTO = b"\xff\xd8 a photo of a letter " * 50


@pytest.fixture
def files(sqlite_store: Database) -> Files:
    return EncryptedFiles(sqlite_store, sqlite_store.folder, limit=len(PHOTO))


async def _send(store: Database, contact: int, place: int, reference: str) -> None:
    photo = Attachment("photo", reference, "image/jpeg", len(PHOTO))
    async with store.write() as unit:
        await unit.intake.put(contact, place, Inbound(address(), "1", NOW, attachments=(photo,)), NOW, NOW)
        claim = await claimed(unit, "w", NOW, after(9) - NOW)
        assert claim
        assert claim.rows[0].inbound.attachments == (photo,)
        await unit.intake.done(claim, NOW)


async def test_a_file_comes_back_to_its_contact_only(
    sqlite_store: Database, files: Files, tmp_path: Path
) -> None:
    contact, _ = await new_contact(sqlite_store)
    other, _ = await new_contact(sqlite_store, "karim")
    reference = await files.put(contact.id, PHOTO)
    assert await files.get(contact.id, reference) == PHOTO
    assert await files.get(other.id, reference) is None
    assert await files.get(contact.id, "file:unknown") is None
    assert await files.get(contact.id, "the channel's own") is None
    assert await files.get(contact.id, "file:../lotse.db") is None
    [path] = (tmp_path / "files").iterdir()
    assert b"letter" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_what_is_too_large_or_of_nobody_is_refused(
    sqlite_store: Database, files: Files, tmp_path: Path
) -> None:
    contact, _ = await new_contact(sqlite_store)
    with pytest.raises(TooLarge):
        await files.put(contact.id, PHOTO + b"x")
    with pytest.raises(Conflict):
        await files.put(contact.id + 1, PHOTO)
    assert not (tmp_path / "files").exists()


async def test_erase_removes_the_files(sqlite_store: Database, files: Files, tmp_path: Path) -> None:
    contact, place = await new_contact(sqlite_store)
    await _send(sqlite_store, contact.id, place, await files.put(contact.id, PHOTO))
    async with sqlite_store.write() as unit:
        assert (await unit.erase(contact.id)).attachments == 1
        assert (
            len(list((tmp_path / "files").iterdir())) == 1
        )  # an erase that is rolled back must not cost them
    assert list((tmp_path / "files").iterdir()) == []


async def test_purge_removes_the_files(sqlite_store: Database, files: Files, tmp_path: Path) -> None:
    contact, place = await new_contact(sqlite_store)
    await _send(sqlite_store, contact.id, place, await files.put(contact.id, PHOTO))
    async with sqlite_store.write() as unit:
        await unit.purge(Retention(messages=1), after(86_401))
    assert list((tmp_path / "files").iterdir()) == []


async def test_files_that_no_message_names_go_after_a_day(
    sqlite_store: Database, files: Files, tmp_path: Path
) -> None:
    contact, place = await new_contact(sqlite_store)
    kept = await files.put(contact.id, PHOTO)
    await _send(sqlite_store, contact.id, place, kept)
    lost, fresh = await files.put(contact.id, b"lost"), await files.put(contact.id, b"fresh")
    two_days_ago = time.time() - 2 * 86_400
    for reference in (kept, lost):
        os.utime(tmp_path / "files" / reference.removeprefix("file:"), (two_days_ago, two_days_ago))
    await sqlite_store.scrub()
    assert await files.get(contact.id, kept) == PHOTO
    assert await files.get(contact.id, fresh) == b"fresh"
    assert await files.get(contact.id, lost) is None
