"""How the fake Telegram brings updates: by polling, and to a webhook."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict

from tests.telegram.fake import FakeTelegram, Person, faults
from tests.telegram.fake.judge import bot, client, durations_as_timedelta, fake, samira, strict

__all__ = ["bot", "durations_as_timedelta", "fake", "samira"]  # fixtures

SECRET = "s3cret_token-of-a-test"


async def test_offset_confirms_and_limit_cuts(bot: Bot, samira: Person) -> None:
    for number in range(5):
        samira.says(str(number))
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["0", "1"]
    again = await bot.get_updates(offset=first[0].update_id + 1)
    assert [update.message.text for update in again if update.message] == ["1", "2", "3", "4"]
    (last,) = await bot.get_updates(offset=-1)
    assert last.update_id == first[0].update_id + 4
    assert await bot.get_updates(offset=last.update_id + 1) == ()


async def test_a_long_poll_ends_with_the_first_update(bot: Bot, samira: Person) -> None:
    polling = asyncio.ensure_future(bot.get_updates(timeout=30, allowed_updates=["message"]))
    await asyncio.sleep(0.05)
    samira.blocks_bot()  # not asked for
    samira.unblocks_bot()
    samira.says("Hallo")
    (update,) = await polling
    assert update.message
    assert update.message.text == "Hallo"
    assert len(await bot.get_updates()) == 1  # the next poll remembers what was asked for


async def test_two_pollers_are_a_conflict(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    older = asyncio.ensure_future(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    async with client(fake) as second:
        newer = asyncio.ensure_future(second.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older
        await bot.set_webhook("https://127.0.0.1:9/hook")
        with pytest.raises(Conflict, match="terminated by setWebhook"):
            await newer
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    samira.says("wartet")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


@dataclass
class Hook:
    """A bot's webhook that keeps what it is sent, and answers as told."""

    got: list[Update] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        update = Update.de_json(await request.json(), None)
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        await asyncio.sleep(0.002)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.got.append(strict(update))
        return web.Response(status=status)

    def texts(self, person: Person) -> list[str | None]:
        """Return what came from a person, in its order."""
        return [u.message.text for u in self.got if u.message and u.message.chat.id == person.id]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until enough has come."""
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - the bot's side has nothing to signal with
                await asyncio.sleep(0.005)


@pytest.fixture
async def hook(bot: Bot) -> AsyncIterator[Hook]:
    async with listening() as hook:
        await bot.set_webhook(hook.url, secret_token=SECRET, max_connections=4)
        yield hook


@asynccontextmanager
async def listening() -> AsyncIterator[Hook]:
    """Serve a webhook on a free port."""
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    async with TestServer(app) as server:
        hook.url = str(server.make_url("/hook"))
        yield hook


async def test_a_webhook_gets_everything_in_the_order_of_each_chat(
    bot: Bot, fake: FakeTelegram, hook: Hook
) -> None:
    people = [fake.person() for _ in range(8)]
    hook.statuses = [503, 200, 500, 404, 503, 200, 503]
    fake.faults.shuffled = True
    for number in range(5):
        for person in people:
            person.says(str(number))
    await hook.until(lambda: len(hook.got) == 40)
    assert [hook.texts(person) for person in people] == [["0", "1", "2", "3", "4"]] * 8
    assert hook.secrets == {SECRET}
    chats = [update.message.chat.id for update in hook.got if update.message]
    assert chats != [person.id for _ in range(5) for person in people]
    assert sum(delivery.status != 200 for delivery in fake.deliveries) == 5
    info = strict(await bot.get_webhook_info())
    assert info.last_error_message
    assert info.last_error_message.startswith("Wrong response from the webhook: ")
    assert (info.max_connections, info.url) == (4, hook.url)


async def test_a_webhook_gets_updates_twice(fake: FakeTelegram, samira: Person, hook: Hook) -> None:
    fake.faults.add(faults.twice())
    samira.says("eins")
    await hook.until(lambda: len(hook.got) == 2)
    fake.faults.add(faults.lost_answer(), faults.DELIVERY)  # taken by the bot, but Telegram does not know
    samira.says("zwei")
    await hook.until(lambda: len(hook.got) == 4)
    assert hook.texts(samira) == ["eins", "eins", "zwei", "zwei"]
    assert hook.got[2].update_id == hook.got[3].update_id


async def test_one_chat_that_is_late_does_not_hold_up_another(
    fake: FakeTelegram, samira: Person, hook: Hook
) -> None:
    olena = fake.person("uk")
    fake.faults.add(faults.slow(0.3), faults.DELIVERY, samira)
    samira.says("spät")
    samira.says("danach")
    olena.says("sofort")
    await hook.until(lambda: len(hook.got) == 3)
    assert [update.message.text for update in hook.got if update.message] == ["sofort", "spät", "danach"]


async def test_a_webhook_that_is_down_gets_what_waited(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    samira.says("wartet")
    async with asyncio.timeout(5):
        while not (info := await bot.get_webhook_info()).last_error_message:
            await fake.world.changed.next()
    assert (info.last_error_message, info.pending_update_count) == ("Connection refused", 1)
    async with listening() as hook:
        await bot.set_webhook(hook.url)
        await hook.until(lambda: hook.texts(samira) == ["wartet"])
        assert hook.secrets == {None}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"url": "http://example.org/hook"}, "HTTPS URL must be provided"),
        ({"url": "https://example.org/hook", "secret_token": "a b"}, "unallowed characters"),
        ({"url": "https://example.org/hook", "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": "https://example.org/hook", "max_connections": 101}, "max_connections"),
    ],
)
async def test_wrong_webhooks_are_refused(bot: Bot, arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){reason}"):
        await bot.set_webhook(**arguments)
