"""Inviting, logging in with two factors, logging out, one's own account: as a browser without JavaScript does it."""

import pyotp
import pytest

from bot.domain.entering import HALFWAY, IDLE, INVITATION, WHOLE_DAY
from bot.domain.staff import Role, Staff
from bot.service import entering
from bot.staff.web.pages import home
from tests.staff.wiring import PASSWORD, Browser, Office, csrf_in

INSIDE = "/staff/account"


async def is_inside(browser: Browser) -> bool:
    answer = await browser.get(INSIDE)
    assert answer.status in (200, 303)
    return answer.status == 200


async def test_an_invitation_leads_inside_once(office: Office, browser: Browser) -> None:
    token = await office.invite("Frau Beispiel", Role.LEAD)
    link = f"/staff/invitation/{token}"
    page = await browser.html(link)
    assert "Frau Beispiel" in page
    assert "Leitung" in page
    found = await office.entrance.invitation(token)
    assert found
    picture = await browser.get(f"{link}/qr.svg")
    assert picture.content_type == "image/svg+xml"
    code = pyotp.TOTP(found[1]).at(office.clock.now())
    fields = {"token": token, "password": PASSWORD, "again": PASSWORD, "code": code}
    answer = await browser.post("/staff/invitation", fields, page=link)
    assert answer.status == 200
    assert (await answer.text()).count("<code>") == 10
    assert await is_inside(browser)
    async with office.browser() as other:
        assert (await other.get(link)).status == 404
        again = await other.post("/staff/invitation", fields)
        assert again.status == 404
        assert not await is_inside(other)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": "000000"}, "Der Code stimmt nicht"),
        ({"code": ""}, "Der Code stimmt nicht"),
        ({"again": PASSWORD + "!"}, "nicht gleich"),
        ({"password": "kurz", "again": "kurz"}, "zu kurz"),
        ({"password": "x1Ä" * 100, "again": "x1Ä" * 100}, "zu lang"),
        ({"password": "Beispiel2026!", "again": "Beispiel2026!"}, "leicht zu erraten"),
        ({"password": "qwertz123456", "again": "qwertz123456"}, "leicht zu erraten"),
    ],
)
async def test_an_invitation_wants_a_password_and_the_telephone(
    office: Office, browser: Browser, changed: dict[str, str], told: str
) -> None:
    token = await office.invite("Frau Beispiel")
    found = await office.entrance.invitation(token)
    assert found
    code = pyotp.TOTP(found[1]).at(office.clock.now())
    fields = {"token": token, "password": PASSWORD, "again": PASSWORD, "code": code, **changed}
    answer = await browser.post("/staff/invitation", fields, page=f"/staff/invitation/{token}")
    assert answer.status == 422
    assert told in await answer.text()
    assert not await is_inside(browser)
    assert (await browser.get(f"/staff/invitation/{token}")).status == 200  # the link still holds


async def test_an_invitation_expires(office: Office, browser: Browser) -> None:
    token = await office.invite("Frau Beispiel")
    office.clock.moment += INVITATION
    assert (await browser.get(f"/staff/invitation/{token}")).status == 404
    assert (await browser.get(f"/staff/invitation/{token}/qr.svg")).status == 404


