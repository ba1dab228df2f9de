"""Decides whether a question is answered, asked back or handed on: unsure is never an answer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import exp, log

from bot.understanding.ranking import Signals
from bot.understanding.result import Candidate, Decision, Judgement


@dataclass(frozen=True, slots=True)
class Zone:
    """From this probability of the best entry on, with this distance to the next, the decision is taken."""

    decision: Decision
    probability: float
    margin: float = 0.0


# The policy: the first zone that fits is taken.
ZONES = (
    Zone(Decision.ANSWER, probability=0.6, margin=0.2),
    Zone(Decision.CHOOSE, probability=0.12),
    Zone(Decision.HANDOFF, probability=0.0),
)

# A person offered by mistake costs a tap; a wish for one that is not heard costs trust.
A_PERSON_FROM = 0.1
# Of a message without a single word that any entry has: mere letters are like something of everything.
UNHEARD_OF_FROM = 0.4
# Small talk that is no listed phrase: whoever is greeted instead of answered has to ask again.
SMALLTALK_FROM = 0.6
# All entries with an emergency card together: who did not need it reads on.
CRISIS_FROM = 0.11

# Of the ranking alone, for the time until something was learned. Fitted in the first part (docs/decisions/0004) on
# 12,116 example questions, each asked to a ranking that had not seen it; the best entry was right for 44 % of them, so
# the probabilities err on the careful side.
COEFFICIENTS = (-3.04, -1.61, 3.67, 5.12, 0.27, 0.43)


def features(signals: Signals) -> tuple[float, ...]:
    """Return what the coefficients are multiplied with, a constant first."""
    return (1.0, signals.agreed, signals.margin, signals.explained, signals.known, log(1 + signals.words))


def probability(signals: Signals, coefficients: Sequence[float] = COEFFICIENTS) -> float:
    """Return how likely the entry is the right one, between 0 and 1."""
    total = sum(value * weight for value, weight in zip(features(signals), coefficients, strict=True))
    return 1 / (1 + exp(-total))


def candidates(ranked: Iterable[Signals]) -> tuple[Candidate, ...]:
    """Return the entries with their probabilities, best first."""
    found = [Candidate(signals.entry, round(probability(signals), 4)) for signals in ranked]
    return tuple(sorted(found, key=lambda candidate: -candidate.score))


def decide(found: Judgement, crises: Collection[str]) -> Decision:
    """Return the decision: what is likelier than any entry and likely enough, or the zone of the best entry.

    `crises`: the entries with an emergency card; the likeliest one's is shown if they together are likely.
    """
    if sum(candidate.score for candidate in found.candidates if candidate.entry in crises) >= CRISIS_FROM:
        return Decision.CRISIS
    if found.person >= A_PERSON_FROM:
        return Decision.HUMAN
    if found.smalltalk_score >= SMALLTALK_FROM and found.smalltalk_score > found.best:
        return Decision.SMALLTALK
    if not found.candidates:
        return Decision.HANDOFF
    best = found.candidates[0]
    if not found.has_known_words and best.score < UNHEARD_OF_FROM:
        return Decision.HANDOFF
    lead = best.score - (found.candidates[1].score if len(found.candidates) > 1 else 0.0)
    return next(
        (zone.decision for zone in ZONES if best.score >= zone.probability and lead >= zone.margin),
        Decision.HANDOFF,
    )
