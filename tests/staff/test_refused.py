"""What must not get in: forged forms, guesses, foreign addresses, markup in names."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest
from aiohttp import web
from argon2 import PasswordHasher
from markupsafe import escape

from bot.domain.entering import PER_ACCOUNT, PER_ADDRESS
from bot.domain.staff import Role, Staff
from bot.service.passwords import Passwords
from bot.staff.web import Gate, Session
from bot.staff.web.pages import home
from bot.staff.web.visit import is_inside
from bot.storage.engine import Database
from tests.fakes import FakeClock
from tests.staff.providers import RealClock
from tests.staff.rules import PARTS, RULES, SIGNED
from tests.staff.test_matrix import app
from tests.staff.wiring import PASSWORD, Browser, Office, csrf_in

__all__ = ["app"]

INSIDE = "/staff/account"
WRONG = "falsch geraten"
FORMS = {
    name.split()[1]: allowed
    for name, allowed in RULES.items()
    if name.startswith("POST ") and name not in SIGNED
}


@pytest.mark.parametrize("path", FORMS)
async def test_forged_forms_are_refused(sqlite_store: Database, app: web.Application, path: str) -> None:
    """Of the real application, so that no route is left out that only it serves."""
    office = Office(sqlite_store, RealClock())
    office.app = app
    async with office.browser() as browser:
        await _forge(office, browser, path)


async def _forge(office: Office, browser: Browser, path: str) -> None:
    person = await office.join("Frau Beispiel", min(FORMS[path] or Role))
    path = path.format_map(PARTS)
    browser.take(person.token)
    own = csrf_in(await browser.html(INSIDE))
    async with office.browser() as other:
        others = await other.csrf()
    forged: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf": ""}, {}),
        ({"csrf": others}, {}),
        ({"csrf": own[:-1]}, {}),
        ({"csrf": "ö" * 64}, {}),
        ({"csrf": own}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf": own}, {"Sec-Fetch-Site": "same-site"}),
        ({"csrf": own}, {"Origin": "https://evil.example"}),
        ({"csrf": own}, {"Origin": "null"}),
    ]
    for fields, headers in forged:
        answer = await browser.client.post(path, data=fields, headers=headers, allow_redirects=False)
        assert answer.status == 403, (fields, headers)
    garbage = await browser.client.post(path, data=b"\xff", headers={"Content-Type": "multipart/form-data"})
    assert garbage.status == 403
    assert (await browser.get(INSIDE)).status == 200  # nothing of it logged anybody out


async def test_the_form_token_before_the_login_is_worth_nothing_after_it(
    office: Office, browser: Browser
) -> None:
    before = await browser.csrf()
    await browser.log_in(await office.join("Frau Beispiel"))
    answer = await browser.client.post("/staff/logout", data={"csrf": before}, allow_redirects=False)
    assert answer.status == 403


async def guess(browser: Browser, name: str, password: str = WRONG) -> int:
    return (await browser.post("/staff/login", {"name": name, "password": password})).status


async def test_guesses_are_braked_over_two_workers_at_once(store: Database) -> None:
    """Twenty guesses that arrive together at two workers: no more are looked at than of one after the other."""
    first = Office(store)
    second = Office(store, clock=first.clock)
    await first.join("Frau Beispiel")
    async with first.browser("198.51.100.1") as one, second.browser("198.51.100.2") as two:
        told = await asyncio.gather(*(guess(browser, "Frau Beispiel") for browser in (one, two) * 10))
        assert told.count(422) == PER_ACCOUNT.free
        assert told.count(429) == 20 - PER_ACCOUNT.free
        # The right password is not even looked at, and who waits is let in.
        assert await guess(one, "frau  BEISPIEL", PASSWORD) == 429
        first.clock.moment += PER_ACCOUNT.first
        assert await guess(two, "Frau Beispiel") == 422
        first.clock.moment += PER_ACCOUNT.first
        assert await guess(two, "Frau Beispiel", PASSWORD) == 429  # the wait has doubled
        first.clock.moment += PER_ACCOUNT.first
        assert await guess(two, "Frau Beispiel", PASSWORD) == 303


async def test_nobody_is_kept_out_by_others_who_guess(office: Office) -> None:
    """A browser that was inside before has a brake of its own, for that name only."""
    person, other = await office.join("Frau Beispiel"), await office.join("Herr Muster")
    async with office.browser("192.0.2.1") as own, office.browser("198.51.100.1") as thief:
        await own.log_in(person)
        office.clock.advance(seconds=30)
        for _ in range(PER_ACCOUNT.free):
            await guess(thief, person.name)
            await guess(thief, other.name)
        assert await guess(thief, person.name, PASSWORD) == 429
        assert await guess(own, other.name, PASSWORD) == 429
        assert await guess(own, person.name, PASSWORD) == 303
        cookies = own.client.session.cookie_jar
        [device] = [cookie.value for cookie in cookies if cookie.key == "lotse-staff-device"]
        # It is braked like everybody else, and cannot be made up.
        told = [await guess(own, person.name) for _ in range(PER_ACCOUNT.free + 1)]
        assert told == [422] * PER_ACCOUNT.free + [429]
        thief.client.session.cookie_jar.update_cookies({"lotse-staff-device": "x" + device[1:]})
        assert await guess(thief, person.name, PASSWORD) == 429


async def test_an_address_that_tries_many_names_is_braked(office: Office) -> None:
    async with office.browser("198.51.100.7") as thief, office.browser("198.51.100.8") as colleague:
        told = [await guess(thief, f"Name {number}") for number in range(PER_ADDRESS.free + 1)]
        assert told == [422] * PER_ADDRESS.free + [429]
        assert await guess(colleague, "Name 1") == 422


async def test_an_office_behind_one_address_logs_in_all_day(office: Office) -> None:
    person = await office.join("Frau Beispiel")
    for _ in range(PER_ADDRESS.free + 2):
        async with office.browser() as browser:
            assert (await browser.log_in(person)).status == 303
        office.clock.advance(seconds=30)


async def test_codes_cannot_be_guessed(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    for number in range(PER_ACCOUNT.free):
        assert (await browser.log_in(person, code=f"00000{number}")).status == 422
    assert (await browser.log_in(person, code="000009")).status == 429
    assert (await browser.log_in(person)).status == 429
    office.clock.moment += PER_ACCOUNT.first
    assert (await browser.log_in(person)).status == 303


def test_the_wait_grows_and_is_forgotten() -> None:
    now = FakeClock().now()
    waits = [PER_ACCOUNT.wait(tries, now, now).total_seconds() for tries in (4, 5, 6, 7, 500)]
    assert waits == [0, 30, 60, 120, 900]
    assert PER_ACCOUNT.wait(500, now, now + PER_ACCOUNT.forgotten_after) == timedelta(0)


async def test_an_unknown_name_costs_as_much_as_a_known_one(sqlite_store: Database) -> None:
    """Behaviour, not time: as many hashes are made, and every answer is the same."""
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash))
            return super().verify(hash, password)

    office = Office(sqlite_store)
    office.entrance._passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    await office.join("Frau Beispiel")
    await office.invite("Noch Niemand")  # has not taken the invitation
    bodies = set()
    for name in ("Frau Beispiel", "Niemand", "Noch Niemand", "' OR 1=1 --"):
        async with office.browser() as browser:
            before = len(checked)
            answer = await browser.post("/staff/login", {"name": name, "password": "falsch geraten"})
            assert len(checked) == before + 1
            assert answer.status == 422
            html = await answer.text()
            bodies.add(html[html.index('role="alert"') :].split("</p>")[0])
    assert len(bodies) == 1
    assert len(set(checked)) == 2  # the known one's, and the one that stands for all others
    assert {hashed.rsplit("$", 2)[0] for hashed in checked} == {"$argon2id$v=19$m=8,t=1,p=1"}  # as much work


@pytest.mark.parametrize(
    "path",
    [
        *(
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
        ),
        *(
            "/staff@evil.example",
            "/staff.evil.example",
            "/staffx",
            "/",
            "",
            "staff",
            "/staff/../..//evil.example",
        ),
        *(
            "/staff\r\nLocation: https://evil.example",
            "/staff//evil.example",
            "/staff/\x00",
            "/staff#x",
            " /staff",
        ),
    ],
)
async def test_next_leads_nowhere_else(office: Office, browser: Browser, path: str) -> None:
    assert not is_inside(path)
    person = await office.join("Frau Beispiel")
    answer = await browser.log_in(person, back=path)
    assert (answer.status, answer.headers["Location"]) == (303, home(person.staff))
    page = await browser.client.get("/staff/login", params={"next": path})
    assert 'name="next" value=""' in await page.text()  # of the login; the other is the page itself


async def test_next_leads_back(office: Office, browser: Browser) -> None:
    asked = await browser.get("/staff/account/phone?a=1")
    assert asked.headers["Location"] == "/staff/login?next=/staff/account/phone%3Fa%3D1"
    page = await browser.html(asked.headers["Location"])
    assert 'value="/staff/account/phone?a=1"' in page
    person = await office.join("Frau Beispiel")
    answer = await browser.log_in(person, back="/staff/account/phone?a=1")
    assert answer.headers["Location"] == "/staff/account/phone?a=1"


async def test_a_form_of_a_session_that_is_over_leads_back_to_its_page(browser: Browser) -> None:
    referer = str(browser.client.make_url("/staff/account?x=1"))
    answer = await browser.client.post(
        "/staff/account/codes", data={}, headers={"Referer": referer}, allow_redirects=False
    )
    assert answer.headers["Location"] == "/staff/login?next=/staff/account%3Fx%3D1"
    fetched = await browser.client.post("/staff/account/codes", data={}, headers={"HX-Request": "true"})
    assert (fetched.status, fetched.headers["HX-Redirect"]) == (401, "/staff/login")


HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "{name} {0} {staff.__class__}",
    "Robert'); DROP TABLE staff;--",
    '" onmouseover="alert(1)',
    "%s %(x)s",
)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_is_only_a_name(office: Office, browser: Browser, name: str) -> None:
    token = await office.invite(name)
    page = await browser.html(f"/staff/invitation/{token}")
    person = await office.join(name)
    wrong = await browser.post("/staff/login", {"name": name, "password": "falsch"})
    assert (await browser.log_in(person)).status == 303
    for html in (page, await wrong.text(), await browser.html(INSIDE)):
        assert str(escape(name)) in html
        assert "<script" not in html
        assert 'onmouseover="' not in html
    async with office.store.read() as unit:
        assert [account.staff.name for account in await unit.staff.listed()] == [name]


async def test_strict_headers_whatever_is_answered(sqlite_store: Database) -> None:
    async def fail(request: web.Request, staff: Staff, session: Session) -> web.Response:
        raise web.HTTPBadRequest

    def more(gate: Gate) -> Iterable[web.RouteDef]:
        return [web.get("/staff/fails", gate.guarded(fail))]

    office = Office(sqlite_store, secure=True, more=more)
    person = await office.join("Frau Beispiel")
    async with office.browser() as browser:
        cookie = {"Cookie": f"__Host-lotse-staff={person.token}"}
        for path, status in (
            *(
                ("/staff/login", 200),
                ("/staff/account", 200),
                ("/staff/account/phone", 303),
                ("/staff/fails", 400),
            ),
            ("/staff/account/phone/qr.svg", 404),
        ):
            answer = await browser.get(path, **cookie)
            assert answer.status == status, path
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
        fresh = await browser.get("/staff/login")
        cookie_line = fresh.headers["Set-Cookie"]
        assert cookie_line.startswith("__Host-lotse-staff=")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie_line


async def test_no_page_has_inline_script_or_style(office: Office, browser: Browser) -> None:
    await browser.log_in(await office.join("Frau Beispiel"))
    for path in ("/staff/login", INSIDE):
        html = await browser.html(path)
        assert "<style" not in html
        assert " style=" not in html
        assert "<script" not in html


async def test_an_overlong_form_is_refused(browser: Browser) -> None:
    csrf = await browser.csrf()
    answer = await browser.client.post(
        "/staff/login", data={"csrf": csrf, "name": "x" * 100_000, "password": ""}, allow_redirects=False
    )
    assert answer.status in (403, 413)


async def test_wrong_role_is_a_page(sqlite_store: Database) -> None:
    async def show(request: web.Request, staff: Staff, session: Session) -> web.Response:
        return web.Response(text=staff.name)

    def more(gate: Gate) -> Iterable[web.RouteDef]:
        return [web.get("/staff/leads", gate.guarded(show, Role.LEAD))]

    office = Office(sqlite_store, more=more)
    async with office.browser() as browser:
        await browser.log_in(await office.join("Frau Beispiel", Role.EDITOR))
        answer = await browser.get("/staff/leads")
        assert answer.status == 403
        assert "Kein Zugang" in await answer.text()
    async with office.browser() as browser:
        await browser.log_in(await office.join("Herr Muster", Role.LEAD))
        assert (await browser.get("/staff/leads")).status == 200
