"""Serves until a signal; what is being worked on is finished first."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial

import structlog
from aiohttp import web

from bot.app.database import Unusable
from bot.app.loops import loops
from bot.app.messengers import telegram
from bot.app.minds import learn, watch
from bot.app.notices import make_mail
from bot.app.pages import application, demo_link, web_page
from bot.app.parts import Loop, assembled
from bot.operations.ending import Deadline
from bot.service.ports import Channel
from bot.settings import Settings

# Seconds after the signal; whoever runs us kills after 20.
STOP_WITHIN = 12.0  # then what is still worked on is given up
END_WITHIN = 18.0  # then the process ends, whatever hangs

log = structlog.get_logger()


async def run(settings: Settings, host: str, port: int, ready: Callable[[str, str], None]) -> bool:
    """Serve until SIGTERM or SIGINT; what is being worked on is finished first. False if something was not.

    ready: is told the address of the page, and the one-time link of the demo account; empty: there is none.
    """
    with Deadline(END_WITHIN, 1) as deadline:
        async with assembled(settings) as parts, telegram(parts) as messenger:
            page = web_page(parts, messenger.links)
            mail = make_mail(settings)
            channels: dict[str, Channel] = {page.name: page, **messenger.channels}
            stop = asyncio.Event()
            _stop_on_signals(stop)
            app = application(parts, page, messenger, mail)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
            await runner.setup()
            try:
                await _listen(runner, host, port)
                log.info("run.ready", host=host, port=port, database=parts.database.url.get_backend_name())
                link = await demo_link(parts.database, parts.clock, settings, f"http://{host}:{port}")
                ready(f"http://{host}:{port}/", link)
                keeper = parts.keeper
                minding: list[Loop] = [partial(watch, keeper), partial(learn, keeper)]
                work: list[Loop] = [*loops(parts, channels, mail), *messenger.loops, *minding]
                return await _until_stopped(stop, work, deadline)
            finally:
                await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unusable(f"{host}:{port}: {reason}. Choose another with --port.") from error


async def _until_stopped(stop: asyncio.Event, work: list[Loop], deadline: Deadline) -> bool:
    """Run the loops until `stop`; False if some had to be given up."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(loop(stop)) for loop in work]
            await stop.wait()
            deadline.start()
            _, late = await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()  # its lease runs out, and another worker takes over
    finally:
        deadline.start()  # also if a loop failed
    if not late:
        deadline.code = 0
    return not late


def _stop_on_signals(stop: asyncio.Event) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
