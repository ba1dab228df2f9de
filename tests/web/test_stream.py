"""The event stream: what arrives live, what a reconnect brings, and when it ends."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import ClientResponse

from bot.channels.web import stream
from bot.domain.message import Author, Delivery, Inbound, Outbound
from bot.service.ports import DESK
from tests.web.wiring import Client, Wiring, browsing, post


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    name: str
    data: str
    number: str


class Listening:
    """A browser's end of the stream."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def next(self) -> Event:
        """Return the next event; comments are passed over."""
        async with asyncio.timeout(20):
            while True:
                block = (await self.response.content.readuntil(b"\n\n")).decode()
                fields = [
                    line.partition(": ")[::2] for line in block.splitlines() if not line.startswith(":")
                ]
                if not any(name == "event" for name, _ in fields):
                    continue
                data = "\n".join(value for name, value in fields if name == "data")
                values = dict(fields)
                return Event(values["event"], data, values.get("id", ""))

    async def words(self) -> str:
        """Return the words of the next message, whatever is said of writing before it."""
        while (event := await self.next()).name == "writing":
            pass
        return said(event)

    async def has_ended(self) -> bool:
        """True once the server has closed the stream."""
        async with asyncio.timeout(20):
            return await self.response.content.read() == b"" or self.response.content.at_eof()


