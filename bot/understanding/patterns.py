"""The pattern language in which editors write the words of an emergency, compiled once for all languages.

A pattern is words separated by blanks; a text matches if all of them occur in this order with at most three other
words between two neighbours. Inside a word `|` separates alternatives (an empty one makes the word optional), `*` at
an end stands for any letters. A word that starts with `~` must not occur anywhere. All is compared folded.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bot.understanding.normalise import fold

GAP = 3  # other words that may stand between two words of a pattern
_BANNED = -1  # the slot of words that must not occur
_SIGNS = re.compile(r"[\W_]")
_JOINED = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")  # l'enfant, e-mail: one place in the text, several forms


class _Slot(NamedTuple):
    """Where an alternative belongs: the pattern's number and the place of the word in it."""

    pattern: int
    place: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a pattern asks for besides its words."""

    key: str
    optional: tuple[bool, ...]


class Patterns:
    """Many patterns, each belonging to a key, tried on a text at once."""

    def __init__(self, patterns: Iterable[tuple[str, str]], gap: int = GAP) -> None:
        """`patterns`: (key, pattern); a pattern without a single required word never matches."""
        self._gap = gap
        self._shapes: list[_Shape] = []
        self._whole: dict[str, list[_Slot]] = defaultdict(list)
        self._start: dict[str, list[_Slot]] = defaultdict(list)
        self._end: dict[str, list[_Slot]] = defaultdict(list)
        self._inside: dict[str, list[_Slot]] = defaultdict(list)
        # (starts with *, ends with *)
        self._tables = {
            (False, False): self._whole,
            (False, True): self._start,
            (True, False): self._end,
            (True, True): self._inside,
        }
        for key, pattern in patterns:
            self._add(key, pattern)
        self._longest = max(map(len, (*self._start, *self._end)), default=0)

    def _add(self, key: str, pattern: str) -> None:
        optional: list[bool] = []
        number = len(self._shapes)
        for word in fold(pattern, len(pattern)).split():
            banned = word.startswith("~")
            alternatives = word.lstrip("~").split("|")
            slot = _Slot(number, _BANNED if banned else len(optional))
            for alternative in alternatives:
                if body := alternative if alternative.isalnum() else _SIGNS.sub("", alternative):
                    self._tables[alternative[0] == "*", alternative[-1] == "*"][body].append(slot)
            if not banned:
                optional.append("" in alternatives)
        self._shapes.append(_Shape(key, tuple(optional)))

    def find(self, text: str) -> frozenset[str]:
        """Return the keys of all patterns that match a text (any length: the caller cuts it)."""
        places: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        known: dict[str, tuple[_Slot, ...]] = {}
        for position, word in enumerate(_JOINED.findall(fold(text, len(text)))):
            if word not in known:
                known[word] = tuple(self._slots(word))
            for slot in known[word]:
                places[slot.pattern][slot.place].append(position)
        return frozenset(
            self._shapes[number].key
            for number, found in places.items()
            if _BANNED not in found and self._in_order(found, self._shapes[number].optional)
        )

    def _slots(self, word: str) -> Iterator[_Slot]:
        """Yield where a word of the text fits."""
        seen: set[_Slot] = set()
        for form in _forms(word):
            for table, pieces in (
                (self._whole, (form,)),
                (self._start, tuple(form[:length] for length in range(1, self._reach(form)))),
                (self._end, tuple(form[-length:] for length in range(1, self._reach(form)))),
                (self._inside, tuple(piece for piece in self._inside if piece in form)),
            ):
                for piece in pieces:
                    seen.update(table.get(piece, ()))
        yield from seen

    def _reach(self, form: str) -> int:
        """Return one more than the longest beginning or end of a word worth looking up."""
        return min(len(form), self._longest) + 1

    def _in_order(self, found: dict[int, list[int]], optional: tuple[bool, ...]) -> bool:
        """True if a position can be chosen for every required word, in order and near enough."""
        if all(optional):
            return False
        ends: set[int] | None = None  # None: nothing chosen yet, so the next word may stand anywhere
        free = True  # everything so far was optional
        for place, may_miss in enumerate(optional):
            here = found.get(place, [])
            if ends is None:
                reached = set(here)
            else:
                reached = {at for at in here if free or any(0 < at - end <= self._gap + 1 for end in ends)}
            if may_miss:
                ends = reached | (ends or set()) or None
            else:
                ends, free = reached, False
                if not reached:
                    return False
        return True


def _forms(word: str) -> list[str]:
    """Return the word as one, and its parts if an apostrophe or hyphen joins them."""
    parts = re.split(r"['-]", word)
    return ["".join(parts), *parts] if len(parts) > 1 else [word]
