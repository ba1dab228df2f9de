"""Plays Telegram's Bot API over loopback HTTP: brings messages, takes the answers, and counts.

Written by hand on sockets, because it must cost little beside the bot that is measured; the tests' fake Telegram
checks everything that it is sent. It knows only what an echo bot and Lotse need.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

TOKEN = "8200000001:AAInventedForTheBenchmarkOnly_0123456"  # noqa: S105 - of no bot that exists
SECRET = "a-secret-of-the-benchmark-only"  # noqa: S105 - as above
DELIVERIES_AT_ONCE = 40  # Telegram's default for a webhook
COME_AGAIN_AFTER = 0.1  # seconds after a delivery that failed
MOST_UPDATES = 100
BOT = {"id": 8200000001, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}


@dataclass(slots=True)
class Message:
    """What a newcomer wrote: `said_at` and `answered_at` in seconds of the monotonic clock."""

    chat: int
    update: int
    said_at: float
    is_acknowledged: bool = False
    answered_at: float | None = None


@dataclass
class Traffic:
    """What was said and answered. `extra` counts further messages of an answer, `repeated` those that say the same
    in the same chat again; `calls` counts the methods that the bot called."""

    messages: list[Message] = field(default_factory=list)
    answered: int = 0
    extra: int = 0
    repeated: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    def lost(self) -> int:
        """Return how many messages were acknowledged and never answered."""
        return sum(one.is_acknowledged and one.answered_at is None for one in self.messages)

    def open(self) -> int:
        """Return how many messages have no answer."""
        return len(self.messages) - self.answered

    def seconds(self, since: float, until: float) -> list[float]:
        """Return how long the answers took that came in a span of time, in order of length."""
        return sorted(
            one.answered_at - one.said_at
            for one in self.messages
            if one.answered_at is not None and since <= one.answered_at < until
        )


class BotApi:
    """The server for one bot. With `webhook` it delivers there; else the bot fetches.

    `chats` are the ids to write from, one message each; when they end, nobody writes.
    """

    def __init__(self, text: str, chats: Iterator[int], webhook: str = "") -> None:
        self.text = text
        self.chats = chats
        self.webhook = webhook
        self.traffic = Traffic()
        self.address = ""
        self.is_fetched = asyncio.Event()
        self._goes_on = False
        self._newest: dict[int, Message] = {}  # by chat
        self._said: dict[int, set[str]] = {}  # what the bot said, by chat
        self._updates: dict[int, tuple[Message, dict[str, Any]]] = {}  # not acknowledged, in their order
        self._to_deliver: asyncio.Queue[int] = asyncio.Queue()
        self._fetching: tuple[_Connection, asyncio.TimerHandle] | None = None
        self._number = 0
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "BotApi":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        if self.webhook:
            # The program's one owner of tasks is a rule of the product; this is its counterpart.
            self._tasks = [loop.create_task(self._deliver()) for _ in range(DELIVERIES_AT_ONCE)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server:
            self._server.close()

    # --- the newcomers

    def write(self, at_once: int) -> None:
        """Let so many chats write now, and another one as soon as one is answered."""
        self._goes_on = True
        for _ in range(at_once):
            self._go_on()

    def say(self, text: str) -> None:
        """Let the next chat write once, whether anybody was answered or not."""
        self.text = text
        if chat := next(self.chats, None):
            self._say(chat)

    def fall_silent(self) -> None:
        """Write nothing new."""
        self._goes_on = False

    async def until_answered(self, patience: float) -> None:
        """Wait until everything is answered, or for so many seconds nothing was."""
        answered, since = self.traffic.answered, time.monotonic()
        while self.traffic.open() and time.monotonic() - since < patience:
            await asyncio.sleep(0.05)
            if self.traffic.answered != answered:
                answered, since = self.traffic.answered, time.monotonic()

    def _go_on(self) -> None:
        if self._goes_on and (chat := next(self.chats, None)):
            self._say(chat)

    def _say(self, chat: int) -> None:
        self._number += 1
        message = Message(chat, self._number, time.monotonic())
        self.traffic.messages.append(message)
        self._newest[chat] = message
        self._updates[self._number] = (message, _update(self._number, chat, self.text))
        if self.webhook:
            self._to_deliver.put_nowait(self._number)
        else:
            self._hand_out()

    def _hear(self, chat: int, text: str) -> None:
        said = self._said.setdefault(chat, set())
        message = self._newest.get(chat)
        if message and message.answered_at is None:
            message.answered_at = time.monotonic()
            self.traffic.answered += 1
            self._go_on()
        elif text in said:
            self.traffic.repeated += 1
        else:
            self.traffic.extra += 1
        said.add(text)

    # --- the methods

    def call(self, connection: "_Connection", method: str, body: bytes) -> None:
        """Carry out a call and answer it, at once or later."""
        self.traffic.calls[method] += 1
        values = {name: found[0] for name, found in parse_qs(body.decode()).items()}
        if method == "sendMessage":
            chat, text = int(values["chat_id"]), values["text"]
            connection.answer(_sent(self._number + self.traffic.calls[method], chat, text))
            self._hear(chat, text)
        elif method == "getUpdates":
            self._fetch(connection, int(values.get("offset", 0)), float(values.get("timeout", 0)))
        elif method == "getMe":
            connection.answer(BOT)
        elif method == "getWebhookInfo":
            connection.answer(
                {
                    "url": self.webhook,
                    "has_custom_certificate": False,
                    "pending_update_count": len(self._updates),
                }
            )
        else:
            connection.answer(True)

    def _fetch(self, connection: "_Connection", offset: int, wait: float) -> None:
        for number in [number for number in self._updates if number < offset]:
            self._acknowledged(number)
        if self._fetching:
            self._fetching[1].cancel()
        later = asyncio.get_running_loop().call_later(wait, self._hand_out, True)
        self._fetching = (connection, later)
        self.is_fetched.set()
        self._hand_out()

    def _hand_out(self, even_nothing: bool = False) -> None:
        if self._fetching is None or not (self._updates or even_nothing):
            return
        connection, later = self._fetching
        self._fetching = None
        later.cancel()
        connection.answer([update for _, update in islice(self._updates.values(), MOST_UPDATES)])

    def left(self, connection: "_Connection") -> None:
        """Forget who hung up while fetching."""
        if self._fetching and self._fetching[0] is connection:
            self._fetching[1].cancel()
            self._fetching = None

    def _acknowledged(self, number: int) -> None:
        message, _ = self._updates.pop(number)
        message.is_acknowledged = True

    # --- the webhook

    async def _deliver(self) -> None:
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        host, _, rest = self.webhook.removeprefix("http://").partition(":")
        port, _, path = rest.partition("/")
        while True:
            number = await self._to_deliver.get()
            request = _post(host, f"/{path}", json.dumps(self._updates[number][1]).encode())
            while True:
                try:
                    streams = streams or await asyncio.open_connection(host, int(port))
                    streams[1].write(request)
                    if await _status(streams[0]) // 100 == 2:
                        break
                except (OSError, asyncio.IncompleteReadError):
                    if streams:
                        streams[1].close()
                    streams = None
                await asyncio.sleep(COME_AGAIN_AFTER)
            self._acknowledged(number)


class _Connection(asyncio.Protocol):
    """One connection of the bot's; requests come one after the other, each with its length."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._api.left(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].decode()
            length = _length(head)
            if len(self._buffer) < end + 4 + length:
                return
            body = self._buffer[end + 4 : end + 4 + length]
            self._buffer = self._buffer[end + 4 + length :]
            path = head.split(" ", 2)[1]
            self._api.call(self, path.partition("?")[0].rpartition("/")[2], body)

    def answer(self, result: object) -> None:
        """Send a result; nobody hears it if the bot hung up meanwhile."""
        if self._transport is None:
            return
        body = json.dumps({"ok": True, "result": result}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    await reader.readexactly(_length(head))
    return int(head.split(" ", 2)[1])


def _post(host: str, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _update(number: int, chat: int, text: str) -> dict[str, Any]:
    person = {"id": chat, "first_name": "Samira"}
    message: dict[str, Any] = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {**person, "type": "private"},
        "from": {**person, "is_bot": False, "language_code": "de"},
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return {"update_id": number, "message": message}


def _sent(number: int, chat: int, text: str) -> dict[str, Any]:
    return {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": chat, "first_name": "Samira", "type": "private"},
        "from": BOT,
        "text": text,
    }