@asynccontextmanager
async def listening(client: Client, query: str = "lang=de", last: str = "") -> AsyncIterator[Listening]:
    """Open the stream."""
    headers = {"Last-Event-ID": last} if last else {}
    async with client.get(f"/api/events?{query}", headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Security-Policy"]
        yield Listening(response)


def said(event: Event) -> str:
    """Return the words of a message event."""
    assert event.name == "message", event
    return re.sub(
        r"<[^>]*>", "", event.data.partition('class="text"')[2].partition(">")[2].partition("</div>")[0]
    )


def answer(inbound: Inbound) -> list[Outbound]:
    """Answer with the same words."""
    return [Outbound(f"Antwort auf {inbound.text}", "de")]


async def test_messages_arrive_in_order(client: Client, wiring: Wiring) -> None:
    wiring.reply = answer
    await post(client, "Frage eins")
    async with listening(client) as live:
        assert [await live.words() for _ in range(2)] == ["Frage eins", "Antwort auf Frage eins"]
        await post(client, "Frage zwei")
        assert [await live.words() for _ in range(2)] == ["Frage zwei", "Antwort auf Frage zwei"]
        await wiring.say(Outbound("Noch etwas", "de"))
        assert await live.words() == "Noch etwas"


async def test_a_reconnect_brings_what_was_missed(client: Client, wiring: Wiring) -> None:
    wiring.reply = answer
    await post(client, "Frage eins")
    async with listening(client) as live:
        await live.next()
        last = (await live.next()).number
    await post(client, "Frage zwei")
    async with listening(client, query="after=1", last=last) as live:
        assert said(await live.next()) == "Frage zwei"
    async with listening(client, query=f"after={last}") as live:
        assert said(await live.next()) == "Frage zwei"
    for nonsense in ("x", "-1", "9" * 30, "1;2"):
        async with listening(client, last=nonsense) as live:
            assert said(await live.next()) == "Frage eins"


async def test_an_answer_numbered_early_and_sent_late_is_not_missed(client: Client, wiring: Wiring) -> None:
    await post(client, "Frage eins")
    async with wiring.store.write() as unit:
        found = await unit.contacts.find(wiring.received[0].address)
        assert found
        await unit.outbox.put(
            found[0].id, found[1], Outbound("Späte Antwort", "de"), "late", wiring.clock.now()
        )
    await post(client, "Frage zwei")
    async with listening(client) as live:
        first, second = await live.next(), await live.next()
        assert [said(first), said(second)] == ["Frage eins", "Frage zwei"]
        assert (await live.next()).name == "writing"
        await wiring.sender.send_once()
        await wiring.notifier.publish(f"web:{found[0].id}")
        assert said(await live.next()) == "Späte Antwort"


async def test_the_stream_says_when_an_answer_is_coming(client: Client, wiring: Wiring) -> None:
    await post(client, "Wie melde ich mich an?")
    async with listening(client) as live:
        await live.next()
        assert (await live.next()) == Event("writing", "yes", "")
        await wiring.say(Outbound("So.", "de"))
        assert said(await live.next()) == "So."
        assert (await live.next()) == Event("writing", "no", "")


async def test_the_stream_does_not_promise_for_ever(
    client: Client, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "IMPATIENT", 0.05)
    await post(client, "Wie melde ich mich an?")
    async with listening(client) as live:
        await live.next()
        assert (await live.next()).data == "yes"
        wiring.clock.advance(seconds=16)
        assert (await live.next()) == Event("writing", "no", "")


async def test_the_stream_tells_of_another_language(client: Client, wiring: Wiring) -> None:
    wiring.reply = answer
    await post(client, "Frage eins")
    async with listening(client, "lang=de") as live:
        await live.next()
        await live.next()
        await wiring.choose("ar")
        assert (await live.next()) == Event("language", "ar", "")
    async with listening(client, "lang=ar") as live:
        assert "أنت" in (await live.next()).data


async def test_an_erased_conversation_ends_the_stream(
    client: Client, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "IMPATIENT", 0.05)
    await post(client, "Vergiss mich")
    async with listening(client) as live:
        await live.next()
        await live.next()
        await wiring.erase()
        assert (await live.next()).name == "gone"
        assert await live.has_ended()


async def test_without_a_conversation_there_is_no_stream(client: Client, wiring: Wiring) -> None:
    async with client.get("/api/events") as response:
        assert response.status == 204


async def test_a_session_has_five_streams_at_most(client: Client, wiring: Wiring) -> None:
    await post(client, "Hallo zusammen")
    held = [await client.get("/api/events") for _ in range(stream.MOST_PER_SESSION)]
    async with client.get("/api/events") as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "30"
    for one in held:
        one.close()
    await wiring.say(Outbound("Wer hört zu?", "de"))  # writing to a closed connection finds out
    async with asyncio.timeout(20):
        while (response := await client.get("/api/events")).status == 429:
            await wiring.say(Outbound("Noch jemand?", "de"))
            await asyncio.sleep(0.05)
    response.close()


async def test_a_process_has_so_many_streams_at_most(
    client: Client, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gets none is told so, and to come back; everybody else keeps theirs."""
    monkeypatch.setattr(stream, "MOST", 2)
    await post(client, "Hallo zusammen")
    async with browsing(wiring) as second, browsing(wiring) as third:
        await post(second, "Guten Tag")
        await post(third, "Ich auch")
        async with listening(client) as first, listening(second):
            async with third.get("/api/events") as response:
                assert response.status == 503
                assert response.headers["Retry-After"] == "30"
                assert "warten" in await response.text()
            await first.next()


async def test_a_stopping_server_ends_the_streams(client: Client, wiring: Wiring) -> None:
    await post(client, "Hallo zusammen")
    async with listening(client) as live:
        await live.next()
        await wiring.channel.close_streams(client.app)
        assert await live.has_ended()


async def test_the_heartbeat_keeps_proxies_patient(
    client: Client, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    wiring.reply = answer
    await post(client, "Frage eins")
    async with listening(client) as live, asyncio.timeout(20):
        await live.next()
        await live.next()
        assert await live.response.content.readuntil(b"\n\n") == b": still here\n\n"


async def test_a_page_that_has_an_answer_of_a_person_says_so(client: Client, wiring: Wiring) -> None:
    """Delivered; whether anybody looks at the page, it tells by itself."""
    await post(client, "Hallo zusammen")
    async with wiring.notifier.subscribe(DESK) as desk, listening(client) as heard:
        assert "Hallo" in await heard.words()
        await wiring.say(Outbound("vom Programm", "de"))
        assert "vom Programm" in await heard.words()
        await wiring.say(Outbound("von uns", "de", author=Author.STAFF))
        assert "von uns" in await heard.words()
        while await _states(wiring) != [Delivery.DELIVERED] * 2:
            assert await desk.wait(20)


async def _states(wiring: Wiring) -> list[Delivery | None]:
    async with wiring.store.read() as unit:
        found = await unit.contacts.find(wiring.received[-1].address)
        assert found
        return [message.delivery for message in await unit.messages.latest(found[0].id, 2)]
