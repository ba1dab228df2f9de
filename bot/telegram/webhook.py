"""Takes updates that Telegram delivers: acknowledged with 200 only after the commit."""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

import structlog
from aiohttp import web

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1024 * 1024  # bytes; a message with what it answers to is seldom above twenty thousand
COME_AGAIN = {"Retry-After": "5"}

log = structlog.get_logger()

Take = Callable[[Mapping[str, Any]], Awaitable[None]]


def path_of(secret: str) -> str:
    """Return the path that goes with a secret: nobody guesses it, and nobody learns the secret from it."""
    return f"/telegram/{sha256(b'path ' + secret.encode()).hexdigest()[:32]}"


class Webhook:
    """The route for one bot. `take` stores an update and raises if it cannot."""

    def __init__(self, secret: str, take: Take) -> None:
        self._secret = secret
        self._take = take

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.post(path_of(self._secret), self._receive)]

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise web.HTTPForbidden
        update = await self._read(request)
        try:
            await self._take(update)
        except Exception as error:  # too busy, or the database is away: Telegram comes again
            log.error("telegram.not_taken", error=type(error).__name__)
            return web.Response(status=503, headers=COME_AGAIN)
        return web.Response()

    async def _read(self, request: web.Request) -> Mapping[str, Any]:
        # Not request.json(): the application's limit is for newcomers' requests.
        content = bytearray()
        async for piece in request.content.iter_chunked(64 * 1024):
            content += piece
            if len(content) > LARGEST:
                raise web.HTTPRequestEntityTooLarge(LARGEST, len(content))
        try:
            found = json.loads(content)
        except ValueError:
            raise web.HTTPBadRequest from None
        if not isinstance(found, dict):
            raise web.HTTPBadRequest
        return found
