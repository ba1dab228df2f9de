"""The terminal as a channel: for trying the bot, and proof that the core knows no messenger."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TextIO
from uuid import uuid4

from bot.domain.capabilities import Capabilities
from bot.domain.message import Address, Choice, Inbound, Outbound
from bot.markup import to_plain

NAME = "console"
CAPABILITIES = Capabilities(formatting=False, needs_second_way=True)


class Console:
    """Prints what is sent; a number typed in is the button of that number."""

    name = NAME
    capabilities = CAPABILITIES

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._choices: tuple[Choice, ...] = ()
        self.address = Address(NAME, "terminal", uuid4().hex)

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Print the message with its buttons numbered."""
        if address == self.address:
            self._show(message)
        return str(message_id)

    def _show(self, message: Outbound) -> None:
        print(f"\n{to_plain(message.words)}", file=self._out)
        if message.footnote:
            print(f"({to_plain(message.footnote)})", file=self._out)
        if message.original:
            print(f"\n[{message.original_language}] {to_plain(message.original)}", file=self._out)
        if message.choices:
            self._choices = message.choices
        for number, choice in enumerate(message.choices, 1):
            print(f"  [{number}] {choice.label}", file=self._out)
        print(flush=True, file=self._out)

    def inbound(self, line: str, *, start: str = "") -> Inbound:
        """Return what the typed line means."""
        line = line.strip()
        number = int(line) if line.isdecimal() and len(line) < 3 else 0
        pressed = self._choices[number - 1] if 0 < number <= len(self._choices) else None
        text, choice = (pressed.label, pressed.id) if pressed else (line, "")
        return Inbound(self.address, uuid4().hex, datetime.now(UTC), text, choice, start)


async def converse(
    console: Console,
    lines: TextIO,
    receive: Callable[[Inbound], Awaitable[object]],
    settled: Callable[[], Awaitable[None]],
    start: str,
) -> None:
    """Read lines until the end of input; each is received and answered before the next is read."""
    await receive(console.inbound("", start=start))
    await settled()
    while line := await asyncio.to_thread(lines.readline):
        if line.strip():
            await receive(console.inbound(line))
            await settled()
