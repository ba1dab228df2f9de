"""Staff are told of a question by e-mail: in their hours, in one letter, once; over weekends, holidays and absences.

Time is the test's own; the databases and the mail server are real.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.message import Author
from bot.domain.notice import Reach, Wish
from bot.domain.staff import Role, Staff
from bot.i18n import BERLIN
from bot.knowledge.model import Knowledge, Team
from bot.service import notices, promises
from bot.service.desk import Desk, Reply
from bot.service.jobs import LEASE, JobWorker
from bot.service.mind import Mind
from bot.service.ports import Letter, Store
from bot.staff.mail import Mail, Server
from tests.dialogues.replay import ServiceDriver
from tests.staff.post_office import OK, SENDER, PostOffice, post_office

AWAY = (date(2026, 12, 28), date(2026, 12, 30))
TEAM = Team(
    "all",
    "Team",
    frozenset({"all"}),
    frozenset({"all"}),
    "Mo-Fr 09:00-17:00",
    promise_hours=8,
    absences=(AWAY,),
)
ORIGIN = "https://lotse.example"


@dataclass
class Dying(Mail):
    """The process is killed at the next letter: before its words went out, or when the server had taken them."""

    server: Server
    dies: str = ""

    def __post_init__(self) -> None:
        super().__init__(self.server)

    async def send(self, letter: Letter, at_last: Callable[[], Awaitable[None]]) -> None:
        """Send it, unless the process is gone."""
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise asyncio.CancelledError
        await super().send(letter, at_last)
        if dies == "after":
            raise asyncio.CancelledError


@dataclass
class Staffed:
    """A newcomer, a team that promises and gets letters, and the jobs."""

    store: Store
    mind: Mind
    office: PostOffice
    driver: ServiceDriver = field(init=False)
    mail: Dying = field(init=False)
    people: dict[str, Staff] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.driver = ServiceDriver(self.store, lambda: self.mind)
        self.mail = Dying(Server("127.0.0.1", self.office.port, SENDER, "none", patience=5.0))

    def promise(self, hours: int | None) -> None:
        """Let the team promise an answer within so many of its hours; None: it promises nothing."""
        knowledge = replace(self._knowledge(), teams={TEAM.id: replace(TEAM, promise_hours=hours)})
        self.mind = replace(self.mind, world=replace(self.mind.world, knowledge=knowledge))

    def at(self, moment: str) -> None:
        """Travel."""
        self.driver.clock.moment = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)

    async def join(self, name: str, role: Role = Role.CLERK, wish: Wish = Wish.AT_ONCE) -> Staff:
        """Let somebody be of the team, who gets letters; the greeting is taken away."""
        now = self.driver.clock.now()
        towns = frozenset({"duelmen"}) if role is Role.CLERK else frozenset()
        async with self.store.write() as unit:
            staff = await unit.staff.add(Staff(0, name, role, towns), now)
            await unit.staff.set_password(staff.id, "hash")
            await unit.staff.set_totp(staff.id, "SECRET", 1)
            await notices.set_reach(unit, Reach(staff.id, f"{name}@kreis.example", wish), now, by=None)
        await self.work()
        (hello,) = self.office.taken()
        assert hello["To"] == f"{name}@kreis.example"
        self.people[name] = staff
        return staff

    async def ask(self, text: str = "Wer trägt mein Klavier in den dritten Stock?") -> ServiceDriver:
        """Let a newcomer of Dülmen ask for a person."""
        one = ServiceDriver(self.store, lambda: self.mind, self.driver.clock, self.driver.channel)
        await one.start("de_duelmen")
        await one.press("person")
        await one.say(text)
        return one

    @property
    def desk(self) -> Desk:
        """The use cases."""
        return Desk(self.store, self.driver.notifier, self.driver.clock, self.mind.world.texts)

    def _knowledge(self) -> Knowledge:
        return self.mind.world.knowledge

    async def work(self) -> None:
        """Run every job that is due, as two loops do."""
        store, clock, notifier = self.store, self.driver.clock, self.driver.notifier
        texts = self.mind.world.texts
        deliverer = notices.Deliverer(store, clock, self.mail, texts, self._knowledge, ORIGIN)
        kinds = {
            promises.KIND: promises.own_up(store, notifier, clock, texts),
            promises.REMINDER: promises.remind(store, notifier, clock),
            notices.TELL: notices.tell(store, notifier, clock, self._knowledge, True),
        }
        workers = (
            JobWorker(store, clock, kinds, "jobs"),
            JobWorker(store, clock, {notices.LETTER: deliverer.run}, "letters"),
        )
        while any([await worker.run_once() for worker in workers]):
            pass

    async def letters(self) -> dict[str, str]:
        """Work, and return who got a letter: name -> the kinds of what it tells, with numbers."""
        await self.work()
        found: dict[str, str] = {}
        for letter in self.office.taken():
            name, text = letter["To"].partition("@")[0], letter.get_content()
            assert name not in found, "two letters at once"
            assert "Klavier" not in text
            assert "Gast" not in text
            found[name] = _told(text)
        return found

    async def ticket_at(self) -> tuple[datetime, datetime]:
        """Return when staff are reminded, and the promised time."""
        async with self.store.read() as unit:
            (ticket,) = await unit.tickets.listed()
        assert ticket.remind_at
        assert ticket.promised_at
        return ticket.remind_at, ticket.promised_at


HEADS = {"Noch bei niemandem": "new", "Bald ist": "soon", "Die zugesagte Zeit": "late"}


def _told(text: str) -> str:
    """Return such as "late 1001, new 1002 1003"; every number has its link."""
    parts = []
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        head = next((word for start, word in HEADS.items() if paragraph.startswith(start)), "")
        numbers = re.findall(rf"^(\d+): {ORIGIN}/staff/tickets/\1$", paragraph, re.M)
        parts += [" ".join([head, *numbers])] if head else []
    return ", ".join(parts)


@pytest.fixture
async def team(store: Store, mind: Mind) -> AsyncIterator[Staffed]:
    """The team's office hours are known."""
    async with post_office() as office:
        found = Staffed(store, mind, office)
        found.promise(TEAM.promise_hours)
        yield found


