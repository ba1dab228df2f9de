"""Promised times, another way to the newcomer, and answers that never arrive: what the list makes of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.capabilities import Capabilities
from bot.domain.staff import Role, Staff
from bot.i18n import BERLIN
from bot.knowledge.model import Team
from bot.service.board import Folder, Row, Wanted, board
from bot.service.desk import Desk, Reply
from bot.service.mind import Mind
from bot.service.ports import SendError, Store
from tests.dialogues.replay import ServiceDriver
from tests.fakes import KeepingChannel

LEAD = Staff(1, "Leitung", Role.LEAD)
ABSENT = (date(2026, 12, 28), date(2026, 12, 30))
TEAM = Team(
    "all",
    "Team",
    frozenset({"all"}),
    frozenset({"all"}),
    "Mo-Fr 09:00-17:00",
    promise_hours=8,
    absences=(ABSENT,),
)


@pytest.fixture
def driver(store: Store, mind: Mind) -> ServiceDriver:
    """A newcomer on a channel that is lost with the browser, and a team that promises."""
    knowledge = replace(mind.world.knowledge, teams={TEAM.id: TEAM})
    punctual = replace(mind, world=replace(mind.world, knowledge=knowledge))
    channel = KeepingChannel(capabilities=Capabilities(shows_welcome=True, needs_second_way=True))
    return ServiceDriver(store, lambda: punctual, channel=channel)


async def _asked(driver: ServiceDriver) -> list[str]:
    await driver.press("lang:de")
    await driver.press("person")
    return [message.text for message in await driver.say("Wie bekomme ich das Klavier in den dritten Stock?")]


async def _row(driver: ServiceDriver, folder: Folder = Folder.ALL) -> Row | None:
    found = await board(driver.store, LEAD, Wanted(folder), driver.clock.now(), ("kept",), {})
    assert found.counts[folder] == len(found.rows)
    return next(iter(found.rows), None)


def _berlin(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        ("2026-11-23 10:00", "2026-11-24 10:00"),  # Monday: eight working hours later
        ("2026-11-27 16:00", "2026-11-30 16:00"),  # over a weekend
        ("2026-12-24 12:00", "2026-12-31 12:00"),  # Christmas, a weekend, three days of absence
    ],
)
async def test_reminder_and_escalation(driver: ServiceDriver, asked: str, promised: str) -> None:
    """Over weekends, holidays and absences: due shortly before the promised time, overdue from it on."""
    driver.clock.moment = _berlin(asked)
    await _asked(driver)
    row = await _row(driver)
    assert row
    assert row.ticket.promised_at
    assert timedelta(0) <= row.ticket.promised_at - _berlin(promised) < timedelta(minutes=1)
    assert not row.due
    driver.clock.moment = row.ticket.promised_at - timedelta(hours=1)
    row = await _row(driver)
    assert row
    assert (row.due, row.overdue) == (True, False)
    assert await _row(driver, Folder.OVERDUE) is None
    driver.clock.advance(hours=1)
    assert await _row(driver, Folder.OVERDUE)
    desk = Desk(driver.store, driver.notifier, driver.clock, driver.mind().world.texts)
    await desk.reply(1001, Reply("Wir kommen"))
    assert await _row(driver, Folder.OVERDUE) is None


@pytest.mark.parametrize(
    "way", ["0151 23456789", "bitte an amina@example.org", "+49 2594 1234-0 nach 16 Uhr"]
)
async def test_another_way_is_asked_for_and_kept(driver: ServiceDriver, way: str) -> None:
    said = await _asked(driver)
    texts = driver.mind().world.texts("de")
    assert said[-1] == texts.say("second_way.ask")
    (noted,) = await driver.say(way)
    assert noted.text == texts.say("second_way.noted", number=1001)
    async with driver.store.read() as unit:
        assert await unit.tickets.way(1001) == way
    (data,) = await driver.press("cmd:my_data")
    assert way in data.document


async def test_nobody_has_to_tell_one(driver: ServiceDriver) -> None:
    """A new question is a question, not a way; "I will come by" is one."""
    await _asked(driver)
    answer = await driver.say("Wo kann ich Deutsch lernen?")
    assert answer[0].kind in ("answer", "question")
    async with driver.store.read() as unit:
        assert await unit.tickets.way(1001) == ""
    await driver.press("way:none")
    row = await _row(driver)
    assert row
    assert not row.ticket.second_way
    await driver.press("way:visit")
    async with driver.store.read() as unit:
        assert await unit.tickets.way(1001) == "visit"


@pytest.mark.parametrize(
    ("fault", "hours"),
    [
        (SendError("blocked", permanent=True, unreachable=True), 0),
        (SendError("chat not found", permanent=True), 0),
        (None, 73),  # sent, and nobody came back to look
    ],
)
async def test_what_does_not_arrive_is_a_task(
    driver: ServiceDriver, fault: SendError | None, hours: int
) -> None:
    await _asked(driver)
    desk = Desk(driver.store, driver.notifier, driver.clock, driver.mind().world.texts)
    await desk.reply(1001, Reply("Wir kommen", close=True))
    driver.channel.faults = [fault] if fault else []
    await driver.settle()
    driver.clock.advance(hours=hours)
    row = await _row(driver, Folder.NOT_REACHED)
    assert row
    assert row.unreached
    await desk.reached(1001)
    driver.clock.advance(minutes=1)
    assert await _row(driver, Folder.NOT_REACHED) is None
