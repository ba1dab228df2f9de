"""What the rules look at: the knowledge, where each value stands, and what the channels can show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.capabilities import Capabilities
from bot.knowledge.asking import Asking
from bot.knowledge.fill import fill
from bot.knowledge.model import PAGE, Entry, Knowledge, Text
from bot.knowledge.problem import Mark, Problem, Severity
from bot.markup import to_plain

COMPLETE = ("de", "en", "ar", "fa", "ku", "uk", "ru", "tr")  # every required entry is kept in these
SOON = 30  # days before a fact must be checked again, in which it is told


@dataclass(frozen=True, slots=True)
class Marks:
    """Where each value stands, by path: ("places", "police", "phone"); `folder` is the folder's name."""

    folder: str
    held: Mapping[tuple[str, ...], Mark]

    def near(self, path: tuple[str, ...]) -> Mark:
        """Return where a value stands, or the nearest block around it, or at least the folder."""
        while path and path not in self.held:
            path = path[:-1]
        return self.held[path] if path else Mark(self.folder)


@dataclass(frozen=True, slots=True)
class Subject:
    """One state of the files; `today` decides what was checked too long ago. `asking`: the test questions, None
    if there are none."""

    knowledge: Knowledge
    marks: Marks
    capabilities: Mapping[str, Capabilities]
    today: date
    asking: Asking | None = None

    def age(self, day: date) -> int:
        """Return how many days ago a day was; negative for one to come."""
        return (self.today - day).days

    def texts(self) -> Iterator[tuple[Entry, str, Text]]:
        """Yield entry, language and text of everything that is written, empty answers too."""
        for entry in self.knowledge.entries.values():
            for language, text in entry.texts.items():
                yield entry, language, text

    def answers(self) -> Iterator[tuple[Entry, str, Text]]:
        """Yield only what has an answer."""
        return ((entry, language, text) for entry, language, text in self.texts() if text.body)

    def written(self) -> Iterator[tuple[Entry, str, Text]]:
        """Yield only the answers that editors write: a quoted page is as long and as hard as its site made it."""
        return (found for found in self.answers() if found[0].kind != PAGE)

    def shown(self, markdown: str, language: str) -> str:
        """Return a text as a newcomer reads it: facts filled in, marks gone."""
        return to_plain(fill(markdown, self.knowledge, language))

    def warning(self, message: str, *path: str) -> Problem:
        """Return a warning at a value."""
        return Problem.at(self.marks.near(path), message, Severity.WARNING)

    def error(self, message: str, *path: str) -> Problem:
        """Return an error at a value."""
        return Problem.at(self.marks.near(path), message)

    def info(self, message: str, *path: str) -> Problem:
        """Return a remark at a value."""
        return Problem.at(self.marks.near(path), message, Severity.INFO)
