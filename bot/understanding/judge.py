"""Says how likely each meaning of a message is: by what was learned, or, until that is ready, by shared words alone."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.languages import GERMAN
from bot.understanding import decide
from bot.understanding.embedding import quantised
from bot.understanding.language import is_romanised
from bot.understanding.learned import Learned
from bot.understanding.letters import Values
from bot.understanding.material import A_PERSON, OUTSIDE, SMALLTALK
from bot.understanding.mixing import ROMANISED, Opinions, Scales, added, mixed
from bot.understanding.ranking import Question, Ranking
from bot.understanding.result import Candidate, Guess, Judgement
from bot.understanding.scales import WITH_VECTORS, WITHOUT_VECTORS

MOST = 5  # entries
# From this probability on the vector is not asked: it would hardly change anything, and it takes most of the time.
SURE = 0.85
# Words alone see the wish for a person in many a message.
A_PERSON_BY_WORDS = 0.4
# What people share who write their language in Latin letters; of 1, 3 and 10 the last is best, and hardly so.
BONES_OF_ROMANISED = 5.0
# What shared words tell where nothing is written in the question's language: names and little more.
FOREIGN = 0.2

Embed = Callable[[str], Values | None]  # the vector of a text; None if there is none now


def no_vectors(_text: str) -> None:
    """Be the embedder where there is none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message as it is judged: its text, its matter in folded words, its language, the group it is weighed in."""

    text: str
    words: tuple[str, ...]
    language: str
    group: str

    @property
    def bones(self) -> float:
        """How often the skeletons of its words count."""
        return BONES_OF_ROMANISED if self.group == ROMANISED else 1.0


def group_of(text: str, language: str, guess: Guess | None) -> str:
    """Return whose weights a message gets: its language's, those of romanised text, or German ones.

    A message of nothing but German office words is no romanised one, whoever writes it.
    """
    if not is_romanised(text, language):
        return language
    return GERMAN if guess and guess.language == GERMAN else ROMANISED


def ranked_places(ranking: Ranking, meanings: Sequence[str]) -> NDArray[np.intp]:
    """Return where the ranking has each meaning; one after its last for those that it does not rank."""
    place = {meaning: number for number, meaning in enumerate(ranking.meanings)}
    return np.array([place.get(meaning, len(place)) for meaning in meanings], dtype=np.intp)


class Judge(Protocol):
    """One way to judge."""

    def judge(self, asked: Asked) -> Judgement:
        """Return what the message may mean; nothing for one without words."""


class ByWords:
    """By the words and letter groups that a message shares with the entries: careful, but needs no learning."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking

    def judge(self, asked: Asked) -> Judgement:
        """Judge by the ranking's signals."""
        found = decide.candidates(self._ranking.rank(Question(asked.words, asked.language)))
        entries = tuple(candidate for candidate in found if candidate.entry != A_PERSON)
        is_wished = bool(found) and found[0].entry == A_PERSON and found[0].score >= A_PERSON_BY_WORDS
        return Judgement(entries, found[0].score if is_wished else 0.0)


class ByLearning:
    """By what was learned from the examples, together with the ranking."""

    def __init__(self, learned: Learned, ranking: Ranking, known: Collection[str], embed: Embed) -> None:
        """`known`: the entries there are; what was learned may be of a moment when there were others."""
        self._learned = learned
        self._ranking = ranking
        self._embed = embed
        self._meanings = learned.classes
        self._gone = np.array([not (each in known or each.startswith(SMALLTALK)) for each in self._meanings])
        self._ranked = ranked_places(ranking, self._meanings)
        self._by_words = ByWords(ranking)
        self._has_new = not set(known) <= set(self._meanings)

    def opinions(self, asked: Asked) -> Opinions:
        """Return what letters and words say; there are words."""
        agreed = np.append(self._ranking.agreed(Question(asked.words, asked.language)), 0.0)
        if self._is_foreign(asked):
            agreed *= FOREIGN
        return Opinions(
            self._learned.letters.odds(asked.words, asked.bones),
            None,
            agreed[self._ranked].astype(np.float32),
        )

    def judge(self, asked: Asked) -> Judgement:
        """Judge by letters and words, and by the vector unless these are sure."""
        if not asked.words:
            return Judgement()
        opinions = self.opinions(asked)
        shares = self._mix(opinions, asked, WITHOUT_VECTORS)
        # Of a page letters know nothing but the title.
        is_sure = not self._learned.pages and shares.max() >= SURE
        if self._learned.dense and not is_sure:
            vector = self._embed(asked.text)
            if vector is not None:
                opinions = self._seen(opinions, vector, asked)
                shares = self._mix(opinions, asked, WITH_VECTORS)
        knows = any(self._ranking.knows(word, asked.language) for word in asked.words)
        found = replace(self._judgement(shares), has_known_words=knows)
        return self._with_new(found, asked) if self._has_new else found

    def _seen(self, opinions: Opinions, vector: Values, asked: Asked) -> Opinions:
        """Add what the vector says; then letters need not tell pages apart by titles in another language."""
        letters = opinions.letters
        if self._is_foreign(asked):
            letters = self._learned.without_titles(letters)
        return replace(
            opinions, letters=letters, vectors=self._learned.seen(quantised(vector), asked.language)
        )

    def _is_foreign(self, asked: Asked) -> bool:
        """True if nothing is written in the question's language."""
        return asked.language not in self._ranking.languages

    def _with_new(self, found: Judgement, asked: Asked) -> Judgement:
        """Add entries of which nothing was learned yet, as likely as shared words make them."""
        known = set(self._meanings)
        new = [each for each in self._by_words.judge(asked).candidates if each.entry not in known]
        ranked = sorted((*found.candidates, *new), key=lambda each: -each.score)
        return replace(found, candidates=tuple(ranked[:MOST]))

    def _mix(self, opinions: Opinions, asked: Asked, scales: Scales) -> Values:
        shares = mixed(opinions, scales.of(asked.group), added(self._meanings, scales))
        return np.where(self._gone, np.float32(0), shares)

    def _judgement(self, shares: Values) -> Judgement:
        candidates: list[Candidate] = []
        other = {A_PERSON: 0.0, OUTSIDE: 0.0}
        talk: dict[str, float] = {}
        for number in np.argsort(-shares, kind="stable").tolist():
            meaning, share = self._meanings[number], round(float(shares[number]), 4)
            if meaning in other:
                other[meaning] = share
            elif meaning.startswith(SMALLTALK):
                talk.setdefault(meaning.removeprefix(SMALLTALK), share)
            elif len(candidates) < MOST and not self._gone[number]:
                candidates.append(Candidate(meaning, share))
        kind = next(iter(talk), "")
        return Judgement(tuple(candidates), other[A_PERSON], other[OUTSIDE], kind, sum(talk.values()))
