"""Everything that can go wrong between us and Telegram, each with what a newcomer and the operator see of it."""

import pytest
from telegram import Update

from bot.domain.message import Address, Choice, Outbound
from bot.service import receive
from bot.service.mind import Mind
from bot.service.ports import SendError, Store
from bot.telegram import Client, Dispatcher
from bot.telegram import polling as fetching
from bot.telegram.errors import TABLE
from tests.telegram.driver import Lotse, polling, until
from tests.telegram.fake import FakeTelegram, Person
from tests.telegram.fake.faults import (
    Fault,
    bad_request,
    blocked,
    broken,
    garbage,
    lost_answer,
    reset,
    silence,
    too_many,
    twice,
)
from tests.telegram.fake.refusals import Refusal


@pytest.fixture
async def person(fake: FakeTelegram, lotse: Lotse) -> Person:
    """Somebody who has been welcomed, in German."""
    somebody = fake.person("de")
    somebody.start()
    await lotse.answered()
    return somebody


async def write(lotse: Lotse, *texts: str, choices: tuple[Choice, ...] = ()) -> None:
    """Put messages to the one person there is into the outbox."""
    async with lotse.store.write() as unit:
        ((address_id, _),) = await unit.contacts.addresses(1)
        for text in texts:
            message = Outbound(text, "de", choices)
            await unit.outbox.put(1, address_id, message, f"test:{text[:100]}", lotse.clock.now())


LINES = tuple(f"Zeile {number}" for number in range(4))


@pytest.mark.parametrize(
    "fault", [broken(500), broken(502), reset(), too_many(7)], ids=lambda fault: fault.name
)
async def test_what_passes_is_tried_again(
    lotse: Lotse, fake: FakeTelegram, person: Person, fault: Fault
) -> None:
    """Everything arrives, once and in its order."""
    fake.faults.add(fault, "sendMessage", skip=1, times=2)
    await write(lotse, *LINES)
    await lotse.send(patience=120)
    assert person.hears()[1:] == list(LINES)
    assert not lotse.client.trouble


async def test_telegrams_wish_to_wait_is_kept(lotse: Lotse, fake: FakeTelegram, person: Person) -> None:
    """Inside a burst: nothing is sent to this chat for so many seconds, and nothing overtakes."""
    fake.faults.add(too_many(40), "sendMessage", skip=2)
    await write(lotse, *LINES)
    await lotse.send(patience=30)
    assert person.hears()[1:] == list(LINES[:2])
    lotse.clock.advance(seconds=41)
    await lotse.send()
    assert person.hears()[1:] == list(LINES)


@pytest.mark.parametrize("fault", [lost_answer(), silence(5.0), garbage()], ids=lambda fault: fault.name)
async def test_uncertain_whether_it_arrived_rather_twice_than_not_at_all(
    lotse: Lotse, fake: FakeTelegram, person: Person, fault: Fault
) -> None:
    """Telegram took it, we do not know: it is sent again, and the order stays."""
    fake.faults.add(fault, "sendMessage", skip=1)
    await write(lotse, *LINES)
    await lotse.send(patience=120)
    assert person.hears()[1:] == ["Zeile 0", "Zeile 1", "Zeile 1", "Zeile 2", "Zeile 3"]


@pytest.mark.parametrize("how", ["told", "only refused", "account deleted"])
async def test_nobody_there_any_more(lotse: Lotse, fake: FakeTelegram, person: Person, how: str) -> None:
    """Given up at once, and the address is marked; whoever waits behind is not held up."""
    await write(lotse, *LINES)
    if how == "told":
        person.blocks_bot()
    elif how == "account deleted":
        person.deletes_account()
    else:
        fake.faults.add(blocked(), "sendMessage", times=None)
    await lotse.taken()
    await lotse.send()
    assert await lotse.outbox() == {"sent": 1, "failed": 4}
    assert await lotse.addresses() == 0


@pytest.mark.parametrize(
    "text", ["chat not found", "PEER_ID_INVALID", "message thread not found", "some new rule"]
)
async def test_refused_for_good(lotse: Lotse, fake: FakeTelegram, person: Person, text: str) -> None:
    """That message is given up, with a reason of ours; the next one goes out."""
    fake.faults.add(bad_request(text), "sendMessage")
    await write(lotse, *LINES)
    await lotse.send()
    assert person.hears()[1:] == list(LINES[1:])
    async with lotse.store.read() as unit:
        held = await unit.held(1)
    assert held is not None
    reasons = {line.reason for line in held.messages if line.delivery == "failed"}
    assert len(reasons) == 1
    assert reasons < {rule.reason for rule in TABLE}


