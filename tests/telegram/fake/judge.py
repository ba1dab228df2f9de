"""python-telegram-bot as a judge of the fake Telegram: fixtures, and a check that it knows every field it got."""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import pytest
from telegram import Bot, TelegramObject, Update
from telegram.request import HTTPXRequest

from tests.telegram.fake import FakeTelegram, Person

T = TypeVar("T")


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it python-telegram-bot warns that RetryAfter will change."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    async with client(fake) as bot:
        yield bot


def client(fake: FakeTelegram, token: str = "") -> Bot:
    """Return a bot of python-telegram-bot with its own carrier, for the fake's token or another one."""
    # There is nothing to verify on plain HTTP, and reading the certificates takes longer than most tests.
    carriers = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    return Bot(
        token or fake.token,
        base_url=fake.base_url,
        base_file_url=fake.base_file_url,
        request=carriers[0],
        get_updates_request=carriers[1],
    )


@pytest.fixture
def samira(fake: FakeTelegram) -> Person:
    """Somebody who has started the bot; the update of it is gone."""
    samira = fake.person("ar", "سميرة", username="samira")
    samira.start()
    fake.world.updates.drop()
    return samira


def strict(thing: T) -> T:
    """Return an object after checking that python-telegram-bot knew every field in it, at any depth."""
    assert isinstance(thing, TelegramObject)
    left = dict(thing.api_kwargs)
    assert not left, f"{type(thing).__name__} has unknown fields {left}"
    for name in (slot for cls in type(thing).__mro__ for slot in getattr(cls, "__slots__", ())):
        value = getattr(thing, name, None)
        for part in value if isinstance(value, tuple) else (value,):
            for inner in part if isinstance(part, tuple) else (part,):
                if isinstance(inner, TelegramObject) and not isinstance(inner, Bot):
                    strict(inner)
    return thing


async def told(bot: Bot, **options: Any) -> list[Update]:
    """Return what waits for the bot, and confirm it."""
    updates = [strict(update) for update in await bot.get_updates(**options)]
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates
