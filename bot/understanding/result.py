"""What the understanding found in a message."""

from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """What may be done with the message; the values are those of `ask --batch`."""

    ANSWER = "answer"
    CHOOSE = "choose"
    HANDOFF = "handoff"
    CRISIS = "crisis"
    SMALLTALK = "smalltalk"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant; `score` is between 0 and 1, one per entry."""

    entry: str
    score: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """candidates: entries, best first. Then how likely other meanings are: a person, small talk of a kind, nothing."""

    candidates: tuple[Candidate, ...] = ()
    person: float = 0.0
    outside: float = 0.0
    smalltalk: str = ""
    smalltalk_score: float = 0.0
    has_known_words: bool = True

    @property
    def best(self) -> float:
        """How likely the likeliest entry is."""
        return self.candidates[0].score if self.candidates else 0.0


@dataclass(frozen=True, slots=True)
class Guess:
    """A language with how sure it is (0 to 1); `clear` if it may be acted on against the conversation's language."""

    language: str
    confidence: float
    clear: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """Everything read out of one message.

    language: the one to answer in. candidates: best first, at most five, also when nothing is decided.
    entry: the answer, or the crisis card's entry. smalltalk: hello, thanks, bye, who, how, "".
    score: of the best entry, or 1.0 for what stands in a list (emergency words, small talk).
    towns: ids of towns named in the text. command: a word that always works (see commands), or "".
    """

    language: str
    guess: Guess | None
    decision: Decision
    entry: str = ""
    candidates: tuple[Candidate, ...] = ()
    score: float = 0.0
    smalltalk: str = ""
    towns: tuple[str, ...] = ()
    command: str = ""
    second: str = ""  # the entry of another question in the same message, if that is as sure as the first
    only_town: bool = False  # the message says nothing but a town
