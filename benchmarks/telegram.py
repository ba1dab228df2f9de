"""Compares Lotse on Telegram with echo bots on plain python-telegram-bot and aiogram, side by side under one load.

python -m benchmarks.telegram [--seconds N] [--steady N] [--kills N] [--only NAME] [--cache FOLDER]

The echo bots get environments of their own in the cache folder, made with pip the first time. Linux only: processor
time and memory are read from /proc.
"""

import argparse
import asyncio
import os
import platform
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bot_api import SECRET, TOKEN, BotApi
from bot.telegram.webhook import path_of

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks" / "peers"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lotse-benchmark"
WAYS = ("polling", "webhook")
AT_ONCE = 50  # messages on the way; each of another chat
CHATS = 150  # that were greeted before the measuring; they write in turn
FIRST_CHAT = 1_000_000
MOST_CHATS = 1_000_000
SETTLING = 1.0  # seconds under load before the measuring begins
BETWEEN_KILLS = (1.0, 2.0)  # seconds under load
READY_WITHIN = 60.0
GIVEN_UP_AFTER = 10.0  # seconds without any answer
*_others, LOAD_CORE = sorted(
    os.sched_getaffinity(0)
)  # the load has a core of its own where there are several
BOT_CORES = set(_others) or {LOAD_CORE}
TICKS = os.sysconf("SC_CLK_TCK")
COMMAND, QUESTION = "/help", "Wo kann ich Deutsch lernen und was kostet es?"
A_SECOND = 20  # messages that come steadily, whoever is answered
# What they say, by turns: known and unknown, in several languages, short and long.
QUESTIONS = (
    QUESTION,
    "Ich habe einen Brief vom Jobcenter bekommen und verstehe ihn nicht",
    "كيف أسجل في دورة اللغة الألمانية؟",
    "де знайти лікаря, який розмовляє українською",
    "my child needs a place in the kindergarten, what do I have to do",
    "Wie wird morgen das Wetter am Meer?",
    "zhvillimi profesional, ku mund të gjej punë",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A bot to measure. `packages` are installed for it; without any it is Lotse, as it is here.

    `patience`: how long after the last answer nothing more can come, in seconds. Lotse takes up what a killed process
    held when its lease ends, after a minute; what an echo bot forgot never comes.
    """

    name: str
    packages: tuple[str, ...] = ()
    script: str = ""
    patience: float = 8.0

    def command(self, cache: Path, api: str, port: int, way: str) -> list[str]:
        """Return the command line."""
        if not self.packages:
            return [sys.executable, "-m", "bot", "run", "--port", str(port)]
        delivered = [str(port), SECRET] if way == "webhook" else []
        return [str(cache / self.name / "bin" / "python"), str(PEERS / self.script), TOKEN, api, *delivered]

    def environment(self, data: Path, api: str, way: str) -> dict[str, str]:
        """Return the environment: for Lotse SQLite, and the limit of messages a second as high as it goes."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("LOTSE_", "DATABASE_"))
        }
        if self.packages:
            return kept
        ours = {"DATA": str(data), "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": api, "TELEGRAM_RATE": "1000"}
        if way == "webhook":
            ours["TELEGRAM_WEBHOOK_SECRET"] = SECRET
        return kept | {f"LOTSE_{name}": value for name, value in ours.items()}

    def path(self) -> str:
        """Return the path of the webhook."""
        return "/hook" if self.packages else path_of(SECRET)


SUBJECTS = (
    Subject("lotse", patience=75.0),
    Subject("python-telegram-bot", ("python-telegram-bot[webhooks]==22.8",), "echo_ptb.py"),
    Subject("aiogram", ("aiogram==3.31.0",), "echo_aiogram.py"),
)


@dataclass(frozen=True, slots=True)
class Speed:
    """What one measuring found; times in seconds, memory in bytes."""

    a_second: float
    seconds: list[float]
    processor: float
    memory: int
    calls: float
    load: float

    def at(self, share: float) -> float:
        """Return the time within which this share of the answers came."""
        return (
            self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))] if self.seconds else 0.0
        )


@dataclass(frozen=True, slots=True)
class Killed:
    """What became of the messages under kill -9."""

    said: int
    lost: int
    unanswered: int
    repeated: int


