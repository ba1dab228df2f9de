"""Lists from a web address: over a real server on this machine."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.courses.fetch import fetched
from bot.courses.report import Unreadable


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    async def list_(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1000, headers={"Last-Modified": "Mon, 30 Nov 2026 08:00:00 GMT"})

    async def packed(_: web.Request) -> web.Response:
        answer = web.Response(body=b"x" * 100_000)
        answer.enable_compression(web.ContentCoding.gzip)
        return answer

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query["to"])

    async def round_(_: web.Request) -> web.Response:
        raise web.HTTPFound("/round")

    app = web.Application()
    app.add_routes(
        [
            web.get("/list", list_),
            web.get("/packed", packed),
            web.get("/away", away),
            web.get("/round", round_),
        ]
    )
    async with TestServer(app) as running:
        yield running


def ignore(done: int, total: int | None) -> None:
    """Take no notice of the progress."""


async def get(address: str, limit: int = 10_000) -> tuple[bytes, str]:
    async with fetched(address, ignore, limit) as (file, changed):
        return file.read(), changed.isoformat() if changed else ""


async def test_it_is_fetched_with_its_age(server: TestServer) -> None:
    assert await get(str(server.make_url("/list"))) == (b"x" * 1000, "2026-11-30T08:00:00+00:00")


async def test_a_redirect_on_this_machine_is_followed(server: TestServer) -> None:
    assert len((await get(str(server.make_url("/away?to=/list"))))[0]) == 1000


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nothing", "antwortet mit 404"),
        ("/packed", "zu groß"),
        ("/away?to=http://example.org/list", "Nur https"),
        ("/away?to=file:///etc/hostname", "Nur https"),
        ("/round", "leitet immer weiter"),
    ],
)
async def test_what_is_refused(server: TestServer, path: str, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        await get(str(server.make_url(path)), limit=50_000)


@pytest.mark.parametrize(
    "address", ["http://example.org/kurse.xml", "http://10.0.0.1/x", "http://[::ffff:10.0.0.1]/"]
)
async def test_only_https_leaves_this_machine(address: str) -> None:
    with pytest.raises(Unreadable, match="Nur https"):
        await get(address)


async def test_no_answer_is_told_without_the_secret_part(unused_tcp_port: int) -> None:
    with pytest.raises(Unreadable, match="Keine Verbindung") as caught:
        await get(f"http://user:geheim@127.0.0.1:{unused_tcp_port}/list?token=geheim")
    assert "geheim" not in str(caught.value)
