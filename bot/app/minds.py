"""Builds the mind, lets it learn, and reads the knowledge again when its files change."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from pathlib import Path

import structlog
import watchfiles

from bot import memory
from bot.app.clock import SystemClock
from bot.app.database import Unusable
from bot.app.translators import translator_name
from bot.dialogue.welcome import Operator
from bot.dialogue.world import World
from bot.embedders import Bundled, Endpoint
from bot.i18n import read_locales
from bot.knowledge.live import Live
from bot.service.fault import place_of
from bot.service.library import Library
from bot.service.mind import MindKeeper
from bot.service.sentences import Sentences
from bot.settings import Settings
from bot.understanding.embedding import Embedder, NoVectors

LEARN_AGAIN = 5.0  # seconds until somebody looks whether there is something to learn
LEARN_AT_LEAST = 600.0  # the longest time until learning is tried again after faults
WATCH_AGAIN = 5.0  # seconds until the knowledge folder is watched again after a fault

log = structlog.get_logger()


def operator_of(settings: Settings) -> Operator:
    """Return who runs the bot."""
    url = f"{settings.public_url.rstrip('/')}/privacy" if settings.public_url else ""
    return Operator(
        settings.operator,
        settings.operator_contact,
        settings.data_protection_officer,
        settings.authority,
        url,
        translator_name(settings),
    )


def make_embedder(settings: Settings) -> Embedder | None:
    """Return what gives vectors, None for none; raise NoVectors if it cannot work, Unusable if it is not all set."""
    if settings.embedder == "none":
        return None
    if settings.embedder == "bundled":
        return Bundled()
    if not settings.embedder_url or not settings.embedder_model:
        raise Unusable("LOTSE_EMBEDDER=endpoint needs LOTSE_EMBEDDER_URL and LOTSE_EMBEDDER_MODEL.")
    key = settings.embedder_key
    return Endpoint(settings.embedder_url, settings.embedder_model, key.get_secret_value() if key else "")


def make_sentences(settings: Settings) -> Sentences:
    """Return the vectors of messages; without an embedder that works there are none, which is told."""
    try:
        return Sentences(make_embedder(settings))
    except NoVectors as error:
        log.warning("embedder.missing", reason=str(error))
        return Sentences(None, str(error))


def make_library(settings: Settings) -> Library:
    """Return where what was learned is kept."""
    return Library(settings.data / "learned")


def make_mind(settings: Settings) -> MindKeeper:
    """Read knowledge and locales; raise KnowledgeError or LocaleError."""
    return MindKeeper(
        settings.knowledge,
        read_locales(settings.locales),
        operator_of(settings),
        settings.keep_messages_days,
        SystemClock(),
        make_library(settings),
        make_sentences(settings),
    )


def make_world(settings: Settings) -> World:
    """Read knowledge and locales without learning to understand, which takes seconds; raise as make_mind does."""
    knowledge = Live(settings.knowledge, SystemClock().now).current
    return World(
        knowledge, read_locales(settings.locales), operator_of(settings), settings.keep_messages_days
    )


class Stopped(Exception):
    """The bot stops in the middle of learning."""


async def learn(keeper: MindKeeper, stop: asyncio.Event) -> None:
    """Learn whenever there is something new; the bot answers meanwhile as well as it can."""

    def tick() -> None:
        if stop.is_set():
            raise Stopped

    waits = LEARN_AGAIN
    while not stop.is_set():
        if not keeper.is_learned:
            waits = LEARN_AGAIN if await _learned(keeper, tick) else min(2 * waits, LEARN_AT_LEAST)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), waits)


async def _learned(keeper: MindKeeper, tick: Callable[[], None]) -> bool:
    """Learn; False, told in the log, if that failed."""
    try:
        await asyncio.to_thread(keeper.learn, tick)
    except Stopped:
        return False
    except NoVectors as error:
        log.error("knowledge.not_learned", reason=str(error))
        return False
    except Exception as error:
        log.error("knowledge.not_learned", error=type(error).__name__, place=place_of(error))
        return False
    return True


async def watch(keeper: MindKeeper, stop: asyncio.Event) -> None:
    """Read the knowledge again whenever its files change; no fault ends this, nor a folder that is gone."""
    while not stop.is_set():
        try:
            await _watch_this(keeper, stop)
        except Exception as error:
            log.error("knowledge.watch_failed", error=type(error).__name__, place=place_of(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), WATCH_AGAIN)
        if not stop.is_set():
            await _reload(keeper)  # what changed while nobody watched


async def _watch_this(keeper: MindKeeper, stop: asyncio.Event) -> None:
    """Watch until `stop`, or until another folder stands in the watched one's place, of which nothing is heard."""
    watched = _identity(keeper.folder)
    changes = watchfiles.awatch(keeper.folder, stop_event=stop, rust_timeout=500, yield_on_timeout=True)
    async with aclosing(changes):
        async for changed in changes:
            if _identity(keeper.folder) != watched:
                return
            if changed:
                await _reload(keeper)


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino


async def _reload(keeper: MindKeeper) -> None:
    try:
        await asyncio.to_thread(keeper.reload)
        memory.settle()
    except Exception as error:
        log.error("knowledge.reload_failed", error=type(error).__name__, place=place_of(error))
