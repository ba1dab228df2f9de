"""Text as Telegram keeps it: cleaned, trimmed, measured in UTF-16 units, with the entities found in it."""

import re
from dataclasses import dataclass
from typing import Any

Entity = dict[str, Any]

# What never reaches a reader: Telegram turns control characters into spaces, and removes U+2028 to U+202E
# (so that text may carry isolates, U+2066 to U+2069, but no embeddings) and three combining lines.
CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
REMOVED = re.compile(r"[\r\u2028-\u202e\u0333\u033f\u030a]")
INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2800\ufeff\ufffc]*")
AROUND = " \n\u00a0\u2003"

# What is found in text without being marked, the first that fits counts.
PATTERNS = (
    ("url", re.compile(r"https?://[^\s<>\u2066-\u2069]*[^\s<>\u2066-\u2069.,;:!?()\"'»”]")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z]\w{3,31}", re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?\b", re.ASCII)),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d_]\w*")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d \-/()]{6,18}\d(?!\w)")),
)
# Nothing is looked for inside these.
CLOSED = ("code", "pre", "text_link", "url", "email", "mention", "bot_command", "hashtag", "phone_number")


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text and its entities; offsets and lengths in UTF-16 units."""

    text: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """Return the length in UTF-16 units, Telegram's measure for everything."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Return the text without what Telegram takes out before it looks at it."""
    return CONTROL.sub(" ", REMOVED.sub("", text))


def is_empty(text: str) -> bool:
    """Return whether a reader would see nothing."""
    return INVISIBLE.fullmatch(text) is not None


def trimmed(formatted: Formatted) -> Formatted:
    """Return the text without white space around it, its entities moved along."""
    text = formatted.text.strip(AROUND)
    if text == formatted.text:
        return formatted
    before = units(formatted.text) - units(formatted.text.lstrip(AROUND))
    return Formatted(text, _moved(formatted.entities, before, units(text)))


def with_detected(formatted: Formatted) -> Formatted:
    """Return the text with the links, addresses and commands that Telegram finds by itself."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in formatted.entities if e["type"] in CLOSED]
    found: list[Entity] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(formatted.text):
            start = units(formatted.text[: match.start()])
            end = start + units(match[0])
            if not any(start < other_end and other_start < end for other_start, other_end in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return Formatted(formatted.text, in_order((*formatted.entities, *found)))


def in_order(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Return entities from the start to the end, the wider ones first."""
    return tuple(sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])))


def _moved(entities: tuple[Entity, ...], by: int, length: int) -> tuple[Entity, ...]:
    kept = []
    for entity in entities:
        start = max(entity["offset"] - by, 0)
        end = min(entity["offset"] + entity["length"] - by, length)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return tuple(kept)
