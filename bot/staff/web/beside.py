"""What stands beside the words of a ticket in another language: translations, originals, a draft as it will be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from bot.domain.message import Author, StoredMessage
from bot.domain.translation import GERMAN, Rendering, State, Translation
from bot.markup import to_html
from bot.service.translating import Translating
from bot.staff.web.words import Words

NONE = "none"  # nobody has asked for a translation yet
ORIGINAL = "original"  # what stands beside is the translation, and this what somebody of the team wrote


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside a message. state: of the translation, or NONE or ORIGINAL; may_ask: there is a button."""

    state: str
    text: Markup
    language: str
    direction: str
    engine: str = ""
    reason: str = ""
    may_ask: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft in the newcomer's language, as the page shows it."""

    rendering: Rendering
    is_stale: bool  # the draft is another text by now
    text: Markup
    direction: str
    back: Markup


def sides(
    lines: Sequence[StoredMessage],
    found: Mapping[int, Translation],
    words: Words,
    translating: Translating | None,
    language: str,
) -> dict[int, Side]:
    """Return message -> what stands beside it; nothing where one language is enough. language: the ticket's."""
    beside: dict[int, Side] = {}
    for line in lines:
        side = None
        if line.body.original:
            rtl = words.is_rtl(line.body.original_language)
            original = Markup(to_html(line.body.original, rtl))  # noqa: S704 - to_html escapes
            side = Side(ORIGINAL, original, line.body.original_language, "auto")
        elif line.author is Author.NEWCOMER and translating is not None:
            side = _of_newcomer(line, found.get(line.id), translating.covers(language))
        if side is not None:
            beside[line.id] = side
    return beside


def _of_newcomer(line: StoredMessage, one: Translation | None, may_ask: bool) -> Side | None:
    if one is not None:
        asks = may_ask and one.state is State.FAILED
        return Side(one.state.value, escape(one.text), GERMAN, "ltr", one.engine, one.reason, asks)
    if may_ask and any(letter.isalpha() for letter in line.body.text):
        return Side(NONE, Markup(), GERMAN, "ltr", may_ask=True)
    return None


def shown(rendering: Rendering | None, draft: str, words: Words) -> Shown | None:
    """Return a rendering for the page, if there is one."""
    if rendering is None:
        return None
    rtl = words.is_rtl(rendering.language)
    return Shown(
        rendering,
        rendering.text != draft,
        Markup(to_html(rendering.shown, rtl)),  # noqa: S704 - to_html escapes
        "rtl" if rtl else "ltr",
        Markup(to_html(rendering.back, False)),  # noqa: S704
    )