@pytest.mark.parametrize(
    ("asked", "reminded", "promised"),
    [
        ("2026-11-23 10:00", "2026-11-23 16:00", "2026-11-24 10:00"),  # not at night
        ("2026-11-27 16:00", "2026-11-30 14:00", "2026-11-30 16:00"),  # over a weekend
        ("2026-12-24 12:00", "2026-12-31 10:00", "2026-12-31 12:00"),  # Christmas, a weekend, an absence
    ],
)
async def test_promise_reminder_escalation_and_an_honest_word(
    team: Staffed, asked: str, reminded: str, promised: str
) -> None:
    """The whole way of a question that nobody answers; each step once, at its time, to whom it concerns."""
    team.at(asked)
    await team.join("amina")
    await team.join("leitung", Role.LEAD, Wish.DIGEST)
    newcomer = await team.ask()
    remind_at, promised_at = await team.ticket_at()
    for moment, expected in ((remind_at, reminded), (promised_at, promised)):
        late = moment - datetime.fromisoformat(expected).replace(tzinfo=BERLIN)
        assert timedelta(0) <= late < timedelta(minutes=1)  # the newcomer took some seconds to ask
    assert await team.letters() == {}
    team.driver.clock.advance(minutes=1)
    assert await team.letters() == {"amina": "new 1001"}

    team.driver.clock.moment = remind_at - timedelta(seconds=1)
    assert "soon" not in str(await team.letters())
    team.driver.clock.moment = remind_at
    assert await team.letters() == {"amina": "soon 1001"}
    before = len(team.driver.channel.sent)

    team.driver.clock.moment = promised_at - timedelta(seconds=1)
    assert "late" not in str(await team.letters())
    await newcomer.settle()
    team.driver.clock.moment = promised_at
    assert await team.letters() == {"leitung": "late 1001"}
    (said,) = await newcomer.settle()
    assert said.text == team.mind.world.texts("de").say("ticket.late", number=1001)
    assert len(team.driver.channel.sent) == before + 1
    async with team.store.read() as unit:
        ticket = await unit.tickets.get(1001)
    assert ticket
    assert ticket.is_overdue(team.driver.clock.now())
    assert (ticket.reminded_at, ticket.escalated_at) == (remind_at, promised_at)
    team.driver.clock.advance(days=7)
    assert await team.letters() == {}


