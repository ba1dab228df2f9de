"""Translations by a program: of what a newcomer wrote, and of an answer before it goes out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.locked import Fault, Locked, Wrong

GERMAN = "de"  # what staff read and write
# A translation may be so much shorter or longer than the text, beyond some letters either way. Tigrinya and Arabic are
# shorter than German, Albanian longer; a sentence that was left out, or a talkative model, is beyond that.
SHORTEST, LONGEST, SLACK = 0.3, 2.5, 30


class State(StrEnum):
    """How far a translation is."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Translation:
    """Of a message into a language. reason: why it failed, or what the last try ran into; a word, never text."""

    message: int
    language: str
    engine: str
    state: State
    text: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rendering:
    """What becomes of somebody's draft in the newcomer's language.

    text, source: the draft and its language. shown: what the newcomer would read. back: that, translated back.
    faults: why it must not go out; reason: why there is none.
    """

    state: State
    text: str
    source: str
    language: str
    engine: str
    shown: str = ""
    back: str = ""
    faults: tuple[Fault, ...] = ()
    reason: str = ""

    @property
    def may_go(self) -> bool:
        """True if it has been checked and nothing is wrong."""
        return self.state is State.DONE and bool(self.shown and self.back) and not self.faults


def judge(locked: Locked, translation: str) -> tuple[Fault, ...]:
    """Return what is wrong with a translation that still has its marks; its language is not looked at here."""
    if not translation.strip():
        return (Fault(Wrong.EMPTY),)
    if _folded(translation) == _folded(locked.text):
        return (Fault(Wrong.UNCHANGED),)
    had, has = len(locked.text), len(translation)
    length: tuple[Fault, ...] = ()
    if has < had * SHORTEST - SLACK:
        length = (Fault(Wrong.SHORT),)
    elif has > had * LONGEST + SLACK:
        length = (Fault(Wrong.LONG),)
    return (*locked.faults(translation), *length)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
