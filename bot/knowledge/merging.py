"""Brings two changes of one text together, line by line, or says that they touch the same lines."""

from difflib import SequenceMatcher
from itertools import pairwise

Region = tuple[
    int, int, list[str]
]  # lines from, to (of the text that both began with), and what stands there now


def merged(base: str, left: str, right: str) -> str | None:
    """Return `base` with what `left` and `right` each made of it; None if they changed the same or adjoining lines."""
    lines = base.split("\n")
    regions = sorted((*_regions(lines, left.split("\n")), *_regions(lines, right.split("\n"))))
    for (_, end, _), (start, _, _) in pairwise(regions):
        if start <= end:
            return None
    for start, end, new in reversed(regions):
        lines[start:end] = new
    return "\n".join(lines)


def _regions(base: list[str], changed: list[str]) -> list[Region]:
    matcher = SequenceMatcher(None, base, changed, autojunk=False)
    return [
        (start, end, changed[first:last])
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]
