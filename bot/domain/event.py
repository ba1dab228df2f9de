"""Something that happened, without any text or person: the stuff of statistics."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One happening; every field but `kind` and `at` may be empty."""

    kind: str  # answered, chosen, unknown, crisis, handoff, helped, not_helped, started, erased, ...
    at: datetime
    channel: str = ""
    language: str = ""
    town: str = ""
    entry: str = ""
    detail: str = ""  # a word from a fixed list (a decision, a source); never what a person wrote