async def test_an_answer_ends_it_all(team: Staffed) -> None:
    """Also what was planned already: no letter tells of what somebody has done."""
    amina = await team.join("amina")
    await team.join("leitung", Role.LEAD)
    await team.ask()
    remind_at, promised_at = await team.ticket_at()
    await team.work()
    await team.desk.take(1001, amina.id)
    team.driver.clock.advance(minutes=2)
    assert await team.letters() == {}  # somebody has it
    team.driver.clock.moment = remind_at
    await team.work()
    team.office.taken()
    await team.desk.reply(1001, Reply("Wir kommen.", staff=amina.id))
    for moment in (remind_at, promised_at, promised_at + timedelta(days=3)):
        team.driver.clock.moment = moment
        assert await team.letters() == {}
    async with team.store.read() as unit:
        assert await unit.jobs.next_due([promises.KIND, promises.REMINDER]) is None


async def test_many_questions_are_one_letter(team: Staffed) -> None:
    """At once: those of a minute together, then not again for ten; once a day: in the morning; none: none."""
    team.promise(None)
    for name, wish in (("amina", Wish.AT_ONCE), ("boris", Wish.DIGEST), ("clara", Wish.AT_ONCE)):
        await team.join(name, wish=wish)
    async with team.store.write() as unit:
        none = Reach(team.people["clara"].id, "", Wish.NONE)
        await notices.set_reach(unit, none, team.driver.clock.now(), by=None)
    team.driver.clock.advance(minutes=15)
    for _ in range(3):
        await team.ask()
        await team.work()
    team.driver.clock.advance(minutes=1)
    assert await team.letters() == {"amina": "new 1001 1002 1003"}
    await team.ask()
    team.driver.clock.advance(minutes=2)
    assert await team.letters() == {}
    team.driver.clock.advance(minutes=8)
    assert await team.letters() == {"amina": "new 1004"}
    await team.desk.close(1002)
    team.at("2026-11-24 08:59")
    assert "boris" not in await team.letters()
    team.at("2026-11-24 09:00")
    assert await team.letters() == {"boris": "new 1001 1003 1004"}


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-11-23 22:00", "2026-11-24 09:00"),
        ("2026-12-24 17:30", "2026-12-31 09:00"),  # a holiday, a weekend, an absence
    ],
)
async def test_nobody_is_written_to_outside_working_hours(team: Staffed, asked: str, opens: str) -> None:
    await team.join("amina")
    team.at(asked)
    await team.ask()
    await team.work()
    team.at(opens)
    team.driver.clock.advance(seconds=-1)
    assert await team.letters() == {}
    team.driver.clock.advance(seconds=1)
    assert await team.letters() == {"amina": "new 1001"}


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_kill_doubles_no_letter_and_loses_none(team: Staffed, dies: str) -> None:
    """Before the words went out it goes when the lease has run out; after that nobody knows: the next morning."""
    team.promise(None)
    await team.join("amina")
    await team.ask()
    await team.work()
    team.driver.clock.advance(minutes=10)
    team.mail.dies = dies
    with pytest.raises(asyncio.CancelledError):
        await team.work()
    first = team.office.taken()
    assert len(first) == (dies == "after")
    assert await team.letters() == {}
    team.driver.clock.advance(seconds=LEASE.total_seconds() + 1)
    again = await team.letters()
    assert again == ({} if dies == "after" else {"amina": "new 1001"})
    team.at("2026-11-24 09:00")
    assert await team.letters() == ({"amina": "new 1001"} if dies == "after" else {})


