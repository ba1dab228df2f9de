"""The file that goes to a translator, and its way back: what is missing or behind, in the form of the entry files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge.files import KnowledgeError
from bot.knowledge.folder import Folder, TextFile
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE, Entry, Knowledge, Text
from bot.knowledge.problem import Mark, Problem, Severity, suggestion
from bot.knowledge.prose import FENCE, read_text
from bot.knowledge.writing import as_file, write_whole
from bot.knowledge.yamlfile import Findings

ENTRY = re.compile(r"^## +(\S+)")
GERMAN_PART, OWN_PART = "### Deutsch", "### Übersetzung"
LANGUAGE = re.compile(r"^# +Übersetzung\b.*\((\w+)\)\s*$")
ABOVE = """\
# Übersetzung: {name} ({code})

Unter "{german}" steht der Text, unter "{own}" gehört seine Übersetzung hin, in derselben Form.

- Bitte einfach und freundlich schreiben, die Antwort mit höchstens 700 Zeichen, "short" mit höchstens 24.
- Unverändert bleiben: Zeilen mit # und ---, die Wörter vor dem Doppelpunkt, die Zahl hinter "revision" und alles in
  geschweiften Klammern wie {{police.phone}}.
- Deutsche Amtswörter bleiben in Klammern stehen: (Anmeldung).
- Unter "questions" schreiben Sie, wie Menschen in dieser Sprache fragen. Es müssen nicht dieselben Fragen sein.
- Ein Text mit Doppelpunkt oder # steht in Anführungszeichen: title: "Anmeldung: wo?"
- Hat ein Mensch die Übersetzung geprüft, schreiben Sie "translation: checked".
- Was Sie nicht übersetzen, lassen Sie, wie es ist: Es wird übersprungen.
"""
WHY = {"missing": "fehlt", "behind": "veraltet"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry whose translation is missing or behind; `present` is what there is of it."""

    entry: Entry
    german: Text
    present: Text | None

    @property
    def why(self) -> str:
        """The key of WHY."""
        return "behind" if self.present and self.present.body else "missing"


