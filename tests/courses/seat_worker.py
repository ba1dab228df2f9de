"""A process that does what newcomers and time do to seats, until it is killed; test_seats_kill.py starts it.

Every step of a newcomer is one transaction with the row that says it is still to be done, as turns are in the product.
"""

import asyncio
import random
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from bot.domain.capabilities import Capabilities
from bot.domain.job import Job
from bot.domain.message import Address, Outbound
from bot.i18n import Locales, Texts, read_locales
from bot.service.course_jobs import course_jobs
from bot.service.jobs import JobWorker
from bot.service.outbox import Sender
from bot.service.ports import Unit
from bot.service.registering import Registrar
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.notify import LocalNotifier
from bot.storage.vault import Vault
from tests.courses.people import application
from tests.databases import MASTER_KEY
from tests.storage.people import NOW

LOCALES = Path(__file__).parent.parent.parent / "locales"
APPLY, WITHDRAW, ANSWER = "test-apply", "test-withdraw", "test-answer"
STEPS = (APPLY, WITHDRAW, ANSWER)
LEASE = timedelta(minutes=5)
SPEED = 60  # so many times faster goes the clock, so that the product's leases end while somebody waits
YES, NO, TOO_LATE = (
    6,
    8,
    9,
)  # of ten who are offered a seat: below the first yes, below the next no, never, late
SEAT = "reg:yes:"


class SharedClock:
    """Time as all processes see it: a file holds the days that were travelled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        started, days = map(float, self._file.read_text("ascii").split())
        return NOW + timedelta(days=days, seconds=(time.time() - started) * SPEED)


class German:
    """The texts, without reading the knowledge."""

    def __init__(self, locales: Locales) -> None:
        self._locales = locales
        self.world = SimpleNamespace(texts=self._texts)

    def _texts(self, _: str) -> Texts:
        return self._locales.texts(("de",), {"de": "de"}, frozenset(), {"region": "Kreis"})


class Newcomers:
    """The channel: whoever reads an offer answers it, or does not."""

    name = "web"
    capabilities = Capabilities(shows_welcome=True)

    def __init__(self, store: Database, clock: SharedClock) -> None:
        self._store = store
        self._clock = clock

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        receipt = next((one.id.removeprefix(SEAT) for one in message.choices if one.id.startswith(SEAT)), "")
        mood = int(receipt or 0) % 10
        if receipt and (mood < NO or mood == TOO_LATE):
            async with self._store.write() as unit:
                found = await unit.contacts.find(address)
                assert found
                at = self._clock.now() + (timedelta(days=4) if mood == TOO_LATE else timedelta(minutes=5))
                answer: dict[str, str | int] = {"receipt": int(receipt), "contact": found[0].id}
                answer["yes"] = int(mood < YES or mood == TOO_LATE)
                await unit.jobs.put(ANSWER, f"{ANSWER}:{receipt}", at, answer)
        return str(message_id)


class Life:
    """What is still to be done."""

    def __init__(self, store: Database, clock: SharedClock, owner: str) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        speaks = German(read_locales(LOCALES))
        self._registrar = Registrar(lambda: speaks)  # type: ignore[arg-type, return-value]
        kinds = course_jobs(store, self._registrar, clock)
        self._jobs = JobWorker(store, clock, kinds, owner)
        channels = {"web": Newcomers(store, clock)}
        self._sender = Sender(store, channels, clock, LocalNotifier(), owner)

    async def live(self) -> None:
        """Go on for ever."""
        while True:
            did = [await self._step(), await self._jobs.run_once(), await self._sender.send_once()]
            if not any(did):
                await asyncio.sleep(0.05)

    async def _step(self) -> bool:
        try:
            async with self._store.write() as unit:
                now = self._clock.now()
                job = await unit.jobs.claim(self._owner, now, LEASE, STEPS)
                if job:
                    await self._do(unit, job, now)
                    await unit.jobs.done(job, self._owner)
            return job is not None
        except Exception as error:  # as a turn: rolled back, and tried again
            print(f"again: {type(error).__name__} {error}"[:300], file=sys.stderr, flush=True)
            return True

    async def _do(self, unit: Unit, job: Job, now: datetime) -> None:
        told = {name: int(value) for name, value in job.payload.items()}
        contact = told["contact"]
        if job.kind == WITHDRAW:
            await self._registrar.withdraw(unit, contact, told["receipt"], now)
        elif job.kind == ANSWER:
            await self._registrar.answer(unit, contact, told["receipt"], bool(told["yes"]), now)
        else:
            names = [f"P{contact} M{number}" for number in range(told["size"])]
            applied = await self._registrar.hand_in(unit, contact, application(told["course"], *names), now)
            receipt = applied.registrations[0].receipt
            if told["leaves"]:
                at = now + timedelta(seconds=random.uniform(0, 300))
                later: dict[str, str | int] = {"receipt": receipt, "contact": contact}
                await unit.jobs.put(WITHDRAW, f"{WITHDRAW}:{receipt}", at, later)


async def main(url: str, folder: Path, tasks: int) -> None:
    """Work over a database until killed."""
    store = Database(url, Vault([MASTER_KEY]), Folder(folder / "files"))
    clock = SharedClock(folder / "clock")
    owner = f"{random.getrandbits(64):x}"
    await asyncio.gather(*(Life(store, clock, f"{owner}-{number}").live() for number in range(tasks)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