async def test_login_and_logout(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    await browser.get("/staff/login")
    before = browser.cookie
    answer = await browser.log_in(person)
    assert (answer.status, answer.headers["Location"]) == (303, home(person.staff))
    token = browser.cookie
    assert token != before
    csrf = csrf_in(await browser.html(INSIDE))
    out = await browser.client.post("/staff/logout", data={"csrf": csrf}, allow_redirects=False)
    assert (out.status, out.headers["Location"]) == (303, "/staff/login")
    browser.take(token)  # a thief has kept it
    assert (await browser.get(INSIDE)).headers["Location"] == f"/staff/login?next={INSIDE}"


async def test_names_are_found_however_they_are_typed(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    person.name = "  FRAU   beispiel "
    assert (await browser.log_in(person)).status == 303


async def test_the_password_alone_opens_nothing(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    answer = await browser.post("/staff/login", {"name": person.name, "password": PASSWORD})
    assert answer.headers["Location"] == "/staff/second"
    assert not await is_inside(browser)
    office.clock.moment += HALFWAY
    assert (await browser.get("/staff/second")).headers["Location"] == "/staff/login"
    late = await browser.post("/staff/second", {"code": person.code()})
    assert "abgelaufen" in await late.text()
    assert not await is_inside(browser)


async def test_a_code_works_once(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    code = person.code()
    assert (await browser.log_in(person, code=code)).status == 303
    async with office.browser() as other:
        replayed = await other.log_in(person, code=code)
        assert replayed.status == 422
        assert "schon benutzt" in await replayed.text()
        assert not await is_inside(other)
        office.clock.advance(seconds=30)
        # Neither does the one before it, which is within the tolerance.
        assert (await other.log_in(person, code=code)).status == 422
        assert (await other.log_in(person)).status == 303


async def test_the_code_of_the_invitation_is_used_up(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    office.clock.advance(seconds=-30)
    assert (await browser.log_in(person)).status == 422


async def test_a_recovery_code_works_once_however_it_is_typed(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    typed = f" {person.codes[3].lower().replace('-', ' ').replace('o', '0').replace('i', '1')} "
    assert (await browser.log_in(person, code=typed)).status == 303
    assert "Noch gültig: 9" in await browser.html(INSIDE)
    async with office.browser() as other:
        assert (await other.log_in(person, code=person.codes[3])).status == 422


async def test_a_session_ends_by_idleness_and_after_the_day(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    await browser.log_in(person)
    token = browser.cookie
    begun = office.clock.now()
    while office.clock.now() + IDLE / 2 < begun + WHOLE_DAY:
        office.clock.moment += IDLE / 2
        assert await is_inside(browser)
    office.clock.moment = begun + WHOLE_DAY
    assert not await is_inside(browser)
    browser.take(token)
    assert not await is_inside(browser)

    await browser.log_in(person)
    assert await is_inside(browser)
    office.clock.moment += IDLE
    assert not await is_inside(browser)


async def test_the_password_can_be_changed(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    new = "Der Bus nach Nottuln kommt um acht"
    async with office.browser() as elsewhere:
        await elsewhere.log_in(person)
        office.clock.advance(seconds=30)
        await browser.log_in(person)
        wrong = await browser.post(
            "/staff/account/password", {"old": "falsch", "password": new, "again": new}, page=INSIDE
        )
        assert "Ihr Passwort stimmt nicht" in await wrong.text()
        done = await browser.post(
            "/staff/account/password", {"old": PASSWORD, "password": new, "again": new}, page=INSIDE
        )
        assert done.status == 303
        assert await is_inside(browser)
        assert not await is_inside(elsewhere)
        office.clock.advance(seconds=30)
        assert (await elsewhere.log_in(person)).status == 422
        assert (await elsewhere.log_in(person, password=new)).status == 303


async def test_new_recovery_codes_replace_the_old_ones(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    await browser.log_in(person)
    refused = await browser.post("/staff/account/codes", {"old": "falsch"}, page=INSIDE)
    assert refused.status == 422
    shown = await browser.post("/staff/account/codes", {"old": PASSWORD}, page=INSIDE)
    assert (await shown.text()).count("<code>") == 10
    async with office.browser() as other:
        assert (await other.log_in(person, code=person.codes[0])).status == 422


async def test_another_telephone_counts_once_it_has_shown_a_code(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    await browser.log_in(person)
    assert (await browser.get("/staff/account/phone")).headers["Location"] == INSIDE
    assert (await browser.get("/staff/account/phone/qr.svg")).status == 404
    begun = await browser.post("/staff/account/phone", {"old": PASSWORD}, page=INSIDE)
    assert begun.headers["Location"] == "/staff/account/phone"
    assert (await browser.get("/staff/account/phone/qr.svg")).status == 200
    old = person.secret
    async with office.store.read() as unit:
        account = await unit.staff.get(person.staff.id)
    assert account
    office.clock.advance(seconds=30)
    wrong = await browser.post(
        "/staff/account/phone/done", {"code": person.code()}, page="/staff/account/phone"
    )
    assert wrong.status == 422  # the old telephone's
    person.secret = account.totp_next
    done = await browser.post(
        "/staff/account/phone/done", {"code": person.code()}, page="/staff/account/phone"
    )
    assert done.status == 303
    office.clock.advance(seconds=30)
    async with office.browser() as other:
        assert (await other.log_in(person, code=pyotp.TOTP(old).at(office.clock.now()))).status == 422
        assert (await other.log_in(person)).status == 303


async def test_all_sessions_can_be_ended(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    async with office.browser() as elsewhere:
        await elsewhere.log_in(person)
        office.clock.advance(seconds=30)
        await browser.log_in(person)
        await browser.post("/staff/account/sessions", page=INSIDE)
        assert not await is_inside(browser)
        assert not await is_inside(elsewhere)


async def test_whoever_is_revoked_is_out_at_once(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    await browser.log_in(person)
    async with office.store.write() as unit:
        account = await unit.staff.named(person.name)
        assert account
        await entering.revoke(unit, account, office.clock.now())
    assert not await is_inside(browser)
    office.clock.advance(seconds=30)
    assert (await browser.log_in(person)).status == 422


async def test_an_invitation_for_a_known_name_begins_anew(office: Office, browser: Browser) -> None:
    """A lost telephone and no recovery code: what was there before ends at once, not when the link is taken."""
    person = await office.join("Frau Beispiel")
    await browser.log_in(person)
    await office.invite("frau beispiel", Role.LEAD)
    assert not await is_inside(browser)
    office.clock.advance(seconds=30)
    assert (await browser.log_in(person)).status == 422
    async with office.store.read() as unit:
        account = await unit.staff.named(person.name)
    assert account
    assert account.staff.id == person.staff.id
    assert account.staff.role is Role.LEAD


async def test_the_demo_account_lives_until_somebody_real_is_invited(
    office: Office, browser: Browser
) -> None:
    async with office.store.write() as unit:
        token = await entering.demo_link(unit, office.clock.now())
    link = f"/staff/invitation/{token}"
    assert "Demo" in await browser.html(link)
    assert not await is_inside(browser)  # looking changes nothing
    answer = await browser.post("/staff/invitation", {"token": token}, page=link)
    assert answer.status == 303
    assert "Demo-Konto" in await browser.html(INSIDE)
    async with office.browser() as other:
        await other.post("/staff/invitation", {"token": token})
        assert not await is_inside(other)  # once
    for path in ("password", "codes", "phone"):  # nobody can make a lasting account of it
        fields = {"old": "", "password": PASSWORD, "again": PASSWORD}
        assert (await browser.post(f"{INSIDE}/{path}", fields, page=INSIDE)).status == 422
    await office.invite("Frau Beispiel")
    assert not await is_inside(browser)
    async with office.store.write() as unit:
        assert await entering.demo_link(unit, office.clock.now()) == ""


async def test_nobody_takes_the_demo_account_s_name(office: Office) -> None:
    for name in ("Demo", "DEMO"):
        with pytest.raises(entering.Wrong):
            await office.invite(name)


async def test_pages_are_german_or_english(office: Office, browser: Browser) -> None:
    assert 'lang="de"' in await browser.html("/staff/login")
    english = await browser.get("/staff/login", **{"Accept-Language": "fr, en-GB;q=0.8, de;q=0.5"})
    assert "Log in" in await english.text()
    answer = await browser.post("/staff/language", {"language": "en", "next": "/staff/login"})
    assert answer.headers["Location"] == "/staff/login"
    assert 'lang="en"' in await browser.html("/staff/login")


async def test_every_role_and_refusal_has_its_words(office: Office) -> None:
    for language in ("de", "en"):
        texts = office.texts(language)
        for role in Role:
            assert texts.say(f"staff.role.{role.value}")
    assert Staff(1, "x", Role.CLERK).may_answer("")
