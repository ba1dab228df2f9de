"""Registrations on the desk: whose VHS it is decides, and the newcomer is told."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.registration import State
from bot.domain.staff import Role
from bot.service.mind import Mind
from bot.storage.engine import Database
from tests.courses.people import application, courses, listed, newcomer, states
from tests.staff.desk_wiring import Scene, scene
from tests.staff.wiring import Browser

VHS = ("vhs-duelmen",)


@pytest.fixture
async def here(sqlite_store: Database, mind: Mind) -> AsyncIterator[Scene]:
    """An office and two courses, for the first of which Amina wants a seat that the VHS decides on."""
    async with scene(sqlite_store, mind) as found:
        first, _ = await courses(sqlite_store, listed("one"), listed("two", vhs="vhs-coesfeld"))
        contact = await newcomer(sqlite_store, "amina")
        async with sqlite_store.write() as unit:
            wanted = application(first, "Amina Haddad")
            (stored,) = await unit.registrations.put(
                contact, [wanted], State.SUBMITTED, found.newcomer.clock.now()
            )
        assert first == 1
        found.receipt = str(stored.receipt)  # type: ignore[attr-defined]
        yield found


async def _decide(here: Scene, browser: Browser, decision: str, course: int = 1, **fields: str) -> str:
    fields = {"receipt": here.receipt, **fields}  # type: ignore[attr-defined]
    answer = await browser.post(f"/staff/courses/{course}/{decision}", fields, page="/staff/courses")
    return answer.headers.get("Location", str(answer.status))


async def test_confirming_tells_the_newcomer(here: Scene) -> None:
    browser, person = await here.inside("Carla", Role.COURSE_CLERK, towns=(), vhs=VHS)
    assert "N-one" in await browser.html("/staff/courses")
    assert "Amina Haddad" in await browser.html("/staff/courses/1")
    assert await _decide(here, browser, "confirm") == "/staff/courses/1?said=confirmed"
    assert await states(here.store, 1) == {"Amina": State.CONFIRMED}
    async with here.store.read() as unit:
        (last, *_) = await unit.audit.listed()
        (told,) = (await unit.held(2)).messages  # type: ignore[union-attr]
    assert (last.staff, last.what) == (person.staff.id, "registration.confirmed")
    assert "Deutsch A1 am Abend" in told.body.text
    assert await _decide(here, browser, "confirm") == "/staff/courses/1?wrong=refused"


async def test_a_rejection_needs_a_reason(here: Scene) -> None:
    browser, _ = await here.inside("Carla", Role.COURSE_CLERK, towns=(), vhs=VHS)
    assert await _decide(here, browser, "reject", reason="  ") == "/staff/courses/1?wrong=no_reason"
    assert await _decide(here, browser, "reject", reason="Kurs ist voll") == "/staff/courses/1?said=rejected"
    assert await states(here.store, 1) == {"Amina": State.REJECTED}


async def test_another_vhs_has_no_say(here: Scene) -> None:
    """Neither by its own course's address nor by the other one's."""
    browser, _ = await here.inside("Dora", Role.COURSE_CLERK, towns=(), vhs=("vhs-coesfeld",))
    page = await browser.html("/staff/courses")
    assert "N-two" in page
    assert "N-one" not in page
    assert (await browser.get("/staff/courses/1")).status == 404
    assert await _decide(here, browser, "confirm") == "404"
    assert await _decide(here, browser, "confirm", course=2) == "404"
    assert await states(here.store, 1) == {"Amina": State.SUBMITTED}