class Program:
    """A bot as a process of its own, which can be killed and started again over the same data."""

    def __init__(self, subject: Subject, way: str, cache: Path, api: BotApi, port: int, data: Path) -> None:
        self._subject = subject
        self._way = way
        self._cache = cache
        self._api = api
        self._port = port
        self._data = data
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it fetches or listens."""
        self._api.is_fetched.clear()
        command = self._subject.command(self._cache, self._api.address, self._port, self._way)
        with (self._data / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env=self._subject.environment(self._data, self._api.address, self._way),
                stdout=log,
                stderr=log,
            )
        os.sched_setaffinity(self._process.pid, BOT_CORES)
        async with asyncio.timeout(READY_WITHIN):
            await (self._api.is_fetched.wait() if self._way == "polling" else self._listens())

    async def _listens(self) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        if self._process is None or self._process.returncode is not None:
            raise RuntimeError(
                f"{self._subject.name} ended: {(self._data / 'log').read_text('utf-8')[-2000:]}"
            )
        return self._process.pid

    def processor(self) -> float:
        """Return the seconds of processor time used so far, by all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> int:
        """Return the resident memory in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    async def end(self, by: signal.Signals) -> None:
        """Send a signal and wait for the end."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(by)
            await self._process.wait()


@asynccontextmanager
async def running(subject: Subject, way: str, cache: Path) -> AsyncIterator[tuple[BotApi, Program]]:
    """Give a bot that is ready, and the Bot API that it talks to."""
    port = _free_port()
    webhook = f"http://127.0.0.1:{port}{subject.path()}" if way == "webhook" else ""
    with TemporaryDirectory(dir=cache) as data:
        async with BotApi("/start", iter(()), webhook) as api:
            program = Program(subject, way, cache, api, port, Path(data))
            try:
                await program.start()
                yield api, program
            finally:
                await program.end(signal.SIGKILL)


async def speed(subject: Subject, way: str, cache: Path, seconds: float) -> dict[str, Speed]:
    """Measure first messages, commands, and with Lotse questions."""
    async with running(subject, way, cache) as (api, program):
        chats = range(FIRST_CHAT, FIRST_CHAT + CHATS)
        api.chats = iter(chats)
        found = {"/start": await _measured(api, program, None)}
        turns = cycle(chats)
        for text in (COMMAND,) if subject.packages else (COMMAND, QUESTION):
            api.text, api.chats = text, turns
            found[text] = await _measured(api, program, seconds)
        return found


async def steady(subject: Subject, way: str, cache: Path, seconds: float) -> Speed:
    """Measure questions that come A_SECOND a second, each of another chat."""
    async with running(subject, way, cache) as (api, program):
        api.chats = iter(range(FIRST_CHAT, FIRST_CHAT + MOST_CHATS))
        questions = cycle(QUESTIONS)
        began, used = time.monotonic(), program.processor()
        for number in range(round(seconds * A_SECOND)):
            await asyncio.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
            api.say(next(questions))
        await api.until_answered(GIVEN_UP_AFTER)
        took = api.traffic.seconds(began, time.monotonic())
        processor = (program.processor() - used) / max(len(took), 1)
        calls = api.traffic.calls.total() / max(len(took), 1)
        return Speed(len(took) / seconds, took, processor, program.memory(), calls, 0.0)


async def _measured(api: BotApi, program: Program, seconds: float | None) -> Speed:
    """Measure for some seconds; None: until nobody has anything to say any more."""
    api.write(AT_ONCE)
    if seconds is not None:
        await asyncio.sleep(SETTLING)
    before, used, mine = time.monotonic(), program.processor(), time.process_time()
    calls = api.traffic.calls.total()
    if seconds is None:
        await api.until_answered(GIVEN_UP_AFTER)
    else:
        await asyncio.sleep(seconds)
    now = time.monotonic()
    took = api.traffic.seconds(before, now)
    result = Speed(
        len(took) / (now - before),
        took,
        (program.processor() - used) / max(len(took), 1),
        program.memory(),
        (api.traffic.calls.total() - calls) / max(len(took), 1),
        (time.process_time() - mine) / (now - before),
    )
    api.fall_silent()
    await api.until_answered(GIVEN_UP_AFTER)
    return result


async def killed(subject: Subject, way: str, cache: Path, kills: int, turn: asyncio.Lock) -> Killed:
    """Kill a bot under load some times, wait for what still comes, and count; others go on beside the waiting."""
    chance = random.Random(f"{subject.name} {way}")  # noqa: S311 - protects nothing
    async with AsyncExitStack() as stack:
        async with turn:
            api, program = await stack.enter_async_context(running(subject, way, cache))
            api.text, api.chats = COMMAND, iter(range(FIRST_CHAT, FIRST_CHAT + MOST_CHATS))
            for _ in range(kills):
                api.write(AT_ONCE)
                await asyncio.sleep(chance.uniform(*BETWEEN_KILLS))
                await program.end(signal.SIGKILL)
                await program.start()
            api.fall_silent()
        await api.until_answered(subject.patience)
        traffic = api.traffic
        return Killed(len(traffic.messages), traffic.lost(), traffic.open(), traffic.repeated)


