"""Builds the translator that the settings name, and its loops; by default there is none, and no text leaves."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.app.database import Unusable
from bot.knowledge.model import Knowledge
from bot.service.jobs import JobWorker
from bot.service.loop import Work, keep_going
from bot.service.ports import DESK, Clock, Notifier, Store, Translator
from bot.service.translating import Translating
from bot.settings import Settings
from bot.translators import Chat, DeepL, LibreTranslate

AT_ONCE = 4  # translations on the way in one process
LOOK_AGAIN = 600.0  # seconds until the translator is asked for its languages anew
LOOK_SOON = 15.0  # after it did not say

Loop = Callable[[asyncio.Event], Coroutine[None, None, None]]

NAMES = {"libretranslate": "LibreTranslate", "deepl": "DeepL"}


def translator_name(settings: Settings) -> str:
    """Return what people are told the translator is called; "" if there is none."""
    if settings.translator == "none":
        return ""
    return settings.translator_name or NAMES.get(settings.translator, settings.translator_model[:32])


def make_translator(settings: Settings, languages: Sequence[str]) -> Translator | None:
    """Return the translator, None for none; raise Unusable if not all is set. languages: those that we have."""
    key = settings.translator_key.get_secret_value() if settings.translator_key else ""
    name, within, url = translator_name(settings), settings.translator_seconds, settings.translator_url
    if not _keeps_to_itself(url):
        raise Unusable(
            "LOTSE_TRANSLATOR_URL: what people write goes over http only within one's own network."
        )
    if settings.translator == "libretranslate":
        if not url:
            raise Unusable("LOTSE_TRANSLATOR=libretranslate needs LOTSE_TRANSLATOR_URL.")
        return LibreTranslate(url, key, name, within)
    if settings.translator == "deepl":
        if not key:
            raise Unusable("LOTSE_TRANSLATOR=deepl needs LOTSE_TRANSLATOR_KEY.")
        return DeepL(key, url, name, within)
    if settings.translator == "chat":
        if not url or not settings.translator_model:
            raise Unusable("LOTSE_TRANSLATOR=chat needs LOTSE_TRANSLATOR_URL and LOTSE_TRANSLATOR_MODEL.")
        return Chat(url, settings.translator_model, languages, key, name, within)
    return None


def _keeps_to_itself(url: str) -> bool:
    """True for https, and for an address in one's own network: a private one, or a name without a dot."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return True
    host = parts.hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".home.arpa"))


def trusted_languages(settings: Settings, languages: Sequence[str]) -> frozenset[str]:
    """Return the languages that the operator trusts the translator with; empty: all. Raise Unusable if one is none."""
    wanted = frozenset(settings.translator_languages.replace(",", " ").split())
    if unknown := sorted(wanted - set(languages)):
        known = " ".join(languages)
        raise Unusable(f"LOTSE_TRANSLATOR_LANGUAGES: {', '.join(unknown)} is none of {known}.")
    return wanted


def make_translating(
    settings: Settings, store: Store, notifier: Notifier, clock: Clock, knowledge: Callable[[], Knowledge]
) -> Translating | None:
    """Return the use cases around the translator, None without one; raise Unusable as `make_translator` does."""
    languages = tuple(knowledge().languages)
    translator = make_translator(settings, languages)
    if translator is None:
        return None
    trusted = trusted_languages(settings, languages)
    return Translating(store, notifier, clock, translator, knowledge, trusted)


def translating_loops(
    translating: Translating, store: Store, notifier: Notifier, clock: Clock, owner: str
) -> list[Loop]:
    """Return the loops: translations, which may take long, and what languages there are."""
    kinds = translating.jobs()
    worker = JobWorker(store, clock, kinds, owner)

    async def take(most: int) -> list[Work]:
        found: list[Work] = []
        while len(found) < most and (more := await worker.take(1)):
            found += more
        return found

    async def due() -> datetime | None:
        async with store.read() as unit:
            return await unit.jobs.next_due(tuple(kinds))

    async def translate(stop: asyncio.Event) -> None:
        await keep_going(take, AT_ONCE, DESK, due, clock, notifier, stop)

    async def look(stop: asyncio.Event) -> None:
        while not stop.is_set():
            waits = LOOK_AGAIN if await translating.refresh() else LOOK_SOON
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), waits)

    return [translate, look]