async def test_markup_that_telegram_cannot_read_goes_out_plain(
    lotse: Lotse, fake: FakeTelegram, person: Person
) -> None:
    """The words and the buttons arrive; only the look is lost."""
    fake.faults.add(bad_request("can't parse entities: unexpected end tag at byte offset 7"), "sendMessage")
    await write(lotse, "Das ist **wichtig** & <gut>.", choices=(Choice("person", "Mensch"),))
    await lotse.send()
    seen = person.sees()[-1]
    assert (seen.html, seen.labels) == ("Das ist wichtig &amp; &lt;gut&gt;.", ["Mensch"])


async def test_a_group_with_a_new_number_is_reached(lotse: Lotse, fake: FakeTelegram, person: Person) -> None:
    """400 with migrate_to_chat_id: the same message goes there."""
    group = fake.group(people=[person])
    group.add_bot()
    await until(lambda: fake.calls.to("leaveChat", group.id))
    group.add_bot()
    larger = group.upgrade()
    address = Address("telegram", lotse.client.account, str(group.id))
    await lotse.channel.channel.send(address, 999, Outbound("Guten Tag", "de"))
    assert [seen.text for seen in larger.sees() if seen.kind == "text"][-1] == "Guten Tag"


async def test_an_edit_that_changes_nothing_is_no_error(lotse: Lotse, person: Person) -> None:
    sent = await lotse.client.send_text(person.id, "Guten Tag")
    await lotse.client.edit_text(person.id, int(sent), "Guten Tag")
    await lotse.client.edit_text(person.id, int(sent), "Guten <b>Abend</b>")
    assert person.sees()[-1].html == "Guten <b>Abend</b>"
    with pytest.raises(SendError, match="message not found"):
        await lotse.client.edit_text(person.id, 999_999, "nichts")


async def test_a_refused_token_is_told_and_not_hammered(fake: FakeTelegram) -> None:
    """The operator's fault: the message waits five minutes, not one second, and is not given up."""
    for token in ("8200000001:AAWrongTokenOfTheTests_0123456789012", "8200000001:" + "A" * 35):
        async with Client(token, fake.address) as client:
            with pytest.raises(SendError) as refused:
                await client.send_text(1, "x")
            assert not refused.value.permanent
            assert (refused.value.retry_after, client.trouble) == (300, "token refused")


async def test_trouble_ends_by_itself(lotse: Lotse, fake: FakeTelegram, person: Person) -> None:
    async with fake.gone():
        with pytest.raises(SendError):
            await lotse.client.me()
        assert lotse.client.trouble == "no answer"
    await lotse.client.me()
    assert not lotse.client.trouble


async def test_an_hour_without_network(lotse: Lotse, fake: FakeTelegram, person: Person) -> None:
    """The backlog goes out in its order; what is an hour old says of when it is; what was written meanwhile is
    answered."""
    async with fake.gone():
        await write(lotse, *LINES)
        await lotse.send(patience=3600)
        lotse.clock.advance(minutes=20)
        await write(lotse, "neu")
        person.says("danke")
    await lotse.answered()
    await lotse.send(patience=1200)
    late = lotse.mind.world.texts("de").pattern("telegram.late").split("{")[0]
    backlog = person.hears()[1:5]
    assert [text.rpartition("\n\n")[2] for text in backlog] == list(LINES)
    assert all(text.startswith(late) for text in backlog)
    assert person.hears()[5:] == ["neu", lotse.mind.world.texts("de").say("smalltalk.thanks")]


async def test_a_second_poller_waits_its_turn(lotse: Lotse, fake: FakeTelegram, person: Person) -> None:
    """Two workers of ours share by lease: Telegram never sees two at a time."""
    second = Lotse(fake, lotse.store, lotse.mind)
    second.clock = lotse.clock
    async with polling(second):
        for number in range(5):
            person.says(f"danke {number}")
            await lotse.answered()
    assert [call for call in fake.calls.to("getUpdates") if call.outcome == "409"] == []


async def test_a_foreign_poller_is_told(lotse: Lotse, fake: FakeTelegram, person: Person) -> None:
    """Somebody else fetches with our token: known, and over when they are gone."""
    fake.faults.add(
        Fault("409", refusal=Refusal(409, "Conflict: terminated by other getUpdates request")), "getUpdates"
    )
    person.says("danke")
    await until(lambda: lotse.client.trouble)
    assert "another program" in lotse.client.trouble


