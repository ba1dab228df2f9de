"""Asking another server for JSON: what it may not do to us."""

from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.http.asking import LARGEST
from bot.http.outgoing import Unanswered, get_object, is_safe, post_form


async def why(url: str) -> str:
    try:
        await get_object(url)
    except Unanswered as error:
        return str(error)
    return ""


async def test_only_a_short_object_is_taken_and_no_redirect_followed() -> None:
    async def posted(request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response({**form, "who": request.headers.get("Authorization", "")}, status=400)

    async def moved(request: web.Request) -> web.Response:
        raise web.HTTPFound("/good")

    async def broken(request: web.Request) -> web.Response:
        return web.json_response({"error": "invalid_request"}, status=500)

    def text(of: str) -> web.Response:
        return web.Response(text=of, content_type="application/json")

    bodies = {"good": '{"a": 1}', "list": "[]", "text": "<html>", "long": '{"a": "' + "x" * LARGEST + '"}'}
    app = web.Application()
    app.add_routes([web.get("/moved", moved), web.get("/broken", broken), web.post("/form", posted)])

    async def body(request: web.Request) -> web.Response:
        return text(bodies[request.match_info["name"]])

    app.add_routes([web.get("/{name}", body)])
    async with TestServer(app) as server:
        base = str(server.make_url("/"))
        assert await get_object(f"{base}good") == {"a": 1}
        assert [await why(base + name) for name in ("moved", "broken", "list", "text", "long")] == [
            *("status 302", "status 500", "no object", "no object", "no object")
        ]
        status, told = await post_form(f"{base}form", {"ä": "&="}, "a", "b")
        assert (status, told) == (400, {"ä": "&=", "who": "Basic YTpi"})
        assert (await post_form(f"{base}form", {}, "a"))[1] == {"who": ""}
        # In the message there is no address, which could hold a secret.
        assert await why(f"http://127.0.0.1:{unused_port()}/?secret") == "no answer"
    assert await why("http://keycloak.example/") == "not https"


def test_what_is_safe_to_ask() -> None:
    for url in ("https://a.example/b?c", "http://localhost:1/", "http://127.0.0.2", "http://[::1]/"):
        assert is_safe(url), url
    for url in (
        *(
            "http://a.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "ftp://localhost",
            "file:///etc",
        ),
        *("https://name@a.example", "https://:word@a.example", "https://", "//a.example", "", "https://[x"),
    ):
        assert not is_safe(url), url
