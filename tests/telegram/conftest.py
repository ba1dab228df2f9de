"""A Telegram, and Lotse on it."""

from collections.abc import AsyncIterator

import pytest

from bot.service.mind import Mind
from bot.service.ports import Store
from tests.telegram.driver import Lotse, polling
from tests.telegram.fake import FakeTelegram


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """A Telegram on a free port."""
    async with FakeTelegram() as running:
        yield running


@pytest.fixture
async def lotse(fake: FakeTelegram, sqlite_store: Store, mind: Mind) -> AsyncIterator[Lotse]:
    """Lotse that fetches its updates."""
    bot = Lotse(fake, sqlite_store, mind)
    async with polling(bot):
        yield bot
