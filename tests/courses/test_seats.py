"""Seats, the waiting list and offers over real databases, with time travel."""

from datetime import timedelta

import pytest

from bot.domain.course import CourseKind
from bot.domain.message import Delivery
from bot.domain.registration import Refused, State
from bot.service.mind import Mind
from bot.service.registering import OFFER_END, CourseClosed, Registrar, offer_end
from bot.storage.engine import Database
from tests.courses.people import application, course_now, courses, hand_in_all, listed, newcomer, states
from tests.storage.people import LEASE, NOW, after, due_first, send_all

DAY = timedelta(days=1)


@pytest.fixture
def registrar(mind: Mind) -> Registrar:
    return Registrar(lambda: mind)


async def _texts(store: Database) -> list[str]:
    """Deliver everything; return the texts."""
    texts = []
    async with store.write() as unit:
        while due := await due_first(unit, "s", after(10**7), LEASE, ["web"]):
            await unit.outbox.sent(due, "x", NOW)
            texts.append(due.message.text)
    return texts


async def test_seats_are_given_until_there_are_none(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed(maximum=2))
    await hand_in_all(store, registrar, course, ["Ali", "Bea", "Cem"])
    assert await states(store, course) == {
        "Ali": State.CONFIRMED,
        "Bea": State.CONFIRMED,
        "Cem": State.WAITLISTED,
    }
    found = await course_now(store, course)
    assert (found.left, found.taken, found.waiting) == (0, 2, 1)


async def test_none_is_not_zero(store: Database, registrar: Registrar) -> None:
    """Zero seats are none; an untold maximum is an enquiry, and neither is unlimited."""
    full, untold = await courses(store, listed("full", maximum=0), listed("untold", maximum=None))
    await hand_in_all(store, registrar, full, ["Ali"])
    await hand_in_all(store, registrar, untold, ["Bea"])
    assert await states(store, full) == {"Ali": State.WAITLISTED}
    assert await states(store, untold) == {"Bea": State.SUBMITTED}


async def test_an_overbooked_course_is_full(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed(maximum=10, booked=12))
    assert (await course_now(store, course)).left == 0
    await hand_in_all(store, registrar, course, ["Ali"])
    assert await states(store, course) == {"Ali": State.WAITLISTED}


async def test_of_an_integration_course_the_vhs_decides(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed(kind=CourseKind.INTEGRATION))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    assert set((await states(store, course)).values()) == {State.SUBMITTED}
    async with store.write() as unit:
        await registrar.decide(unit, receipts["Ali"], State.CONFIRMED, NOW)
        await registrar.decide(unit, receipts["Bea"], State.REJECTED, NOW, "Bitte erst zum Einstufungstest.")
    assert await states(store, course) == {"Ali": State.CONFIRMED, "Bea": State.REJECTED}
    told = await _texts(store)
    assert ["Angemeldet" in text for text in told] == [True, False]
    assert "Bitte erst zum Einstufungstest." in told[1]


async def test_the_same_person_twice_has_one_effect(store: Database, registrar: Registrar) -> None:
    """From the same chat, and from another one with the same telephone number."""
    (course,) = await courses(store, listed())
    first, second = await newcomer(store, "web"), await newcomer(store, "phone")
    wanted = application(course, "Amina Haddad", reach="+49 2594 123")
    async with store.write() as unit:
        one = await registrar.hand_in(unit, first, wanted, NOW)
        again = await registrar.hand_in(unit, first, wanted, NOW)
        other = await registrar.hand_in(
            unit, second, application(course, "amina  haddad", reach="+492594123"), NOW
        )
    assert (again.again, other.again) == (True, True)
    assert {one.registrations[0].receipt} == {line.registrations[0].receipt for line in (again, other)}
    assert (await course_now(store, course)).taken == 1


async def test_two_people_of_one_name_are_two(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed())
    for name in ("here", "there"):
        contact = await newcomer(store, name)
        async with store.write() as unit:
            await registrar.hand_in(unit, contact, application(course, "Ali Ahmad"), NOW)
    assert (await course_now(store, course)).taken == 2


