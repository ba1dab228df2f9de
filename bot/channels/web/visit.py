"""What is known of who asks: session, contact, and the language to answer in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.channels.web.deps import WebDeps
from bot.channels.web.session import Sessions, address_of
from bot.domain.conversation import Contact
from bot.i18n import Texts
from bot.knowledge.model import Language

# What Telegram allows in a start link, so that one poster serves both.
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's circumstances; `session` and `contact` are there once a message was sent.

    language: the wished one, a code of knowledge/languages.yaml; the texts may be of its fallback.
    chosen: the language a link names, else empty. start: the start link's payload, else empty.
    """

    session: str
    contact: Contact | None
    language: str
    texts: Texts
    chosen: str = ""
    start: str = ""

    @property
    def was_forgotten(self) -> bool:
        """True if there was a conversation and it is gone (erased or too old)."""
        return bool(self.session) and self.contact is None

    def start_payload(self) -> str:
        """Return what the first message says of where it comes from; a language chosen by link leads it."""
        if not self.chosen:
            return self.start
        return "_".join((self.chosen, *self.start.split("_")[1:]))


class Visits:
    """Reads a visit from a request."""

    def __init__(self, deps: WebDeps, sessions: Sessions) -> None:
        self._deps = deps
        self._sessions = sessions

    async def of(self, request: web.Request, said: Mapping[str, str] | None = None) -> Visit:
        """Return the visit; `said` holds `lang` and `start` (from a form), by default the query does."""
        said = request.query if said is None else said
        session = self._sessions.read(request)
        contact = await self._contact(session)
        start = said.get("start", "") if _START.fullmatch(said.get("start", "")) else ""
        languages = self._deps.knowledge().languages
        chosen = _known(said.get("lang", ""), languages) or _known(start.split("_")[0], languages)
        language = (
            chosen
            or (contact.conversation.language if contact else "")
            or accepted(request.headers.get("Accept-Language", ""), languages)
            or self._deps.offered()[0]
        )
        return Visit(session, contact, language, self._deps.texts(language), chosen, start)

    async def _contact(self, session: str) -> Contact | None:
        if not session:
            return None
        async with self._deps.store.read() as unit:
            found = await unit.contacts.find(address_of(session))
        return found[0] if found else None


def accepted(header: str, languages: Mapping[str, Language]) -> str:
    """Return the first language of an Accept-Language header that is known, else an empty text."""
    return next((code for tag in _by_wish(header) if (code := _known(tag, languages))), "")


def _by_wish(header: str) -> Iterator[str]:
    wishes: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.partition(";")
        try:
            wishes.append((float(quality.partition("=")[2]) if quality else 1.0, tag.strip()))
        except ValueError:
            continue
    return (tag for quality, tag in sorted(wishes, key=lambda wish: -wish[0]) if quality > 0)


def _known(tag: str, languages: Mapping[str, Language]) -> str:
    aliases = {alias.lower(): code for code, language in languages.items() for alias in language.aliases}
    for wish in (tag.lower(), tag.lower().partition("-")[0]):
        if wish in languages:
            return wish
        if wish in aliases:
            return aliases[wish]
    return ""
