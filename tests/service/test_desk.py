"""What staff do: the answer goes the way of every other message; of two who press at once one wins."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.message import Author, Delivery, Outbound
from bot.domain.ticket import QUIET_FOR, REOPENS_WITHIN, Ticket, Waits
from bot.service import quiet
from bot.service.desk import Desk, Meanwhile, NotReachable, Reply, TooLate
from bot.service.jobs import JobWorker
from bot.service.mind import Mind
from bot.service.ports import SendError, Store
from bot.service.refusals import NoSuchTicket, Taken
from tests.dialogues.replay import ServiceDriver

AMINA, BORIS = 11, 12
QUESTION = "كيف أرفع البيانو إلى الطابق الثالث؟"
TEN = timedelta(seconds=10)


async def _asked(store: Store, mind: Mind) -> tuple[ServiceDriver, Desk]:
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("lang:ar")
    await driver.press("person")
    await driver.say(QUESTION)
    return driver, Desk(store, driver.notifier, driver.clock, mind.world.texts)


async def _ticket(store: Store, number: int = 1001) -> Ticket:
    async with store.read() as unit:
        found = await unit.tickets.get(number)
    assert found
    return found


async def _drafts(store: Store) -> dict[int, str]:
    async with store.read() as unit:
        return {draft.staff: draft.text for draft in await unit.tickets.drafts(1001)}


async def _states(store: Store) -> list[Delivery | None]:
    """Return what is known of the answers of staff."""
    ticket = await _ticket(store)
    async with store.read() as unit:
        lines = await unit.messages.of_ticket(ticket.contact, 1001, 0)
    return [line.delivery for line in lines if line.author is Author.STAFF]


def _texts(messages: list[Outbound]) -> list[str]:
    return [message.text for message in messages]


def _says(mind: Mind, key: str) -> str:
    return mind.world.texts("ar").say(key, number=1001)


async def test_the_newcomer_reads_who_answers_and_that_it_is_closed(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.reply(1001, Reply("Rufen Sie uns bitte an.", language="de", close=True))
    answer, closed = await driver.settle()
    assert (answer.author, answer.text, answer.language) == (Author.STAFF, "Rufen Sie uns bitte an.", "de")
    assert closed.text == _says(mind, "attended.closed")
    with pytest.raises(NoSuchTicket):
        await desk.reply(1001, Reply("Noch etwas"))
    with pytest.raises(NoSuchTicket):
        await desk.close(1001)


async def test_a_closed_ticket_is_not_named_as_open(store: Store, mind: Mind) -> None:
    """After closing, "forget me" does not warn of it any more."""
    driver, desk = await _asked(store, mind)
    await desk.close(1001)
    await driver.settle()
    (question,) = await driver.press("cmd:forget_me")
    assert "1001" not in question.text


async def test_who_cannot_be_reached_is_told_to_staff(store: Store, mind: Mind) -> None:
    """A blocked bot must not look like an answered question; once they write again, "again" delivers it."""
    driver, desk = await _asked(store, mind)
    await desk.take(1001, AMINA)
    await driver.settle()
    message = await desk.reply(1001, Reply("Erste Antwort", AMINA))
    driver.channel.faults = [SendError("blocked", permanent=True, unreachable=True)]
    await driver.settle()
    assert await _states(store) == [Delivery.FAILED]
    with pytest.raises(NotReachable):
        await desk.reply(1001, Reply("Zweite Antwort", AMINA))
    with pytest.raises(NotReachable):
        await desk.again(1001, message)
    async with store.read() as unit:
        assert await unit.tickets.unreached((), driver.clock.now()) == {1001}
    await driver.say("hallo?")
    await desk.again(1001, message)
    assert _texts(await driver.settle()) == ["Erste Antwort"]
    async with store.read() as unit:
        assert await unit.tickets.unreached((), driver.clock.now()) == frozenset()


async def test_reached_by_telephone_is_reached(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.reply(1001, Reply("Antwort", AMINA, close=True))
    driver.channel.faults = [SendError("blocked", permanent=True, unreachable=True)]
    await driver.settle()
    async with store.read() as unit:  # also a closed one
        assert await unit.tickets.unreached((), driver.clock.now()) == {1001}
    driver.clock.advance(hours=1)
    await desk.reached(1001)
    async with store.read() as unit:
        assert await unit.tickets.unreached((), driver.clock.now()) == frozenset()


async def test_an_answer_nobody_came_back_for_has_not_reached_them(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.reply(1001, Reply("Antwort", AMINA))
    await driver.settle()
    sent = driver.clock.now()
    async with store.read() as unit:
        assert await unit.tickets.unreached(["kept"], sent) == frozenset()
        assert await unit.tickets.unreached(["kept"], sent + timedelta(days=1)) == {1001}
        assert await unit.tickets.unreached(["other"], sent + timedelta(days=1)) == frozenset()


# --- two at once


async def test_of_two_who_take_one_wins(store: Store, mind: Mind) -> None:
    """The other is told who has it; the newcomer hears once that a person is on it."""
    driver, desk = await _asked(store, mind)
    results = await asyncio.gather(desk.take(1001, AMINA), desk.take(1001, BORIS), return_exceptions=True)
    (lost,) = [result for result in results if isinstance(result, Taken)]
    assert {lost.by, (await _ticket(store)).assignee} <= {AMINA, BORIS}
    assert lost.by == (await _ticket(store)).assignee
    assert _texts(await driver.settle()) == [_says(mind, "attended.begins")]


async def test_of_two_answers_at_once_one_goes_out(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    results = await asyncio.gather(
        *(desk.reply(1001, Reply(f"Antwort {staff}", staff, seen=10**6)) for staff in (AMINA, BORIS)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Taken", "int"]
    answers = [message for message in await driver.settle() if message.author is Author.STAFF]
    assert len(answers) == 1


async def test_an_answer_waits_if_somebody_wrote_meanwhile(store: Store, mind: Mind) -> None:
    """Neither a colleague's answer nor the newcomer's word is overlooked; a line of the program does not matter."""
    driver, desk = await _asked(store, mind)
    ticket = await _ticket(store)
    async with store.read() as unit:
        seen = (await unit.messages.of_ticket(ticket.contact, 1001, 0))[0].id
    await desk.take(1001, AMINA)
    await driver.settle()
    await desk.reply(1001, Reply("Eins", AMINA, seen=seen))
    with pytest.raises(Meanwhile) as staff:
        await desk.reply(1001, Reply("Zwei", AMINA, seen=seen))
    assert staff.value.line.staff == AMINA
    await driver.settle()
    await driver.say("hat sich erledigt")
    with pytest.raises(Meanwhile) as newcomer:
        await desk.reply(1001, Reply("Zwei", AMINA, seen=staff.value.line.id))
    assert newcomer.value.line.author is Author.NEWCOMER
    assert _texts(await driver.settle()) == []


async def test_taking_over_needs_the_one_who_has_it(store: Store, mind: Mind) -> None:
    _, desk = await _asked(store, mind)
    await desk.take(1001, AMINA)
    await desk.take(1001, BORIS, instead_of=AMINA)
    with pytest.raises(Taken):
        await desk.take(1001, 13, instead_of=AMINA)
    with pytest.raises(Taken):
        await desk.release(1001, AMINA)
    await desk.give(1001, AMINA, by=BORIS)
    assert (await _ticket(store)).assignee == AMINA


async def test_a_draft_survives_whoever_has_the_ticket(store: Store, mind: Mind) -> None:
    """Nobody's words are lost when the owner changes; one's own are gone once they are sent."""
    driver, desk = await _asked(store, mind)
    await desk.draft(1001, AMINA, "Guten Tag, das Klavier")
    await desk.take(1001, BORIS)
    await desk.draft(1001, BORIS, "Kommen Sie")
    with pytest.raises(Taken):
        await desk.reply(1001, Reply("Guten Tag, das Klavier", AMINA))
    await desk.draft(1001, AMINA, None)  # only looks
    assert await _drafts(store) == {AMINA: "Guten Tag, das Klavier", BORIS: "Kommen Sie"}
    await desk.reply(1001, Reply("Kommen Sie bitte", BORIS))
    assert await _drafts(store) == {AMINA: "Guten Tag, das Klavier", BORIS: ""}
    await driver.settle()


# --- undo


async def test_an_answer_can_be_taken_back_for_a_while(store: Store, mind: Mind) -> None:
    """With what the program would have said around it; its words are a draft again."""
    driver, desk = await _asked(store, mind)
    message = await desk.reply(1001, Reply("Falsch", AMINA, close=True, undo=TEN))
    assert await driver.settle() == []
    with pytest.raises(TooLate):
        await desk.undo(1001, message, BORIS)
    await desk.undo(1001, message, AMINA)
    ticket = await _ticket(store)
    assert (ticket.is_open, ticket.answered_at, ticket.waits_for) == (True, None, Waits.TEAM)
    assert await _drafts(store) == {AMINA: "Falsch"}
    driver.clock.advance(seconds=11)
    assert await driver.settle() == []
    # The program answers, as no person is on it.
    assert await driver.say("danke")


async def test_after_that_it_is_on_its_way(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    message = await desk.reply(1001, Reply("Richtig", AMINA, undo=TEN))
    driver.clock.advance(seconds=11)
    assert _texts(await driver.settle()) == [_says(mind, "attended.begins"), "Richtig"]
    with pytest.raises(TooLate):
        await desk.undo(1001, message, AMINA)


# --- a person is on it


async def test_the_program_is_silent_while_a_person_is_on_it(store: Store, mind: Mind) -> None:
    """What is written goes to the ticket, with one receipt; crisis cards, commands and forget me still work."""
    driver, desk = await _asked(store, mind)
    await desk.take(1001, AMINA)
    await driver.settle()
    (receipt,) = await driver.say("أين أجد دورة لغة ألمانية؟")
    assert receipt.text == _says(mind, "attended.added")
    assert await driver.say("ja") == []
    assert await driver.say("شكرا") == []
    assert await driver.send_file("photo") == []
    (card,) = await driver.say("أريد أن أقتل نفسي")
    assert card.kind == "crisis"
    assert [message.kind for message in await driver.press("cmd:my_data")] == ["data"]
    ticket = await _ticket(store)
    assert ticket.lines == ("أين أجد دورة لغة ألمانية؟", "ja", "شكرا", "📎", "أريد أن أقتل نفسي")
    assert ticket.waits_for is Waits.TEAM
    async with store.read() as unit:
        lines = await unit.messages.of_ticket(ticket.contact, 1001, 0)
    assert [file.kind for line in lines for file in line.attachments] == ["photo"]


@pytest.mark.parametrize("way", ["bot", "بوت", "bot:1001"])
async def test_the_newcomer_calls_the_program_back(store: Store, mind: Mind, way: str) -> None:
    driver, desk = await _asked(store, mind)
    await desk.take(1001, AMINA)
    await driver.settle()
    (back,) = await (driver.press(way) if ":" in way else driver.say(way))
    assert back.text == _says(mind, "attended.back")
    ticket = await _ticket(store)
    assert (ticket.is_open, ticket.assignee, ticket.attended_at) == (True, AMINA, None)
    assert [message.kind for message in await driver.say("أين أجد دورة لغة ألمانية؟")] != []


async def test_the_newcomer_closes_and_says_whether_it_helped(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.reply(1001, Reply("Antwort", AMINA))
    await driver.settle()
    (closed,) = await driver.press("done:1001")
    assert [choice.id for choice in closed.choices] == ["rate:1001:yes", "rate:1001:no"]
    (sorry,) = await driver.press("rate:1001:no")
    assert [choice.id for choice in sorry.choices] == ["add:1001"]
    await driver.press("rate:1001:yes")
    assert (await _ticket(store)).rating == "no"  # the first word counts


async def test_a_further_word_opens_it_again_for_a_while(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.close(1001)
    await driver.settle()
    driver.clock.moment += REOPENS_WITHIN - timedelta(minutes=1)
    await driver.press("add:1001")
    (again,) = await driver.say("es klemmt")
    assert again.text == _says(mind, "ticket.reopened")
    assert (await _ticket(store)).lines == ("es klemmt",)
    await desk.close(1001)
    await driver.settle()
    driver.clock.moment += REOPENS_WITHIN
    (closed,) = await driver.press("add:1001")
    assert closed.text == _says(mind, "ticket.closed")
    await driver.press("question")
    await driver.say("noch eine Frage zum Klavier")
    assert (await _ticket(store, 1002)).previous == 1001


async def test_nobody_closes_or_rates_what_is_not_theirs(store: Store, mind: Mind) -> None:
    _, desk = await _asked(store, mind)
    other = ServiceDriver(store, lambda: mind)
    for choice in ("done:1001", "bot:1001", "rate:1001:yes", "done:9999"):
        await other.press(choice)
    assert (await _ticket(store)).is_open
    await desk.close(1001)
    await other.press("rate:1001:yes")
    assert (await _ticket(store)).rating == ""


async def test_after_a_day_of_silence_the_program_is_back(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.reply(1001, Reply("Antwort", AMINA))
    await driver.settle()
    run = quiet.come_back(store, driver.notifier, driver.clock, mind.world.texts)
    worker = JobWorker(store, driver.clock, {quiet.KIND: run}, "jobs")
    driver.clock.moment += QUIET_FOR - timedelta(minutes=1)
    assert not await worker.run_once()
    await desk.reply(1001, Reply("Noch etwas", AMINA))
    await driver.settle()
    driver.clock.moment += QUIET_FOR - timedelta(minutes=1)
    assert not await worker.run_once()
    driver.clock.advance(minutes=1)
    assert await worker.run_once()
    assert _texts(await driver.settle()) == [_says(mind, "attended.back")]
    ticket = await _ticket(store)
    assert (ticket.is_open, ticket.assignee, ticket.attended_at) == (True, AMINA, None)


async def test_released_is_everybodys_and_the_program_is_back(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.take(1001, AMINA)
    await driver.settle()
    await desk.release(1001, AMINA)
    assert _texts(await driver.settle()) == [_says(mind, "attended.back")]
    assert (await _ticket(store)).assignee is None


async def test_a_snoozed_ticket_wakes_with_the_newcomer(store: Store, mind: Mind) -> None:
    driver, desk = await _asked(store, mind)
    await desk.snooze(1001, driver.clock.now() + timedelta(days=3))
    assert (await _ticket(store)).is_snoozed(driver.clock.now())
    await driver.press("add:1001")
    await driver.say("200 kg")
    assert not (await _ticket(store)).is_snoozed(driver.clock.now())


async def test_notes_and_tags_are_for_the_team(store: Store, mind: Mind) -> None:
    """They never go out; "my data" shows the notes, as the law wants."""
    driver, desk = await _asked(store, mind)
    await desk.note(1001, AMINA, "Nachbar fragen")
    await desk.tag(1001, "Umzug, Klavier ,umzug,")
    assert await driver.settle() == []
    assert (await _ticket(store)).tags == ("umzug", "klavier")
    (data,) = await driver.press("cmd:my_data")
    assert "Nachbar fragen" in data.document
    await driver.press("cmd:forget_me")
    await driver.press("erase:yes")
    async with store.read() as unit:
        assert await unit.tickets.notes(1001) == []