@pytest.mark.parametrize("fault", [broken(), reset(), garbage(), too_many(1)], ids=lambda fault: fault.name)
async def test_fetching_goes_on_after_a_fault(
    lotse: Lotse, fake: FakeTelegram, person: Person, fault: Fault
) -> None:
    """Nothing is lost, nothing is answered twice."""
    fake.faults.add(fault, "getUpdates", times=2)
    before = len(person.hears())
    for text in ("danke", "Auf Wiedersehen"):
        person.says(text)
        await lotse.answered()
    assert len(person.hears()) == before + 2


async def test_an_update_that_comes_again_has_one_effect(
    lotse: Lotse, fake: FakeTelegram, person: Person
) -> None:
    before = len(person.hears())
    fake.faults.add(twice(), chat=person, times=3)
    for text in ("danke", "Auf Wiedersehen", "danke"):
        person.says(text)
        await lotse.answered()
    assert len(person.hears()) == before + 3


async def test_a_long_message_goes_on_where_it_broke_off(
    lotse: Lotse, fake: FakeTelegram, person: Person
) -> None:
    """Several parts, a fault between them: no part twice, no tag torn, the buttons under the last."""
    paragraph = "Das ist **ein wichtiger Satz** über Fahrräder und <Ampeln>. " * 40
    fake.faults.add(broken(), "sendMessage", skip=1)
    await write(lotse, "\n\n".join([paragraph] * 4), choices=(Choice("person", "Mensch"),))
    before = len(person.sees())
    await lotse.send()
    parts = person.sees()[before:]
    assert len(parts) > 2
    assert [bool(part.labels) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert "".join(part.text for part in parts).count("ein wichtiger Satz") == 160


async def test_an_update_that_cannot_be_stored_holds_up_nobody_else(
    lotse: Lotse, fake: FakeTelegram, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are taken beside it; it comes again, before what its person wrote later, and is not lost."""
    monkeypatch.setattr(fetching, "AFTER_A_FAULT", 0.01)
    other = fake.person("de", "Karim", "", "karim")
    is_broken, taken = True, []
    take = lotse.newcomers.take

    async def fails(update: Update) -> bool:
        words = update.message.text if update.message else ""
        if words == "danke" and is_broken:
            raise OSError("a fault of this update")
        taken.append(words)
        return await take(update)

    monkeypatch.setattr(lotse.dispatcher, "_takers", (fails,))
    person.says("danke")
    person.says("Auf Wiedersehen")
    other.says("hallo")
    await until(lambda: "hallo" in taken)
    assert "Auf Wiedersehen" not in taken
    is_broken = False
    await lotse.answered()
    assert [words for words in taken if words != "hallo"] == ["danke", "Auf Wiedersehen"]
    assert person.hears()[-1] == lotse.mind.world.texts("de").say("smalltalk.thanks")


async def test_a_full_intake_while_fetching(
    lotse: Lotse, fake: FakeTelegram, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is acknowledged; it is answered when there is room."""
    monkeypatch.setattr(fetching, "AFTER_A_FAULT", 0.01)
    with monkeypatch.context() as full:
        full.setattr(receive, "MOST_WAITING", 0)
        person.says("danke")
        await until(lambda: len(fake.calls.to("getUpdates")) > 20)
        assert fake.world.updates.waiting
    await lotse.answered()
    assert person.hears()[-1] == lotse.mind.world.texts("de").say("smalltalk.thanks")


async def test_an_update_that_cannot_be_stored_does_not_keep_back_the_others_for_ever(
    fake: FakeTelegram, sqlite_store: Store, mind: Mind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours with one message: it is given up, loudly, while the database takes the others."""
    monkeypatch.setattr(fetching, "AFTER_A_FAULT", 0.01)
    tried = []

    async def stumble(update: Update) -> bool:
        if update.message and update.message.text == "Stolperstein":
            tried.append(update.update_id)
            raise ValueError
        return False

    lotse = Lotse(fake, sqlite_store, mind)
    lotse.dispatcher = Dispatcher([stumble, lotse.newcomers.take])
    person = fake.person("de")
    async with polling(lotse):
        person.says("Stolperstein")
        person.says("danke")
        await lotse.answered()
    assert len(tried) == fetching.TRIES
    assert person.hears()[-1] == mind.world.texts("de").say("smalltalk.thanks")
