"""A form that is being filled in: part of the conversation, so it survives days, restarts and another channel."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Form:
    """Answers so far, and what was asked last.

    kind: "search" (what course is wanted) or "application". slot: what the last question was for, "" before the first.
    answers: (slot, value) in the order of answering, so that "back" knows the way. people: (given name, family name,
    age group) of the family members that are complete. paused: kept for later, nothing is asked. until: ISO date of the
    last day it is kept.
    """

    kind: str
    course: int = 0
    slot: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, str, str], ...] = ()
    paused: bool = False
    until: str = ""

    def get(self, slot: str) -> str:
        """Return the answer to a slot, "" if there is none yet."""
        return dict(self.answers).get(slot, "")

    def has(self, slot: str) -> bool:
        """True if the slot was answered, perhaps with nothing."""
        return slot in dict(self.answers)

    def put(self, slot: str, value: str) -> "Form":
        """Return the form with an answer; one that is changed keeps its place."""
        if self.has(slot):
            changed = tuple((name, value if name == slot else old) for name, old in self.answers)
            return replace(self, answers=changed)
        return replace(self, answers=(*self.answers, (slot, value)))

    def without(self, *slots: str) -> "Form":
        """Return the form with some slots open again."""
        return replace(self, answers=tuple(one for one in self.answers if one[0] not in slots))

    def over(self, today: date) -> bool:
        """True if it was kept long enough."""
        return bool(self.until) and date.fromisoformat(self.until) < today

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dict; `from_dict` reads it back."""
        return {
            "kind": self.kind,
            "course": self.course,
            "slot": self.slot,
            "answers": [list(one) for one in self.answers],
            "people": [list(one) for one in self.people],
            "paused": self.paused,
            "until": self.until,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Form":
        """Read what `to_dict` wrote."""
        return cls(
            kind=values["kind"],
            course=values.get("course", 0),
            slot=values.get("slot", ""),
            answers=tuple((slot, value) for slot, value in values.get("answers", ())),
            people=tuple((given, family, age) for given, family, age in values.get("people", ())),
            paused=values.get("paused", False),
            until=values.get("until", ""),
        )
