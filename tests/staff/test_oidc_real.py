"""Logging in through the real oidc-provider-mock, over HTTP."""

from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from bot.domain.staff import Role
from bot.storage.engine import Database
from tests.staff.providers import RealClock, RealProvider, provider_of, way_from
from tests.staff.wiring import PASSWORD, Browser, Office

INSIDE = "/staff/account"
START = "/staff/oidc/start"


@pytest.fixture(scope="module")
def real() -> Iterator[RealProvider]:
    """The provider, for all tests of this file."""
    provider = RealProvider()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def office(sqlite_store: Database, real: RealProvider) -> Office:
    """An office of a town that has it."""
    clock = RealClock()
    return Office(
        sqlite_store, clock, provider=provider_of(real.issuer, clock), public_url="http://lotse.example"
    )


@pytest.fixture
async def browser(office: Office) -> AsyncIterator[Browser]:
    """A browser."""
    async with office.browser() as found:
        yield found


async def back_from(real: RealProvider, browser: Browser, subject: str, start: str = START) -> str:
    """Go there and log in; return where one is sent back to."""
    return await real.consent((await browser.get(start)).headers["Location"], subject)


async def arrive(browser: Browser, back: str) -> str:
    """Come back; return where one is led to."""
    answer = await browser.get(back)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def log_in(real: RealProvider, browser: Browser, subject: str) -> str:
    return await arrive(browser, await back_from(real, browser, subject))


async def is_inside(browser: Browser) -> bool:
    return (await browser.get(INSIDE)).status == 200


async def test_somebody_logs_in_and_has_an_account(
    office: Office, browser: Browser, real: RealProvider
) -> None:
    await real.know("amina", "lotse-duelmen", "lotse-havixbeck", "lotse-atlantis", "offline_access")
    assert "Anmelden mit Stadt Beispiel" in await browser.html("/staff/login?next=/staff/account%3Fa%3D1")
    answer = await browser.get(f"{START}?next=/staff/account%3Fa%3D1")
    way = answer.headers["Location"]
    assert way.startswith(f"{real.issuer}/oauth2/authorize?")
    for part in ("response_type=code", "scope=openid+profile", "code_challenge_method=S256", "nonce="):
        assert part in way
    before = browser.cookie
    back = await real.consent(way, "amina")
    assert await arrive(browser, back) == "/staff/account?a=1"
    assert browser.cookie != before
    page = await browser.html(INSIDE)
    assert "Sie melden sich über Stadt Beispiel an" in page
    assert 'name="old"' not in page  # no password to change
    async with office.store.read() as unit:
        account = await unit.staff.provided(real.issuer, "amina")
    assert account
    assert (account.staff.name, account.staff.role) == ("Frau Beispiel", Role.CLERK)
    assert account.staff.towns == {"duelmen", "havixbeck"}
    assert not account.is_ready  # no way in with a password


async def test_roles_are_taken_anew_at_each_login(
    office: Office, browser: Browser, real: RealProvider
) -> None:
    await real.know("boris", "lotse-duelmen")
    await log_in(real, browser, "boris")
    await real.know("boris", "lotse-vhs", "lotse-leitung", name="Ganz Anders")
    async with office.browser() as other:
        await log_in(real, other, "boris")
    async with office.store.read() as unit:
        account = await unit.staff.provided(real.issuer, "boris")
        assert account
        assert (account.staff.name, account.staff.role) == ("Frau Beispiel", Role.LEAD)
        assert account.staff.towns == account.staff.vhs == frozenset()
        assert [act.what for act in await unit.audit.listed()] == [
            *("staff.logged_in", "staff.reassigned", "staff.logged_in", "staff.provided")
        ]


async def test_who_has_no_role_stays_outside_and_whoever_lost_it_is_out(
    office: Office, browser: Browser, real: RealProvider
) -> None:
    """Removed at the provider: the next login ends what is still open elsewhere."""
    await real.know("carla", "lotse-duelmen")
    await log_in(real, browser, "carla")
    await real.know("carla", "etwas-anderes", "lotse-atlantis")  # a town that there is not
    async with office.browser() as other:
        led = await log_in(real, other, "carla")
        assert led == "/staff/login?said=role"
        assert "keine Aufgabe in Lotse" in await other.html(led)
        assert not await is_inside(other)
    assert not await is_inside(browser)


async def test_removed_role_ends_the_session_when_it_is_checked(
    office: Office, browser: Browser, real: RealProvider
) -> None:
    await real.know("daria", "lotse-duelmen")
    await log_in(real, browser, "daria")
    await real.know("daria")
    assert await is_inside(browser)
    office.clock.advance(minutes=16)
    way = await way_from(browser, f"{INSIDE}?a=1")
    assert "prompt=none" in way
    back = await real.consent(way, "daria")
    assert "error=" in back  # the real one keeps no session, so that it always wants to ask
    assert await arrive(browser, back) == "/staff/login?said=again&next=/staff/account%3Fa%3D1"
    assert not await is_inside(browser)
    office.clock.advance(minutes=-16)  # our clock went on, its did not
    assert await log_in(real, browser, "daria") == "/staff/login?said=role"
    assert not await is_inside(browser)