async def test_a_family_finds_seats_together_or_waits(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed(maximum=2))
    single = await hand_in_all(store, registrar, course, ["Ali"])
    family = await newcomer(store, "family")
    async with store.write() as unit:
        applied = await registrar.hand_in(unit, family, application(course, "Bea Roth", "Cem Roth"), NOW)
    assert applied.state is State.WAITLISTED
    assert len({one.receipt for one in applied.registrations}) == 1
    async with store.write() as unit:
        ali = (await unit.registrations.by_receipt(single["Ali"]))[0]
        await registrar.withdraw(unit, ali.contact, ali.receipt, NOW)
    assert await states(store, course) == {
        "Ali": State.WITHDRAWN,
        "Bea": State.OFFERED,
        "Cem": State.OFFERED,
    }


async def test_nobody_withdraws_for_somebody_else(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed())
    receipts = await hand_in_all(store, registrar, course, ["Ali"])
    stranger = await newcomer(store, "stranger")
    async with store.write() as unit:
        assert await registrar.withdraw(unit, stranger, receipts["Ali"], NOW) is None
        assert await registrar.answer(unit, stranger, receipts["Ali"], True, NOW) is None
    assert await states(store, course) == {"Ali": State.CONFIRMED}


async def test_the_list_end_to_end(store: Database, registrar: Registrar) -> None:
    """Offer, reminder, the end of the time, the next person, acceptance, and a yes that comes too late."""
    (course,) = await courses(store, listed(maximum=1))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea", "Cem"])
    async with store.write() as unit:
        people = {name: (await unit.registrations.by_receipt(receipts[name]))[0] for name in receipts}
        await registrar.withdraw(unit, people["Ali"].contact, receipts["Ali"], NOW)
    offer = await _texts(store)
    assert len(offer) == 1
    assert "Ein Platz ist frei" in offer[0]
    assert "Donnerstag, 26.11.2026, 18:00" in offer[0]  # weekday, date and hour
    end = offer_end(NOW)
    assert end - NOW >= timedelta(hours=48)
    async with store.write() as unit:
        await registrar.remind_of_offer(unit, receipts["Bea"], end - DAY)
        await registrar.end_offer(
            unit, receipts["Bea"], end - timedelta(minutes=1)
        )  # too early: nothing happens
    assert (await states(store, course))["Bea"] is State.OFFERED
    assert ["Wir warten noch" in text for text in await _texts(store)] == [True]
    async with store.write() as unit:
        await registrar.end_offer(unit, receipts["Bea"], end)
        await registrar.end_offer(unit, receipts["Bea"], end)  # twice does no harm
    assert await states(store, course) == {
        "Ali": State.WITHDRAWN,
        "Bea": State.EXPIRED,
        "Cem": State.OFFERED,
    }
    async with store.write() as unit:
        await registrar.answer(unit, people["Cem"].contact, receipts["Cem"], True, end)
        late = await registrar.answer(unit, people["Bea"].contact, receipts["Bea"], True, end)
    assert late
    assert late.late
    assert late.applied.state is State.WAITLISTED  # at the end of the list again
    assert (await course_now(store, course)).taken == 1


async def test_a_late_yes_takes_a_seat_that_nobody_wanted(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed(maximum=1))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    async with store.write() as unit:
        ali, bea = [(await unit.registrations.by_receipt(receipts[name]))[0] for name in ("Ali", "Bea")]
        await registrar.withdraw(unit, ali.contact, ali.receipt, NOW)
    await _texts(store)
    end = offer_end(NOW)
    async with store.write() as unit:
        await registrar.end_offer(unit, bea.receipt, end)
        late = await registrar.answer(unit, bea.contact, bea.receipt, True, end)
    assert late
    assert late.applied.state is State.CONFIRMED


async def test_an_offer_that_did_not_arrive_waits_and_becomes_a_task(
    store: Database, registrar: Registrar
) -> None:
    (course,) = await courses(store, listed(maximum=1))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea", "Cem"])
    async with store.write() as unit:
        ali = (await unit.registrations.by_receipt(receipts["Ali"]))[0]
        await registrar.withdraw(unit, ali.contact, ali.receipt, NOW)
        due = await due_first(unit, "s", NOW, LEASE, ["web"])
        assert due
        await unit.outbox.failed(due, "blocked", NOW)
    async with store.write() as unit:
        assert not await registrar.look_after_offer(unit, receipts["Bea"], NOW)
        await registrar.end_offer(unit, receipts["Bea"], offer_end(NOW))
        assert await unit.outbox.delivery(f"offered:{receipts['Bea'] - 20_000}") is Delivery.FAILED
        tasks = await unit.tickets.listed()
    assert (await states(store, course))["Bea"] is State.OFFERED  # the seat is held until somebody called
    assert [str(receipts["Bea"]) in task.question for task in tasks] == [True]
    assert tasks[0].urgent


