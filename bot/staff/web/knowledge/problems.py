"""What the check says, with the way to where it is mended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.edits import PLACES
from bot.knowledge.history import Content
from bot.knowledge.problem import Mark, Problem
from bot.staff.web.visit import ROOT


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as a page shows it. link: where to mend it, "" if only by hand; line: of the file, as it is written."""

    problem: Problem
    link: str = ""
    line: str = ""

    @property
    def where(self) -> str:
        """The place as `knowledge check` names it."""
        return f"{self.problem.file}:{self.problem.line}:{self.problem.column}"


def told(
    problems: Iterable[Problem],
    marks: Mapping[tuple[str, ...], Mark],
    files: Mapping[str, Content] | None = None,
) -> Sequence[Told]:
    """Return problems with links. files: a change in which they were found, for the lines that they name."""
    texts = {name: (one.after or "").split("\n") for name, one in (files or {}).items()}
    return [_told(problem, marks, texts) for problem in problems]


def _told(
    problem: Problem, marks: Mapping[tuple[str, ...], Mark], texts: Mapping[str, Sequence[str]]
) -> Told:
    _, _, name = problem.file.partition("/")
    lines = texts.get(name, ())
    line = lines[problem.line - 1] if 0 < problem.line <= len(lines) else ""
    return Told(problem, _link(problem, name, marks), line.strip())


def _link(problem: Problem, name: str, marks: Mapping[tuple[str, ...], Mark]) -> str:
    language, _, entry = name.removesuffix(".md").partition("/")
    if entry:
        return f"{ROOT}/knowledge/entries/{entry}/{language}"
    above = [
        (mark.line, path)
        for path, mark in marks.items()
        if mark.file == problem.file and mark.line <= problem.line and len(path) > 1
    ]
    kind, id = max(above, default=(0, ("", "")))[1][:2]
    if name == PLACES:
        return f"{ROOT}/knowledge/places/{id}" if id else f"{ROOT}/knowledge/places"
    return f"{ROOT}/knowledge/entries/{id}" if kind == "entries" else ""
