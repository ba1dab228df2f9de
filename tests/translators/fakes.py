"""Stand-ins for translation services, over HTTP, as strict about their documented interface as the services are.

What they answer is the test's: `answer` gets the text with its marks, and both languages as the service writes them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from aiohttp import web
from aiohttp.test_utils import TestServer

Translate = Callable[[str, str, str], str]


def nothing(text: str, source: str, target: str) -> str:
    """Give the text back."""
    return text


@dataclass
class Fake:
    """One service. asked: the bodies that came. faults: (status, body, headers) to answer with, each once. hang: no
    answer at all."""

    answer: Translate = nothing
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    faults: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    hang: bool = False
    url: str = ""

    def fail(self, status: int, body: Any = None, **headers: str) -> None:
        """Answer the next request so."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append((status, body, named))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Fake"]:
        """Serve."""
        app = web.Application()
        app.add_routes(self.routes())
        async with TestServer(app) as server:
            self.url = str(server.make_url("/")).rstrip("/")
            yield self

    def routes(self) -> list[web.RouteDef]:
        """The service's own."""
        raise NotImplementedError

    async def taken(self, request: web.Request) -> dict[str, Any]:
        """Note what was asked; raise the fault that is due."""
        body: dict[str, Any] = await request.json()
        self.asked.append(body)
        self.headers.append(request.headers.get("Authorization", ""))
        if self.hang:
            await asyncio.Event().wait()
        if self.faults:
            status, told, headers = self.faults.pop(0)
            raise Refused(status, told, headers)
        return body


class Refused(Exception):
    """What a service answers instead of a translation."""

    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}

    @property
    def response(self) -> web.Response:
        """As HTTP."""
        if isinstance(self.body, str):
            return web.Response(status=self.status, text=self.body, headers=self.headers)
        return web.json_response(self.body, status=self.status, headers=self.headers)


class FakeDeepL(Fake):
    """POST /v2/translate, https://developers.deepl.com/api-reference/translate."""

    KEY = "279a2e9d-83b3-c416-7e2d-f721593e42a0:fx"
    SOURCES = frozenset(["AR", "DE", "EN", "FR", "RU", "TR", "UK", "FA", "KMR", "PS", "SO", "SQ"])
    TARGETS = (SOURCES - {"EN"}) | {"EN-GB", "EN-US"}
    TAGS = frozenset(["AR", "DE", "EN", "EN-GB", "EN-US", "FR", "RU", "TR", "UK"])

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v2/translate", self._translate)]

    async def _translate(self, request: web.Request) -> web.Response:
        try:
            body = await self.taken(request)
            if request.headers.get("Authorization") != f"DeepL-Auth-Key {self.KEY}":
                raise Refused(403, {"message": "Authorization failure"})
            return web.json_response({"translations": [self._one(text, body) for text in body["text"]]})
        except Refused as refused:
            return refused.response

    def _one(self, text: str, body: dict[str, Any]) -> dict[str, str]:
        source, target = body["source_lang"], body["target_lang"]
        for name, known, told in (
            ("source_lang", self.SOURCES, source),
            ("target_lang", self.TARGETS, target),
        ):
            if told not in known:
                raise Refused(400, {"message": f"Value for '{name}' not supported."})
        if "tag_handling" in body:
            if not {source, target} <= self.TAGS:
                raise Refused(400, {"message": "Tag handling is not supported for this language."})
            try:
                ElementTree.fromstring(f"<root>{text}</root>")  # noqa: S314 - our own text
            except ElementTree.ParseError:
                message = "Tag handling parsing failed, please check input."
                raise Refused(400, {"message": message}) from None
        return {"detected_source_language": source, "text": self.answer(text, source, target)}


class FakeLibreTranslate(Fake):
    """GET /languages and POST /translate, https://docs.libretranslate.com."""

    key = ""
    languages: tuple[str, ...] = ("en", "de", "ar", "fa", "fr", "ru", "tr", "uk", "sq", "kmr")

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/languages", self._languages), web.post("/translate", self._translate)]

    async def _languages(self, request: web.Request) -> web.Response:
        if self.faults:
            return Refused(*self.faults.pop(0)).response
        return web.json_response(
            [{"code": code, "name": code.upper(), "targets": list(self.languages)} for code in self.languages]
        )

    async def _translate(self, request: web.Request) -> web.Response:
        try:
            body = await self.taken(request)
            if self.key and body.get("api_key") != self.key:
                raise Refused(403, {"error": "Invalid API key"})
            for name in ("q", "source", "target"):
                if not body.get(name):
                    raise Refused(400, {"error": f"Invalid request: missing {name} parameter"})
            for code in (body["source"], body["target"]):
                if code not in self.languages:
                    raise Refused(400, {"error": f"{code} is not supported"})
            return web.json_response(
                {"translatedText": self.answer(body["q"], body["source"], body["target"])}
            )
        except Refused as refused:
            return refused.response


class FakeChat(Fake):
    """POST /v1/chat/completions. `answer` gets all that the user said, with the fence around the text."""

    key = ""
    finish = "stop"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/chat/completions", self._complete)]

    async def _complete(self, request: web.Request) -> web.Response:
        try:
            body = await self.taken(request)
            if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
                raise Refused(401, {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}})
            system, user = body["messages"]
            assert (system["role"], user["role"]) == ("system", "user")
            content = self.answer(user["content"], system["content"], body["model"])
            choice = {
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "finish_reason": self.finish,
            }
            return web.json_response({"object": "chat.completion", "choices": [choice]})
        except Refused as refused:
            return refused.response
