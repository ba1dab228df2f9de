"""Reads the whole knowledge folder: all of it or, with every problem told, nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from bot.knowledge.crisis import read_crisis
from bot.knowledge.folder import TABLES, UNCHANGED, Changed, Folder, TextFile
from bot.knowledge.inventory import Known, read_inventory
from bot.knowledge.languages import GERMAN, read_languages
from bot.knowledge.model import Entry, Knowledge, Place, Text
from bot.knowledge.places import read_places
from bot.knowledge.problem import Mark, Problem, suggestion
from bot.knowledge.prose import read_text
from bot.knowledge.teams import read_teams
from bot.knowledge.towns import read_towns
from bot.knowledge.yamlfile import Findings, Page

SEVERAL = ("towns.yaml", "entries.yaml")  # tables with several blocks, named by their first key


class KnowledgeError(Exception):
    """The knowledge files cannot be used; `problems` holds all that was found, warnings too."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading the folder brought: `knowledge` is None if any problem is an error.

    marks: path of a value, as in ("places", "police", "phone") -> where it stands. legible: what could be read in spite
    of errors, to find others; None if not even the tables could be.
    """

    knowledge: Knowledge | None
    problems: tuple[Problem, ...]
    marks: Mapping[tuple[str, ...], Mark]
    legible: Knowledge | None


def load(folder: Path) -> Knowledge:
    """Return everything the files say; raise KnowledgeError with all problems if any of them is an error."""
    reading = read(folder)
    if reading.knowledge is None:
        raise KnowledgeError(reading.problems)
    return reading.knowledge


def read(folder: Path, changed: Changed = UNCHANGED) -> Reading:
    """Read the folder and return what was found, problems included; raises nothing for bad files.

    changed: files as they would be after a change.
    """
    findings = Findings()
    place = Folder(folder, findings, changed)
    knowledge = _Reader(place, findings).read() if place.exists() else None
    problems = tuple(sorted(set(findings.problems)))
    broken = any(problem.is_error for problem in problems)
    return Reading(None if broken else knowledge, problems, MappingProxyType(findings.marks), knowledge)


class _Reader:
    """Reads the tables in the order in which they refer to one another, then the texts."""

    def __init__(self, folder: Folder, findings: Findings) -> None:
        self.folder = folder
        self.findings = findings
        self._hash = sha256()

    def read(self) -> Knowledge | None:
        """Return the knowledge; None (noted) if a table that others name ids of cannot be read."""
        pages = [self._page(name) for name in TABLES]
        languages_page, towns_page, places_page, entries_page, crisis_page, teams_page = pages
        referred = (languages_page, towns_page, places_page, entries_page)
        if [page for page in referred if not page.readable()]:
            return None
        languages = read_languages(languages_page)
        codes = tuple(languages)
        places = read_places(places_page, codes)
        map = read_towns(towns_page, places)
        inventory = read_inventory(entries_page, Known(codes, tuple(places), tuple(map.roles)))
        crisis = read_crisis(crisis_page, inventory.entries, places, codes)
        teams = read_teams(teams_page, map.towns, (*inventory.areas, *inventory.entries))
        entries = self._with_texts(inventory.entries, codes, places)
        self.folder.look_for_strays(codes)
        return Knowledge(
            version=self._hash.hexdigest()[:12],
            languages=languages,
            regions=map.regions,
            towns=map.towns,
            places=places,
            areas=inventory.areas,
            entries=entries,
            crisis=crisis,
            teams=teams,
        )

    def _page(self, name: str) -> Page:
        path = () if name in SEVERAL else (name.removesuffix(".yaml"),)
        file = self.folder.table(name)
        if file is None:
            return Page(name, None, self.findings, path)
        self._count(file)
        return Page(file.name, file.text, self.findings, path)

    def _with_texts(
        self, entries: Mapping[str, Entry], languages: tuple[str, ...], places: Mapping[str, Place]
    ) -> Mapping[str, Entry]:
        texts: dict[str, dict[str, Text]] = {id: {} for id in entries}
        for language in languages:
            for file in self.folder.texts(language):
                id = file.name.rsplit("/", maxsplit=1)[-1].removesuffix(".md")
                self._count(file)
                if id not in entries:
                    message = f"Einen Eintrag '{id}' gibt es in entries.yaml nicht.{suggestion(id, entries)}"
                    self.findings.error(Mark(file.name), message)
                elif text := read_text(file, language, entries[id], places, self.findings):
                    texts[id][language] = text
        self._miss_german(texts)
        return MappingProxyType(
            {id: replace(entry, texts=MappingProxyType(texts[id])) for id, entry in entries.items()}
        )

    def _miss_german(self, texts: Mapping[str, Mapping[str, Text]]) -> None:
        for id in texts:
            name = self.folder.path / GERMAN / f"{id}.md"
            if not self.folder.has(name):
                self.findings.error(
                    Mark(self.folder.name(name)),
                    f"Die deutsche Antwort zu '{id}' fehlt. Legen Sie die Datei an.",
                )

    def _count(self, file: TextFile) -> None:
        self._hash.update(file.name.split("/", maxsplit=1)[-1].encode() + b"\0" + file.digest)
