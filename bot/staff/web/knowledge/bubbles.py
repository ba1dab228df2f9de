"""Answers as newcomers see them, for the eyes of editors."""

from markupsafe import Markup, escape

from bot.domain.message import Outbound
from bot.knowledge.fill import fill
from bot.knowledge.model import Knowledge
from bot.markup import to_html


def bubble(message: Outbound, known: Knowledge) -> dict[str, object]:
    """Return what a template shows of a message to a newcomer."""
    rtl = message.language in known.languages and known.languages[message.language].rtl
    framed = message.framed_in
    frame_rtl = framed in known.languages and known.languages[framed].rtl
    return {
        "lead": _html(message.lead, frame_rtl),
        "text": _html(message.text, rtl),
        "tail": _html(message.tail, frame_rtl),
        "footnote": _html(message.footnote, frame_rtl),
        "language": message.language,
        "frame": framed,
        "rtl": rtl,
        "frame_rtl": frame_rtl,
        "machine": message.machine_translated,
        "choices": [choice.label for choice in message.choices],
    }


def body_of(known: Knowledge, body: str, language: str) -> Markup:
    """Return an answer as HTML; as it is written if it names facts that are not there."""
    try:
        return _html(fill(body, known, language), known.languages[language].rtl)
    except KeyError:
        return escape(body)


def _html(markdown: str, rtl: bool) -> Markup:
    return Markup(to_html(markdown, rtl))  # noqa: S704 - to_html escapes
