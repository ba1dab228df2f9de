"""The pages of administrators and of data protection."""

import pytest

from bot.domain.staff import Role
from tests.staff.wiring import PASSWORD, Browser, Office

PEOPLE = "/staff/people"


@pytest.fixture
async def administrator(office: Office, browser: Browser) -> Browser:
    await browser.log_in(await office.join("Frau Amt", Role.ADMINISTRATOR))
    return browser


async def test_an_administrator_invites(office: Office, administrator: Browser) -> None:
    fields = {"name": " Herr  Muster ", "role": "clerk", "town": "duelmen", "spoken": "ar", "old": PASSWORD}
    answer = await administrator.post(PEOPLE, fields, page=PEOPLE)
    assert answer.status == 200
    html = await answer.text()
    token = html.split("/staff/invitation/")[1][:43]
    found = await office.entrance.invitation(token)
    assert found
    staff = found[0].staff
    assert (staff.name, staff.role, staff.towns, staff.languages) == (
        "Herr Muster",
        Role.CLERK,
        frozenset({"duelmen"}),
        ("ar",),
    )
    assert token not in await administrator.html(PEOPLE)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"old": "falsch"}, "Ihr Passwort stimmt nicht"),
        ({"name": ""}, "1 bis 64 Zeichen"),
        ({"name": "x" * 65}, "1 bis 64 Zeichen"),
        ({"name": "a\u202eb"}, "1 bis 64 Zeichen"),
        ({"town": "atlantis"}, "mindestens einen Ort"),
        ({"role": "course_clerk", "vhs": ""}, "mindestens eine Volkshochschule"),
        ({"name": "demo"}, "vergeben"),
    ],
)
async def test_an_invitation_that_makes_no_sense(
    office: Office, administrator: Browser, changed: dict[str, str], told: str
) -> None:
    fields = {"name": "Herr Muster", "role": "clerk", "town": "duelmen", "old": PASSWORD, **changed}
    answer = await administrator.post(PEOPLE, fields, page=PEOPLE)
    assert answer.status == 422
    assert told in await answer.text()
    async with office.store.read() as unit:
        assert [account.staff.name for account in await unit.staff.listed()] == ["Frau Amt"]


async def test_an_administrator_ends_accounts_but_not_their_own(
    office: Office, administrator: Browser
) -> None:
    person = await office.join("Herr Muster")
    async with office.store.read() as unit:
        own = await unit.staff.named("Frau Amt")
    assert own
    async with office.browser() as other:
        await other.log_in(person)
        gone = await administrator.post(f"{PEOPLE}/{person.staff.id}/revoke", page=PEOPLE)
        assert gone.status == 303
        assert (await other.get("/staff/account")).status == 303
    assert "Herr Muster" not in await administrator.html(PEOPLE)
    again = await administrator.post(f"{PEOPLE}/{person.staff.id}/revoke", page=PEOPLE)
    assert again.status == 404
    assert (await administrator.post(f"{PEOPLE}/{own.staff.id}/revoke", page=PEOPLE)).status == 404


async def test_data_protection_reads_the_log(office: Office, browser: Browser) -> None:
    await office.join("Frau Beispiel")
    await browser.log_in(await office.join("Herr Schutz", Role.DATA_PROTECTION))
    html = await browser.html("/staff/audit")
    assert "Das Protokoll ist vollständig" in html
    assert "hat das Konto eingerichtet" in html
    assert "Frau Beispiel" in html
    assert "hat das Protokoll gelesen" in await browser.html("/staff/audit")
    for odd in ("x", "-1", "9" * 40, "1"):
        assert (await browser.get(f"/staff/audit?before={odd}")).status == 200
