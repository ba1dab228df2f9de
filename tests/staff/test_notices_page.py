"""Everybody who answers sets on their own page where notices go; the command does the same."""

from bot.domain.notice import Wish
from bot.domain.staff import Role
from bot.storage.engine import Database
from tests.staff.wiring import Browser, Office

ACCOUNT = "/staff/account"


async def _save(browser: Browser, address: str, wish: str) -> str:
    answer = await browser.post(f"{ACCOUNT}/notices", {"address": address, "wish": wish}, page=ACCOUNT)
    if answer.status == 303:
        return await browser.html(answer.headers["Location"])
    return await answer.text()


async def test_where_and_how(office: Office, browser: Browser) -> None:
    person = await office.join("Frau Beispiel")
    browser.take(person.token)
    assert 'id="notices"' in await browser.html(ACCOUNT)
    page = await _save(browser, "keine adresse", "at_once")
    assert "keine E-Mail-Adresse" in page
    assert 'value="keine adresse"' in page
    page = await _save(browser, "beispiel@kreis.example", "digest")
    assert "Gespeichert." in page
    assert 'value="beispiel@kreis.example"' in page
    assert '<option value="digest" selected>' in page
    async with office.store.write() as unit:
        reach = await unit.notices.reach(person.staff.id)
        assert reach
        assert (reach.wish, reach.language) == (Wish.DIGEST, "de")
        await unit.notices.refused(person.staff.id, "550 5.1.1 <unknown> & gone")
    assert "550 5.1.1 &lt;unknown&gt; &amp; gone" in await browser.html(ACCOUNT)
    assert "Gespeichert." in await _save(browser, "", "none")
    async with office.store.read() as unit:
        reach = await unit.notices.reach(person.staff.id)
        (act, *_) = await unit.audit.listed()
    assert reach
    assert not reach.is_on
    assert (act.what, act.about) == ("staff.notices", f"staff:{person.staff.id}")


async def test_an_address_is_kept_encrypted_and_goes_with_the_account(
    office: Office, browser: Browser
) -> None:
    person = await office.join("Frau Beispiel")
    browser.take(person.token)
    await _save(browser, "beispiel@kreis.example", "at_once")
    async with office.store.transaction() as transaction:
        rows = (await transaction.connection.exec_driver_sql("SELECT * FROM staff_reach")).all()
        assert rows
        assert b"beispiel" not in b"".join(
            bytes(cell) for cell in rows[0] if isinstance(cell, bytes | memoryview)
        )
    await office.store.rewrap()
    async with office.store.write() as unit:
        reach = await unit.notices.reach(person.staff.id)
        assert reach
        assert reach.address == "beispiel@kreis.example"
        await unit.staff.revoke(person.staff.id, office.clock.now())
        assert await unit.notices.reach(person.staff.id) is None


async def test_who_answers_nothing_and_without_a_mail_server(sqlite_store: Database) -> None:
    office = Office(sqlite_store, writes_letters=False)
    clerk, editor = await office.join("Frau Beispiel"), await office.join("Herr Text", Role.EDITOR)
    async with office.browser() as browser:
        browser.take(clerk.token)
        assert "kein Mailserver" in await browser.html(ACCOUNT)
        answer = await browser.post(
            f"{ACCOUNT}/notices", {"address": "a@b.example", "wish": "digest"}, page=ACCOUNT
        )
        assert answer.status == 404
    async with office.browser() as browser:
        browser.take(editor.token)
        assert 'id="notices"' not in await browser.html(ACCOUNT)
