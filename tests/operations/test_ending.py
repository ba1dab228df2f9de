"""The end: in order if it can be, at its time in any case, and nothing of a trial stays behind."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 120  # seconds; a hang is found by this alone

# A server whose loop waits for a thread that never comes back.
HUNG = """
import asyncio, threading
from bot.app import serving
from bot.cli.common import do
from bot.operations.ending import Deadline

serving.STOP_WITHIN = 0.2

async def hung(stop):
    await asyncio.to_thread(threading.Event().wait)

async def orderly(stop):
    await stop.wait()

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, stop.set)
    with Deadline(600.0, 1) as deadline:
        ended = await serving._until_stopped(stop, [{loops}], deadline)
    {last}
    return 0 if ended else 1

do(main())
"""


def _exit_code(loops: str, last: str = "") -> int:
    script = HUNG.format(loops=loops, last=last)
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=PATIENCE, check=False).returncode


def test_a_hung_thread_does_not_keep_the_process() -> None:
    """1: something was given up."""
    assert _exit_code("hung, orderly") == 1


def test_whatever_hangs_after_the_loops_ended_in_order() -> None:
    last = "asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)"
    assert _exit_code("orderly", last) == 0


def test_the_deadline_ends_what_cannot_be_cancelled() -> None:
    """Also while the loops are being given up, where no exit of ours is reached."""
    script = """
import threading
from bot.operations.ending import Deadline
with Deadline(0.2, 3) as deadline:
    deadline.start()
    deadline.start()
    print("said", end="")
    threading.Event().wait()
"""
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, timeout=PATIENCE, check=False, capture_output=True
    )
    assert (found.returncode, found.stdout) == (3, b"said")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP, None])
async def test_chat_ends_at_once_and_is_forgotten(tmp_path: Path, how: signal.Signals | None) -> None:
    """Ctrl+C, a closed window, the end of input; it does not wait for a line that nobody types."""
    chat = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "chat", "--language", "de"),
        cwd=ROOT,
        env={**os.environ, "LOTSE_DATA": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert chat.stdin
    assert chat.stdout
    async with asyncio.timeout(PATIENCE):
        await chat.stdout.readuntil(b"[1]")
        if how is None:
            chat.stdin.close()
        else:
            chat.send_signal(how)
        assert await chat.wait() == (0 if how is None else 130)
    chat.stdin.close()
    with sqlite3.connect(tmp_path / "lotse.db") as connection:
        assert connection.execute("SELECT count(*) FROM contacts").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)


def test_a_reader_that_leaves_is_no_fault() -> None:
    """`knowledge check | head` ended with a line about a fault in the program."""
    command = [sys.executable, "-m", "bot", "knowledge", "check", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE) == 141
