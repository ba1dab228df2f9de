"""Which files belong to the knowledge folder, and their text; judges encoding, size, links, stray files."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from bot.knowledge.problem import Mark, suggestion
from bot.knowledge.yamlfile import Findings

LIMIT = 4_000_000  # bytes: four times the emergency words; a slip of the mouse must not fill the memory
TABLES = ("languages.yaml", "towns.yaml", "places.yaml", "entries.yaml", "crisis.yaml", "teams.yaml")
NEIGHBOURS = ("courses.csv", "README.md")  # may lie in the folder, are read by others or by people
LEFTOVERS = re.compile(r".*(~|\.bak|\.orig|\.swp|\.tmp)|#.*#|Thumbs\.db|desktop\.ini", re.IGNORECASE)
# Files that are not written yet: name below the folder ("de/police.md") -> text; None: it is not to be there.
Changed = Mapping[str, str | None]
UNCHANGED: Changed = MappingProxyType({})
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file's text, in NFC and with plain line ends; `name` begins with the folder's name."""

    name: str
    text: str
    digest: bytes


class Folder:
    """The knowledge folder; what cannot be used in it is noted in `findings`.

    changed: is read in place of what is on the disk, so that a change is judged before anything is written.
    """

    def __init__(self, path: Path, findings: Findings, changed: Changed = UNCHANGED) -> None:
        self.path = path
        self.findings = findings
        self._real = path.resolve()
        self._changed = {path / name: text for name, text in changed.items()}

    def name(self, path: Path) -> str:
        """Return how a file is called in messages."""
        return "/".join((self._real.name, *path.relative_to(self.path).parts))

    def exists(self) -> bool:
        """True if there is such a folder; noted otherwise."""
        if self.path.is_dir():
            return True
        self.findings.error(
            Mark(str(self.path.name)), f"Den Ordner '{self.path}' gibt es nicht. Prüfen Sie den Pfad."
        )
        return False

    def has(self, path: Path) -> bool:
        """True if there is such a file."""
        return self._changed[path] is not None if path in self._changed else path.exists()

    def table(self, name: str) -> TextFile | None:
        """Return one of TABLES."""
        path = self.path / name
        if self.has(path) or path.is_symlink():
            return self._read(path)
        self._error(
            path, "Die Datei fehlt. Legen Sie sie an oder stellen Sie sie aus einer Sicherung wieder her."
        )
        return None

    def texts(self, language: str) -> Iterator[TextFile]:
        """Yield the entry files of a language."""
        folder = self.path / language
        for path in self._entries(folder):
            if path.is_dir():
                self._error(
                    path, "Hier sind keine Unterordner erlaubt. Legen Sie die Dateien eine Ebene höher ab."
                )
            elif path.suffix != ".md":
                self._error(
                    path,
                    "Hier werden nur Dateien mit der Endung .md gelesen. Benennen Sie sie um in"
                    f" '{_entry_name(path)}.md'.",
                )
            elif (file := self._read(path)) is not None:
                yield file

    def file(self, path: Path) -> TextFile | None:
        """Return any one file of the folder, judged as all are: a translator's, for example."""
        return self._read(path)

    def look_for_strays(self, languages: tuple[str, ...]) -> None:
        """Note everything in the folder that nobody reads: mostly a wrong name."""
        for path in self._entries(self.path):
            if path.is_dir() and path.name not in languages:
                self._error(
                    path,
                    "Der Ordner gehört zu keiner Sprache in"
                    f" languages.yaml.{suggestion(path.name, languages)} Benennen Sie ihn um oder tragen Sie"
                    " die Sprache ein.",
                )
            elif path.is_file() and path.name not in (*TABLES, *NEIGHBOURS):
                self._error(
                    path, f"Eine Datei dieses Namens wird nicht gelesen.{suggestion(path.name, TABLES)}"
                )

    def _entries(self, folder: Path) -> Iterator[Path]:
        held = set(folder.iterdir()) if folder.is_dir() else set()
        for path in sorted(held | {path for path in self._changed if path.parent == folder}):
            if not self.has(path) and not path.is_symlink():
                continue
            if path.name.startswith(("_", ".")):
                continue
            if LEFTOVERS.fullmatch(path.name):
                self.findings.warning(
                    Mark(self.name(path)),
                    "Die Datei ist eine Sicherungskopie und wird nicht gelesen. Löschen Sie sie.",
                )
                continue
            yield path

    def _read(self, path: Path) -> TextFile | None:
        if not self._is_inside(path):
            self._error(
                path, "Die Datei ist ein Verweis aus dem Ordner hinaus. Legen Sie eine echte Datei an."
            )
            return None
        try:
            content = self._content(path)
        except OSError as error:
            self._error(
                path, f"Die Datei lässt sich nicht öffnen ({error.strerror}). Prüfen Sie die Zugriffsrechte."
            )
            return None
        if len(content) > LIMIT:
            self._error(path, "Die Datei ist größer als 4 MB. Ist es die richtige Datei?")
            return None
        text = self._decode(path, content)
        if text is None:
            return None
        if not text.strip():
            self._error(path, "Die Datei ist leer. Füllen Sie sie aus oder löschen Sie sie.")
            return None
        return TextFile(self.name(path), text, sha256(content).digest())

    def _content(self, path: Path) -> bytes:
        text = self._changed.get(path)
        if text is not None:
            return text.encode()
        with path.open("rb") as file:
            return file.read(LIMIT + 1)

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._real)
        except (OSError, RuntimeError):  # a link to itself
            return False

    def _decode(self, path: Path, content: bytes) -> str | None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            message = (
                "Hier steht ein Zeichen in falscher Kodierung. Speichern Sie die Datei mit der Kodierung"
                " UTF-8."
            )
            self.findings.error(Mark(self.name(path), line), message)
            return None
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        broken = [number for number, line in enumerate(text.split("\n"), 1) if CONTROLS.search(line)]
        for number in broken:
            self.findings.error(
                Mark(self.name(path), number),
                "Die Zeile enthält ein unsichtbares Steuerzeichen. Schreiben Sie sie neu.",
            )
        return None if broken else text

    def _error(self, path: Path, message: str) -> None:
        self.findings.error(Mark(self.name(path)), message)


def fingerprint(folder: Path) -> str:
    """Return a text that changes when a file below `folder` is added, removed or saved; reads no content."""
    seen = sha256()
    for path in sorted(folder.rglob("*")):
        try:
            state = path.stat()
        except OSError:  # removed in between, or a link to nowhere: its name alone counts
            seen.update(f"{path}\0".encode())
            continue
        seen.update(f"{path}\0{state.st_mtime_ns}\0{state.st_size}\0".encode())
    return seen.hexdigest()[:16]


def _entry_name(path: Path) -> str:
    return path.name.split(".", maxsplit=1)[0]
