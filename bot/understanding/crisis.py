"""Finds the emergency card that a message calls for; needs nothing but the cards, so it works when all else fails."""

from collections.abc import Collection

from bot.knowledge.model import CrisisCard
from bot.understanding.patterns import Patterns

_PART = 3_000  # characters at each end of a message that are read: nobody buries an emergency deeper


class Crisis:
    """All cards' words in all languages, tried on every message: people mix languages."""

    def __init__(self, cards: Collection[CrisisCard]) -> None:
        self._ranks = {card.entry: card.rank for card in cards}
        self._patterns = Patterns(
            (card.entry, pattern)
            for card in cards
            for patterns in card.words.values()
            for pattern in patterns
        )

    def find(self, text: str) -> str:
        """Return the matching card's entry with the lowest rank, or "" if none matches."""
        return next(iter(self.matching(text)), "")

    def matching(self, text: str) -> tuple[str, ...]:
        """Return the entries of all matching cards, the lowest rank first."""
        read = text if len(text) <= 2 * _PART else f"{text[:_PART]} {text[-_PART:]}"
        return tuple(sorted(self._patterns.find(read), key=lambda entry: (self._ranks[entry], entry)))
