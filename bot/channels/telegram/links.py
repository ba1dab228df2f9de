"""Links that open the chat with the bot; its username is asked for once, and again until Telegram answers."""

import asyncio
from contextlib import suppress
from typing import Final

from bot.service.ports import SendError
from bot.telegram import Client

ASK_AGAIN: Final = 60.0  # seconds


class Links:
    """Empty links until the bot knows its own name."""

    name = "Telegram"

    def __init__(self, client: Client) -> None:
        self._client = client
        self._username = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Find out the username; ends when it is known, or with `stop`."""
        while not stop.is_set() and not self._username:
            try:
                self._username = (await self._client.me()).username or ""
            except SendError:  # the client has told the log
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), ASK_AGAIN)

    def start(self, payload: str) -> str:
        """Return the link that starts the chat with a payload (core.telegram.org/bots/features#deep-linking: up
        to 64 of A-Z a-z 0-9 _ -)."""
        return f"https://t.me/{self._username}?start={payload}" if self._username else ""
