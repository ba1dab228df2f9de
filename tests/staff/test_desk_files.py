"""What newcomers sent: fetched from the messenger when somebody of the team looks, kept encrypted, never run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from aiohttp import ClientResponse

from bot.domain.message import Attachment
from bot.domain.received import LARGEST, media_type, obstacle
from bot.domain.staff import Role
from bot.service.mind import Mind
from bot.storage.engine import Database
from bot.storage.files import EncryptedFiles
from bot.telegram import Client
from tests.staff.desk_wiring import Scene
from tests.staff.wiring import Browser
from tests.telegram.fake import FakeTelegram

TICKET = "/staff/tickets/1001"
JPEG = b"\xff\xd8\xff\xe0 a photo of a letter"


@dataclass
class Post:
    """A newcomer with a question, a Telegram that has their files, and somebody of the team."""

    here: Scene
    telegram: FakeTelegram
    browser: Browser

    async def send(self, kind: str, name: str, mime: str, content: bytes, size: int | None = None) -> int:
        """Let the newcomer send a file; return the message's id."""
        kept = self.telegram.world.files.keep(kind, name, mime, content, size)
        return await self.say(Attachment(kind, kept.file_id, mime, kept.size))

    async def say(self, *files: Attachment) -> int:
        """Let the newcomer send something; return the message's id."""
        await self.here.newcomer.send(attachments=files)
        async with self.here.store.read() as unit:
            ticket = await unit.tickets.get(1001)
            assert ticket
            lines = await unit.messages.of_ticket(ticket.contact, 1001, 0)
        return max(line.id for line in lines if line.attachments)

    async def open(self, message: int, no: str = "0") -> ClientResponse:
        """Press the button below a file."""
        return await self.browser.post(f"{TICKET}/file", {"message": str(message), "no": no}, page=TICKET)

    async def looks(self) -> list[str]:
        """Return what the log has of looks at files."""
        async with self.here.store.read() as unit:
            return [act.about for act in await unit.audit.listed() if act.what == "file.opened"]


@asynccontextmanager
async def _post(store: Database, mind: Mind) -> AsyncIterator[Post]:
    async with FakeTelegram() as telegram, Client(telegram.token, telegram.address, within=2) as client:
        here = Scene(store, mind, sources=(client,))
        async with here.stack:
            await here.ask()
            browser, _ = await here.inside("Amina")
            yield Post(here, telegram, browser)