async def test_what_is_planned_twice_is_told_once(team: Staffed) -> None:
    """A job that was done and killed before it said so runs again."""
    await team.join("amina")
    await team.ask()
    async with team.store.read() as unit:
        ticket = await unit.tickets.get(1001)
    assert ticket
    await team.work()
    team.driver.clock.advance(minutes=10)
    assert await team.letters() == {"amina": "new 1001"}
    async with team.store.write() as unit:
        await notices.about(unit, ticket, notices.Cause.NEW, team.driver.clock.now())
    team.driver.clock.advance(minutes=10)
    assert await team.letters() == {}


async def test_a_server_that_is_not_ready_is_asked_less_and_less(team: Staffed) -> None:
    """One, two, four minutes; the newcomer notices nothing, and nothing is lost."""
    await team.join("amina")
    newcomer = await team.ask()
    await team.work()
    team.driver.clock.advance(minutes=10)
    team.office.recipient, team.office.tried = "451 4.3.0 later", 0
    await team.work()
    for minutes in (1, 2, 4):
        team.driver.clock.advance(minutes=minutes, seconds=-1)
        await team.work()
        tried = team.office.tried
        team.driver.clock.advance(seconds=1)
        await team.work()
        assert team.office.tried == tried + 1, minutes
    assert team.mail.trouble == "refused (451)"
    assert await newcomer.say("Und noch ein Klavier")
    team.office.recipient = OK
    team.driver.clock.advance(minutes=8)
    assert await team.letters() == {"amina": "new 1001"}
    assert team.mail.trouble == ""


async def test_an_address_that_is_refused_is_left_alone(team: Staffed) -> None:
    """Its owner is told why, and nobody else is concerned."""
    amina = await team.join("amina")
    await team.ask()
    await team.work()
    team.office.recipient, team.office.tried = "550 5.1.1 unknown here", 0
    team.driver.clock.advance(minutes=10)
    await team.work()
    await team.ask()
    team.driver.clock.advance(minutes=10)
    await team.work()
    assert team.office.tried == 1
    async with team.store.read() as unit:
        reach = await unit.notices.reach(amina.id)
    assert reach
    assert reach.trouble == "550 5.1.1 unknown here"
    team.office.recipient = OK
    async with team.store.write() as unit:
        again = replace(reach, trouble="")
        await notices.set_reach(unit, again, team.driver.clock.now(), by=amina.id)
    await team.work()
    (hello,) = team.office.taken()
    assert "ab jetzt" in hello["Subject"]


async def test_who_is_gone_gets_nothing(team: Staffed) -> None:
    """A revoked account, and a question that was erased."""
    amina = await team.join("amina")
    await team.join("boris")
    newcomer = await team.ask()
    await team.ask()
    await team.work()
    async with team.store.write() as unit:
        await unit.staff.revoke(amina.id, team.driver.clock.now())
    await newcomer.press("cmd:forget_me")
    await newcomer.press("erase:yes")
    team.driver.clock.advance(minutes=2)
    assert await team.letters() == {"boris": "new 1002"}
    async with team.store.read() as unit:
        assert await unit.notices.reach(amina.id) is None


async def test_an_answer_that_is_taken_back_is_watched_for_again(team: Staffed) -> None:
    amina = await team.join("amina")
    newcomer = await team.ask()
    remind_at, _ = await team.ticket_at()
    sent = await team.desk.reply(1001, Reply("Halt", staff=amina.id, undo=timedelta(seconds=10)))
    await team.desk.undo(1001, sent, amina.id)
    team.driver.clock.moment = remind_at
    assert await team.letters() == {"amina": "soon 1001"}
    assert all(message.author is not Author.STAFF for message in await newcomer.settle())
