"""Fixtures of the web chat's tests."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.web import chat
from bot.storage.engine import Database
from tests.web.wiring import Client, Wiring, browsing


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shortly for answers that never come."""
    monkeypatch.setattr(chat, "PATIENCE", 0.05)


@pytest.fixture
def wiring(sqlite_store: Database) -> Wiring:
    """The page over SQLite; it says nothing until a test tells it what."""
    return Wiring(sqlite_store)


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[Client]:
    """A browser without JavaScript."""
    async with browsing(wiring) as found:
        yield found
