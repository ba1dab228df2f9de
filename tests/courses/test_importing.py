"""A new list of the VHS, and what it means for the people who are registered; on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.course import Entry, Listed, Meeting, Venue
from bot.domain.registration import State
from bot.service.importing import EXAMPLES, Affected, Imported, examples_wanted, take_in
from bot.service.mind import Mind
from bot.service.registering import COURSE_REMINDER, Registrar
from bot.storage.engine import Database
from tests.courses.people import FIRST_DAY, course_now, courses, hand_in_all, listed, states
from tests.storage.people import LEASE, NOW, after, due_first

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def registrar(mind: Mind) -> Registrar:
    return Registrar(lambda: mind)


async def import_list(
    store: Database,
    registrar: Registrar,
    wanted: Sequence[Listed],
    at: datetime = NOW,
    source: str = "test",
    counted_at: datetime | None = None,
) -> Imported:
    async with store.write() as unit:
        return await take_in(unit, registrar, source, wanted, at, counted_at or at)


async def told(store: Database) -> list[str]:
    """Deliver everything; return the texts."""
    texts = []
    async with store.write() as unit:
        while due := await due_first(unit, "s", after(10**7), LEASE, ["web"]):
            await unit.outbox.sent(due, "x", NOW)
            texts.append(due.message.text)
    return texts


async def jobs(store: Database, kind: str) -> list[datetime]:
    """Return when jobs of a kind are due, taking them."""
    found = []
    async with store.write() as unit:
        while job := await unit.jobs.claim("j", after(10**8), LEASE, [kind]):
            found.append(job.run_at)
            await unit.jobs.done(job, "j")
    return found


async def test_new_changed_and_gone_are_counted(store: Database, registrar: Registrar) -> None:
    first = await import_list(store, registrar, [listed("a"), listed("b"), listed("c")])
    assert (first.courses, first.new, first.changed, first.gone) == (3, 3, 0, 0)
    second = [listed("a"), listed("b", title="Deutsch A1 am Morgen"), listed("d")]
    again = await import_list(store, registrar, second, NOW + DAY)
    assert (again.new, again.changed, again.gone) == (1, 1, 1)
    same = await import_list(store, registrar, second, NOW + 2 * DAY)
    assert (same.new, same.changed, same.gone) == (0, 0, 0)
    back = await import_list(store, registrar, [*second, listed("c")], NOW + 3 * DAY)
    assert (back.new, back.changed, back.gone) == (0, 1, 0)


async def test_the_age_of_every_course_is_that_of_the_last_list(
    store: Database, registrar: Registrar
) -> None:
    await import_list(store, registrar, [listed("a"), listed("b")])
    await import_list(store, registrar, [listed("a"), listed("b", booked=3)], NOW + DAY)
    async with store.read() as unit:
        assert {course.imported_at for course in await unit.courses.listed()} == {NOW + DAY}
        assert await unit.courses.imported_at() == NOW + DAY


async def test_more_courses_than_one_statement_takes(store: Database, registrar: Registrar) -> None:
    many = [listed(f"k{number}") for number in range(1101)]
    assert (await import_list(store, registrar, many)).new == 1101
    fewer = [replace(one, booked=1) for one in many[:600]]
    again = await import_list(store, registrar, fewer, NOW + DAY)
    assert (again.new, again.changed, again.gone) == (0, 600, 501)


async def test_another_vhs_keeps_its_list(store: Database, registrar: Registrar) -> None:
    await import_list(store, registrar, [listed("a")])
    other = await import_list(store, registrar, [listed("a", source="other")], source="other")
    assert (other.new, other.gone) == (1, 0)


async def test_a_course_that_the_list_cancels_is_cancelled(store: Database, registrar: Registrar) -> None:
    (course, _) = await courses(store, listed("a", maximum=1), listed("b"))
    await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    imported = await import_list(store, registrar, [listed("a", maximum=1, cancelled=True), listed("b")])
    assert imported.cancelled == [Affected("N-a", "Deutsch A1 am Abend", 2)]
    assert await states(store, course) == {"Ali": State.CANCELLED, "Bea": State.CANCELLED}
    texts = await told(store)
    assert len(texts) == 2
    assert all("fällt leider aus" in text and "N-b" in text for text in texts)
    again = await import_list(store, registrar, [listed("a", maximum=1, cancelled=True), listed("b")])
    assert (again.cancelled, await told(store)) == ([], [])


async def test_a_course_that_vanished_is_a_task_and_nobody_is_told(
    store: Database, registrar: Registrar
) -> None:
    (course, _) = await courses(store, listed("a", maximum=1), listed("b"))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    imported = await import_list(store, registrar, [listed("b")])
    assert imported.vanished == [Affected("N-a", "Deutsch A1 am Abend", 2)]
    assert await states(store, course) == {"Ali": State.CONFIRMED, "Bea": State.WAITLISTED}
    assert await told(store) == []
    async with store.read() as unit:
        questions = [ticket.question for ticket in await unit.tickets.listed()]
    assert len(questions) == 2
    for receipt in receipts.values():
        assert any(f"Anmeldung {receipt}" in question and "N-a" in question for question in questions)
    again = await import_list(store, registrar, [listed("b")], NOW + DAY)
    assert again.vanished == []  # once is enough
    async with store.read() as unit:
        assert len(await unit.tickets.listed()) == 2


async def test_a_course_that_has_begun_may_leave_the_list(store: Database, registrar: Registrar) -> None:
    (course, _) = await courses(store, listed("a"), listed("b"))
    await hand_in_all(store, registrar, course, ["Ali"])
    begun = NOW + timedelta(days=60)
    imported = await import_list(store, registrar, [listed("b")], begun)
    assert (imported.gone, imported.vanished) == (1, [])
    async with store.read() as unit:
        assert await unit.tickets.listed() == []


async def test_new_dates_are_told_and_the_reminder_moves(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed("a", maximum=1))
    await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    later = FIRST_DAY + timedelta(days=7)
    moved = listed("a", maximum=1, starts=later, meetings=(Meeting(later, time(19), time(21)),))
    imported = await import_list(store, registrar, [moved])
    assert imported.moved == [Affected("N-a", "Deutsch A1 am Abend", 2)]
    texts = await told(store)
    assert len(texts) == 2
    assert all("18.01.2027, 19:00" in text and "VHS-Haus" in text for text in texts)
    assert not any("ngemeldet" in text for text in texts)  # Bea is not
    assert [at.date() for at in await jobs(store, COURSE_REMINDER)] == [later - DAY]


async def test_a_second_change_is_told_again_and_an_old_list_never(
    store: Database, registrar: Registrar
) -> None:
    (course,) = await courses(store, listed("a"))
    await hand_in_all(store, registrar, course, ["Ali"])
    room = listed("a", venue=Venue(name="Rathaus", town="Dülmen", town_id="duelmen"))
    assert len((await import_list(store, registrar, [room], NOW + DAY)).moved) == 1
    assert (await import_list(store, registrar, [room], NOW + 2 * DAY)).moved == []
    assert len((await import_list(store, registrar, [listed("a")], NOW + 3 * DAY)).moved) == 1
    texts = await told(store)
    assert ["Rathaus" in text for text in texts] == [True, False]


async def test_what_changes_in_the_past_is_no_news(store: Database, registrar: Registrar) -> None:
    """Some exports leave out the dates that are over."""
    dates = tuple(Meeting(FIRST_DAY + timedelta(days=7 * week), time(18)) for week in range(4))
    (course,) = await courses(store, listed("a", meetings=dates))
    await hand_in_all(store, registrar, course, ["Ali"])
    in_the_middle = datetime.combine(FIRST_DAY, time(12), NOW.tzinfo) + timedelta(days=8)
    imported = await import_list(store, registrar, [listed("a", meetings=dates[2:])], in_the_middle)
    assert (imported.changed, imported.moved) == (1, [])
    over = await import_list(
        store, registrar, [listed("a", meetings=dates[:1], ends=FIRST_DAY)], NOW + timedelta(days=200)
    )
    assert over.moved == []


async def test_seats_that_come_with_the_list_are_offered(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed("a", maximum=10, booked=10))
    await hand_in_all(store, registrar, course, ["Ali", "Bea", "Cem"])
    imported = await import_list(store, registrar, [listed("a", maximum=12, booked=10)])
    assert imported.offered == 2
    assert await states(store, course) == {
        "Ali": State.OFFERED,
        "Bea": State.OFFERED,
        "Cem": State.WAITLISTED,
    }


async def test_who_was_handed_over_is_counted_once(store: Database, registrar: Registrar) -> None:
    """Before the VHS counted them they are ours; in a list counted after the hand-over they are the VHS's."""
    (course,) = await courses(store, listed("a", maximum=10, booked=0))
    await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    async with store.write() as unit:
        ids = [one.id for one in await unit.registrations.of_course(course)]
        await unit.registrations.exported(ids, NOW + DAY)
    old = [listed("a", maximum=10, booked=0)]
    await import_list(store, registrar, old, NOW + 2 * DAY, counted_at=NOW + DAY / 2)
    assert (await course_now(store, course)).left == 8
    counted = [listed("a", maximum=10, booked=2)]
    await import_list(store, registrar, counted, NOW + 3 * DAY, counted_at=NOW + 2 * DAY)
    assert (await course_now(store, course)).left == 8