@dataclass(frozen=True, slots=True)
class Piece:
    """What a translator's file holds for an entry; `line` is the one that its text begins in, counted from 1."""

    entry: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an import: entries written, entries left as they were, and what is remarkable."""

    written: tuple[str, ...]
    skipped: tuple[str, ...]
    problems: tuple[Problem, ...]


def wanted(knowledge: Knowledge, language: str) -> list[Wanted]:
    """Return what is missing or behind in a language, in the order of entries.yaml."""
    found = []
    for entry in knowledge.entries.values():
        if entry.kind == PAGE:
            continue  # whoever publishes it translates it
        present = entry.texts.get(language)
        if present is None or not present.body or present.revision < entry.revision:
            found.append(Wanted(entry, entry.texts[GERMAN], present))
    return found


def todo(knowledge: Knowledge, language: str) -> str:
    """Return the file for the translator, in Markdown."""
    name = knowledge.languages[language].name
    above = ABOVE.format(name=name, code=language, german=GERMAN_PART[4:], own=OWN_PART[4:])
    return "\n".join((above, *(_part(one) for one in wanted(knowledge, language))))


def take(knowledge: Knowledge, folder: Path, language: str, path: Path) -> Taken:
    """Read a translator's file and write the entry files; raise KnowledgeError, having written nothing.

    The rules are the reader's own, told with the line of the translator's file. `folder` is where `knowledge` was
    loaded from.
    """
    findings = Findings()
    file = Folder(path.parent, findings).file(path)
    pieces = _pieces(file, language, findings) if file else []
    read = [(piece, _read(piece, file.name, language, knowledge, findings)) for piece in pieces if file]
    if any(problem.is_error for problem in findings.problems):
        raise KnowledgeError(sorted(set(findings.problems)))
    kept = {piece.entry: text for piece, text in read if text}
    for entry, text in kept.items():
        state = "machine" if text.machine else "checked"
        write_whole(folder / language / f"{entry}.md", as_file(text, state))
    skipped = tuple(piece.entry for piece, text in read if text is None)
    return Taken(tuple(kept), skipped, tuple(sorted(set(findings.problems))))


def _part(one: Wanted) -> str:
    current = one.entry.revision
    own = one.present or Text("", "", "", current, machine=True, questions=())
    state = "machine" if own.machine or not own.body else "checked"
    return "\n".join(
        (
            f"## {one.entry.id} ({WHY[one.why]})\n",
            f"{GERMAN_PART} (nicht ändern)\n",
            as_file(replace(one.german, revision=current)),
            f"{OWN_PART}\n",
            as_file(replace(own, revision=current), state),
        )
    )


def _pieces(file: TextFile, language: str, findings: Findings) -> list[Piece]:
    lines = file.text.split("\n")
    named = next((found[1] for line in lines if (found := LANGUAGE.match(line))), "")
    if named != language:
        said = f"Die Datei ist für '{named}'." if named else "Die erste Zeile nennt keine Sprache."
        message = f"{said} Erwartet wird: # Übersetzung: … ({language})"
        findings.error(Mark(file.name, 1, 1), message)
        return []
    starts = [(number, found[1]) for number, line in enumerate(lines) if (found := ENTRY.match(line))]
    if not starts:
        findings.error(Mark(file.name, 1, 1), "Die Datei enthält keinen Eintrag (Zeilen mit ## und Namen).")
        return []
    ends = [number for number, _ in starts[1:]] + [len(lines)]
    parts = [
        _piece(file, lines, start, end, id, findings) for (start, id), end in zip(starts, ends, strict=True)
    ]
    return list(_once((piece for piece in parts if piece), file.name, findings))


def _piece(
    file: TextFile, lines: list[str], start: int, end: int, entry: str, findings: Findings
) -> Piece | None:
    own = next((number for number in range(start, end) if lines[number].startswith(OWN_PART)), None)
    if own is None:
        message = f"Unter '{entry}' fehlt die Zeile '{OWN_PART}'. Ergänzen Sie sie vor der Übersetzung."
        findings.error(Mark(file.name, start + 1, 1), message)
        return None
    first = next((number for number in range(own + 1, end) if lines[number].strip()), own)
    return Piece(entry, first + 1, "\n".join(lines[first:end]))


def _once(pieces: Iterable[Piece], name: str, findings: Findings) -> Iterator[Piece]:
    seen: dict[str, int] = {}
    for piece in pieces:
        if piece.entry in seen:
            message = (
                f"'{piece.entry}' steht schon in Zeile {seen[piece.entry]}. Löschen Sie eine der beiden."
            )
            findings.error(Mark(name, piece.line, 1), message)
        else:
            yield piece
        seen.setdefault(piece.entry, piece.line)


def _read(piece: Piece, name: str, language: str, knowledge: Knowledge, findings: Findings) -> Text | None:
    """Return the text to be written; None if there is nothing new in it, or (noted) if it is wrong."""
    mark = Mark(name, piece.line, 1)
    entry = knowledge.entries.get(piece.entry)
    if entry is None:
        hint = suggestion(piece.entry, knowledge.entries)
        findings.error(mark, f"Den Eintrag '{piece.entry}' gibt es nicht.{hint}")
        return None
    own = Findings()
    text = read_text(TextFile(name, piece.text, b""), language, entry, knowledge.places, own)
    if text and _untouched(text, entry.texts.get(language)):
        return None
    for problem in own.problems:
        findings.problems.append(replace(problem, line=problem.line + piece.line - 1))
    if text is None or any(problem.is_error for problem in own.problems):
        return None
    if not text.body:
        findings.error(mark, f"Die Antwort fehlt. Schreiben Sie sie unter die zweite Zeile {FENCE}.")
    elif text.revision > entry.revision:
        message = f"Stand {text.revision} gibt es noch nicht, aktuell ist {entry.revision}."
        findings.error(mark, f"{message} Setzen Sie die Zahl aus dem Auftrag wieder ein.")
    elif text.revision < entry.revision:
        message = (
            f"Übersetzt ist Stand {text.revision}, der deutsche Text ist inzwischen bei {entry.revision}."
            " Der Eintrag steht wieder im nächsten Auftrag."
        )
        findings.problems.append(Problem.at(mark, message, Severity.INFO))
    return text


def _untouched(text: Text, present: Text | None) -> bool:
    """True for a part that the translator left as it was; "checked" alone is a change: somebody has compared."""
    if not (text.title or text.short or text.body):
        return True
    same = present and (text.title, text.short, text.body, text.questions) == (
        present.title,
        present.short,
        present.body,
        present.questions,
    )
    return bool(same and text.machine)