async def test_wrong_state_wrong_nonce_and_replayed_code(
    office: Office, browser: Browser, real: RealProvider
) -> None:
    await real.know("elif", "lotse-leitung")
    back = await back_from(real, browser, "elif")
    async with office.browser() as thief:  # a stolen address is worth nothing in another browser
        assert await arrive(thief, back) == "/staff/login?said=state"
        assert "abgelaufen" in await thief.html("/staff/login?said=state")
        assert not await is_inside(thief)
        # Nor with a state of their own: the token's nonce is another. (The real one does not look at the verifier.)
        own = await back_from(real, thief, "elif")
        mixed = back.split("code=")[1].split("&")[0]
        state = own.split("state=")[1].split("&")[0]
        with capture_logs() as logs:
            led = await arrive(thief, f"/staff/oidc/callback?code={mixed}&state={state}")
        assert led == "/staff/login?said=untrue"
        assert [line["reason"] for line in logs] == ["nonce"]
        assert not await is_inside(thief)
    assert await arrive(browser, back) == "/staff/login?said=untrue"  # used up by the thief
    back = await back_from(real, browser, "elif")
    cookies = list(browser.client.session.cookie_jar)
    assert await arrive(browser, back) == "/staff/tickets"
    assert await arrive(browser, back) == "/staff/login?said=state"
    # Even whoever kept the cookie cannot use the code twice.
    async with office.browser() as again:
        again.client.session.cookie_jar.update_cookies(
            {cookie.key: cookie.value for cookie in cookies if "oidc" in cookie.key}
        )
        assert await arrive(again, back) == "/staff/login?said=untrue"
    async with office.store.read() as unit:
        assert "staff.provider_refused" in [act.what for act in await unit.audit.listed()]


async def test_expired_or_early_tokens_are_refused_but_not_a_little_skew(
    office: Office, browser: Browser, real: RealProvider
) -> None:
    await real.know("fatma", "lotse-leitung")
    for seconds, led in (
        (2 * 3600, "/staff/login?said=untrue"),
        (-300, "/staff/login?said=untrue"),
        (-40, "/staff/tickets"),
        (40, "/staff/tickets"),
    ):
        async with office.browser() as one:
            office.clock.advance(seconds=seconds)
            assert await log_in(real, one, "fatma") == led, seconds
            office.clock.advance(seconds=-seconds)


async def test_changed_keys_are_fetched(office: Office, browser: Browser, real: RealProvider) -> None:
    await real.know("greta", "lotse-leitung")
    await log_in(real, browser, "greta")
    real.stop()
    real.start()
    office.clock.advance(seconds=11)
    await real.know("greta", "lotse-leitung")
    async with office.browser() as other:
        assert await log_in(real, other, "greta") == "/staff/tickets"


async def test_cancelled_there(office: Office, browser: Browser, real: RealProvider) -> None:
    way = (await browser.get(START)).headers["Location"]
    # The real one forgets the state with a refusal; a provider that keeps to RFC 6749 tells it.
    state = way.split("state=")[1].split("&")[0]
    back = await real.consent(way, "")
    assert "error=access_denied" in back
    assert await arrive(browser, f"{back}&state={state}") == "/staff/login?said=denied"
    assert "abgebrochen" in await browser.html("/staff/login?said=denied")


async def test_leaving_here_and_there(office: Office, browser: Browser, real: RealProvider) -> None:
    await real.know("hanna", "lotse-leitung")
    await log_in(real, browser, "hanna")
    left = await browser.post("/staff/logout", page=INSIDE)
    assert left.headers["Location"] == "/staff/login?said=out"
    page = await browser.html("/staff/login?said=out")
    assert "Sie sind bei Lotse abgemeldet" in page
    assert "Auch bei Stadt Beispiel abmelden" in page
    away = (await browser.get("/staff/oidc/logout")).headers["Location"]
    assert away.startswith(f"{real.issuer}/oauth2/end_session?client_id=lotse&post_logout_redirect_uri=")
    assert "id_token_hint" not in away  # it would stand in an address
    async with ClientSession() as session, session.get(away) as shown:
        assert shown.status == 200


async def test_provider_down_is_told_and_the_password_still_opens(
    office: Office, browser: Browser, real: RealProvider
) -> None:
    person = await office.join("Herr Muster", Role.LEAD)
    await real.know("ivan", "lotse-leitung")
    back = await back_from(real, browser, "ivan")
    real.stop()
    try:
        office.clock.advance(seconds=61)
        assert await arrive(browser, back) == "/staff/login?said=down"
        led = await arrive(browser, f"{START}?next=/staff/tickets")
        assert led == "/staff/login?said=down&next=/staff/tickets"
        assert "Stadt Beispiel antwortet gerade nicht" in await browser.html(led)
        assert (await browser.log_in(person, PASSWORD)).headers["Location"] == "/staff/tickets"
    finally:
        real.start()
