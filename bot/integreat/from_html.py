"""Turns a page's HTML into our Markdown: only its words, bold, lists and safe links come through."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.integreat.clean import visible
from bot.markup import as_paragraph, escape, link, split

LONGEST = 200_000  # characters of HTML; a real region's longest page has 11,000
DEEPEST = (
    100  # tags within tags; deeper than any page, and a parser's time grows with the square of the depth
)
TOO_DEEP = f"zu tief verschachtelt (erlaubt sind {DEEPEST} Ebenen)"
LONGEST_TEXT = 40_000  # characters of Markdown
LONGEST_LINK = 500  # characters; longer ones would not fit into a message beside a text
NUMBER = 3  # digits: 112
LISTS = 3  # lists within lists; deeper ones become one with the third

DROPPED = frozenset(
    """script style iframe frame object embed applet template noscript svg math head title form input button
    select textarea audio video canvas map link meta base""".split()  # noqa: SIM905
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BOLD = frozenset({"b", "strong", "th"})
INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span
    strike strong sub sup time tt u var wbr""".split()  # noqa: SIM905
)
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
ENDS_ITSELF = frozenset("p li td th tr dt dd option".split())  # noqa: SIM905  # when the next of its kind begins
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
FILE_NAME = re.compile(r"\S+\.\w{2,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Converted:
    """A page's Markdown; `cut` says in German why it is not the whole page, "" if it is."""

    text: str
    cut: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    bold: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    look: _Look


_PLAIN = _Look()
_BREAK = _Run("\n", _PLAIN)  # the one that a <br> makes; the same letter in a text is a blank


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    is_item: bool


def from_html(html: str, address: str) -> Converted:
    """Return a page's words as Markdown; `address` is the page's own, for links that are told from there.

    Never raises, whatever the HTML: what is too long or too deep is cut, and said.
    """
    cut = ""
    if len(html) > LONGEST:
        cut = f"zu lang ({_size(html)}, erlaubt {LONGEST // 1000} kB)"
        html = html[:LONGEST]
    end = _too_deep(html)
    if end:
        cut = TOO_DEEP
        html = html[:end]
    reader = _Reader(address)
    body = LexborHTMLParser(html).body if html.strip() else None
    if body is not None:
        reader.read(body)
    if reader.too_deep:
        cut = TOO_DEEP
    text = reader.text().strip()
    if len(text) > LONGEST_TEXT:
        cut = cut or f"zu lang ({len(text)} Zeichen Text, erlaubt {LONGEST_TEXT})"
        text = split(text, LONGEST_TEXT)[0]
    return Converted(text, cut)


class _Reader:
    """Walks through a page and collects blocks: paragraphs and list items."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._blocks: list[_Block] = []
        self._runs: list[_Run] = []
        self._lists: list[int] = []  # of each open list the next number, 0 without numbers
        self._indents: list[str] = []  # of each open list item
        self._marker = ""  # of the item that has no words yet
        self._in_row = False
        self.too_deep = False  # True once something was left out for that

    def read(self, node: LexborNode, look: _Look = _PLAIN, depth: int = 0) -> None:
        """Take up everything below a node."""
        if depth > DEEPEST * 2:
            self.too_deep = True  # deeper than the text told: then it is no page that anybody wrote
            return
        for child in node.iter(include_text=True):
            if child.is_text_node:
                self._runs.append(_Run(child.text(deep=False), look))
            elif child.is_element_node and child.tag not in DROPPED:
                self._element(child, look, depth + 1)

    def text(self) -> str:
        """Return the Markdown of all that was read."""
        self._end_block()
        text = ""
        before = None
        for block in self._blocks:
            if before:
                text += "\n" if before.is_item and block.is_item else "\n\n"
            text += block.text
            before = block
        return text

    def _element(self, node: LexborNode, look: _Look, depth: int) -> None:
        tag = node.tag or ""
        if tag == "br":
            self._runs.append(_BREAK)
        elif tag == "img":
            self._runs.append(_Run(_alternative(node), look))
        elif tag == "a":
            self._link(node, look, depth)
        elif tag in INLINE:
            self.read(node, replace(look, bold=look.bold or tag in BOLD), depth)
        elif tag in ("ul", "ol") and not self._in_row:
            self._list(node, look, depth)
        elif tag == "li" and not self._in_row:
            self._item(node, look, depth)
        elif tag == "tr" and _cells(node) > 1 and not self._in_row:
            self._row(node, look, depth)
        else:
            self._end_block()
            self.read(node, replace(look, bold=look.bold or tag in HEADINGS), depth)
            self._end_block()

    def _link(self, node: LexborNode, look: _Look, depth: int) -> None:
        kept, words = _target(node.attributes.get("href") or "", self._address)
        before = len(self._runs)
        self.read(node, replace(look, href=kept) if kept else look, depth)
        said = "".join(run.text for run in self._runs[before:])
        if words and not _tells(said, words):
            self._runs.append(_Run(f" ({words})" if said.strip() else words, look))

    def _list(self, node: LexborNode, look: _Look, depth: int) -> None:
        self._end_block()
        self._lists.append(1 if node.tag == "ol" else 0)
        self.read(node, look, depth)
        self._end_block()
        self._lists.pop()

    def _item(self, node: LexborNode, look: _Look, depth: int) -> None:
        self._end_block()
        if not self._lists:
            self._lists.append(0)  # an item without a list, as browsers show it
        number = self._lists[-1]
        self._marker = f"{number}. " if number else "- "
        if number:
            self._lists[-1] += 1
        self._indents.append(" " * len(self._marker))
        self.read(node, look, depth)
        self._end_block()
        self._indents.pop()
        self._marker = ""

    def _row(self, node: LexborNode, look: _Look, depth: int) -> None:
        """Make a table's row an item of a list, its cells side by side."""
        self._end_block()
        self._marker, self._in_row = "- ", True
        self._indents.append("  ")
        for number, cell in enumerate(child for child in node.iter() if child.tag in ("td", "th")):
            if number:
                self._runs.append(_Run(" – ", _PLAIN))
            self.read(cell, replace(look, bold=look.bold or cell.tag in BOLD), depth + 1)
        self._in_row = False
        self._end_block()
        self._indents.pop()
        self._marker = ""

    def _end_block(self) -> None:
        if self._in_row:
            self._runs.append(_Run(" ", _PLAIN))
            return
        runs, self._runs = self._runs, []
        lines = [line for line in map(_line, _lines(runs)) if line]
        if not lines:
            return
        outer = "".join(self._indents[: min(len(self._indents), LISTS) - 1])
        inner = "".join(self._indents[:LISTS])
        first = f"{outer}{self._marker}" if self._marker else inner
        text = "\n".join((first + lines[0], *(inner + line for line in lines[1:])))
        self._blocks.append(_Block(text, bool(self._marker)))
        self._marker = ""


def _lines(runs: list[_Run]) -> Iterator[list[_Run]]:
    """Yield the runs of each line."""
    line: list[_Run] = []
    for run in runs:
        if run is _BREAK:
            yield line
            line = []
        else:
            line.append(run)
    yield line


def _line(runs: list[_Run]) -> str:
    """Return a line's Markdown; bold that the marks could not show is left out."""
    parts = [(bold, list(group)) for bold, group in groupby(_spaced(runs), key=lambda run: run.look.bold)]
    plain = ["".join(run.text for run in group) for _, group in parts]
    shown = ""
    for number, (bold, group) in enumerate(parts):
        text = _linked(group)
        core = text.strip(" ")
        if bold and core and _can_be_bold(plain, number):
            start = len(text) - len(text.lstrip(" "))
            text = f"{text[:start]}**{core}**{text[start + len(core) :]}"
        shown += text
    return as_paragraph(shown.strip(" "))


def _spaced(runs: list[_Run]) -> Iterator[_Run]:
    """Yield the runs as they are seen, with never two blanks side by side, and none at the start."""
    after_blank = True
    for run in runs:
        text = visible(run.text)
        if after_blank:
            text = text.lstrip(" ")
        if text:
            after_blank = text.endswith(" ")
            yield _Run(text, run.look)


def _can_be_bold(parts: list[str], number: int) -> bool:
    """True if `**` around this part is read as bold: beside an end that is a sign, a blank or a sign must stand."""
    text = parts[number]
    before = "".join(parts[:number])[-1:]
    after = "".join(parts[number + 1 :])[:1]
    start, end = text.strip(" ")[0], text.strip(" ")[-1]
    return (not _is_sign(start) or text[0] == " " or not before or _is_apart(before)) and (
        not _is_sign(end) or text[-1] == " " or not after or _is_apart(after)
    )


def _is_sign(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"


def _is_apart(letter: str) -> bool:
    return letter == " " or _is_sign(letter)


def _linked(runs: list[_Run]) -> str:
    """Return the Markdown of neighbours, the blanks at a link's edges outside of it."""
    parts = []
    for href, group in groupby(runs, key=lambda run: run.look.href):
        text = "".join(run.text for run in group)
        label = text.strip(" ")
        if href and label:
            start = text.index(label)
            parts.append(f"{text[:start]}{link(label, href)}{text[start + len(label) :]}")
        else:
            parts.append(escape(text))
    return "".join(parts)


def _target(href: str, address: str) -> tuple[str, str]:
    """Return the address to link to, or else the one to be told in words; both empty for what is no address."""
    href = "".join(visible(href).split())
    try:
        parts = urlsplit(urljoin(address, href))
        whole = parts.geturl()
        trusted = parts.hostname and not (parts.username or parts.password)
    except ValueError:
        return "", ""
    if parts.scheme in ("mailto", "tel"):
        return "", visible(unquote(parts.path)).strip()
    if parts.scheme not in ("http", "https") or not trusted or not href or href.startswith("#"):
        return "", ""
    if len(whole) > LONGEST_LINK:
        return "", ""
    return (whole, "") if parts.scheme == "https" else ("", whole)


def _tells(said: str, words: str) -> bool:
    """True if a link's own words tell its address; a number is told in any spelling."""
    if words.strip("+0123456789-/() ") == "":
        return sum(letter.isdigit() for letter in said) >= NUMBER
    return words.removeprefix("http://").rstrip("/") in "".join(visible(said).split())


def _alternative(node: LexborNode) -> str:
    """Return what a picture shows, if that is told in words; "pin.svg" and "Logo" are none."""
    words = visible(node.attributes.get("alt") or "").strip()
    return f" {words} " if " " in words and not FILE_NAME.fullmatch(words.split(" ")[-1]) else ""


def _cells(row: LexborNode) -> int:
    return sum(child.tag in ("td", "th") for child in row.iter())


def _too_deep(html: str) -> int:
    """Return where the tags first stand deeper in one another than allowed, 0 if nowhere; reads the text only."""
    open_tags: list[str] = []
    for found in TAG.finditer(html):
        name = found[2].lower()
        if found[1]:
            if name in open_tags:
                while open_tags.pop() != name:
                    pass
        elif name not in VOID:
            if name in ENDS_ITSELF and open_tags[-1:] == [name]:
                open_tags.pop()
            open_tags.append(name)
            if len(open_tags) > DEEPEST:
                return found.start()
    return 0


def _size(html: str) -> str:
    return f"{len(html) / 1_000_000:.1f} MB" if len(html) >= 1_000_000 else f"{len(html) // 1000} kB"
