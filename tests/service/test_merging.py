"""Two questions of one newcomer become one, and two again; on both databases, in both directions."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.merge import Standing, together
from bot.domain.message import Author, Outbound
from bot.domain.ticket import Ticket, Waits
from bot.service.desk import Desk, Reply
from bot.service.merging import GrownTogether, NotTogether
from bot.service.mind import Mind
from bot.service.ports import Store
from bot.service.refusals import NoSuchTicket, Taken
from tests.dialogues.replay import ServiceDriver

AMINA, BORIS = 11, 12
FIRST, SECOND = "كيف أرفع البيانو إلى الطابق الثالث؟", "والكرسي أيضا، كيف أرفعه؟"
TEN = timedelta(seconds=10)


async def _two(store: Store, mind: Mind) -> tuple[ServiceDriver, Desk]:
    """Return a newcomer with the questions 1001 and 1002, and the desk."""
    driver = ServiceDriver(store, lambda: mind)
    await driver.press("lang:ar")
    for question in (FIRST, SECOND):
        await driver.press("person")
        await driver.press("question")
        await driver.say(question)
    return driver, Desk(store, driver.notifier, driver.clock, mind.world.texts)


async def _tickets(store: Store) -> tuple[Ticket, Ticket]:
    async with store.read() as unit:
        first, second = await unit.tickets.numbered([1001, 1002])
    return first, second


async def _words(store: Store, number: int) -> list[str]:
    """Return what the newcomer wrote to a ticket, and what was noted."""
    async with store.read() as unit:
        ticket = await unit.tickets.get(number)
        assert ticket
        lines = await unit.messages.of_ticket(ticket.contact, number, 0)
        notes = await unit.tickets.notes(number)
    mine = [line.body.text for line in lines if line.ticket == number and line.author is Author.NEWCOMER]
    return [*mine, *(note.text for note in notes)]


def _says(mind: Mind, key: str, number: int, other: int) -> str:
    return mind.world.texts("ar").say(key, number=number, other=other)


def _texts(messages: list[Outbound]) -> list[str]:
    return [message.text for message in messages]


@pytest.mark.parametrize(("kept", "gone"), [(1001, 1002), (1002, 1001)])
async def test_two_become_one_and_two_again(store: Store, mind: Mind, kept: int, gone: int) -> None:
    driver, desk = await _two(store, mind)
    before = await _tickets(store)
    assert [one.question for one in before] == [FIRST, SECOND]
    words = {number: await _words(store, number) for number in (1001, 1002)}
    await desk.note(gone, AMINA, "eine Notiz")
    await desk.draft(gone, AMINA, "noch ein Satz")
    await desk.draft(kept, AMINA, "ein Satz")
    await desk.draft(gone, BORIS, "von Boris")
    async with store.write() as unit:
        await unit.tickets.tell_way(gone, "0151 000000")
    await desk.merge(gone, kept, AMINA)
    found = {one.number: one for one in await _tickets(store)}
    assert (found[gone].is_open, found[gone].merged_into, found[kept].is_open) == (False, kept, True)
    assert found[kept].lines == (found[gone].question,)
    assert await _words(store, kept) == [*words[1001], *words[1002], "eine Notiz"]
    assert await _words(store, gone) == []
    async with store.read() as unit:
        drafts = {draft.staff: draft.text for draft in await unit.tickets.drafts(kept)}
        assert drafts == {AMINA: "ein Satz\n\nnoch ein Satz", BORIS: "von Boris"}
        assert (await unit.tickets.way(kept), await unit.tickets.drafts(gone)) == ("0151 000000", [])
    driver.clock.advance(seconds=11)
    (told,) = await driver.settle()
    assert told.text == _says(mind, "ticket.merged", kept, gone)
    await desk.part(gone, AMINA)
    assert _texts(await driver.settle()) == [_says(mind, "ticket.parted", kept, gone)]
    again = {one.number: one for one in await _tickets(store)}
    second_way = {gone: True, kept: False}
    for one in before:
        assert again[one.number] == replace(one, second_way=second_way[one.number])
        assert await _words(store, one.number) == [
            *words[one.number],
            *(["eine Notiz"] if one.number == gone else []),
        ]
    async with store.read() as unit:
        assert {draft.staff for draft in await unit.tickets.drafts(kept)} == {AMINA, BORIS}  # no word is lost
        acts = [(act.staff, act.what, act.about) for act in await unit.audit.listed(limit=2)]
        assert (await unit.audit.check()).broken_at is None
    assert acts == [
        (AMINA, "ticket.parted", f"ticket:{gone}<{kept}"),
        (AMINA, "ticket.merged", f"ticket:{gone}>{kept}"),
    ]


async def test_undone_within_ten_seconds_nobody_hears_of_it(store: Store, mind: Mind) -> None:
    driver, desk = await _two(store, mind)
    await desk.merge(1002, 1001, AMINA)
    await desk.part(1002, AMINA)
    driver.clock.advance(seconds=11)
    assert await driver.settle() == []
    with pytest.raises(NoSuchTicket):
        await desk.part(1002, AMINA)


async def test_what_is_answered_once_together_stays_together(store: Store, mind: Mind) -> None:
    """Whose word it is then could not be told any more: refused, and nothing changes."""
    driver, desk = await _two(store, mind)
    await desk.merge(1002, 1001, AMINA)
    message = await desk.reply(1001, Reply("Antwort", AMINA, undo=TEN))
    with pytest.raises(GrownTogether):
        await desk.part(1002, AMINA)
    await desk.undo(1001, message, AMINA)
    await desk.part(1002, AMINA)
    await desk.merge(1002, 1001, AMINA)
    await driver.press("add:1001")
    await driver.say("شيء آخر بعد")
    with pytest.raises(GrownTogether):
        await desk.part(1002, AMINA)
    assert (await _tickets(store))[0].lines == (SECOND, "شيء آخر بعد")


async def test_buttons_of_before_lead_to_the_number_that_stays(store: Store, mind: Mind) -> None:
    driver, desk = await _two(store, mind)
    await desk.merge(1002, 1001, AMINA)
    driver.clock.advance(seconds=11)
    await driver.settle()
    (asked,) = await driver.press("add:1002")
    assert "1002" in asked.text
    (added,) = await driver.say("شيء آخر بعد")
    assert "1001" in added.text
    assert (await _tickets(store))[0].lines[-1] == "شيء آخر بعد"
    (told,) = await driver.press("done:1002")  # "settled" below the one closes nothing of the other
    assert told.text == _says(mind, "ticket.merged", 1001, 1002)
    assert (await _tickets(store))[0].is_open
    (things,) = await driver.press("cmd:status")
    assert "1001" in things.text
    assert "1002" not in things.text


async def test_who_is_on_one_is_on_both(store: Store, mind: Mind) -> None:
    """The program stays silent, and comes back for both at the end."""
    driver, desk = await _two(store, mind)
    await desk.take(1002, AMINA)
    await driver.settle()
    with pytest.raises(Taken):
        await desk.merge(1002, 1001, BORIS)
    await desk.merge(1002, 1001, AMINA)
    kept, _ = await _tickets(store)
    assert (kept.assignee, kept.is_attended(driver.clock.now())) == (AMINA, True)
    driver.clock.advance(seconds=11)
    await driver.settle()
    (passed_on,) = await driver.say("وأين المصعد؟")
    assert "1001" in passed_on.text
    await desk.reply(1001, Reply("Antwort", AMINA, close=True))
    answer, closed = await driver.settle()
    assert (answer.author, "1001" in closed.text) == (Author.STAFF, True)


async def test_what_is_not_answered_yet_still_waits(store: Store, mind: Mind) -> None:
    driver, desk = await _two(store, mind)
    await desk.reply(1001, Reply("Antwort", AMINA))
    await driver.settle()
    await desk.merge(1002, 1001, AMINA)
    assert (await _tickets(store))[0].waits_for is Waits.TEAM
    await desk.part(1002, AMINA)
    assert (await _tickets(store))[0].waits_for is Waits.NEWCOMER


async def test_only_two_of_one_person_that_are_two(store: Store, mind: Mind) -> None:
    driver, desk = await _two(store, mind)
    other = ServiceDriver(store, lambda: mind, driver.clock)
    await other.press("lang:ar")
    await other.press("person")
    await other.say("سؤال شخص آخر تماما عن البيانو")
    for pair in ((1003, 1001), (1001, 1003), (1001, 1001)):
        with pytest.raises(NotTogether):
            await desk.merge(*pair, AMINA)
    with pytest.raises(NoSuchTicket):
        await desk.merge(1001, 9999, AMINA)
    await desk.merge(1002, 1001, AMINA)
    with pytest.raises(NotTogether):
        await desk.merge(1002, 1001, AMINA)
    with pytest.raises(NoSuchTicket):  # it is no question of its own
        await desk.merge(1001, 1002, AMINA)
    with pytest.raises(NoSuchTicket):
        await desk.reopen(1002)


async def test_one_that_holds_another_goes_on_with_it(store: Store, mind: Mind) -> None:
    """1001 into 1002 into 1003: the first cannot be parted any more, and all its buttons lead to the last."""
    driver, desk = await _two(store, mind)
    await driver.press("person")
    await driver.press("question")
    await driver.say("وماذا عن الخزانة الكبيرة؟")
    await desk.merge(1001, 1002, AMINA)
    await desk.merge(1002, 1003, AMINA)
    with pytest.raises(GrownTogether):
        await desk.part(1001, AMINA)
    driver.clock.advance(seconds=11)
    assert len(await driver.settle()) == 2
    await driver.press("add:1001")
    (added,) = await driver.say("شيء آخر بعد")
    assert "1003" in added.text


async def test_erased_with_everything(store: Store, mind: Mind) -> None:
    driver, desk = await _two(store, mind)
    await desk.merge(1002, 1001, AMINA)
    await driver.press("cmd:forget_me")
    await driver.press("erase:yes")
    async with store.read() as unit:
        assert await unit.tickets.listed(only_open=False) == []


async def test_of_two_who_merge_at_once_in_both_directions_one_wins(store: Store, mind: Mind) -> None:
    """The other is refused: there would be no number left."""
    driver, desk = await _two(store, mind)
    done = await asyncio.gather(
        desk.merge(1002, 1001, AMINA), desk.merge(1001, 1002, AMINA), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) in (
        ["NoSuchTicket", "NoneType"],
        ["NoneType", "NotTogether"],
    )
    assert sum(one.merged_into is None for one in await _tickets(store)) == 1
    driver.clock.advance(seconds=11)
    assert len(await driver.settle()) == 1


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLAIN = Ticket(1, 7, 4711, "?", "ar", "duelmen", "", (), False, "", NOON)
CLOSED = replace(PLAIN, closed_at=NOON + TEN, assignee=BORIS, attended_at=NOON, snoozed_until=NOON)


@pytest.mark.parametrize(
    ("kept", "other", "expected"),
    [
        # The earliest promise that is not kept yet counts, also of the other; one that was kept does not.
        ({"promised_at": NOON + 2 * TEN}, {"promised_at": NOON + TEN}, {"promised_at": NOON + TEN}),
        ({}, {"promised_at": NOON + TEN}, {"promised_at": NOON + TEN}),
        (
            {"promised_at": NOON + 2 * TEN},
            {"promised_at": NOON + TEN, "answered_at": NOON + TEN},
            {"promised_at": NOON + 2 * TEN, "answered_at": None},
        ),
        ({"answered_at": NOON + TEN}, {}, {"answered_at": None}),
        ({"answered_at": NOON + TEN}, {"answered_at": NOON + 2 * TEN}, {"answered_at": NOON + 2 * TEN}),
        # Put off is what was put off twice, until the first of both.
        ({"snoozed_until": NOON + TEN}, {}, {"snoozed_until": None}),
        (
            {"snoozed_until": NOON + 2 * TEN},
            {"snoozed_until": NOON + TEN},
            {"snoozed_until": NOON + TEN},
        ),
        ({"tags": ("a", "b")}, {"tags": ("b", "c")}, {"tags": ("a", "b", "c")}),
        ({}, {"urgent": True, "assignee": AMINA}, {"urgent": True, "assignee": AMINA}),
        ({"assignee": BORIS}, {}, {"assignee": BORIS}),
    ],
)
def test_how_the_whole_stands(
    kept: dict[str, object], other: dict[str, object], expected: dict[str, object]
) -> None:
    whole = together(replace(PLAIN, **kept), replace(PLAIN, number=2, **other))  # type: ignore[arg-type]
    assert {name: getattr(whole, name) for name in expected} == expected
    assert Standing.from_json(whole.to_json()) == whole


def test_a_closed_one_brings_its_words_only() -> None:
    """Who had it, and whether a person was on it, is over."""
    whole = together(PLAIN, CLOSED)
    assert (whole.assignee, whole.attended_at, whole.closed_at) == (None, None, None)
