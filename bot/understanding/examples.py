"""Finds a message that is word for word an editor's example question: nothing can be surer of what it means."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.knowledge.model import Entry
from bot.understanding.result import Candidate, Judgement

CERTAIN = 0.97  # not 1.0: that is a crisis rule's

Matter = Callable[[str], tuple[str, ...]]


class Examples:
    """All example questions of all languages, without politeness and towns; each entry's when first needed."""

    def __init__(self, entries: Mapping[str, Entry], matter: Matter) -> None:
        """`matter` gives the words of a text that say what it is about."""
        self._entries = entries
        self._matter = matter
        self._known: dict[str, frozenset[tuple[str, ...]]] = {}

    def first(self, words: tuple[str, ...], found: Judgement) -> Judgement:
        """Return the judgement with that candidate first that has the words as an example, if just one has."""
        having = [each for each in found.candidates if words in self._of(each.entry)]
        if not words or len(having) != 1 or having[0].score >= CERTAIN:
            return found
        entry = having[0].entry
        # What is certain leaves the others only the rest.
        others = [
            replace(candidate, score=round(candidate.score * (1 - CERTAIN), 4))
            for candidate in found.candidates
            if candidate.entry != entry
        ]
        rest = 1 - CERTAIN
        return replace(
            found,
            candidates=(Candidate(entry, CERTAIN), *others),
            person=found.person * rest,
            outside=found.outside * rest,
            smalltalk_score=found.smalltalk_score * rest,
        )

    def _of(self, entry: str) -> frozenset[tuple[str, ...]]:
        if entry not in self._known:
            texts = self._entries[entry].texts.values()
            self._known[entry] = frozenset(self._matter(each) for text in texts for each in text.questions)
        return self._known[entry]
