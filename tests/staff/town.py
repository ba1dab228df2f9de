"""What the tests of the town's provider share: an office whose town has the provider of ours, and the way in."""

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.storage.engine import Database
from tests.fakes import FakeClock
from tests.staff.providers import TownProvider, provider_of, there_and_back, town_provider
from tests.staff.wiring import Browser, Office

INSIDE = "/staff/account"
TOLD = "/staff/oidc/backchannel"


@pytest.fixture
async def town() -> AsyncIterator[TownProvider]:
    """A provider of ours."""
    async with town_provider(FakeClock()) as found:
        yield found


@pytest.fixture
def office(sqlite_store: Database, town: TownProvider) -> Office:
    """An office whose town has it."""
    provider = provider_of(town.issuer, town.clock)
    return Office(sqlite_store, town.clock, provider=provider, public_url="http://lotse.example")


@pytest.fixture
async def browser(office: Office) -> AsyncIterator[Browser]:
    """A browser."""
    async with office.browser() as found:
        yield found


async def log_in(browser: Browser) -> str:
    """Go there and back; return where one is led to."""
    answer = await browser.get(await there_and_back(browser))
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def refused_for(browser: Browser) -> str:
    """Log in, which must fail; return why, as the log has it."""
    with capture_logs() as logs:
        assert await log_in(browser) == "/staff/login?said=untrue"
    assert not await is_inside(browser)
    [line] = logs
    return str(line["reason"])


async def is_inside(browser: Browser) -> bool:
    answer = await browser.get(INSIDE)
    return answer.status == 200 and "http-equiv" not in await answer.text()


async def tell(browser: Browser, token: str) -> int:
    """Say by the back channel, as a server without cookies does."""
    browser.client.session.cookie_jar.clear()
    return (await browser.client.post(TOLD, data={"logout_token": token})).status
