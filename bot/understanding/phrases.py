"""Recognises messages that consist of known phrases, typing errors included."""

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from bot.understanding.normalise import tokens

_MISSPELT = 5  # letters of a word from which one typing error is forgiven, a second from _LONG
_LONG = 9


class Phrases:
    """Phrases with the labels they stand for."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """`phrases`: (label, phrase). The first label keeps a phrase that two of them have."""
        self._labels: dict[tuple[str, ...], str] = {}
        for label, phrase in phrases:
            if told := tokens(phrase):
                self._labels.setdefault(told, label)
        self._longest = max(map(len, self._labels), default=0)
        self._words = frozenset(word for told in self._labels for word in told)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= _MISSPELT - 1:
                self._by_letter.setdefault(word[0], []).append(word)

    def exact(self, words: Sequence[str]) -> str:
        """Return the label of the phrase that these tokens are, or ""."""
        return self._labels.get(tuple(words), "")

    def whole(self, words: Sequence[str]) -> str:
        """Return the label of the phrase that these tokens are, typing errors forgiven, or ""."""
        return self.exact(words) or self.exact(self._mended(words))

    def __contains__(self, word: str) -> bool:
        """True if the word stands in any of the phrases."""
        return word in self._words

    def cover(self, words: Sequence[str], mending: bool = True) -> frozenset[str]:
        """Return the labels of phrases that together make up all of the tokens; empty if something is left over."""
        mended = self._mended(words) if mending else tuple(words)
        # Repetition is emphasis ("hallo hallo"), unless it belongs to the phrase ("güle güle").
        once = tuple(word for before, word in zip(("", *mended), mended, strict=False) if word != before)
        return self._cover(mended) or self._cover(once)

    def _cover(self, words: tuple[str, ...]) -> frozenset[str]:
        reached: list[frozenset[str] | None] = [frozenset(), *[None] * len(words)]
        for end in range(1, len(words) + 1):
            # The longest last phrase wins: "how are you" before "how".
            for length in range(min(self._longest, end), 0, -1):
                before = reached[end - length]
                label = self._labels.get(words[end - length : end])
                if before is not None and label:
                    reached[end] = before | {label}
                    break
        return reached[-1] or frozenset()

    def strip(self, words: Sequence[str]) -> tuple[str, ...]:
        """Take phrases off both ends, again and again."""
        left = tuple(words)
        while left:
            shorter = self._shorter(left)
            if shorter == left:
                break
            left = shorter
        return left

    def _shorter(self, words: tuple[str, ...]) -> tuple[str, ...]:
        for length in range(min(self._longest, len(words)), 0, -1):
            if words[:length] in self._labels:
                return words[length:]
            if words[-length:] in self._labels:
                return words[:-length]
        return words

    def _mended(self, words: Sequence[str]) -> tuple[str, ...]:
        """Replace misspelt words by known ones."""
        return tuple(map(self._mend, words))

    def _mend(self, word: str) -> str:
        if word in self._words or len(word) < _MISSPELT:
            return word
        allowed = 2 if len(word) >= _LONG else 1
        near = [
            (OSA.distance(word, known, score_cutoff=allowed), known)
            for known in self._by_letter.get(word[0], ())
        ]
        distance, known = min(near, default=(allowed + 1, word))
        return known if distance <= allowed else word