async def test_more_seats_go_to_those_who_wait_and_fewer_put_nobody_out(
    store: Database, registrar: Registrar
) -> None:
    (course,) = await courses(store, listed(maximum=1))
    await hand_in_all(store, registrar, course, ["Ali", "Bea", "Cem"])
    async with store.write() as unit:
        await registrar.set_seats(unit, course, 2, NOW)
        await registrar.promote(unit, course, NOW)  # twice does no harm
    assert await states(store, course) == {
        "Ali": State.CONFIRMED,
        "Bea": State.OFFERED,
        "Cem": State.WAITLISTED,
    }
    async with store.write() as unit:
        await registrar.set_seats(unit, course, 0, NOW)
    assert (await states(store, course))["Ali"] is State.CONFIRMED
    assert (await course_now(store, course)).left == 0


async def test_a_cancelled_course_is_told_to_all_with_others(store: Database, registrar: Registrar) -> None:
    course, other = await courses(store, listed(maximum=1), listed("k2", title="Deutsch A1 am Morgen"))
    await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    async with store.write() as unit:
        await registrar.cancel_course(unit, course, NOW)
    assert set((await states(store, course)).values()) == {State.CANCELLED}
    told = await _texts(store)
    assert ["fällt leider aus" in text and "Deutsch A1 am Morgen" in text for text in told] == [True, True]
    contact = await newcomer(store, "late")
    async with store.write() as unit:
        with pytest.raises(CourseClosed):
            await registrar.hand_in(unit, contact, application(course), NOW)
        assert await registrar.cancel_course(unit, course, NOW) == []
    assert (await course_now(store, other)).taken == 0


async def test_an_import_does_not_bring_a_cancelled_course_back(
    store: Database, registrar: Registrar
) -> None:
    (course,) = await courses(store, listed())
    async with store.write() as unit:
        await registrar.cancel_course(unit, course, NOW)
    assert await courses(store, listed(title="Neu")) == [course]
    assert (await course_now(store, course)).cancelled


async def test_what_was_exported_is_in_the_next_count_and_not_counted_twice(
    store: Database, registrar: Registrar
) -> None:
    (course,) = await courses(store, listed(maximum=10))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    async with store.write() as unit:
        ids = [one.id for one in await unit.registrations.by_receipt(receipts["Ali"])]
        await unit.registrations.exported(ids, after(60))
        await unit.courses.reload("test", [listed(maximum=10, booked=1)], after(120), after(120))
    found = await course_now(store, course)
    assert (found.listed.booked, found.taken, found.left) == (1, 1, 8)


async def test_what_the_rules_refuse_changes_nothing(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed())
    receipts = await hand_in_all(store, registrar, course, ["Ali"])
    with pytest.raises(Refused):
        async with store.write() as unit:
            await registrar.decide(unit, receipts["Ali"], State.CONFIRMED, NOW)
    async with store.read() as unit:
        log = await unit.registrations.log_of(course)
    assert [(line.before, line.after, line.actor) for line in log] == [(None, State.CONFIRMED, "newcomer")]


async def test_jobs_are_planned_and_go_with_the_offer(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed(maximum=1))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    async with store.write() as unit:
        ali, bea = [(await unit.registrations.by_receipt(receipts[name]))[0] for name in ("Ali", "Bea")]
        await registrar.withdraw(unit, ali.contact, ali.receipt, NOW)
        assert await unit.jobs.next_due([OFFER_END]) == offer_end(NOW)
        await registrar.answer(unit, bea.contact, bea.receipt, True, NOW)
        assert await unit.jobs.next_due([OFFER_END]) is None


async def test_who_is_erased_frees_the_seat(store: Database, registrar: Registrar) -> None:
    (course,) = await courses(store, listed(maximum=1))
    receipts = await hand_in_all(store, registrar, course, ["Ali", "Bea"])
    async with store.write() as unit:
        ali = (await unit.registrations.by_receipt(receipts["Ali"]))[0]
        erased = await unit.erase(ali.contact)
        await registrar.promote(unit, course, NOW)
    assert erased.registrations == 1
    assert await states(store, course) == {"Bea": State.OFFERED}
    assert await send_all(store, "web")