async def test_a_photo_is_fetched_once_and_kept_encrypted(store: Database, mind: Mind) -> None:
    async with _post(store, mind) as post:
        message = await post.send("photo", "x.jpg", "image/jpeg", JPEG)
        assert f'name="message" value="{message}"' in await post.browser.html(TICKET)
        answer = await post.open(message)
        assert (answer.status, await answer.read()) == (200, JPEG)
        told = answer.headers
        assert told["Content-Type"] == "image/jpeg"
        assert told["Content-Disposition"] == f'attachment; filename="1001-{message}-1.jpg"'
        assert told["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in told["Content-Security-Policy"]
        assert "default-src 'none'" in told["Content-Security-Policy"]
        assert told["Cache-Control"] == "no-store"
        await post.telegram.go_away()  # the second look needs no Telegram
        again = await post.open(message)
        assert await again.read() == JPEG
        assert await post.looks() == [f"ticket:1001:{message}"] * 2
        (name,) = post.here.store.folder.names(2e9)
        assert b"a photo" not in (post.here.store.folder.read(name) or b"")
        async with store.read() as unit:
            assert (await unit.audit.check()).broken_at is None
        await post.here.newcomer.press("cmd:forget_me")
        await post.here.newcomer.press("erase:yes")
        assert post.here.store.folder.names(2e9) == []  # "forget me" takes it, too


@pytest.mark.parametrize(
    ("kind", "name", "mime"),
    [
        ("document", "brief.html", "text/html"),
        ("document", "bild.svg", "image/svg+xml"),
        ("document", "foto.jpg.exe", "application/x-msdownload"),
        ("document", "brief.docm", "application/vnd.ms-word.document.macroEnabled.12"),
        ("document", "seite.xhtml", "application/xhtml+xml"),
        ("document", "archiv.zip", "application/zip"),
        ("document", "nichts", ""),
        ("document", "crlf", "text/html\r\nX-Evil: 1"),
    ],
)
def test_what_can_hold_a_script_is_not_opened(kind: str, name: str, mime: str) -> None:
    assert obstacle(Attachment(kind, name, mime, 9)) == "type"
    assert obstacle(Attachment("sticker", name, "image/webp", 9)) == "empty"
    assert obstacle(Attachment("photo", name, "", LARGEST + 1)) == "large"
    assert media_type(Attachment("voice", name, "AUDIO/OGG; codecs=opus")) == "audio/ogg"


async def test_refusals_are_told_and_leave_no_look(sqlite_store: Database, mind: Mind) -> None:
    """A page instead of a document, a file that is too large, one that Telegram does not have, one that lies."""
    async with _post(sqlite_store, mind) as post:
        page = b"<script>fetch('/staff')</script>"
        html = await post.send("document", "brief.html", "text/html", page)
        assert f'name="message" value="{html}"' not in await post.browser.html(TICKET)
        large = await post.send("document", "a.pdf", "application/pdf", b"%PDF", LARGEST + 1)
        gone = await post.say(Attachment("photo", "AgNobodyKnowsThis", "image/jpeg", 9))
        stale = await post.say(Attachment("photo", "file:" + "0" * 32, "image/jpeg", 9))
        growing = post.telegram.world.files.keep(
            "document", "b.pdf", "application/pdf", b"%" * (LARGEST + 5), 9
        )
        grown = await post.say(Attachment("document", growing.file_id, "application/pdf", 9))
        for message, why in (
            *((html, "type"), (large, "large"), (gone, "gone")),
            *((stale, "gone"), (grown, "large")),
        ):
            answer = await post.open(message)
            assert (answer.status, answer.headers["Location"]) == (303, f"{TICKET}?wrong=file_{why}")
        assert "nicht geöffnet. Bitten Sie um ein Foto" in await post.browser.html(
            f"{TICKET}?wrong=file_type"
        )
        # What calls itself a photo and is a page stays a download that calls itself a photo.
        liar = await post.send("photo", "x.jpg", "image/jpeg", page)
        answer = await post.open(liar)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert await post.looks() == [f"ticket:1001:{liar}"]
        away = await post.send("photo", "y.jpg", "image/jpeg", JPEG)
        await post.telegram.go_away()
        assert (await post.open(away)).headers["Location"].endswith("wrong=file_trouble")


async def test_only_files_of_the_ticket_for_those_who_may_see_it(sqlite_store: Database, mind: Mind) -> None:
    async with _post(sqlite_store, mind) as post:
        message = await post.send("photo", "x.jpg", "image/jpeg", JPEG)
        for wrong, no in ((message, "1"), (message, "-1"), (message, "x"), (message, ""), (999_999, "0")):
            assert (await post.open(wrong, no)).status == 404
        # Another person's file, by the number of one's own ticket.
        other = replace(post.here.newcomer)
        await other.start("fa_duelmen")
        theirs = Attachment("photo", "file:" + "1" * 32, "image/jpeg", 9)
        await other.send(attachments=(theirs,))
        async with sqlite_store.read() as unit:
            found = await unit.contacts.find(other.address)
            assert found
            foreign = [line.id for line in await unit.messages.latest(found[0].id, 9) if line.attachments]
        assert (await post.open(foreign[0])).status == 404
        for name, role, towns in (("Carla", Role.CLERK, ("senden",)), ("Chris", Role.ADMINISTRATOR, ())):
            browser, _ = await post.here.inside(name, role, towns)
            fields = {"message": str(message), "no": "0"}
            answer = await browser.post(f"{TICKET}/file", fields, page="/staff/account")
            assert answer.status in (403, 404), name
        assert await post.looks() == []


async def test_a_file_of_our_own_store_needs_no_messenger(sqlite_store: Database, mind: Mind) -> None:
    async with _post(sqlite_store, mind) as post:
        async with sqlite_store.read() as unit:
            ticket = await unit.tickets.get(1001)
        assert ticket
        files = EncryptedFiles(sqlite_store, sqlite_store.folder, LARGEST)
        reference = await files.put(ticket.contact, b"OggS a voice")
        message = await post.say(Attachment("voice", reference, "audio/ogg", 12))
        answer = await post.open(message)
        assert await answer.read() == b"OggS a voice"
        assert answer.headers["Content-Disposition"].endswith('.ogg"')
