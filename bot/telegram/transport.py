"""Carries python-telegram-bot's requests over one aiohttp session.

Its own carrier (httpx) needs three to seven times the processor and can wedge when its pool is used up.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.request import BaseRequest, RequestData

from bot.telegram.errors import ApiError, NetworkTrouble

# Seconds, waiting for a free connection included: nothing can wait for ever, and the outbox gives a channel 20.
ANSWER_WITHIN: Final = 15.0
CONNECT_WITHIN: Final = 10.0
CONNECTIONS: Final = 50
KEPT_OPEN: Final = 30.0  # seconds; middle boxes drop silent connections after a minute


class Transport(BaseRequest):
    """python-telegram-bot's port for a carrier. Raises ApiError and NetworkTrouble."""

    __slots__ = ("_session", "_within")

    def __init__(self, within: float = ANSWER_WITHIN) -> None:
        """`within`: seconds for an answer, unless a call says otherwise."""
        self._within = within
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds for an answer, unless a call says otherwise."""
        return self._within

    async def initialize(self) -> None:
        """Open the session."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_OPEN)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request and return its code (2xx) and body."""
        within = read_timeout if isinstance(read_timeout, int | float) else self._within
        return await self._exchange(method, url, _body(request_data), within)

    async def call(
        self, url: str, values: Mapping[str, object], within: float, file: tuple[str, bytes] | None = None
    ) -> Any:
        """Call a method with values that are numbers, texts or JSON; return the result as Telegram wrote it.

        `file`: name and content of a document to send.
        """
        fields = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()
        }
        body: aiohttp.FormData | dict[str, str] = fields
        if file:
            body = aiohttp.FormData(fields)
            body.add_field("document", file[1], filename=file[0])
        _, content = await self._exchange("POST", url, body, within)
        return self.parse_json_payload(content)["result"]

    async def fetch(self, url: str, within: float, most: int) -> bytes:
        """Return what stands at an address, cut off one byte after `most`: then it is longer."""
        _, content = await self._exchange("GET", url, None, within, most + 1)
        return content

    async def _exchange(
        self,
        method: str,
        url: str,
        body: aiohttp.FormData | dict[str, str] | None,
        within: float,
        most: int | None = None,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkTrouble("closed")
        timeout = aiohttp.ClientTimeout(total=within, sock_connect=CONNECT_WITHIN)
        try:
            proxy = _proxy_for(*url.split("/", 3)[:3:2])
            async with self._session.request(method, url, data=body, timeout=timeout, proxy=proxy) as answer:
                content = await (answer.read() if most is None else _beginning(answer.content, most))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # Without the error's text: it may hold the address, and with it the token.
            raise NetworkTrouble(type(error).__name__) from None
        if answer.status >= 300:
            raise _error(answer.status, content)
        return answer.status, content


async def _beginning(stream: aiohttp.StreamReader, most: int) -> bytes:
    parts: list[bytes] = []
    while most > 0 and (part := await stream.read(most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


@lru_cache(maxsize=8)
def _proxy_for(scheme: str, host: str) -> str | None:
    """Return the proxy of HTTPS_PROXY, but none for what NO_PROXY names. aiohttp's own reading of the environment
    (`trust_env`) looks for a ~/.netrc at each request."""
    return None if proxy_bypass(host) else getproxies().get(scheme.rstrip(":"))


def _body(request: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request is None:
        return None
    if not request.contains_files:
        return request.json_parameters
    form = aiohttp.FormData(request.json_parameters)
    for name, (filename, content, media_type) in request.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form


def _error(code: int, content: bytes) -> ApiError:
    try:
        found = json.loads(content)
    except ValueError:
        return ApiError(code, "")  # a proxy's page
    if not isinstance(found, dict):
        return ApiError(code, "")
    parameters = found.get("parameters") or {}
    return ApiError(
        code,
        str(found.get("description", "")),
        parameters.get("retry_after"),
        parameters.get("migrate_to_chat_id"),
    )
