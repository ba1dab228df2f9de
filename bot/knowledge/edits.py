"""What editors change, as values, and what each makes of the files that are there; nothing is written here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from ruamel.yaml.error import YAMLError

from bot.knowledge.history import Content
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE, Text
from bot.knowledge.new_entry import INVENTORY, UNTRANSLATED, block_of, judge_new, with_block
from bot.knowledge.places import OPTIONAL as PLACE_OPTIONAL
from bot.knowledge.prose import FENCE
from bot.knowledge.versions import version_of, version_of_entry, version_of_place
from bot.knowledge.writing import as_file
from bot.knowledge.yamledit import NotEditable, Value, data_of, with_value

PLACES, LANGUAGES = "places.yaml", "languages.yaml"
# How the keys follow one another in our files.
PLACE_ORDER = ("name", *PLACE_OPTIONAL[:-1], "source", "verified_on", "status", "nationwide")
ENTRY_ORDER = ("area", "importance", "places", "roles", "source", "reviewed", "revision", "then", "related")
FRONT_ORDER = ("title", "short", "revision", "translation", "questions")


@dataclass(frozen=True, slots=True)
class EntryText:
    """An entry's text in a language, whole.

    base: `version_of` the file as the editor saw it, "" if there was none. checked: a person has compared the
    translation; current: it says what German says now. Of German: `sense` says that what it says has changed, so that
    the translations lag behind; `reviewed` that its facts were looked at today.
    """

    entry: str
    language: str
    base: str
    title: str
    short: str
    body: str
    questions: tuple[str, ...]
    checked: bool = False
    current: bool = True
    sense: bool = False
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class MoreQuestions:
    """Example questions to be added to an entry; those that it has are left out. It fits every version."""

    entry: str
    language: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Facts of a place: key of places.yaml -> new value, None: not known any more. Others stay.

    base: `version_of_place` as the editor saw it.
    """

    place: str
    base: str
    values: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What entries.yaml says of an entry, as `PlaceFacts`; base: `version_of_entry`."""

    entry: str
    base: str
    values: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that is not there yet, with its German text. importance: required or usable."""

    entry: str
    area: str
    title: str
    short: str
    body: str
    questions: tuple[str, ...]
    importance: str = "usable"
    places: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file as it was, or is not to be any more (None). base: `version_of` it as it must be now."""

    name: str
    base: str
    text: str | None


Edit = EntryText | MoreQuestions | PlaceFacts | EntryFacts | NewEntry | WholeFile


class Stale(Exception):
    """The file has changed since the editor saw it. name: below the folder; text: as it is now, "" if it is gone."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name)
        self.name = name
        self.text = text


class Missing(Exception):
    """The entry or place is not there (any more); the message says it in German."""


class Files:
    """The files as they are, read when they are asked for, and as they would be after some edits."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        """read: returns a file's text by its name below the folder, None if there is none."""
        self._read = read
        self.before: dict[str, str | None] = {}
        self.after: dict[str, str | None] = {}

    def get(self, name: str) -> str | None:
        """Return a file's text as it would be now."""
        if name not in self.after:
            self.before[name] = self.after[name] = self._read(name)
        return self.after[name]

    def put(self, name: str, text: str | None) -> None:
        """Change it, or take it away."""
        self.get(name)
        self.after[name] = text

    @property
    def changed(self) -> Mapping[str, Content]:
        """Only what is different afterwards."""
        both = {name: Content(self.before[name], text) for name, text in self.after.items()}
        return MappingProxyType({name: one for name, one in both.items() if one.before != one.after})


def file_of(entry: str, language: str) -> str:
    """Return the name of an entry's text below the folder."""
    return f"{language}/{entry}.md"


def _own_file(entry: str, language: str, files: Files) -> str:
    """Return that name if there is such a language: a folder that belongs to none would be an error of its own."""
    if language not in data_of(files.get(LANGUAGES) or ""):
        raise Missing(f"Die Sprache '{language}' gibt es nicht.")
    return file_of(entry, language)


def is_readable(content: str) -> bool:
    """True if an entry's file has the form that an `EntryText` can change without losing anything."""
    try:
        told = data_of(_cut(content)[0])
    except (NotEditable, YAMLError):
        return False
    return isinstance(told, dict) and isinstance(told.get("questions", []), list)


def apply(edit: Edit, files: Files, today: date) -> None:
    """Carry an edit out in `files`. Raises Stale, Missing, NewEntryError, NotEditable or YAMLError."""
    match edit:
        case EntryText():
            _entry_text(edit, files, today)
        case MoreQuestions():
            _more_questions(edit, files)
        case PlaceFacts():
            _place(edit, files)
        case EntryFacts():
            _entry_facts(edit, files)
        case NewEntry():
            _new_entry(edit, files, today)
        case WholeFile():
            _expect(edit.name, edit.base, files, edit.text)
            files.put(edit.name, edit.text)


def _entry_text(edit: EntryText, files: Files, today: date) -> None:
    told = _told(edit.entry, files)
    revision = int(told["revision"])
    name = _own_file(edit.entry, edit.language, files)
    held = files.get(name)
    is_german = edit.language == GERMAN
    if is_german and edit.sense:
        revision += 1
        _tell(edit.entry, "revision", str(revision), files)
    if is_german and edit.reviewed:
        _tell(edit.entry, "reviewed", today.isoformat(), files)
    state = "" if is_german else ("checked" if edit.checked else "machine")
    kept = revision if is_german or edit.current else _revision(held, revision)
    text = Text(edit.title, edit.short, edit.body.strip(), kept, not edit.checked, edit.questions)
    new = _with_text(as_file(text, state) if held is None else held, text, state)
    _expect(name, edit.base, files, new)
    files.put(name, new)


