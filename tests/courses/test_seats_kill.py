"""Many newcomers, several processes, killed at random: no seat twice, the order of the list kept, nobody forgotten.

SEATS_PEOPLE=200 SEATS_KILLS=40 is the whole trial (20 courses of 10 seats); what was counted is printed (pytest -s).
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.message import Delivery
from bot.domain.registration import HOLDS_SEAT, Happening, Registration, State
from bot.service.registering import OFFER_END, OFFER_LOOK, OFFER_REMINDER
from bot.storage.engine import Database
from tests.courses.people import courses, listed, newcomer
from tests.courses.seat_worker import APPLY, SPEED, STEPS
from tests.storage.people import NOW

PEOPLE = int(os.environ.get("SEATS_PEOPLE", "40"))
KILLS = int(os.environ.get("SEATS_KILLS", "4"))
SEATS = 10
COURSES = PEOPLE // SEATS
EACH = 3  # courses that everybody wants, so that there are three people for every seat
SETTLED_WITHIN = 540.0
DAY = 86_400  # seconds
ROUND = 1200  # seconds; what is due within them is waited for once
OFFERS = (OFFER_LOOK, OFFER_REMINDER, OFFER_END)
ROOT = Path(__file__).parent.parent.parent


@dataclass
class Workers:
    """Processes over one database, that are killed and started again."""

    url: str
    folder: Path
    processes: int
    tasks: int
    running: list[asyncio.subprocess.Process] = field(default_factory=list)
    killed: int = 0
    killing: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> Path:
        return self.folder / "workers.log"

    async def start(self) -> None:
        with self.log.open("ab") as log:
            program = (sys.executable, "-m", "tests.courses.seat_worker")
            told = (self.url, str(self.folder), str(self.tasks))
            one = await asyncio.create_subprocess_exec(*program, *told, cwd=ROOT, stderr=log, stdout=log)
        self.running.append(one)

    async def kill(self, one: asyncio.subprocess.Process) -> None:
        assert one.returncode is None, self.log.read_text("utf-8")  # it died by itself
        self.killing = one
        one.kill()
        await one.wait()
        self.running.remove(one)

    async def kill_at_random(self, chance: random.Random) -> None:
        while self.killed < KILLS:
            await asyncio.sleep(chance.uniform(0.3, 2.0))
            await self.kill(chance.choice(self.running))
            await self.start()
            self.killed += 1


def _travelled(folder: Path, started: float, days: float) -> None:
    """Set the clock of all; a reader never sees half of it."""
    (folder / "next").write_text(f"{started} {days}", "ascii")
    (folder / "next").rename(folder / "clock")


async def _wishes(store: Database, chance: random.Random) -> Counter[int]:
    """Store courses, people and what each wants; return course -> people who want it."""
    ids = await courses(store, *(listed(f"k{number}", maximum=SEATS) for number in range(COURSES)))
    wanted: Counter[int] = Counter()
    for number in range(PEOPLE):
        contact = await newcomer(store, f"guest {number}")
        async with store.write() as unit:
            for course in chance.sample(ids, min(EACH, COURSES)):
                size = 2 if chance.random() < 0.1 else 1
                wish: dict[str, str | int] = {"contact": contact, "course": course, "size": size}
                wish["leaves"] = int(chance.random() < 0.4)
                await unit.jobs.put(APPLY, f"{APPLY}:{contact}:{course}", NOW, wish)
                wanted[course] += size
    return wanted


async def _until_still(store: Database, workers: Workers, started: float) -> float:
    """Wait until nothing is left to be done, travelling on whenever all wait for time; return the days."""
    days, idle = 0.0, 0
    async with asyncio.timeout(SETTLED_WITHIN):
        while True:
            await asyncio.sleep(0.2)
            for one in workers.running:
                assert one.returncode is None or workers.killing is one, workers.log.read_text("utf-8")
            async with store.read() as unit:
                due = [await unit.jobs.next_due((*STEPS, *OFFERS)), await unit.outbox.next_due(("web",))]
            next_at = min(filter(None, due), default=None)
            if next_at is None and workers.killed >= KILLS:
                return days
            ahead = (
                (next_at - NOW).total_seconds() - days * DAY - (time.time() - started) * SPEED
                if next_at
                else 0
            )
            idle = idle + 1 if ahead > 0 else 0
            if idle > 2:  # nobody is in the middle of something; who was killed leaves a lease behind
                days += (ahead + ROUND) / DAY
                _travelled(workers.folder, started, days)
                idle = 0


def _replay(log: Sequence[Happening], people: Sequence[Registration]) -> int:
    """Go through a course's log again and check every step of it; return how many seats were offered."""
    by_id = {one.id: one for one in people}
    size = Counter(one.receipt for one in people)
    state: dict[int, State] = {}
    begun: set[tuple[int, State]] = set()
    offered = 0

    def order(receipt: int) -> tuple[object, int]:
        first = min((one for one in people if one.receipt == receipt), key=lambda one: one.id)
        return first.created_at, first.id

    for line in log:
        one = by_id[line.registration]
        assert state.get(one.id) is line.before
        waiting = {by_id[id_].receipt for id_, now in state.items() if now is State.WAITLISTED}
        held = sum(now in HOLDS_SEAT for now in state.values())
        first = (one.receipt, line.after) not in begun
        begun.add((one.receipt, line.after))
        if line.after is State.OFFERED and first:
            passed = [other for other in waiting - {one.receipt} if order(other) < order(one.receipt)]
            assert all(size[other] > size[one.receipt] for other in passed), "somebody was passed over"
            offered += size[one.receipt]
        if line.before is None and line.after is State.CONFIRMED and first:
            assert all(size[other] > SEATS - held for other in waiting), "somebody new went before who waits"
        state[one.id] = line.after
        assert sum(now in HOLDS_SEAT for now in state.values()) <= SEATS, "a seat was given twice"
    assert state == {one.id: one.state for one in people}
    return offered


