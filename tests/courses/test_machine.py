"""Any order of what people, staff and time do: no seat twice, nobody forgotten, one active registration a person."""

import asyncio
import shutil
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain.registration import HOLDS_SEAT, Registration, State
from bot.service.mind import Mind
from bot.service.registering import Registrar
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.vault import Vault
from tests.courses.people import application, courses, listed, newcomer
from tests.databases import MASTER_KEY, sqlite_url
from tests.storage.people import LEASE, NOW, due_first

PEOPLE = 6


def machine(template: Path, mind: Mind) -> type[RuleBasedStateMachine]:
    """Return the machine over copies of an empty database."""

    class Seats(RuleBasedStateMachine):
        """One course; every rule is one transaction, as in the product."""

        def __init__(self) -> None:
            super().__init__()
            self.runner = asyncio.Runner()
            self.folder = Path(tempfile.mkdtemp(prefix="lotse-seats"))
            file = shutil.copy(template, self.folder / "lotse.db")
            self.store = Database(sqlite_url(Path(file)), Vault([MASTER_KEY]), Folder(self.folder / "files"))
            self.registrar = Registrar(lambda: mind)
            self.now: datetime = NOW
            self.held_before = 0

        @initialize(seats=st.integers(0, 4))
        def begin(self, seats: int) -> None:
            (self.course,) = self.run(courses(self.store, listed(maximum=seats)))
            self.contacts = [self.run(newcomer(self.store, str(number))) for number in range(PEOPLE)]

        def run(self, work):  # type: ignore[no-untyped-def]
            return self.runner.run(work)

        async def _all(self) -> list[Registration]:
            async with self.store.read() as unit:
                return await unit.registrations.of_course(self.course)

        async def _do(self, work) -> None:  # type: ignore[no-untyped-def]
            self.held_before = sum(one.state in HOLDS_SEAT for one in await self._all())
            async with self.store.write() as unit:
                await work(unit)
            async with self.store.write() as unit:  # every message arrives
                while due := await due_first(unit, "s", self.now + timedelta(days=400), LEASE, ["web"]):
                    await unit.outbox.sent(due, "x", self.now)

        @rule(who=st.integers(0, PEOPLE - 1), family=st.integers(1, 3))
        def hand_in(self, who: int, family: int) -> None:
            names = [f"P{who} M{member}" for member in range(family)]
            wanted = application(self.course, *names)
            self.now += timedelta(seconds=1)
            self.run(
                self._do(lambda unit: self.registrar.hand_in(unit, self.contacts[who], wanted, self.now))
            )

        @rule(who=st.integers(0, PEOPLE - 1), which=st.integers(0, 9))
        def withdraw(self, who: int, which: int) -> None:
            receipt = self._receipt(who, which)
            self.run(
                self._do(lambda unit: self.registrar.withdraw(unit, self.contacts[who], receipt, self.now))
            )

        @rule(who=st.integers(0, PEOPLE - 1), which=st.integers(0, 9), yes=st.booleans())
        def answer(self, who: int, which: int, yes: bool) -> None:
            receipt = self._receipt(who, which)
            contact = self.contacts[who]
            self.run(self._do(lambda unit: self.registrar.answer(unit, contact, receipt, yes, self.now)))

        @precondition(lambda self: self.now < NOW + timedelta(days=30))
        @rule(days=st.integers(1, 4))
        def time_passes(self, days: int) -> None:
            self.now += timedelta(days=days)
            for receipt in {one.receipt for one in self.run(self._all())}:
                self.run(
                    self._do(lambda unit, receipt=receipt: self.registrar.end_offer(unit, receipt, self.now))
                )

        @rule(seats=st.integers(0, 5))
        def change_seats(self, seats: int) -> None:
            self.run(self._do(lambda unit: self.registrar.set_seats(unit, self.course, seats, self.now)))

        @rule()
        def promote_again(self) -> None:
            before = self.run(self._all())
            self.run(self._do(lambda unit: self.registrar.promote(unit, self.course, self.now)))
            assert self.run(self._all()) == before

        def _receipt(self, who: int, which: int) -> int:
            mine = [one.receipt for one in self.run(self._all()) if one.contact == self.contacts[who]]
            return mine[which % len(mine)] if mine else 0

        @invariant()
        def seats_are_never_given_twice(self) -> None:
            people = self.run(self._all())
            held = sum(one.state in HOLDS_SEAT for one in people)
            maximum = self.run(self._maximum())
            assert held <= max(maximum, self.held_before)  # fewer seats put nobody out, and give nothing

        @invariant()
        def nobody_who_fits_waits(self) -> None:
            people = self.run(self._all())
            left = self.run(self._maximum()) - sum(one.state in HOLDS_SEAT for one in people)
            sizes = Counter(one.receipt for one in people if one.state is State.WAITLISTED)
            assert all(size > max(left, 0) for size in sizes.values())

        @invariant()
        def one_active_registration_a_person(self) -> None:
            active = Counter(
                (one.contact, one.person.name_key) for one in self.run(self._all()) if one.is_active
            )
            assert all(count == 1 for count in active.values())

        async def _maximum(self) -> int:
            async with self.store.read() as unit:
                course = await unit.courses.get(self.course)
            assert course
            assert course.maximum is not None
            return course.maximum

        def teardown(self) -> None:
            self.run(self.store.close())
            self.runner.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    return Seats


@pytest.fixture
def template(migrated_sqlite: Path) -> Path:
    return migrated_sqlite


def test_any_order_of_events(template: Path, mind: Mind) -> None:
    run_state_machine_as_test(
        machine(template, mind),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
