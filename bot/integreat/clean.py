"""Text from elsewhere without what cannot be seen: controls, direction marks, halves of characters."""

import re
import unicodedata

from bot.domain.capabilities import units

JOINERS = "\u200c\u200d"  # Persian and Kurdish spelling needs them, and so do emoji
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
BLANKS = re.compile(r"\s+")


class _Seen(dict[int, int | str | None]):
    """Tells `str.translate` what becomes of a character; learns each when first met."""

    def __missing__(self, point: int) -> int | str | None:
        sign = chr(point)
        kept: int | str | None = point
        if sign == "{":
            kept = "("  # a brace is a place for a fact of ours
        elif sign == "}":
            kept = ")"
        elif sign.isspace():
            kept = " "
        elif sign not in JOINERS and unicodedata.category(sign) in UNSEEN:
            kept = None
        self[point] = kept
        return kept


_SEEN = _Seen()


def visible(text: str) -> str:
    """Return the text as it is seen, each run of blanks and line ends one blank; nothing at its edges is cut."""
    return BLANKS.sub(" ", unicodedata.normalize("NFC", text.translate(_SEEN)))


def one_line(text: str, longest: int) -> str:
    """Return the text on one line of at most `longest` UTF-16 units, cut at a word."""
    line = visible(text).strip()
    if units(line) <= longest:
        return line
    while units(line) > longest - 1:
        line = line[:-1]
    head, _, _ = line.rpartition(" ")
    return f"{(head if len(head) > len(line) // 2 else line).rstrip()}…"
