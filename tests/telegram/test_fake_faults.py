"""The fake Telegram's failures, each with what a bot and a person see of it."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from tests.telegram.fake import FakeTelegram, Person, faults
from tests.telegram.fake.chats import Chat
from tests.telegram.fake.faults import Fault
from tests.telegram.fake.judge import bot, durations_as_timedelta, fake, samira
from tests.telegram.fake.pace import Pace
from tests.telegram.fake.refusals import Refusal

__all__ = ["bot", "durations_as_timedelta", "fake", "samira"]  # fixtures


@pytest.mark.parametrize(
    ("fault", "error", "heard"),
    [
        (faults.too_many(7), RetryAfter, False),
        (faults.blocked(), Forbidden, False),
        (faults.bad_request("have no rights to send a message"), BadRequest, False),
        (faults.broken(502), NetworkError, False),
        (faults.broken(500), TelegramError, False),
        (faults.reset(), NetworkError, False),
        (faults.lost_answer(), NetworkError, True),
        (faults.silence(), TimedOut, True),
        (faults.garbage(), TelegramError, True),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
async def test_a_fault_meets_one_call(
    bot: Bot, fake: FakeTelegram, samira: Person, fault: Fault, error: type[Exception], heard: bool
) -> None:
    rule = fake.faults.add(fault, "sendMessage", samira)
    with pytest.raises(error):
        await bot.send_message(samira.id, "eins", read_timeout=0.2)
    await bot.send_message(samira.id, "zwei")
    assert samira.hears() == (["eins", "zwei"] if heard else ["zwei"])
    assert [call.outcome for call in fake.calls.to("sendMessage")] == [fault.name, "200"]
    assert rule.met == 1


async def test_rules_choose_method_chat_and_moment(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    olena = fake.person("uk", "Олена")
    olena.start()
    fake.faults.add(faults.too_many(3), "sendMessage", samira, times=2, skip=1)
    outcomes = []
    for person, text in ((samira, "a"), (olena, "b"), (samira, "c"), (samira, "d"), (samira, "e")):
        try:
            await bot.send_message(person.id, text)
            outcomes.append(text)
        except RetryAfter as refused:
            outcomes.append(str(refused.retry_after))
    assert outcomes == ["a", "b", "0:00:03", "0:00:03", "e"]
    fake.faults.add(faults.reset(), times=None)
    for _ in range(3):
        with pytest.raises(NetworkError):
            await bot.send_chat_action(olena.id, "typing")
    fake.faults.clear()
    await bot.send_chat_action(olena.id, "typing")


async def test_the_network_is_gone_for_a_while(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    port = fake.port
    polling = asyncio.ensure_future(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    async with fake.gone():
        with pytest.raises(NetworkError):
            await polling
        for _ in range(2):
            with pytest.raises(NetworkError):
                await bot.send_message(samira.id, "x")
        samira.says("wartet")
    assert fake.port == port
    await bot.send_message(samira.id, "wieder da")
    assert len(await bot.get_updates()) == 1
    assert samira.hears() == ["wieder da"]


async def test_updates_come_twice_and_late_by_polling(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    fake.faults.add(faults.twice(), chat=samira)
    samira.says("eins")
    samira.says("zwei")
    first = await bot.get_updates()
    again = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.update_id for update in again] == [first[0].update_id]
    assert await bot.get_updates(offset=first[-1].update_id + 1) == ()
    fake.faults.add(faults.slow(0.05), "getUpdates")
    samira.says("drei")
    assert len(await bot.get_updates()) == 1


async def test_rate_limits_can_be_switched_on(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    fake.pace.on = True
    for number in range(fake.pace.a_chat_burst):
        await bot.send_message(samira.id, str(number))
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(samira.id, "zu viel")
    assert str(refused.value.retry_after) == "0:00:01"
    assert len(samira.hears()) == fake.pace.a_chat_burst


def test_rate_limits_are_telegrams() -> None:
    moment = 0.0
    pace = Pace(clock=lambda: moment)
    pace.on = True
    group = Chat(-1, "group")
    people = [Chat(number, "private") for number in range(1, 40)]
    assert accepted(pace, [group] * 30) == 20
    moment = 60.0
    assert accepted(pace, [group] * 30) == 20
    moment = 120.0
    assert accepted(pace, people) == 30
    moment = 121.0
    assert accepted(pace, people[:1] * 9) == pace.a_chat_burst
    moment = 122.0
    assert accepted(pace, people[:1] * 9) == 1


def accepted(pace: Pace, chats: list[Chat]) -> int:
    """Return how many messages, one for each of `chats`, are within the limits."""
    count = 0
    for chat in chats:
        try:
            pace.check(chat)
            count += 1
        except Refusal:
            continue
    return count


async def test_somebody_waits_in_vain(fake: FakeTelegram, samira: Person) -> None:
    with pytest.raises(AssertionError, match="/start"):
        await samira.until(lambda seen: len(seen) > 1, 0.05)