async def test_the_first_real_list_ends_the_examples(store: Database, registrar: Registrar) -> None:
    example = listed("e", source=EXAMPLES, example=True)
    async with store.write() as unit:
        assert await examples_wanted(unit, TODAY)
        await unit.courses.reload(EXAMPLES, [example], NOW, NOW)
        assert not await examples_wanted(unit, TODAY)
        (course,) = [one.id for one in await unit.courses.listed()]
    await hand_in_all(store, registrar, course, ["Ali"])
    imported = await import_list(store, registrar, [listed("a")])
    assert imported.examples == 1
    async with store.read() as unit:
        assert [one.listed.key for one in await unit.courses.listed()] == ["a"]
        assert not await examples_wanted(unit, TODAY)
    assert await states(store, course) == {"Ali": State.CANCELLED}
    assert len(await told(store)) == 1
    await import_list(store, registrar, [listed("z")], NOW + DAY)
    async with store.read() as unit:  # nor when the real list is empty again one day
        assert not await examples_wanted(unit, date(2030, 1, 1))


async def test_examples_whose_time_is_over_are_made_anew(store: Database) -> None:
    async with store.write() as unit:
        await unit.courses.reload(EXAMPLES, [listed("e", source=EXAMPLES, example=True)], NOW, NOW)
        assert not await examples_wanted(unit, FIRST_DAY - DAY)
        assert await examples_wanted(unit, FIRST_DAY)


async def test_staff_s_cancelling_outlives_the_list(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed("a", entry=Entry.SEAT))
    async with store.write() as unit:
        await registrar.cancel_course(unit, course, NOW)
    again = await import_list(store, registrar, [listed("a")], NOW + DAY)
    assert again.changed == 0
    assert (await course_now(store, course)).cancelled
