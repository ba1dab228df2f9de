"""Pages come from the region's API over a real connection, within limits and over https only."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.integreat import fetch
from bot.integreat.error import IntegreatError
from bot.integreat.fetch import fetch_region, is_address
from tests.integreat.site import as_json, pages


@dataclass(frozen=True)
class Answer:
    """What the server says; a status of 0 is silence."""

    body: bytes = b""
    status: int = 200
    location: str = ""


@dataclass
class Api:
    """Integreat's API on this machine: path -> answer; `asked` holds the paths in their order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        found = self.answers.get(request.path, Answer(status=404))
        if not found.status:
            await asyncio.get_running_loop().create_future()
        headers = {"Location": found.location} if found.location else {}
        return web.Response(body=found.body, status=found.status, headers=headers)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    api = Api()
    app = web.Application()
    app.router.add_get("/{path:.*}", api.answer)
    async with TestServer(app) as server:
        api.address = str(server.make_url("/api/v3/musterkreis"))
        api.answers = {
            "/api/v3/musterkreis/languages/": Answer(
                as_json([{"code": code} for code in ("de", "en", "pl")])
            ),
            "/api/v3/musterkreis/de/pages/": Answer(as_json(pages("de"))),
            "/api/v3/musterkreis/en/pages/": Answer(as_json(pages("en"))),
        }
        yield api


def known(offered: Iterable[str]) -> list[str]:
    return [code for code in offered if code in ("de", "en")]


async def refused(api: Api, address: str = "") -> str:
    with pytest.raises(IntegreatError) as caught:
        await fetch_region(address or api.address, known)
    return str(caught.value)


async def test_the_languages_that_we_know_are_fetched(api: Api) -> None:
    found = await fetch_region(f"{api.address}/", known)
    assert [content for _, content in found] == [as_json(pages("de")), as_json(pages("en"))]
    assert api.asked == [f"/api/v3/musterkreis/{rest}/" for rest in ("languages", "de/pages", "en/pages")]


async def test_a_region_that_is_not_there(api: Api) -> None:
    api.answers.clear()
    assert "/languages/: Diese Region gibt es dort nicht (404)." in await refused(api)


async def test_a_server_in_trouble(api: Api) -> None:
    api.answers["/api/v3/musterkreis/de/pages/"] = Answer(status=503)
    assert "/de/pages/: Der Server antwortet mit 503." in await refused(api)


async def test_an_answer_of_another_kind(api: Api) -> None:
    for answer in (b"<html>", b"{}", b'["de"]', b"[{}]"):
        api.answers["/api/v3/musterkreis/languages/"] = Answer(answer)
        if answer == b"{}":
            assert await fetch_region(api.address, known) == []
        else:
            assert "Das ist keine Liste von Sprachen." in await refused(api)


async def test_an_answer_without_end(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 1_000_000)
    api.answers["/api/v3/musterkreis/de/pages/"] = Answer(b" " * 1_000_001)
    assert "/de/pages/: Die Antwort ist größer als 1 MB." in await refused(api)


async def test_a_server_that_does_not_answer(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SECONDS", 0.05)

    api.answers["/api/v3/musterkreis/languages/"] = Answer(status=0)
    assert "Sekunden lang nicht fertig geantwortet." in await refused(api)


async def test_nobody_there(api: Api) -> None:
    assert "Der Server ist nicht zu erreichen" in await refused(api, "http://127.0.0.1:9/api/v3/x")


@pytest.mark.parametrize(
    "address", ["http://example.org/api/v3/x", "ftp://example.org/x", "https://", "https://[x"]
)
async def test_only_https_is_fetched(api: Api, address: str) -> None:
    said = await refused(api, address)
    assert "beginnt nicht mit https://" in said or "ist keine Adresse" in said
    assert api.asked == []


async def test_a_server_cannot_send_us_elsewhere(api: Api) -> None:
    away = Answer(status=302, location="http://example.org/")
    api.answers["/api/v3/musterkreis/languages/"] = away
    assert "'http://example.org/' beginnt nicht mit https://." in await refused(api)


async def test_a_server_may_send_us_on_but_not_round(api: Api) -> None:
    moved = api.answers.pop("/api/v3/musterkreis/languages/")
    api.answers |= {"/api/v3/musterkreis/languages/": _to("/neu/"), "/neu/": moved}
    assert len(await fetch_region(api.address, known)) == 2
    api.answers["/api/v3/musterkreis/languages/"] = _to("/api/v3/musterkreis/languages/")
    assert "verweist mehr als 3-mal weiter" in await refused(api)


def _to(path: str) -> Answer:
    return Answer(status=301, location=path)


def test_addresses_are_told_from_files() -> None:
    assert is_address("https://cms.example.org/api/v3/x")
    assert not is_address("de.json")
