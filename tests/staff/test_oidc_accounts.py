"""The accounts of those whom the town's provider lets in."""

import asyncio

from bot.domain.identity import Duty, Identity
from bot.domain.staff import Role
from bot.service import entering, provided
from bot.service.entering import DEMO
from bot.storage.engine import Database
from tests.fakes import FakeClock
from tests.staff.providers import TownProvider
from tests.staff.town import INSIDE, TOLD, browser, is_inside, log_in, office, town
from tests.staff.wiring import PASSWORD, Browser, Office

__all__ = ["browser", "office", "town"]


async def test_a_name_is_never_a_way_into_somebody_s_account(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    person = await office.join("Frau Beispiel", Role.ADMINISTRATOR)
    await log_in(browser)
    page = await browser.html(INSIDE)
    assert "Frau Beispiel (a.beispiel)" in page
    async with office.store.read() as unit:
        assert [account.staff.role for account in await unit.staff.listed()] == [
            Role.ADMINISTRATOR,
            Role.CLERK,
        ]
    async with office.browser() as other:
        await other.log_in(person)
        people = await other.html("/staff/people")
        assert "kommt über die Anmeldung der Verwaltung" in people
        again = {"name": "frau beispiel (a.beispiel)", "role": "lead", "old": PASSWORD}
        refused = await other.post("/staff/people", again, page="/staff/people")
        assert refused.status == 422
        assert "braucht keine Einladung" in await refused.text()
    assert await is_inside(browser)
    # A password there is none, so none opens it.
    async with office.browser() as thief:
        fields = {"name": "Frau Beispiel (a.beispiel)", "password": ""}
        assert (await thief.post("/staff/login", fields)).status == 422
    town.claims |= {"sub": "demo", "name": DEMO, "preferred_username": "demo"}
    async with office.browser() as other:
        await log_in(other)
        assert "Demo (2)" in await other.html(INSIDE)


async def test_many_first_logins_at_once_make_one_account(store: Database) -> None:
    """Over two workers: one account, and everybody who came in is inside."""
    clock = FakeClock()
    offices = [Office(store, clock), Office(store, clock)]
    who = Identity("https://a", "1", "s", "Frau Beispiel", "", Duty(Role.LEAD))
    same = Identity("https://a", "2", "s", "Frau Beispiel", "", Duty(Role.LEAD))
    entered = await asyncio.gather(
        *(office.provided.come_in(one, "192.0.2.1") for office in offices for one in (who, same) * 4)
    )
    async with store.read() as unit:
        names = {account.staff.name for account in await unit.staff.listed()}
        assert names == {"Frau Beispiel", "Frau Beispiel (2)"}
        assert len({one.token for one in entered}) == 16
        for one in entered:
            assert await unit.door.session(one.token)


async def test_an_account_ended_here_stays_ended_until_it_is_readmitted(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    await log_in(browser)
    async with office.store.write() as unit:
        account = await unit.staff.provided(town.issuer, town.claims["sub"])
        assert account
        await entering.revoke(unit, account, office.clock.now())
    assert not await is_inside(browser)
    assert await log_in(browser) == "/staff/login?said=ended"
    assert "wurde beendet" in await browser.html("/staff/login?said=ended")
    async with office.store.write() as unit:
        await provided.readmit(unit, account, office.clock.now())
    assert await log_in(browser) == "/staff/tickets"


async def test_an_administrator_without_password_cannot_invite(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    town.may("lotse-konten")
    assert await log_in(browser) == "/staff/people"
    assert 'name="role"' not in await browser.html("/staff/people")
    fields = {"name": "Herr Neu", "role": "lead", "old": ""}
    assert (await browser.post("/staff/people", fields, page="/staff/people")).status == 422


async def test_first_real_person_ends_the_demo_account(
    office: Office, browser: Browser, town: TownProvider
) -> None:
    async with office.store.write() as unit:
        token = await entering.demo_link(unit, office.clock.now())
    async with office.browser() as demo:
        await demo.post("/staff/invitation", {"token": token})
        assert await is_inside(demo)
        await log_in(browser)
        assert not await is_inside(demo)


async def test_passwords_can_be_switched_off(office: Office, town: TownProvider) -> None:
    person = await office.join("Herr Muster")
    token = await office.invite("Frau Neu")
    only = Office(office.store, office.clock, provider=office.provider, passwords=False)
    async with only.browser() as browser:
        page = await browser.html("/staff/login")
        assert "Anmelden mit Stadt Beispiel" in page
        assert 'type="password"' not in page
        town.broken = {"/.well-known/openid-configuration"}
        down = (await browser.get("/staff/oidc/start")).headers["Location"]
        assert "mit einem Passwort" not in await browser.html(down)
        fields = {"name": person.name, "password": PASSWORD}
        assert (await browser.post("/staff/login", fields)).status == 404
        assert (await browser.post("/staff/second", {"code": person.code()})).status == 404
        assert (await browser.get(f"/staff/invitation/{token}")).status == 404
        assert (await browser.post("/staff/invitation", {"token": token})).status == 404
        town.broken = set()
        office.clock.advance(seconds=10)
        assert await log_in(browser) == "/staff/tickets"


async def test_without_a_provider_its_pages_are_not_there(store: Database) -> None:
    async with Office(store).browser() as browser:
        for page in ("start", "callback?code=1&state=2", "logout"):
            assert (await browser.get(f"/staff/oidc/{page}")).status == 404
        assert (await browser.client.post(TOLD, data={"logout_token": "x"})).status == 404
        assert "Anmelden mit" not in await browser.html("/staff/login?said=nonsense")
