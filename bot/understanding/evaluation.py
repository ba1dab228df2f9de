"""Measures how well messages are understood, in all and by language, style or area: shares with their uncertainty."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, Protocol

from bot.understanding.result import Decision, Understood

NONE, SMALLTALK, HUMAN = "none", "smalltalk", "human"
OUTSIDE = (NONE, SMALLTALK, HUMAN)  # topics of messages that mean no entry
SHOWN = 3  # entries that a newcomer is offered to choose from
WORST = 15  # confusions that are told
_BINS = 10  # of the calibration error
_Z = 1.96  # of a 95 % interval

Line = Mapping[str, str]  # topic (an entry's id or one of OUTSIDE), lang, text, style


class Understands(Protocol):
    """What is measured."""

    @property
    def crises(self) -> frozenset[str]:
        """The entries with an emergency card."""

    def understand(
        self, text: str, *, language: str = "", language_chosen: bool = False, previous: str = ""
    ) -> Understood:
        """Read a message."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies with 95 % certainty (Wilson 1927)."""
        if not self.of:
            return 0.0, 1.0
        share, z2 = self.hits / self.of, _Z * _Z
        middle = share + z2 / (2 * self.of)
        spread = _Z * sqrt(share * (1 - share) / self.of + z2 / (4 * self.of * self.of))
        return (middle - spread) / (1 + z2 / self.of), (middle + spread) / (1 + z2 / self.of)


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with what came of it."""

    line: Line
    understood: Understood
    is_crisis: bool  # the topic has an emergency card

    @property
    def topic(self) -> str:
        """What the message means."""
        return self.line["topic"]

    @property
    def is_ours(self) -> bool:
        """True if it means an entry."""
        return self.topic not in OUTSIDE

    @property
    def ranked(self) -> tuple[str, ...]:
        """The entries shown or offered, best first."""
        shown = (self.understood.entry,) if self.understood.entry else ()
        ranked = (candidate.entry for candidate in self.understood.candidates)
        return tuple(dict.fromkeys((*shown, *ranked)))

    @property
    def is_answered(self) -> bool:
        """True if an entry is shown at once."""
        return bool(self.understood.entry)

    def decided(self, *decisions: Decision) -> bool:
        """True if one of these was decided."""
        return self.understood.decision in decisions


Holds = Callable[[Judged], bool]

# name -> of which messages, and what must hold. The order is the report's.
FIGURES: dict[str, tuple[Holds, Holds]] = {
    "first": (lambda it: it.is_ours, lambda it: it.ranked[:1] == (it.topic,)),
    "third": (lambda it: it.is_ours, lambda it: it.topic in it.ranked[:SHOWN]),
    "answered_right": (lambda it: it.is_ours, lambda it: it.understood.entry == it.topic),
    "answered_wrong": (lambda it: it.is_ours, lambda it: it.is_answered and it.understood.entry != it.topic),
    "offered": (lambda it: it.is_ours, lambda it: it.decided(Decision.CHOOSE)),
    "handed_over": (lambda it: it.is_ours, lambda it: it.decided(Decision.HANDOFF, Decision.HUMAN)),
    "outside_answered": (lambda it: it.topic == NONE, lambda it: it.is_answered),
    "smalltalk_right": (lambda it: it.topic == SMALLTALK, lambda it: it.decided(Decision.SMALLTALK)),
    "human_right": (lambda it: it.topic == HUMAN, lambda it: it.decided(Decision.HUMAN)),
    "crisis_missed": (lambda it: it.is_crisis, lambda it: not it.decided(Decision.CRISIS)),
    "crisis_wrong": (lambda it: not it.is_crisis, lambda it: it.decided(Decision.CRISIS)),
    "language_told": (
        lambda _: True,
        lambda it: bool(it.understood.guess) and it.understood.guess.language == it.line["lang"],  # type: ignore[union-attr]
    ),
}


@dataclass(slots=True)
class Group:
    """The figures of some messages."""

    judged: list[Judged] = field(default_factory=list)

    def share(self, name: str) -> Share:
        """Return one of FIGURES."""
        counts, holds = FIGURES[name]
        among = [each for each in self.judged if counts(each)]
        return Share(sum(map(holds, among)), len(among))

    def calibration_error(self) -> float | None:
        """Return how far, on average, the best candidate's score is from the share of right ones (0 is best)."""
        bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
        for each in self.judged:
            if each.understood.candidates and each.is_ours:
                best = each.understood.candidates[0]
                place = min(int(best.score * _BINS), _BINS - 1)
                bins[place].append((best.score, best.entry == each.topic))
        total = sum(map(len, bins))
        if not total:
            return None
        return (
            sum(abs(sum(score for score, _ in held) - sum(right for _, right in held)) for held in bins)
            / total
        )