# --- the run


async def install(subject: Subject, cache: Path) -> None:
    """Make an environment with the subject's packages, if there is none yet."""
    home = cache / subject.name
    wanted = "\n".join(subject.packages)
    made_for = home / "made-for"
    if not subject.packages or (made_for.exists() and made_for.read_text("utf-8") == wanted):
        return
    for command in (
        (sys.executable, "-m", "venv", "--clear", str(home)),
        (str(home / "bin" / "pip"), "install", "-qq", *subject.packages),
    ):
        process = await asyncio.create_subprocess_exec(*command)
        if await process.wait():
            raise SystemExit(f"{subject.name} cannot be installed")
    made_for.write_text(wanted, "utf-8")


async def compare(
    subjects: Sequence[Subject], cache: Path, seconds: float, kills: int, steady_for: float
) -> None:
    """Do everything and print it."""
    for subject in subjects:
        await install(subject, cache)
    began = time.monotonic()
    print(f"{describe(cache)}\n")
    print(
        row(
            "bot",
            "updates by",
            "messages",
            "a second",
            "p50 ms",
            "p99 ms",
            "CPU ms each",
            "RSS MB",
            "calls each",
        )
    )
    print(row(*["---"] * 2, "---", *["---:"] * 6))
    busiest = 0.0
    for way in WAYS:
        for subject in subjects:
            for text, one in (await speed(subject, way, cache, seconds)).items():
                busiest = max(busiest, one.load)
                print(row(subject.name, way, _told(text), *_figures(one)), flush=True)
    if steady_for:
        one = await steady(SUBJECTS[0], "polling", cache, steady_for)
        told = f"questions, {A_SECOND} a second"
        print(row(SUBJECTS[0].name, "polling", told, *_figures(one)))
        print(f"\n95 of 100 of those questions were answered within {one.at(0.95) * 1000:.0f} ms.")
    print(f"\nThe load generator itself was busy for at most {busiest:.0%} of the time.\n")
    turn = asyncio.Lock()
    trials = [
        (subject, way) for subject in subjects for way in WAYS
    ]  # Lotse, which waits longest, comes first
    results = await asyncio.gather(*(killed(*trial, cache, kills, turn) for trial in trials))
    print(row("bot", "updates by", "kill -9", "said", "acknowledged and never answered", "answered twice"))
    print(row(*["---"] * 2, *["---:"] * 4))
    for (subject, way), fate in zip(trials, results, strict=True):
        print(row(subject.name, way, kills, fate.said, fate.lost, fate.repeated))
        if fate.unanswered > fate.lost:
            print(
                f"{subject.name} by {way}: {fate.unanswered - fate.lost} still not acknowledged",
                file=sys.stderr,
            )
    print(f"\n{time.monotonic() - began:.0f} seconds; load average at the end {os.getloadavg()[0]:.1f}")


def row(*cells: object) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def describe(cache: Path) -> str:
    """Return the machine in a sentence."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {model or platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {_written(cache) * 1000:.1f} ms for an fsync, "
        f"load average before {os.getloadavg()[0]:.1f}."
    )


def _written(folder: Path, times: int = 50) -> float:
    """Return the seconds until 4 KiB are surely on the disk: a durable bot waits for it."""
    with TemporaryDirectory(dir=folder) as made, (Path(made) / "probe").open("wb", buffering=0) as probe:
        began = time.monotonic()
        for _ in range(times):
            probe.write(bytes(4096))
            os.fsync(probe.fileno())
        return (time.monotonic() - began) / times


def _told(text: str) -> str:
    return {"/start": "first of a new chat", COMMAND: COMMAND, QUESTION: "a question"}[text]


def _figures(one: Speed) -> Sequence[str]:
    return (
        f"{one.a_second:.0f}",
        f"{one.at(0.5) * 1000:.0f}",
        f"{one.at(0.99) * 1000:.0f}",
        f"{one.processor * 1000:.1f}",
        f"{one.memory / 1e6:.0f}",
        f"{one.calls:.1f}",
    )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of measuring, for each line")
    parser.add_argument("--steady", type=float, default=0.0, help="seconds of questions at a steady pace")
    parser.add_argument("--kills", type=int, default=3, help="of each bot, each way")
    parser.add_argument("--only", action="append", choices=[one.name for one in SUBJECTS], help="one bot")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder for the environments and all data")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    os.sched_setaffinity(0, {LOAD_CORE})
    chosen = [one for one in SUBJECTS if not given.only or one.name in given.only]
    asyncio.run(compare(chosen, given.cache, given.seconds, given.kills, given.steady))


if __name__ == "__main__":
    main()
