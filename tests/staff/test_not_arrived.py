"""Every way in which an answer can fail to arrive: its state and reason, the task with another way, and once more."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import update

from bot.domain.message import Address, Outbound
from bot.service.jobs import JobWorker, Purge
from bot.service.mind import Mind
from bot.service.outbox import GIVE_UP_AFTER
from bot.service.ports import Later, Retention, SendError
from bot.storage.engine import Database
from bot.storage.tables import messages
from tests.fakes import KeepingChannel
from tests.staff.desk_wiring import Scene, act, scene
from tests.staff.wiring import Browser, Person

TICKET = "/staff/tickets/1001"
WAY = "0151 23456789"
DAY = GIVE_UP_AFTER.total_seconds() + 60


@dataclass
class Faulty(KeepingChannel):
    """A provider that refuses every message in one way, as long as `fault` is set."""

    fault: Exception | None = None
    tried: int = field(default=0)

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Refuse, or keep."""
        self.tried += 1
        if self.fault:
            raise self.fault
        return await super().send(address, message_id, message)


Fail = Callable[["Looked", Faulty], Awaitable[None]]


def _refused(fault: Exception, *, for_a_day: bool = False) -> Fail:
    async def fail(here: "Looked", channel: Faulty) -> None:
        channel.fault = fault
        await here.newcomer.settle()
        if for_a_day:
            page = await _state(here)
            assert page == "wartet", page  # it is still tried
            here.newcomer.clock.advance(seconds=DAY)
            await here.newcomer.settle()
            await here.come_back()

    return fail


async def _channel_is_off(here: "Looked", channel: Faulty) -> None:
    """Nobody sends over this channel any more: the token was taken out of the settings."""
    here.newcomer.clock.advance(seconds=DAY)
    purge = Purge(here.store, here.newcomer.clock, Retention(), ["web"])
    await purge.plan()
    assert await JobWorker(here.store, here.newcomer.clock, {Purge.kind: purge.run}, "jobs").run_once()
    await here.come_back()


async def _unreadable(here: "Looked", channel: Faulty) -> None:
    """The row was damaged."""
    async with here.store.transaction() as transaction:
        last = await transaction.first(messages.select().order_by(messages.c.id.desc()).limit(1))
        assert last
        await transaction.change(update(messages).where(messages.c.id == last.id).values(no=last.no + 900))
    await here.newcomer.settle()
    async with here.store.transaction() as transaction:
        await transaction.change(update(messages).where(messages.c.id == last.id).values(no=last.no))


async def _nobody_looks(here: "Looked", channel: Faulty) -> None:
    """It lies on the page, and the browser never comes back."""
    await here.newcomer.settle()
    here.newcomer.clock.advance(hours=73)
    await here.come_back()


async def _state(here: "Looked") -> str:
    """Return what stands at the last answer."""
    page = await here.browser.html(TICKET)
    return re.findall(r'class="delivery \w+">([^<]+)<', page)[-1]


@dataclass
class Looked(Scene):
    """A scene with one browser that looks on."""

    browser: Browser = field(init=False)
    person: Person = field(init=False)

    async def come_back(self) -> None:
        """Log in anew: hours have passed."""
        async with self.store.write() as unit:
            token = await unit.door.begin(self.person.staff.id, self.newcomer.clock.now(), complete=True)
        self.browser.take(token)


WAYS: dict[str, tuple[Fail, str, str]] = {
    # How it fails, what stands at the answer, and what "again" comes to.
    "blocked": (
        _refused(SendError("bot was blocked", permanent=True, unreachable=True)),
        "nicht angekommen: bot was blocked",
        "unreachable",
    ),
    "refused": (
        _refused(SendError("message is too long", permanent=True)),
        "nicht angekommen: message is too long",
        "again",
    ),
    "server down": (_refused(SendError("502"), for_a_day=True), "nicht angekommen: 502", "again"),
    "no network": (
        _refused(SendError("no connection", retry_after=5), for_a_day=True),
        "nicht angekommen: no connection",
        "again",
    ),
    "time-out": (_refused(TimeoutError(), for_a_day=True), "nicht angekommen: time-out", "again"),
    "own fault": (
        _refused(ZeroDivisionError("a secret"), for_a_day=True),
        "nicht angekommen: ZeroDivisionError",
        "again",
    ),
    "channel off": (_channel_is_off, "nicht angekommen: channel is off", "again"),
    "unreadable": (_unreadable, "nicht angekommen: unreadable", "again"),
    "never seen": (_nobody_looks, "gesendet", ""),
}


@pytest.mark.parametrize("name", WAYS)
async def test_what_fails_is_told_and_becomes_a_task(sqlite_store: Database, mind: Mind, name: str) -> None:
    fail, told, again = WAYS[name]
    async with scene(sqlite_store, mind, Looked) as here:
        assert isinstance(here, Looked)
        channel = Faulty(here.newcomer.channel.name, here.newcomer.channel.capabilities)
        here.newcomer.use(channel)
        async with sqlite_store.write() as unit:
            await unit.tickets.tell_way(1001, WAY)
        here.browser, here.person = await here.inside("Amina")
        await act(here.browser, "take")
        await here.newcomer.settle()
        seen = re.search(r'name="seen" id="seen" value="(\d+)"', await here.browser.html(TICKET))
        assert seen
        await act(here.browser, "reply", text="سلام", language="fa", send="send", seen=seen[1])
        here.newcomer.clock.advance(seconds=11)
        await fail(here, channel)
        await _is_a_task(here, told)
        message = re.search(
            r'<input type="hidden" name="message" value="(\d+)">', await here.browser.html(TICKET)
        )
        assert bool(message) is bool(again)
        if message:
            channel.fault = None
            key = "wrong" if again == "unreachable" else "said"
            assert await act(here.browser, "again", message=message[1]) == f"?{key}={again}"
            if again == "unreachable":  # until they write again: then the way to them is open
                await here.newcomer.say("سلام")
                assert await act(here.browser, "again", message=message[1]) == "?said=again"
            sent = await here.newcomer.settle()
            assert [one.text for one in sent if one.kind == "staff"] == ["سلام"]
            assert await _state(here) == "gesendet"
        else:
            assert await act(here.browser, "reached") == "?said=reached"
            here.newcomer.clock.advance(minutes=1)
        assert "task" not in await here.browser.html(TICKET)
        assert "1001" not in await here.browser.html("/staff/tickets?folder=not_reached")


async def _is_a_task(here: Looked, told: str) -> None:
    assert await _state(here) == told
    assert f'href="{TICKET}"' in await here.browser.html("/staff/tickets?folder=not_reached")
    page = await here.browser.html(TICKET)
    assert 'class="fault task"' in page
    assert WAY not in page
    answer = await here.browser.post(f"{TICKET}/way", {"reason": "not_reached"}, page=TICKET)
    assert WAY in await answer.text()


async def test_who_must_wait_has_not_failed(sqlite_store: Database, mind: Mind) -> None:
    """A limit of the provider is no failed try, however long it holds."""
    async with scene(sqlite_store, mind, Looked) as here:
        assert isinstance(here, Looked)
        channel = Faulty(here.newcomer.channel.name, here.newcomer.channel.capabilities, fault=Later(30.0))
        here.newcomer.use(channel)
        here.browser, here.person = await here.inside("Amina")
        await act(here.browser, "take")
        for _ in range(3):
            await here.newcomer.settle()
            here.newcomer.clock.advance(hours=1)
        assert channel.tried == 3
        await here.come_back()
        assert "wartet" in await here.browser.html(TICKET)
        channel.fault = None
        assert await here.newcomer.settle()
