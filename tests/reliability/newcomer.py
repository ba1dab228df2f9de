"""A newcomer as the server sees one: every message is sent until it is acknowledged, and then once more."""

import asyncio
from uuid import uuid4

import aiohttp

from tests.reliability.server import Server


class Newcomer:
    """One conversation over HTTP."""

    def __init__(self, server: Server, number: int) -> None:
        self._server = server
        self._headers = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"}
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.repeats = 0

    async def send(self, text: str = "", choice: str = "") -> None:
        """Send until it is acknowledged, and then again, as a shaky network does."""
        values = {"id": str(uuid4()), "text": text, "choice": choice, "lang": "de"}
        await self._until_taken(values)
        await self._until_taken(values)

    async def _until_taken(self, values: dict[str, str]) -> None:
        while True:
            try:
                status = await self._post(values)
            except (aiohttp.ClientError, ConnectionError):
                status = 0
            if status == 202:
                return
            assert status in (0, 429, 503), status
            self.repeats += 1
            await asyncio.sleep(0.2)

    async def _post(self, values: dict[str, str]) -> int:
        url = f"{self._server.url}/api/send"
        async with self._session.post(url, json=values, headers=self._headers) as answer:
            return answer.status

    async def page(self) -> str:
        """Return the page as it is now."""
        async with self._session.get(f"{self._server.url}/", headers=self._headers) as answer:
            return await answer.text()

    async def close(self) -> None:
        """Hang up."""
        await self._session.close()
