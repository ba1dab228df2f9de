"""One's own account: a code for Telegram, and what the list says of a group that cannot be written to."""

import re

from bot.domain.staff import Role
from bot.service.group_joining import Joining
from bot.storage.notify import LocalNotifier
from tests.staff.wiring import Browser, Office

HERS = 5_000_000_001


async def test_a_code_links_telegram_until_it_is_unlinked(office: Office, browser: Browser) -> None:
    person = await office.join("Frau A")
    browser.take(person.token)
    page = "/staff/account"
    answer = await browser.post(f"{page}/telegram", page=page)
    found = re.search(r"/link ([A-Z2-9]{5}-[A-Z2-9]{5})<", await answer.text())
    assert found
    joining = Joining(office.store, LocalNotifier(), office.clock)
    assert (await joining.link(HERS, found[1])).key == "group.link.done"
    assert (await joining.link(HERS, found[1])).key == "group.link.known"
    assert "Verbindung lösen" in await browser.html(page)
    answer = await browser.post(f"{page}/telegram", {"unlink": "1"}, page=page)
    assert answer.status == 303
    assert "Verbindung lösen" not in await browser.html(page)
    async with office.store.read() as unit:
        assert await unit.groups.linked(HERS) is None
        acts = [(act.what, act.about) for act in await unit.audit.listed(limit=2)]
    about = f"staff:{person.staff.id}"
    assert acts == [("staff.telegram_unlinked", about), ("staff.telegram_linked", about)]


async def test_a_code_ends_after_a_quarter_of_an_hour(office: Office) -> None:
    person = await office.join("Frau A")
    joining = Joining(office.store, LocalNotifier(), office.clock)
    code = await joining.code_for(person.staff)
    office.clock.advance(minutes=15)
    assert (await joining.link(HERS, code)).key == "group.link.wrong"


async def test_whoever_answers_no_questions_needs_no_code(office: Office, browser: Browser) -> None:
    browser.take((await office.join("Herr B", Role.EDITOR)).token)
    assert "Telegram" not in await browser.html("/staff/account")
