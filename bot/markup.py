"""The few marks of our texts (paragraphs, bold, lists, links): parses, renders and cuts them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape as html_escape
from itertools import groupby
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.capabilities import units

SCHEMES = ("https://", "mailto:", "tel:")
SPECIAL = re.compile(r"([\\*_\[\]])")
LINE_START = re.compile(r"^([^\S\n]*)(?:([-+])|(\d{1,9})([.)]))(?=\s|$)", re.MULTILINE)
BARE = re.compile(r"https://[^\s<>\u2066-\u2069]*[^\s<>\u2066-\u2069.,;:!?()\[\]\"'»“”،؛؟።]")
ATOMS = re.compile(
    r"\[(?:\\.|[^\[\]\\])*\]\([^()\s]*\)"  # a link
    r"|\{[^{}\n]*\}"  # a placeholder
    r"|\*\*(?:(?!\*\*|\n).)+\*\*"  # bold
    r"|\\.|https://\S+"
    r"|[\u2066-\u2068][^\u2066-\u2069\n]*\u2069"  # an isolated value
)
# Where a text may be cut, the best place first: paragraph, line, sentence (Arabic and Tigrinya too), word.
BORDERS = tuple(re.compile(mark) for mark in (r"\n\s*\n", r"\n", r"(?<=[.!?؟።…:])\s+", r"\s+"))

# Only what a messenger can show; `zero` leaves HTML, headings, tables and images as the text they are.
PARSER = MarkdownIt("zero").enable(["list", "emphasis", "link", "newline", "escape"])


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one look; a newline is a line break, `href` is empty or begins with one of SCHEMES."""

    text: str
    bold: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or with a `marker` ("•", "1.") a list's item; `level` counts the lists around its own."""

    spans: tuple[Span, ...]
    marker: str = ""
    level: int = 0