@dataclass(frozen=True, slots=True)
class Report:
    """groups: by what they were grouped ("" for all). confusions: (meant, shown) with how often, worst first."""

    groups: Mapping[str, Group]
    confusions: Sequence[tuple[tuple[str, str], int]]
    milliseconds: float  # a message, on average

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "groups": {name or "all": _as_json(group) for name, group in self.groups.items()},
            "confusions": [
                {"meant": meant, "shown": shown, "times": times} for (meant, shown), times in self.confusions
            ],
            "milliseconds": round(self.milliseconds, 2),
        }

    def as_table(self) -> Iterator[str]:
        """Yield lines to read: a group a line, then the whole with its intervals, then the confusions."""
        width = max(map(len, (*self.groups, "all")))
        yield " ".join((" " * width, "    n", *(name.rjust(len(name)) for name in FIGURES)))
        for name, group in self.groups.items():
            shares = (_percent(group.share(figure)).rjust(len(figure)) for figure in FIGURES)
            yield " ".join(((name or "all").ljust(width), f"{len(group.judged):5}", *shares))
        yield ""
        for figure in FIGURES:
            share = self.groups[""].share(figure)
            low, high = share.interval
            yield f"{figure:17}{_percent(share):>6}   95 %: {low:.3f} to {high:.3f}   ({share.hits} of {share.of})"
        error = self.groups[""].calibration_error()
        yield f"calibration error {'-' if error is None else f'{error:.3f}'}; {self.milliseconds:.1f} ms a message"
        yield "worst confusions (meant -> shown):"
        for (meant, shown), times in self.confusions:
            yield f"  {times} x {meant} -> {shown}"


def _as_json(group: Group) -> dict[str, Any]:
    found: dict[str, Any] = {"messages": len(group.judged), "calibration_error": group.calibration_error()}
    for name in FIGURES:
        share = group.share(name)
        found[name] = {"share": share.value, "of": share.of, "interval": share.interval}
    return found


def _percent(share: Share) -> str:
    return "-" if share.value is None else f"{share.value:.3f}"


def measure(
    engine: Understands,
    lines: Iterable[Line],
    groups: Callable[[Line], Iterable[str]] = lambda _: (),
    language_known: bool = False,
) -> Report:
    """Understand every line; `groups` names those that a line belongs to, besides all.

    language_known: the language is the newcomer's choice; else it has to be told. A topic that the knowledge has no
    entry for counts as one that was missed.
    """
    found: dict[str, Group] = {}
    everything = Group()
    confusions: Counter[tuple[str, str]] = Counter()
    spent = 0.0
    for line in lines:
        began = time.perf_counter()
        known = line["lang"] if language_known else ""
        understood = engine.understand(line["text"], language=known, language_chosen=language_known)
        spent += time.perf_counter() - began
        judged = Judged(line, understood, line["topic"] in engine.crises)
        everything.judged.append(judged)
        for name in groups(line):
            found.setdefault(name, Group()).judged.append(judged)
        if judged.is_ours and judged.ranked[:1] != (judged.topic,):
            confusions[judged.topic, next(iter(judged.ranked), "nothing")] += 1
    count = len(everything.judged)
    return Report(
        dict(sorted(found.items())) | {"": everything},
        confusions.most_common(WORST),
        1000 * spent / count if count else 0.0,
    )
