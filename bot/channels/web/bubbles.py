"""Turns stored messages into what the page shows of them."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup, escape

from bot.channels.web.parting import parted
from bot.domain.message import Author, Choice, Outbound, StoredMessage
from bot.knowledge.model import Knowledge
from bot.markup import to_html

ZONE: Final = ZoneInfo("Europe/Berlin")
# Embeddings and overrides can make a text read as something else; isolates cannot reach out of their block.
_OVERRIDES = re.compile("[\u202a-\u202e]")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message for the template. `direction`: rtl, ltr or auto; `day` and `iso`: ISO 8601, local time.

    frame: the language of lead, tail, footnote and choices.
    """

    id: int
    author: str
    kind: str
    lead: Markup
    text: Markup
    tail: Markup
    footnote: Markup
    language: str
    frame: str
    direction: str
    choices: tuple[Choice, ...]
    machine_translated: bool
    original: Markup  # what a person wrote, where the text is a translation of it
    original_language: str
    document: str  # its kind, "" for none
    iso: str
    clock: str
    day: str
    day_label: str


class Bubbles:
    """Makes bubbles for one page, whose days are named in `locale` (Babel's)."""

    def __init__(self, knowledge: Knowledge, locale: str) -> None:
        self._knowledge = knowledge
        self._locale = locale

    def of(self, message: StoredMessage) -> Bubble:
        """Return the bubble of a stored message."""
        return self._bubble(message.id, message.author, message.body, message.at)

    def draft(self, body: Outbound, at: datetime) -> Bubble:
        """Return the bubble of a message that is not stored: the welcome, or the pattern for own words."""
        return self._bubble(0, body.author, body, at)

    def _bubble(self, number: int, author: Author, body: Outbound, at: datetime) -> Bubble:
        local = at.astimezone(ZONE)
        by_newcomer = author is Author.NEWCOMER
        rtl = self._is_rtl(body.language)
        return Bubble(
            id=number,
            author=author.value,
            kind=body.kind,
            lead=_rich(body.lead, rtl),
            text=_plain(body.text) if by_newcomer else _rich(body.text, rtl),
            tail=_rich(body.tail, rtl),
            footnote=_rich(body.footnote, rtl),
            language=body.language,
            frame=body.framed_in,
            direction="auto" if author is not Author.PROGRAM else "rtl" if rtl else "ltr",
            choices=tuple(replace(choice, label=_honest(choice.label)) for choice in body.choices),
            machine_translated=body.machine_translated,
            original=_rich(body.original, self._is_rtl(body.original_language)),
            original_language=body.original_language,
            document=body.document_kind if body.document else "",
            iso=local.isoformat(timespec="minutes"),
            clock=f"{local:%H:%M}",
            day=local.date().isoformat(),
            day_label=format_date(local.date(), "full", locale=self._locale),
        )

    def _is_rtl(self, code: str) -> bool:
        known = self._knowledge.languages.get(code)
        return known is not None and known.rtl


def _honest(text: str) -> str:
    return _OVERRIDES.sub("", text)


def _plain(text: str) -> Markup:
    return escape(_honest(text))


def _rich(text: str, rtl: bool) -> Markup:
    return Markup(parted(to_html(_honest(text), rtl)))  # noqa: S704 - to_html escapes all but its own tags
