"""What is covered: entries by language, with their questions, and who is known in which town."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.asking import Asking
from bot.knowledge.model import PAGE, Entry, Knowledge, Place

NO_TESTS = "keine gefunden"
LETTERS = 5  # of a town's name: eleven columns fit beside the roles into a terminal of 80


class Kept(StrEnum):
    """How well an entry is kept in a language."""

    CURRENT = "current"
    BEHIND = "behind"
    QUESTIONS = "questions"  # it is understood, the answer comes in another language
    MISSING = "missing"


class Known(StrEnum):
    """What is known of who has a role in a town."""

    CONTACT = "contact"
    NAME = "name"  # but neither address nor number
    UNSURE = "unsure"
    GAP = "gap"


KEPT_SIGNS = {Kept.CURRENT: "x", Kept.BEHIND: "o", Kept.QUESTIONS: "?", Kept.MISSING: "-"}
KNOWN_SIGNS = {Known.CONTACT: "x", Known.NAME: "n", Known.UNSURE: "?", Known.GAP: "-"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The tables; rows: entry -> language -> how; questions and tests: language -> entry -> how many, of
    the entries that are asked for by examples (a quoted page is found by its text);
    roles: role -> town -> what is known. `tests` is None if there is no folder of test questions."""

    languages: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Kept]]
    questions: Mapping[str, Mapping[str, int]]
    tests: Mapping[str, Mapping[str, int]] | None
    towns: Mapping[str, str]  # id -> name
    roles: Mapping[str, Mapping[str, Known]]

    def count(self, language: str, kept: Kept = Kept.CURRENT) -> int:
        """Return how many entries are kept like this in a language."""
        return sum(row[language] is kept for row in self.rows.values())

    def to_dict(self) -> dict[str, object]:
        """Return a JSON-ready dict: the tables with the words of Kept and Known."""
        return {
            "entries": {entry: _words(row) for entry, row in self.rows.items()},
            "questions": {code: dict(counts) for code, counts in self.questions.items()},
            "tests": {code: dict(counts) for code, counts in self.tests.items()} if self.tests else {},
            "roles": {role: _words(row) for role, row in self.roles.items()},
        }

    def __str__(self) -> str:
        return "\n".join([*self._by_language(), *(["", *self._by_town()] if self.roles else [])])

    def _by_language(self) -> list[str]:
        names = ("Antworten", "Beispielfragen", "Testfragen")
        width = max(len(name) for name in (*names, *self.rows))
        lines = ["Antworten und Fragen je Sprache", "", _row("", width, self.languages)]
        lines += [
            _row(entry, width, (KEPT_SIGNS[row[code]] for code in self.languages))
            for entry, row in self.rows.items()
        ]
        lines += [
            "",
            _row("Antworten", width, (self.count(code) for code in self.languages)),
            _row("Beispielfragen", width, self._least(self.questions)),
        ]
        lines.append(
            f"Testfragen: {NO_TESTS}"
            if self.tests is None
            else _row("Testfragen", width, self._least(self.tests))
        )
        return [
            *lines,
            "",
            "x aktuell   o veraltet   ? nur Fragen, die Antwort kommt in einer anderen Sprache   - fehlt",
            f"Antworten: wie viele von {len(self.rows)}. Beispielfragen, Testfragen: wie viele der Eintrag hat,"
            " der am wenigsten hat.",
        ]

    def _least(self, counts: Mapping[str, Mapping[str, int]]) -> list[int]:
        return [
            min((counts.get(code, {}).get(entry, 0) for entry in self.questions[code]), default=0)
            for code in self.languages
        ]

    def _by_town(self) -> list[str]:
        width = max((len(role) for role in self.roles), default=0)
        lines = [
            "Wer ist wo zuständig",
            "",
            _row("", width, (n[:LETTERS] for n in self.towns.values()), LETTERS + 1),
        ]
        lines += [
            _row(role, width, (KNOWN_SIGNS[row[town]] for town in self.towns), LETTERS + 1)
            for role, row in self.roles.items()
        ]
        return [
            *lines,
            "",
            "x bekannt   n nur der Name bekannt, keine Adresse oder Nummer   ? nicht sicher   - nicht bekannt",
        ]


def coverage(knowledge: Knowledge, asking: Asking | None = None) -> Coverage:
    """Return the tables; printed, they are aligned text with a legend. `asking` are the test questions."""
    languages = tuple(knowledge.languages)
    entries = knowledge.entries
    return Coverage(
        languages,
        {id: {code: _kept(entry, code) for code in languages} for id, entry in entries.items()},
        {
            code: {id: _questions(entry, code) for id, entry in entries.items() if entry.kind != PAGE}
            for code in languages
        },
        asking.counts if asking else None,
        {town.id: town.name for town in knowledge.towns.values()},
        {role: {town: known(knowledge, role, town) for town in knowledge.towns} for role in knowledge.roles},
    )


def known(knowledge: Knowledge, role: str, town: str) -> Known:
    """Return what is known of who has a role in a town."""
    place: Place | None = knowledge.place_for(role, town)
    if place is None:
        return Known.GAP
    if role in knowledge.towns[town].unsure_roles:
        return Known.UNSURE
    return Known.CONTACT if place.has_contact else Known.NAME


def _kept(entry: Entry, language: str) -> Kept:
    text = entry.texts.get(language)
    if text is None:
        return Kept.MISSING
    if not text.body:
        return Kept.QUESTIONS
    return Kept.CURRENT if text.revision >= entry.revision else Kept.BEHIND


def _questions(entry: Entry, language: str) -> int:
    text = entry.texts.get(language)
    return len(text.questions) if text else 0


def _row(name: str, width: int, cells: Iterable[object], cell: int = 4) -> str:
    return f"{name:<{width}}" + "".join(f"{cell_!s:>{cell}}" for cell_ in cells)


def _words(row: Mapping[str, StrEnum]) -> dict[str, str]:
    return {key: value.value for key, value in row.items()}
