"""A newcomer's word that an answer is wrong: for the editors, nobody answers it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """Which answer, as it was shown; `text` is what the newcomer says is wrong, often nothing."""

    entry: str
    language: str
    town: str = ""
    channel: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A stored one; open until an editor has looked at it."""

    id: int
    entry: str
    language: str
    town: str
    channel: str
    text: str
    at: datetime
    done_at: datetime | None = None