async def _check(store: Database, wanted: Counter[int]) -> Counter[str]:
    """Check what came of it all; return the states, and the offers, counted."""
    counted: Counter[str] = Counter()
    for course, wishes in wanted.items():
        async with store.read() as unit:
            people = await unit.registrations.of_course(course)
            log = await unit.registrations.log_of(course)
            offers = [one for line in log if line.after is State.OFFERED for one in [line.registration]]
            told = [await unit.outbox.delivery(f"offered:{id_}") for id_ in offers]
        counted["offered seats"] += _replay(log, people)
        counted.update(one.state.value for one in people)
        active = Counter((one.contact, one.person.name_key) for one in people if one.is_active)
        assert set(active.values()) <= {1}, "somebody is in it twice"
        everybody = {(one.contact, one.person.name_key) for one in people}
        assert len(everybody) == wishes, "an application was lost"
        left = SEATS - sum(one.state in HOLDS_SEAT for one in people)
        groups = Counter(one.receipt for one in people if one.state is State.WAITLISTED)
        assert all(members > left for members in groups.values()), "a seat is free and somebody waits"
        assert not any(one.state is State.OFFERED for one in people), "an offer was forgotten"
        assert {one for one in told if one} <= {Delivery.SENT}
        assert sum(one is not None for one in told) == len({_receipt(people, id_) for id_ in offers})
    return counted


def _receipt(people: Sequence[Registration], registration: int) -> int:
    return next(one.receipt for one in people if one.id == registration)


async def test_seats_under_kills(store: Database, database_url: str, tmp_path: Path) -> None:
    """Four tasks in one process on SQLite, four processes on PostgreSQL."""
    processes, tasks = (1, 4) if database_url.startswith("sqlite") else (4, 1)
    chance = random.Random(PEOPLE)
    workers = Workers(database_url, tmp_path, processes, tasks)
    wanted = await _wishes(store, chance)
    started = time.time()
    _travelled(tmp_path, started, 0)
    try:
        for _ in range(processes):
            await workers.start()
        killing = asyncio.create_task(workers.kill_at_random(chance))
        days = await _until_still(store, workers, started)
        await killing
    finally:
        for one in list(workers.running):
            with suppress(AssertionError):
                await workers.kill(one)
    counted = await _check(store, wanted)
    again = Counter(
        line.split()[1] for line in workers.log.read_text("utf-8").splitlines() if "again:" in line
    )
    print(f"\n{workers.killed} kills, {days:.0f} days, tried again {dict(again)}: {dict(counted)}")
    assert counted["confirmed"] <= COURSES * SEATS
    assert counted["offered seats"] > 0
