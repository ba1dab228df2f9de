"""What is wrong in the knowledge files, told in German to the people who write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from rapidfuzz import fuzz, process, utils

SIMILAR = 60  # percent: below this a suggestion would be a guess
SHOWN = 8  # known names listed when none is similar


class Severity(StrEnum):
    """How bad it is; with an ERROR the files are not taken over."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        """The German word for it."""
        return {"error": "Fehler", "warning": "Warnung", "info": "Hinweis"}[self.value]


class Mark(NamedTuple):
    """A position in a file; `line` and `column` count from 1, 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend; `file` begins with the folder's name (knowledge/de/…), line 0: the whole file."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity = Severity.ERROR

    @classmethod
    def at(cls, mark: Mark, message: str, severity: Severity = Severity.ERROR) -> Self:
        """Return a problem at a mark."""
        return cls(mark.file, mark.line, mark.column, message, severity)

    @property
    def is_error(self) -> bool:
        """True if it keeps the files from being used."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity.label}: {self.message}"

    def to_dict(self) -> dict[str, str | int]:
        """Return a JSON-ready dict."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "severity": self.severity.value,
            "message": self.message,
        }


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a German sentence naming the most similar known word, or all if they are few; else ""."""
    names = sorted(set(known))
    found = process.extractOne(
        word, names, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=SIMILAR
    )
    if found:
        return f" Meinten Sie '{found[0]}'?"
    if 0 < len(names) <= SHOWN:
        return f" Möglich sind: {', '.join(names)}."
    return ""


def unreadable_hours(hours: str, effect: str) -> str:
    """Return the German message for hours that cannot be worked with, and what does not happen because of them."""
    return (
        f"Die Zeiten '{hours}' lassen sich nicht lesen, {effect}."
        " Schreiben Sie sie so: Mo-Fr 08:00-12:00,14:00-16:00; PH off (Tage: Mo Tu We Th Fr Sa Su)."
    )
