"""Telegram's HTML: reads it as strictly as Telegram does, and writes it for a person's eyes."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.telegram.fake.entities import Entity, Formatted, in_order, units
from tests.telegram.fake.refusals import Refusal, bad_request

# Tag -> the entity it makes (https://core.telegram.org/bots/api#html-style).
TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
SHOWN_AS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
MARK = re.compile(r"[<&]")
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TAG_NAME = re.compile(r"[^\s>]*")
END_TAG = re.compile(r"([^\s>]*)\s*>")
ATTRIBUTE = re.compile(r"\s*([^\s=>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.\-]*)(?=[\s>])))?")
END_OF_TAG = re.compile(r"\s*>")


def parse_html(source: str) -> Formatted:
    """Return the plain text and the entities of HTML. Raises Refusal like Telegram's for anything broken."""
    return Reader(source).read()


@dataclass(frozen=True, slots=True)
class Open:
    """A tag that waits for its end; `offset` in units of the plain text, `start` among its pieces."""

    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


class Reader:
    """Goes through HTML once, from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.pieces: list[str] = []
        self.length = 0
        self.open: list[Open] = []
        self.entities: list[Entity] = []

    def read(self) -> Formatted:
        """Return what was read."""
        while mark := MARK.search(self.source, self.position):
            self._add(self.source[self.position : mark.start()])
            self.position = mark.start()
            if mark[0] == "&":
                self._reference()
            elif self.source.startswith("</", self.position):
                self._end()
            else:
                self._start()
        self._add(self.source[self.position :])
        if self.open:
            raise _broken(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return Formatted("".join(self.pieces), in_order(tuple(self.entities)))

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self.length += units(text)

    def _reference(self) -> None:
        found = REFERENCE.match(self.source, self.position)
        self._add(_character(found) if found else "&")
        self.position = found.end() if found else self.position + 1

    def _start(self) -> None:
        begin = self.position
        name = TAG_NAME.match(self.source, begin + 1)
        assert name
        if name.end() == len(self.source):
            raise _broken(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        tag = name[0].lower()
        if tag not in TAGS:
            raise _broken(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        self.position = name.end()
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            where = self._bytes(begin)
            raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.open.append(Open(tag, attributes, self.length, len(self.pieces)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while not (end := END_OF_TAG.match(self.source, self.position)):
            found = ATTRIBUTE.match(self.source, self.position)
            if not found:
                raise _broken(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
            value = next((group for group in found.groups()[1:] if group is not None), "")
            attributes[found[1].lower()] = REFERENCE.sub(_character, value)
            self.position = found.end()
        self.position = end.end()
        return attributes

    def _end(self) -> None:
        where = self._bytes(self.position)
        if not self.open:
            raise _broken(f"Unexpected end tag at byte offset {where}")
        end = END_TAG.match(self.source, self.position + 2)
        if not end:
            raise _broken(f"Unclosed end tag at byte offset {where}")
        started = self.open.pop()
        if end[1] and end[1].lower() != started.tag:
            wanted, found = f'"</{started.tag}>"', f'"</{end[1].lower()}>"'
            raise _broken(f"Unmatched end tag at byte offset {where}, expected {wanted}, found {found}")
        self.position = end.end()
        self._entity(started)

    def _entity(self, started: Open) -> None:
        if self.length == started.offset:
            return
        entity: Entity = {
            "type": TAGS[started.tag],
            "offset": started.offset,
            "length": self.length - started.offset,
        }
        if started.tag == "a":
            url = checked_link(started.attributes.get("href") or "".join(self.pieces[started.start :]))
            if not url:
                return  # Telegram shows the words of a link that it does not take, without the link
            entity["url"] = url
        elif started.tag == "tg-emoji":
            entity["custom_emoji_id"] = started.attributes.get("emoji-id", "")
        elif started.tag == "blockquote" and "expandable" in started.attributes:
            entity["type"] = "expandable_blockquote"
        self.entities.append(entity)

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())


def checked_link(url: str) -> str:
    """Return the address as Telegram keeps it, or nothing if it takes no such link (tel:, mailto:, no host)."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme == "tg":
        return url
    if parts.scheme not in ("http", "https") or "." not in parts.netloc or "@" in parts.netloc or " " in url:
        return ""
    return parts._replace(path=parts.path or "/").geturl()


def render(formatted: Formatted) -> str:
    """Return safe HTML of a text: everything escaped, every entity that can be seen as a tag."""
    raw = formatted.text.encode("utf-16-le")
    edges = {0, len(raw) // 2}
    for entity in formatted.entities:
        edges |= {entity["offset"], entity["offset"] + entity["length"]}
    ordered = sorted(edges)
    shown: list[str] = []
    inside: list[Entity] = []
    for start, end in zip(ordered, [*ordered[1:], ordered[-1]], strict=True):
        _leave(start, inside, shown)
        for entity in formatted.entities:
            if entity["offset"] == start:
                shown.append(_tag(entity))
                inside.append(entity)
        shown.append(html.escape(raw[2 * start : 2 * end].decode("utf-16-le"), quote=False))
    return "".join(shown)


def _leave(position: int, inside: list[Entity], shown: list[str]) -> None:
    """Close what ends here; what was opened later and goes on is opened again."""
    ends = [i for i, entity in enumerate(inside) if entity["offset"] + entity["length"] <= position]
    if not ends:
        return
    going_on = [e for e in inside[ends[0] :] if e["offset"] + e["length"] > position]
    shown.extend(_end_tag(entity) for entity in reversed(inside[ends[0] :]))
    shown.extend(_tag(entity) for entity in going_on)
    inside[ends[0] :] = going_on


def _tag(entity: Entity) -> str:
    if entity["type"] == "text_link":
        return f'<a href="{html.escape(entity["url"])}">'
    return f"<{SHOWN_AS[entity['type']]}>" if entity["type"] in SHOWN_AS else ""


def _end_tag(entity: Entity) -> str:
    if entity["type"] == "text_link":
        return "</a>"
    return f"</{SHOWN_AS[entity['type']]}>" if entity["type"] in SHOWN_AS else ""


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return NAMED[found[3]]
    code = int(found[1]) if found[1] else int(found[2], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]


def _broken(text: str) -> Refusal:
    return bad_request(f"can't parse entities: {text}")
