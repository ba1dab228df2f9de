"""Links that bring a conversation to another device."""

import re

from bot.storage.engine import Database
from tests.web.wiring import Client, Wiring, browsing, post


async def link_of(client: Client) -> str:
    """Ask for the link; return its path."""
    async with client.post("/keep") as response:
        html = await response.text()
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
    found = re.search(r'value="(http://[^"]+)"', html)
    assert found, html
    return found[1].partition("//")[2].partition("/")[2]


async def test_a_conversation_goes_on_elsewhere(client: Client, wiring: Wiring) -> None:
    await post(client, "Mein Gespräch")
    path = await link_of(client)
    async with browsing(wiring) as elsewhere:
        async with elsewhere.get(f"/{path}") as response:
            assert response.status == 200
            assert "Set-Cookie" not in response.headers
            assert "fremden Gerät" in await response.text()
        async with elsewhere.post("/resume", data={"token": path.partition("/")[2]}) as response:
            assert "Mein Gespräch" in await response.text()
        async with elsewhere.post("/resume", data={"token": path.partition("/")[2]}) as response:
            assert response.status == 200, "the link can be used again"


async def test_a_new_link_ends_the_one_before(client: Client, wiring: Wiring) -> None:
    await post(client, "Mein Gespräch")
    old, new = [(await link_of(client)).partition("/")[2] for _ in range(2)]
    async with browsing(wiring) as elsewhere:
        async with elsewhere.post("/resume", data={"token": old}) as response:
            assert response.status == 404
        async with elsewhere.post("/resume", data={"token": new}) as response:
            assert "Mein Gespräch" in await response.text()


async def test_a_present_conversation_is_not_replaced_unasked(client: Client, wiring: Wiring) -> None:
    await post(client, "Das erste")
    path = await link_of(client)
    async with browsing(wiring) as elsewhere:
        await post(elsewhere, "Das zweite")
        async with elsewhere.get(f"/{path}") as response:
            assert "schon ein Gespräch" in await response.text()
        async with elsewhere.get("/") as response:
            html = await response.text()
            assert "Das zweite" in html
            assert "Das erste" not in html


async def test_a_wrong_or_old_link_opens_nothing(client: Client, wiring: Wiring) -> None:
    await post(client, "Mein Gespräch")
    path = await link_of(client)
    token = path.partition("/")[2]
    wiring.clock.advance(days=181)
    async with browsing(wiring) as elsewhere:
        for wrong in (token, "x" * 43, "", token[:-1]):
            async with elsewhere.post("/resume", data={"token": wrong}) as response:
                assert response.status == 404
                assert "gilt nicht mehr" in await response.text()
                assert "Set-Cookie" not in response.headers


async def test_an_erased_conversation_cannot_be_opened(client: Client, wiring: Wiring) -> None:
    await post(client, "Mein Gespräch")
    token = (await link_of(client)).partition("/")[2]
    await wiring.erase()
    async with browsing(wiring) as elsewhere, elsewhere.post("/resume", data={"token": token}) as response:
        assert response.status == 404


async def test_without_a_conversation_there_is_nothing_to_keep(client: Client) -> None:
    async with client.post("/keep") as response:
        html = await response.text()
    assert "noch kein Gespräch" in html
    assert "/resume/" not in html


async def test_guessing_is_slowed_down(sqlite_store: Database) -> None:
    async with browsing(Wiring(sqlite_store)) as client:
        statuses = []
        for _ in range(92):
            async with client.post("/resume", data={"token": "x" * 43}) as response:
                statuses.append(response.status)
    assert statuses[:90] == [404] * 90
    assert statuses[90:] == [429] * 2