def parse(text: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text in their order; a line end in a paragraph stays a line break."""
    return tuple(_blocks(PARSER.parse(text)))


def to_html(text: str, rtl: bool) -> str:
    """Return safe HTML: everything escaped, links only to https, mailto and tel."""
    direction = "rtl" if rtl else "ltr"
    groups = groupby(parse(text), key=_list_tag)
    return "".join(_html_group(tag, list(blocks), direction) for tag, blocks in groups)


def to_plain(text: str) -> str:
    """Return text without marks; a link's address follows its words in brackets if they do not say it."""
    shown = ""
    before: Block | None = None
    for block in parse(text):
        if before:
            shown += "\n" if before.marker and block.marker else "\n\n"
        shown += "  " * block.level + (f"{block.marker} " if block.marker else "") + _plain(block)
        before = block
    return shown


def escape(text: str) -> str:
    """Return Markdown that shows `text` as it is: for names, and for words that a person typed."""
    return as_paragraph(SPECIAL.sub(r"\\\1", text))


def as_paragraph(text: str) -> str:
    """Return Markdown none of whose lines begins a list."""
    return LINE_START.sub(lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", text)


def link(label: str, address: str) -> str:
    """Return a Markdown link; `address` begins with one of SCHEMES, `label` is shown as it is."""
    return f"[{escape(label)}]({quote(address, safe=':/?#@!$&*+,;=%~-._')})"


def refused_links(text: str) -> tuple[str, ...]:
    """Return the link addresses of a text that are not shown because of how they begin."""
    tokens = [child for token in PARSER.parse(text) for child in token.children or ()]
    hrefs = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    unread = re.findall(
        r"\]\(\s*([^()\s]+)", "".join(token.content for token in tokens if token.type == "text")
    )
    return tuple(href for href in (*hrefs, *unread) if not href.startswith(SCHEMES))


def split(text: str, limit: int) -> list[str]:
    """Cut Markdown into pieces of at most `limit` UTF-16 units, at paragraph, line, sentence or word borders.

    Links, placeholders, bold words and isolated values stay whole; one above `limit` is cut like a word.
    Raises ValueError for a limit under 2: an emoji has two units.
    """
    if limit < 2:
        raise ValueError("limit must be at least 2")
    pieces = []
    rest = text.strip()
    while units(rest) > limit:
        end = _cut(rest, limit)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [piece for piece in (*pieces, rest) if piece]


def _blocks(tokens: Iterable[Token]) -> Iterator[Block]:
    level = -1
    marker = ""
    for token in tokens:
        if token.type.endswith("_list_open"):
            level += 1
        elif token.type.endswith("_list_close"):
            level -= 1
        elif token.type == "list_item_open":
            marker = f"{token.info}{token.markup}" if token.info else "•"
        elif token.type == "inline":
            yield Block(tuple(_merged(_spans(token.children or []))), marker, max(level, 0))
            marker = ""


def _spans(tokens: Iterable[Token]) -> Iterator[Span]:
    bold, href = 0, ""
    for token in tokens:
        if token.type in ("strong_open", "strong_close"):
            bold += token.nesting
        elif token.type == "link_open":
            target = str(token.attrs["href"])
            href = target if target.startswith(SCHEMES) else ""
        elif token.type == "link_close":
            href = ""
        elif token.type in ("softbreak", "hardbreak"):
            yield Span("\n", bold > 0, href)
        elif token.type in ("em_open", "em_close"):
            yield Span(
                token.markup, bold > 0, href
            )  # no italics: "Helfer*innen und Freund*innen" keep their stars
        elif href:
            yield Span(token.content, bold > 0, href)
        else:
            yield from _with_bare_links(token.content, bold > 0)


def _with_bare_links(text: str, bold: bool) -> Iterator[Span]:
    end = 0
    for found in BARE.finditer(text):
        yield Span(text[end : found.start()], bold)
        yield Span(found[0], bold, found[0])
        end = found.end()
    yield Span(text[end:], bold)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    for (bold, href), run in groupby(spans, key=lambda span: (span.bold, span.href)):
        if text := "".join(span.text for span in run):
            yield Span(text, bold, href)


def _list_tag(block: Block) -> str:
    if not block.marker:
        return ""
    return "ul" if block.marker == "•" else "ol"


def _html_group(tag: str, blocks: list[Block], direction: str) -> str:
    if not tag:
        return "".join(f'<p dir="{direction}">{_html(block)}</p>' for block in blocks)
    items = "".join(f"<li{_number(block)}>{_html(block)}</li>" for block in blocks)
    return f'<{tag} dir="{direction}">{items}</{tag}>'


def _number(block: Block) -> str:
    return "" if block.marker == "•" else f' value="{int(block.marker[:-1])}"'


def _html(block: Block) -> str:
    runs = groupby(block.spans, key=lambda span: span.href)
    return "".join(_html_link(href, "".join(_html_span(span) for span in run)) for href, run in runs)


def _html_span(span: Span) -> str:
    text = html_escape(span.text).replace("\n", "<br>")
    return f"<strong>{text}</strong>" if span.bold else text


def _html_link(href: str, text: str) -> str:
    if not href:
        return text
    anchor = f'<a href="{html_escape(href)}" rel="noopener">{text}</a>'
    return f'<bdi dir="ltr">{anchor}</bdi>' if href.startswith(("tel:", "mailto:")) else anchor


def _plain(block: Block) -> str:
    runs = groupby(block.spans, key=lambda span: span.href)
    return "".join(_plain_link(href, "".join(span.text for span in run)) for href, run in runs)


def _plain_link(href: str, text: str) -> str:
    said = text.strip("\u2066\u2067\u2068\u2069").removeprefix("https://").rstrip("/")
    if not href.startswith("https://") or said == href.removeprefix("https://").rstrip("/"):
        return text
    return f"{text} ({href})"


def _cut(text: str, limit: int) -> int:
    """Return where to cut: the best border in the second half of what fits, else of all, else a letter."""
    top = _fitting(text, limit)
    near = text[: top + limit]  # what is whole and reaches over `top` ends before this
    whole = _inside(near, limit)
    for least in (top // 2, 1):
        for border in BORDERS:
            ends = [found.start() for found in border.finditer(near) if least <= found.start() <= top]
            free = [end for end in ends if end and end not in whole]
            if free:
                return free[-1]
    return next((end for end in range(top, 0, -1) if end not in whole and not _continues(text[end])), top)


def _fitting(text: str, limit: int) -> int:
    """Return how many characters have at most `limit` UTF-16 units; a surrogate pair is never torn."""
    cut = text.encode("utf-16-le")[: limit * 2]
    return len(cut.decode("utf-16-le", "ignore"))


def _inside(text: str, limit: int) -> set[int]:
    """Return the positions within what must stay whole, as far as that fits into a piece."""
    spans = [found.span() for found in ATOMS.finditer(text) if units(found[0]) <= limit]
    return {position for start, end in spans for position in range(start + 1, end)}


def _continues(letter: str) -> bool:
    """True for marks that belong to the letter before: accents, vowel signs, joiners."""
    return unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter == "\u200d"
