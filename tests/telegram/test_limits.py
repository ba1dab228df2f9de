"""How much is sent when: who must wait waits alone, and no try is counted for it."""

import pytest

from bot.domain.message import Outbound
from bot.telegram import Limits
from tests.telegram.driver import Lotse
from tests.telegram.fake import FakeTelegram


class Watch:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def _sent_within(limits: Limits, watch: Watch, chats: list[int], seconds: float) -> int:
    """Send as fast as allowed; return how many went out."""
    sent = 0
    until = watch.now + seconds
    while watch.now < until:
        waits = [limits.take(chat) for chat in chats]
        sent += waits.count(0.0)
        watch.now += 0.01
    return sent


def test_one_a_second_in_a_chat_after_a_short_burst(watch: Watch) -> None:
    assert _sent_within(Limits(30, watch), watch, [1], 10) in (14, 15)


def test_twenty_a_minute_in_a_group(watch: Watch) -> None:
    limits = Limits(30, watch)
    assert _sent_within(limits, watch, [-1], 60) <= 20
    assert _sent_within(limits, watch, [-1], 60) <= 20


def test_thirty_a_second_in_all(watch: Watch) -> None:
    limits = Limits(30, watch)
    _sent_within(limits, watch, list(range(1, 301)), 2)
    assert _sent_within(limits, watch, list(range(301, 601)), 1) in range(29, 32)


def test_a_wait_is_as_long_as_it_says(watch: Watch) -> None:
    limits = Limits(30, watch)
    for _ in range(5):
        assert limits.take(1) == 0.0
    wait = limits.take(1)
    assert 0 < wait <= 1
    assert limits.take(2) == 0.0
    watch.now += wait + 0.001
    assert limits.take(1) == 0.0


async def test_who_gets_many_does_not_hold_up_others(lotse: Lotse, fake: FakeTelegram) -> None:
    """Twelve messages for one, one for another: that one comes at once; then all come, in order, untried."""
    people = [fake.person("de") for _ in range(2)]
    for person in people:
        person.start()
    await lotse.answered()
    lotse.clock.advance(seconds=60)
    async with lotse.store.write() as unit:
        for contact, count in ((1, 12), (2, 1)):
            ((address_id, _),) = await unit.contacts.addresses(contact)
            for number in range(count):
                message = Outbound(f"Zeile {number}", "de")
                await unit.outbox.put(
                    contact, address_id, message, f"test:{contact}:{number}", lotse.clock.now()
                )
    await lotse.send(patience=0)
    many, few = (person.hears()[1:] for person in people)
    assert len(many) == 5
    assert few == ["Zeile 0"]
    await lotse.send(patience=20)
    assert people[0].hears()[1:] == [f"Zeile {number}" for number in range(12)]
    assert [call.outcome for call in fake.calls.to("sendMessage") if call.outcome != "200"] == []
