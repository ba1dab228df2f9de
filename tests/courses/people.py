"""What the tests of courses write: lists of the VHS, applications, and a registrar that speaks German."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.domain.course import Course, CourseKind, Entry, Level, Listed, Meeting, Venue
from bot.domain.message import Address
from bot.domain.registration import Application, Consent, Person, State
from bot.service.registering import Registrar
from bot.storage.engine import Database
from tests.storage.people import NOW

FIRST_DAY = date(2027, 1, 11)  # a Monday, seven weeks after NOW


def listed(key: str = "k1", **changes: object) -> Listed:
    """Return a local A1 course with ten seats."""
    usual = Listed(
        source="test",
        key=key,
        number=f"N-{key}",
        title="Deutsch A1 am Abend",
        vhs="vhs-duelmen",
        kind=CourseKind.LOCAL,
        levels=(Level.A1,),
        starts=FIRST_DAY,
        ends=FIRST_DAY + timedelta(days=70),
        meetings=(Meeting(FIRST_DAY, time(18), time(20)),),
        venue=Venue(name="VHS-Haus", town="Dülmen", town_id="duelmen"),
        maximum=10,
        price=0,
        entry=Entry.SEAT,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


# What conversations are held over (tests/dialogues): the ids are 1 to 5 in this order.
DIALOGUES = (
    listed("evening"),
    listed("full", title="Deutsch A1 am Morgen", maximum=0, meetings=(Meeting(FIRST_DAY, time(9)),)),
    listed(
        "integration", title="Integrationskurs A1", kind=CourseKind.INTEGRATION, price=22900, exemption=True
    ),
    listed("alpha", title="Lesen und Schreiben", kind=CourseKind.LITERACY, levels=(Level.ALPHA,)),
    listed(
        "b1",
        number="27-4041",
        title="Deutsch B1",
        levels=(Level.B1,),
        vhs="vhs-coesfeld",
        venue=Venue(town="Coesfeld"),
    ),
)


async def courses(store: Database, *wanted: Listed) -> list[int]:
    """Store a list; return the courses' ids in its order."""
    async with store.write() as unit:
        await unit.courses.reload("test", wanted, NOW, NOW)
        ids = {course.listed.key: course.id for course in await unit.courses.listed(all_=True)}
    return [ids[one.key] for one in wanted]


def application(course: int, *people: str, reach: str = "", at: datetime = NOW) -> Application:
    """Return what somebody hands in; people as "Given Family"."""
    return Application(
        people=tuple(Person(*name.split(" ", 1)) for name in people or ("Amina Haddad",)),
        course=course,
        town="duelmen",
        language="ar",
        consent=Consent("2026-12", "ar", at, "web"),
        reach=reach,
    )


async def newcomer(store: Database, name: str) -> int:
    """Store a contact of the web page; return its id."""
    async with store.write() as unit:
        contact, _ = await unit.contacts.create(Address("web", "lotse", name), NOW)
    return contact.id


async def states(store: Database, course: int) -> dict[str, State]:
    """Return given name -> state of everybody who ever registered for a course, the latest one counting."""
    async with store.read() as unit:
        return {one.person.given_name: one.state for one in await unit.registrations.of_course(course)}


async def course_now(store: Database, course: int) -> Course:
    """Return a course with its counts."""
    async with store.read() as unit:
        found = await unit.courses.get(course)
    assert found
    return found


async def hand_in_all(
    store: Database, registrar: Registrar, course: int, names: Sequence[str], at: datetime = NOW
) -> dict[str, int]:
    """Let people register one after the other, a second apart, each a contact of their own; return name -> receipt."""
    receipts = {}
    for number, name in enumerate(names):
        contact = await newcomer(store, name)
        async with store.write() as unit:
            applied = await registrar.hand_in(
                unit, contact, application(course, f"{name} Haddad"), at + timedelta(seconds=number)
            )
        receipts[name] = applied.registrations[0].receipt
    return receipts
