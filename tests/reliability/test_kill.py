"""What was acknowledged is answered, once and in order, however often the process is killed."""

import asyncio
import random
from pathlib import Path

from sqlalchemy import select

from bot.domain.held import Held
from bot.domain.message import Author, Delivery
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.tables import contacts
from bot.storage.vault import Vault, keys_from_file
from tests.reliability.newcomer import Newcomer
from tests.reliability.server import Server

CHATS, MESSAGES, KILLS = 60, 5, 5


async def _talk(newcomer: Newcomer, number: int) -> None:
    """Five messages, the last three of which make exactly one ticket; more at once would be slowed down."""
    for line in range(MESSAGES - 3):
        await newcomer.send(text=f"Zeile {line} von Gast {number}: Wo finde ich einen Deutschkurs?")
    await newcomer.send(choice="person")
    await newcomer.send(text=f"Frage von Gast {number}: Wie bekomme ich mein Klavier nach oben?")
    await newcomer.send(choice="handoff:yes")


async def _kill_at_random(server: Server, chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        await server.kill()
        await server.start()


async def _everything(data: Path) -> list[Held]:
    database = Database(
        f"sqlite:///{data / 'lotse.db'}", Vault(keys_from_file(data / "master.key")), Folder(data / "files")
    )
    # Not 1 to CHATS: a guest number that was drawn twice uses up a contact's number.
    async with database.transaction() as transaction:
        known = [row.id for row in await transaction.rows(select(contacts.c.id))]
    async with database.read() as unit:
        held = [await unit.held(contact) for contact in known]
    await database.close()
    return [one for one in held if one]


async def test_kill_nine_at_random_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """300 messages in 60 chats, each sent twice, five kills: all there, in order, one ticket a chat."""
    server = Server(tmp_path / "data")
    await server.start()
    newcomers = [Newcomer(server, number) for number in range(CHATS)]
    try:
        await asyncio.gather(
            _kill_at_random(server, random.Random(7)),
            *(_talk(newcomer, number) for number, newcomer in enumerate(newcomers)),
        )
        await server.settled()
    finally:
        await asyncio.gather(*(newcomer.close() for newcomer in newcomers))
        await server.close()
    held = await _everything(tmp_path / "data")
    assert len(held) == CHATS
    assert [_questions(one) for one in held] == [_expected(one) for one in held]
    assert [len(one.tickets) for one in held] == [1] * CHATS
    assert {line.delivery for one in held for line in one.messages if line.author is Author.PROGRAM} <= {
        Delivery.SENT,
        Delivery.DELIVERED,
    }
    assert [one.messages[-1].author for one in held] == [Author.PROGRAM] * CHATS


def _questions(held: Held) -> list[str]:
    """What they wrote, without the labels of pressed buttons."""
    lines = [line.body.text for line in held.messages if line.author is Author.NEWCOMER]
    assert len(lines) == MESSAGES
    return [line for line in lines if "Gast" in line]


def _expected(held: Held) -> list[str]:
    number = _questions(held)[0].split("Gast ")[1].split(":")[0]
    lines = [
        f"Zeile {line} von Gast {number}: Wo finde ich einen Deutschkurs?" for line in range(MESSAGES - 3)
    ]
    return [*lines, f"Frage von Gast {number}: Wie bekomme ich mein Klavier nach oben?"]
