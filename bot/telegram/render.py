"""Our Markdown as Telegram's HTML, in messages that it takes."""

import re
from html import escape, unescape

from bot.domain.capabilities import units
from bot.i18n import FSI, LRI, PDI
from bot.markup import Block, Span, parse, split

LONGEST = 4096  # visible UTF-16 units of a message, core.telegram.org/bots/api#sendmessage
RLM = "\u200f"  # makes a line run from right to left though it begins with a Latin word or a number
ISOLATES = f"{LRI}\u2067{FSI}{PDI}"


def messages(text: str, footnote: str, rtl: bool) -> list[str]:
    """Return the HTML of one or several messages for a text and its small print."""
    small = f"<i>{_html(footnote, rtl)}</i>" if footnote else ""
    found = _pieces(text, rtl)
    if small and found and _length(f"{found[-1]}\n\n{small}") <= LONGEST:
        return [*found[:-1], f"{found[-1]}\n\n{small}"]
    return [*found, small] if small else found


def with_original(parts: list[str], heading: str, original: str) -> list[str]:
    """Return messages with what a person wrote below their translation, folded away until it is tapped.

    heading: says in the reader's language what it is.
    """
    if not original:
        return parts
    # Quotes cannot be nested, and every message needs one of its own: core.telegram.org/bots/api#html-style.
    above = f"<b>{escape(heading, quote=False)}</b>\n"
    quotes = [
        f"<blockquote expandable>{above if number == 0 else ''}{piece}</blockquote>"
        for number, piece in enumerate(_pieces(original, False, LONGEST - units(without_tags(above))))
    ]
    if parts and _length(f"{parts[-1]}\n\n{quotes[0]}") <= LONGEST:
        return [*parts[:-1], f"{parts[-1]}\n\n{quotes[0]}", *quotes[1:]]
    return [*parts, *quotes]


def without_tags(html: str) -> str:
    """Return the words alone."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def _pieces(text: str, rtl: bool, longest: int = LONGEST) -> list[str]:
    limit = longest
    while True:
        pieces = [_html(piece, rtl) for piece in split(text, limit)]
        if all(_length(piece) <= longest for piece in pieces):
            return pieces
        limit = limit * 3 // 4  # marks of direction and bullets came on top


def _length(html: str) -> int:
    return units(without_tags(html))


def _html(text: str, rtl: bool) -> str:
    shown, before = "", None
    for block in parse(text):
        if before:
            shown += "\n" if before.marker and block.marker else "\n\n"
        shown += _block(block)
        before = block
    return re.sub(r"^(?=.)", RLM, shown, flags=re.MULTILINE) if rtl else shown


def _block(block: Block) -> str:
    marker = f"{block.marker} " if block.marker else ""
    return "\u2003" * block.level + marker + "".join(_span(span) for span in block.spans)


def _span(span: Span) -> str:
    text = escape(span.text, quote=False)
    if span.href.startswith("https://"):
        text = f'<a href="{escape(span.href)}">{text}</a>'
    elif span.href:
        text = escape(_spelt(span), quote=False)
    return f"<b>{text}</b>" if span.bold else text


def _spelt(span: Span) -> str:
    """Return a telephone number or e-mail address as text: Telegram takes no such links, but finds them itself."""
    address = span.href.partition(":")[2]
    shown = span.text.strip(ISOLATES)
    if _same(shown, address):
        return f"{LRI}{shown}{PDI}"
    return f"{span.text} ({LRI}{address}{PDI})"


def _same(shown: str, address: str) -> bool:
    """True if the words are the address already: 02594 12400 is +49 2594 12400."""
    if "@" in address:
        return shown == address
    digits = re.sub(r"\D", "", shown).removeprefix("0")
    return bool(digits) and re.sub(r"\D", "", address).endswith(digits)