def _more_questions(edit: MoreQuestions, files: Files) -> None:
    _told(edit.entry, files)
    name = _own_file(edit.entry, edit.language, files)
    front, body = _cut(files.get(name) or UNTRANSLATED)
    told = data_of(front).get("questions", [])
    known = [question for question in told if question] if isinstance(told, list) else []
    wanted = dict.fromkeys((*known, *edit.questions))
    if len(wanted) > len(known):
        files.put(name, _joined(with_value(front, ["questions"], list(wanted), FRONT_ORDER), body))


def _place(edit: PlaceFacts, files: Files) -> None:
    content = files.get(PLACES) or ""
    if edit.place not in data_of(content):
        raise Missing(f"Die Stelle '{edit.place}' gibt es nicht.")
    new = _with_values(content, (edit.place,), edit.values, PLACE_ORDER)
    if new != content and version_of_place(content, edit.place) != edit.base:
        raise Stale(PLACES, content)
    files.put(PLACES, new)


def _entry_facts(edit: EntryFacts, files: Files) -> None:
    _told(edit.entry, files)
    content = files.get(INVENTORY) or ""
    new = _with_values(content, ("entries", edit.entry), edit.values, ENTRY_ORDER)
    if new != content and version_of_entry(content, edit.entry) != edit.base:
        raise Stale(INVENTORY, content)
    files.put(INVENTORY, new)


def _with_values(
    content: str, path: Sequence[str], values: Mapping[str, Value | None], order: Sequence[str]
) -> str:
    """Return a table with the values of a block set, where they say something else."""
    told = data_of(content)
    for key in path:
        told = told[key]
    for key, value in values.items():
        if _words(told.get(key)) != _words(value):
            content = with_value(content, [*path, key], value, order)
    return content


def _new_entry(edit: NewEntry, files: Files, today: date) -> None:
    told = data_of(files.get(INVENTORY) or "")
    judge_new(told.get("entries", {}), told.get("areas", {}), edit.entry, edit.area)
    block = block_of(edit.entry, edit.area, edit.importance, today)
    files.put(INVENTORY, with_block(files.get(INVENTORY) or "", block, edit.area))
    for key, ids in (("places", edit.places), ("roles", edit.roles)):
        if ids:
            _tell(edit.entry, key, list(ids), files)
    text = Text(edit.title, edit.short, edit.body.strip(), 1, machine=False, questions=edit.questions)
    files.put(file_of(edit.entry, GERMAN), _with_text(as_file(text), text, ""))


def _told(entry: str, files: Files) -> Mapping[str, str]:
    """Return what entries.yaml says of an entry that editors write."""
    told = data_of(files.get(INVENTORY) or "").get("entries", {}).get(entry)
    if told is None:
        raise Missing(f"Den Eintrag '{entry}' gibt es nicht.")
    if told.get("kind") == PAGE:
        raise Missing(f"'{entry}' zeigt eine Seite von woanders. Geändert wird sie dort.")
    found: Mapping[str, str] = told
    return found


def _tell(entry: str, key: str, value: Value, files: Files) -> None:
    content = files.get(INVENTORY) or ""
    files.put(INVENTORY, with_value(content, ["entries", entry, key], value, ENTRY_ORDER))


def _expect(name: str, base: str, files: Files, wanted: str | None) -> None:
    """Raise Stale if a file is neither what the editor saw nor already what they want."""
    held = files.get(name)
    if held != wanted and version_of(held) != base:
        raise Stale(name, held or "")


def _with_text(held: str, text: Text, state: str) -> str:
    front, _ = _cut(held)
    values: dict[str, Value] = {"title": text.title, "short": text.short, "revision": str(text.revision)}
    values |= {"translation": state, "questions": list(text.questions)}
    kept = {key: value or None for key, value in values.items()}
    return _joined(_with_values(front, (), kept, FRONT_ORDER), text.body)


def _words(value: Any) -> Any:
    """Return a value without regard to how its lines are broken."""
    if isinstance(value, Mapping):
        return {key: _words(one) for key, one in value.items()}
    if value is None or isinstance(value, str):
        return " ".join(value.split()) if value else value
    return [_words(one) for one in value]


def _revision(held: str | None, current: int) -> int:
    """Return of which revision a translation is that stays as far behind as it was."""
    try:
        return int(data_of(_cut(held)[0]).get("revision", 1)) if held else max(current - 1, 1)
    except (NotEditable, YAMLError, TypeError, ValueError):
        return max(current - 1, 1)


def _cut(content: str) -> tuple[str, str]:
    """Return what stands between the fences, and what below."""
    lines = content.split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if len(ends) < 2 or ends[0] != 0:
        raise NotEditable("no fences")
    return "\n".join(lines[1 : ends[1]]), "\n".join(lines[ends[1] + 1 :]).strip()


def _joined(front: str, body: str) -> str:
    return "\n".join((FENCE, front, FENCE, *((body,) if body else ()), ""))
