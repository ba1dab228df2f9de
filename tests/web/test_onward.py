"""From the page to a messenger with the same conversation."""

import re
from dataclasses import dataclass

import pytest

from bot.domain.message import Address
from bot.service.join import LINK, VALID, join
from bot.storage.engine import Database
from tests.web.wiring import Client, Wiring, browsing, post

PHONE = Address("telegram", "1", "777")


@dataclass
class Pigeon:
    """A messenger; without a loft it does not know where it lives."""

    loft: str = "https://pigeon.example"
    name: str = "Brieftaube"

    def start(self, payload: str) -> str:
        return f"{self.loft}/?start={payload}" if self.loft else ""


@pytest.fixture
def wiring(sqlite_store: Database) -> Wiring:
    return Wiring(sqlite_store, messengers=(Pigeon(),))


async def payload_of(client: Client, **form: str) -> str:
    """Press the menu entry; return what the link says."""
    async with client.post("/onward", data={"messenger": "Brieftaube", **form}) as response:
        html = await response.text()
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
    (link,) = re.findall(r'href="https://pigeon\.example/\?start=([^"]*)"', html)
    return str(link)


async def test_the_menu_leads_to_a_link_that_joins_once(client: Client, wiring: Wiring) -> None:
    await post(client, "Mein Gespräch")
    async with client.get("/") as response:
        assert 'name="messenger" value="Brieftaube"' in await response.text()
    payload = await payload_of(client)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload), "Telegram takes no other start payload"
    token = payload.removeprefix(LINK)
    assert await join(wiring.store, wiring.clock, PHONE, token)
    assert not await join(wiring.store, wiring.clock, Address("telegram", "1", "778"), token)
    async with wiring.store.read() as unit:
        found = await unit.contacts.find(PHONE)
        assert found
        assert {one.channel for _, one in await unit.contacts.addresses(found[0].id)} == {"web", "telegram"}


async def test_the_link_is_over_after_some_minutes(client: Client, wiring: Wiring) -> None:
    await post(client, "Mein Gespräch")
    payload = await payload_of(client)
    wiring.clock.advance(seconds=VALID.total_seconds() + 1)
    assert not await join(wiring.store, wiring.clock, PHONE, payload.removeprefix(LINK))


async def test_who_has_not_written_yet_starts_there_as_they_would_here(client: Client) -> None:
    """In their language, with the town and source of the link that brought them."""
    assert await payload_of(client) == "de"
    assert await payload_of(client, lang="ar", start="de_duelmen_poster1") == "ar_duelmen_poster1"


async def test_a_messenger_that_nobody_knows(client: Client) -> None:
    async with client.post("/onward", data={"messenger": "Rauchzeichen"}) as response:
        assert response.status == 404


@pytest.mark.parametrize("messengers", [(), (Pigeon(loft=""),)], ids=["none", "not there yet"])
async def test_without_a_link_the_menu_has_no_entry(
    sqlite_store: Database, messengers: tuple[Pigeon, ...]
) -> None:
    wiring = Wiring(sqlite_store, messengers=messengers)
    async with browsing(wiring) as client:
        await post(client, "Mein Gespräch")
        async with client.get("/") as response:
            assert "/onward" not in await response.text()
        async with client.post("/onward", data={"messenger": "Brieftaube"}) as response:
            assert response.status == (200 if messengers else 404)
            assert ("geht gerade nicht" in await response.text()) == bool(messengers)
