"""Asking again, what the provider tells us by itself, and what happens when it is not there."""

from joserfc.jwk import OctKey, RSAKey
from structlog.testing import capture_logs

from bot.domain.entering import PER_ADDRESS, UNCHECKED, WHOLE_DAY
from bot.service import provided
from bot.staff.oidc.tokens import LOGGED_OUT
from bot.storage.engine import Database
from tests.staff.providers import CLIENT, TownProvider, provider_of, there_and_back, way_from
from tests.staff.town import INSIDE, TOLD, browser, is_inside, log_in, office, tell, town
from tests.staff.wiring import Browser, Office

__all__ = ["browser", "office", "town"]

OTHER = RSAKey.generate_key(2048, {"kid": "first"})


async def test_asking_again_keeps_window_and_place(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    await log_in(browser)
    cookie = browser.cookie
    town.may("lotse-leitung")
    office.clock.advance(minutes=14)
    assert await is_inside(browser)
    office.clock.advance(minutes=2)
    # Forms and parts of pages are not sent elsewhere, not even by accident.
    for mark in ({"HX-Request": "true"}, {"Accept": "text/event-stream"}, {"Sec-Fetch-Dest": "image"}):
        assert "http-equiv" not in await (await browser.get(INSIDE, **mark)).text()
    csrf = await browser.csrf("/staff/login")
    posted = await browser.client.post(
        f"{INSIDE}/phone/done", data={"csrf": csrf, "code": "1"}, allow_redirects=False
    )
    assert posted.headers["Location"] == INSIDE
    tabs = [await there_and_back(browser, f"{INSIDE}?tab={tab}") for tab in (1, 2)]
    for tab, back in enumerate(tabs, 1):  # several windows at once do not get into each other's way
        assert (await browser.get(back)).headers["Location"] == f"{INSIDE}?tab={tab}"
    assert browser.cookie == cookie
    assert "Leitung" in await browser.html(INSIDE)
    # However often it is asked: ten hours are ten hours.
    way = ""
    for _ in range(int(WHOLE_DAY.total_seconds() // 900)):
        office.clock.advance(minutes=15)
        way = await way_from(browser, INSIDE)
        if not way.startswith(town.issuer):
            break
        await browser.get(await there_and_back(browser, INSIDE))
    assert way.startswith("/staff/login")


async def test_role_removed_or_session_ended_there(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    await log_in(browser)
    office.clock.advance(minutes=16)
    town.may()
    assert (await browser.get(await there_and_back(browser, INSIDE))).headers["Location"] == (
        "/staff/login?said=role"
    )
    assert not await is_inside(browser)
    town.may("lotse-leitung")
    await log_in(browser)
    office.clock.advance(minutes=16)
    town.has_session = False
    led = (await browser.get(await there_and_back(browser, INSIDE))).headers["Location"]
    assert led == f"/staff/login?said=again&next={INSIDE}"
    assert not await is_inside(browser)


async def test_somebody_else_logged_in_there_meanwhile(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    """At a shared computer: whom the provider means is inside, and nobody as the one before."""
    await log_in(browser)
    before = browser.cookie
    office.clock.advance(minutes=16)
    town.claims |= {"sub": "other", "name": "Frau Beispiel", "preferred_username": "b.beispiel"}
    await browser.get(await there_and_back(browser, INSIDE))
    assert browser.cookie != before
    assert "Frau Beispiel (b.beispiel)" in await browser.html(INSIDE)


async def test_an_outage_ends_nobody_s_work_at_once(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    await log_in(browser)
    town.broken = {"/.well-known/openid-configuration"}
    office.clock.advance(minutes=16)
    asked = len(town.asked)
    for _ in range(5):
        assert await is_inside(browser)
    assert len(town.asked) == asked + 1  # nobody waits for it at every click
    office.clock.moment += UNCHECKED
    assert not await is_inside(browser)
    led = (await browser.get("/staff/oidc/start")).headers["Location"]
    assert led == "/staff/login?said=down"
    office.clock.advance(seconds=10)
    town.broken = {"/token"}
    assert await log_in(browser) == "/staff/login?said=down"
    office.clock.advance(seconds=10)
    town.broken = set()
    assert await log_in(browser) == "/staff/tickets"


async def test_a_provider_that_was_taken_away_lets_nobody_stay(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    await log_in(browser)
    office.clock.advance(minutes=16)
    async with Office(office.store, office.clock).browser() as later:
        later.take(browser.cookie)
        assert (await later.get(INSIDE)).headers["Location"].startswith("/staff/login?said=again")


# --- the way there


async def test_tries_are_braked(office: Office, town: TownProvider) -> None:
    """What makes us ask the provider is counted by address; good logins are taken back."""
    async with office.browser("198.51.100.7") as browser:
        for _ in range(3):
            assert await log_in(browser) == "/staff/tickets"
        backs = [await there_and_back(browser) for _ in range(PER_ADDRESS.free + 1)]
        town.codes.clear()
        asked = town.asked.count("/token")
        led = [(await browser.get(back)).headers["Location"] for back in backs]
    assert led == ["/staff/login?said=untrue"] * PER_ADDRESS.free + ["/staff/login?said=often"]
    assert town.asked.count("/token") == asked + PER_ADDRESS.free


async def test_a_way_is_not_open_for_ever_nor_to_anywhere(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    back = await there_and_back(browser, "/staff/oidc/start?next=//evil.example/staff")
    office.clock.advance(minutes=10)
    assert (await browser.get(back)).headers["Location"] == "/staff/login?said=state"
    back = await there_and_back(browser, "/staff/oidc/start?next=https://evil.example")
    assert (await browser.get(back)).headers["Location"] == "/staff/tickets"
    jar = browser.client.session.cookie_jar
    assert not [
        cookie.key for cookie in jar if "oidc" in cookie.key and back.split("state=")[1][:16] in cookie.key
    ]
    forged = await there_and_back(browser)
    state = forged.split("state=")[1].split("&")[0]
    name = f"lotse-staff-oidc-{state[:16]}"
    [value] = [cookie.value for cookie in jar if cookie.key == name]
    for wrong in (value.replace(".0.", ".1."), value[:-1], "", "a.b.c.d.e", "ä"):
        jar.clear()
        jar.update_cookies({name: wrong})
        assert (await browser.get(forged)).headers["Location"] == "/staff/login?said=state"
    assert (await browser.get("/staff/oidc/callback")).headers["Location"] == "/staff/login?said=state"


async def test_nothing_secret_is_logged_or_in_an_address(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    with capture_logs() as logs:
        back = await there_and_back(browser)
        led = (await browser.get(back)).headers["Location"]
        await log_in(browser)
        town.lie = lambda claims: {**claims, "aud": "jemand-anders"}
        await log_in(browser)
        town.broken = {"/token"}
        await log_in(browser)
    assert led == "/staff/tickets"
    told = repr(logs)
    for secret in ("eyJ", "Geheimnis", "Beispiel", town.claims["sub"], back.split("code=")[1][:20]):
        assert secret not in told
    assert "Geheimnis" not in repr(office.provider.registered if office.provider else "")


# --- the back channel


async def test_logged_out_there_ends_the_sessions_here(store: Database, town: TownProvider) -> None:
    clock = town.clock
    office = Office(store, clock, provider=provider_of(town.issuer, clock), public_url="http://lotse.example")
    async with office.browser() as one, office.browser() as two, office.browser() as server:
        await log_in(one)
        town.claims["sid"] = "session-2"
        await log_in(two)
        assert await tell(server, town.logout_token(sid="session-1")) == 200
        assert [await is_inside(one), await is_inside(two)] == [False, True]
        await log_in(one)
        everywhere = town.logout_token()
        assert await tell(server, everywhere) == 200
        assert [await is_inside(one), await is_inside(two)] == [False, False]
        await log_in(one)
        assert await tell(server, everywhere) == 400  # a word counts once
        assert await is_inside(one)
        assert await tell(server, town.logout_token(sid="session-2", sub=None)) == 200
        assert not await is_inside(one)
        town.claims["sid"] = ""  # a provider that told no session: then all of the person
        await log_in(one)
        assert await tell(server, town.logout_token(sid="session-9")) == 200
        assert not await is_inside(one)
    async with store.read() as unit:
        acts = [act for act in await unit.audit.listed() if act.what == provided.PROVIDER_LOGGED_OUT]
    assert {act.about for act in acts} == {"staff:1"}


async def test_a_word_that_is_not_the_provider_s_ends_nothing(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    await log_in(browser)
    now = int(town.clock.now().timestamp())
    claims = {"iss": town.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "jti": "1", "nonce": "n"}
    good = {**claims, "sub": town.claims["sub"], "events": {LOGGED_OUT: {}}}
    del good["nonce"]
    wrong = [
        town.logout_token(nonce="n"),
        town.logout_token(events=None),
        town.logout_token(events={"http://schemas.openid.net/event/anders": {}}),
        town.logout_token(events=[LOGGED_OUT]),
        town.logout_token(sub=None),
        town.logout_token(jti=None),
        town.logout_token(iss="https://anders.example"),
        town.logout_token(aud="jemand-anders"),
        town.logout_token(iat=now - 181, exp=now + 60),
        town.logout_token(exp=now - 61),
        town.logout_token(iat=now + 61),
        town.signed({**claims, "sub": town.claims["sub"]}),  # an ID token
        town.signed(good, key=OTHER),
        town.signed(good, alg="HS256", key=OctKey.import_key("x" * 40, {"kid": "first"})),
        "kein Token",
        "",
    ]
    async with office.browser() as server:
        for token in wrong:
            assert await tell(server, token) == 400, token
        garbage = await server.client.post(
            TOLD, data=b"\xff", headers={"Content-Type": "multipart/form-data"}
        )
        assert garbage.status == 400
        assert garbage.headers["Cache-Control"] == "no-store"
        assert (await server.client.get(TOLD)).status == 405
        assert await is_inside(browser)
        town.broken = {"/keys"}
        town.clock.advance(minutes=6)
        assert await tell(server, town.logout_token()) == 503  # not a refusal: it may be true
        town.broken = set()
        town.clock.advance(seconds=10)
        assert await tell(server, town.signed(good | {"iat": now + 360, "exp": None})) == 400
        assert await tell(server, town.logout_token(exp=None)) == 200  # an older Keycloak
        assert not await is_inside(browser)
