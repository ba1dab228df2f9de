"""Fixtures of the tests of the desk's way in."""

from collections.abc import AsyncIterator

import pytest

from bot.storage.engine import Database
from tests.staff.wiring import Browser, Office


@pytest.fixture
def office(sqlite_store: Database) -> Office:
    """The pages of the staff over SQLite."""
    return Office(sqlite_store)


@pytest.fixture
async def browser(office: Office) -> AsyncIterator[Browser]:
    """A browser that nobody has used."""
    async with office.browser() as found:
        yield found
