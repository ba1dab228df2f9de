"""A conversation in the terminal."""

import asyncio
import signal
from typing import TextIO

from bot.app.parts import CAPABILITIES, Parts, assembled
from bot.channels.console import Console, converse
from bot.service.outbox import Sender
from bot.service.turn import Worker
from bot.settings import Settings


async def chat(settings: Settings, language: str, town: str, lines: TextIO, out: TextIO) -> None:
    """Talk in the terminal until the end of input; the conversation is forgotten afterwards."""
    async with assembled(settings) as parts:
        terminal = Console(out)
        worker = Worker(
            parts.database,
            lambda: parts.keeper.mind,
            parts.clock,
            parts.notifier,
            CAPABILITIES,
            "terminal",
            parts.courses,
            parts.translate,
        )
        sender = Sender(parts.database, {terminal.name: terminal}, parts.clock, parts.notifier, "terminal")

        async def settled() -> None:
            while await _waits(parts):
                if not await worker.work_once():
                    await asyncio.sleep(0.05)
            while await sender.send_once():
                pass

        start = "_".join(part for part in (language, town) if part) or "terminal"
        _cancel_on_signals()
        try:
            await converse(terminal, lines, parts.receive, settled, start)
        finally:  # also after Ctrl+C; shielded, so that a second one does not leave half of it
            await asyncio.shield(_forget(parts, terminal))


def _cancel_on_signals() -> None:
    """Let the end of the terminal be what Ctrl+C is, which asyncio makes a cancellation."""
    task = asyncio.current_task()
    if task is not None:
        for name in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)


async def _waits(parts: Parts) -> bool:
    async with parts.database.read() as unit:
        waiting, _ = await unit.intake.waiting(parts.clock.now())
    return waiting > 0


async def _forget(parts: Parts, terminal: Console) -> None:
    """Leave nothing of a trial behind, unless a question waits for the team."""
    async with parts.database.write() as unit:
        found = await unit.contacts.find(terminal.address)
        if found and not await unit.tickets.of(found[0].id, only_open=True):
            await unit.erase(found[0].id)
