"""Writes a region into its knowledge folder: only what changed, and nothing that the reader would refuse."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.integreat.error import IntegreatError
from bot.integreat.national import National
from bot.integreat.region import Matter, Site, slug
from bot.knowledge.files import KnowledgeError, read
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE, CrisisCard, Entry, Language, Place, Text
from bot.knowledge.prose import FENCE
from bot.knowledge.writing import as_file, write_whole

INVENTORY = "entries.yaml"
# Between these lines of entries.yaml all is the import's; everything else in the folder is the editors'.
BEGIN, END = "  # --- von Integreat, wird bei jedem Import neu geschrieben ---", "  # --- bis hier ---"
MARK = "source_url:"  # in the front matter of each imported text
README = """\
# {name}

Dieser Ordner ist aus Seiten von Integreat entstanden (`knowledge import-integreat`, siehe docs/editors.md).

- Texte mit der Zeile `source_url` und die markierten Blöcke in `entries.yaml` schreibt jeder Import neu.
- Alles andere gehört Ihnen und bleibt: eigene Einträge, Stellen, Orte, Teams, Notfallkarten.
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """The ids of pages by what became of them."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    removed: tuple[str, ...]


def write_region(
    folder: Path,
    name: str,
    site: Site,
    languages: Iterable[str],
    own: National,
    step: Callable[[int, int], None],
) -> Imported:
    """Bring the folder to what the site says; other languages' texts of pages that are still there stay.

    languages: those of this import. own: what a new folder begins with. step: gets files done and files in all.
    Raises IntegreatError or KnowledgeError, having changed nothing, if the folder is not this region's or would have
    errors; OSError.
    """
    files = _files(folder, name, site, own)
    gone = _gone(folder, site, tuple(languages))
    _try(folder, slug(name), files, gone)
    changed = {path for path, text in files.items() if not _has(folder / path, text)}
    result = _result(folder, site, changed, gone)
    # The inventory last: a bot that reads in between finds an error and stays with what it had.
    order = sorted(changed, key=lambda path: path == INVENTORY)
    for number, path in enumerate(order, 1):
        write_whole(folder / path, files[path])
        step(number, len(order))
    for path in gone:
        (folder / path).unlink()
    return result


def _files(folder: Path, name: str, site: Site, own: National) -> dict[str, str]:
    """Return path in the folder -> content of everything that the import writes."""
    inventory = folder / INVENTORY
    files: dict[str, str] = {}
    if inventory.exists():
        above = _marked_out(inventory)
    else:
        files |= _beginning(name, own)
        above = _frame(own)
    areas = [f"  {id}: {_flow(names)}" for id, names in site.areas.items()]
    entries = [line for matter in site.matters for line in _block(matter, name)]
    files[INVENTORY] = _between(above, areas, entries)
    for matter in site.matters:
        files |= {f"{language}/{matter.id}.md": _page(text) for language, text in matter.texts.items()}
    return files


def _marked_out(path: Path) -> list[str]:
    """Return the lines of entries.yaml without what an earlier import wrote; the marks stay."""
    kept, inside = [], False
    for line in path.read_text(encoding="utf-8-sig").split("\n"):
        inside = inside and line.strip() != END.strip()
        if not inside:
            kept.append(line)
        inside = inside or line.strip() == BEGIN.strip()
    if inside or [line.strip() for line in kept if line.strip() in (BEGIN.strip(), END.strip())] != [
        mark.strip() for mark in (BEGIN, END, BEGIN, END)
    ]:
        raise IntegreatError(
            f"In {path.parent.name}/{INVENTORY} fehlen die Zeilen, zwischen die der Import schreibt (zweimal"
            f" '{BEGIN.strip()}' und '{END.strip()}'). Stellen Sie sie wieder her, oder importieren Sie in einen"
            " neuen Ordner (--out)."
        )
    return kept


def _frame(own: National) -> list[str]:
    areas = [f"  {id}: {_flow(names)}" for id, names in own.areas.items()]
    entries = [line for entry in own.entries for line in _own_block(entry)]
    return ["areas:", *areas, BEGIN, END, "entries:", *entries, BEGIN, END, ""]


def _between(above: list[str], *parts: list[str]) -> str:
    waiting = iter(parts)
    lines = [
        line
        for mark in above
        for line in ((mark, *next(waiting)) if mark.strip() == BEGIN.strip() else (mark,))
    ]
    return "\n".join(lines)


def _gone(folder: Path, site: Site, languages: tuple[str, ...]) -> list[str]:
    """Return the imported texts that are no longer told: of pages that vanished, and of languages imported now."""
    texts = {matter.id: matter.texts for matter in site.matters}
    return [
        f"{path.parent.name}/{path.name}"
        for path in sorted(folder.glob("*/*.md"))
        if (
            path.stem not in texts
            or (path.parent.name in languages and path.parent.name not in texts[path.stem])
        )
        and _is_imported(path)
    ]


def _is_imported(path: Path) -> bool:
    front = path.read_text(encoding="utf-8-sig", errors="replace").split(f"\n{FENCE}", maxsplit=1)[0]
    return any(line.startswith(MARK) for line in front.split("\n"))


def _try(folder: Path, region: str, files: Mapping[str, str], gone: list[str]) -> None:
    """Make the folder somewhere else first; raise if the reader would refuse it, or if it is another's."""
    if folder.exists() and not folder.is_dir():
        raise IntegreatError(f"'{folder}' ist eine Datei. Nennen Sie mit --out einen Ordner.")
    if folder.is_dir() and not (folder / INVENTORY).exists() and any(folder.iterdir()):
        raise IntegreatError(
            f"Im Ordner '{folder}' liegt schon etwas anderes. Nennen Sie mit --out einen neuen Ordner."
        )
    with tempfile.TemporaryDirectory() as parent:
        copy = Path(parent) / folder.resolve().name
        if folder.is_dir():
            shutil.copytree(folder, copy, symlinks=True)
        for path, text in files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_text(text, encoding="utf-8", newline="\n")
        for path in gone:
            (copy / path).unlink()
        reading = read(copy)
    if reading.knowledge is None:
        raise KnowledgeError(problem for problem in reading.problems if problem.is_error)
    if region not in reading.knowledge.regions:
        other = ", ".join(reading.knowledge.regions)
        raise IntegreatError(
            f"Der Ordner '{folder}' gehört zu '{other}'. Jede Region bekommt einen Ordner für sich: Prüfen Sie"
            " --region, oder nennen Sie mit --out einen anderen."
        )


def _has(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _result(folder: Path, site: Site, changed: set[str], gone: list[str]) -> Imported:
    def ids(paths: Iterable[str]) -> set[str]:
        return {Path(path).stem for path in paths if path.endswith(".md") and "/" in path}

    now = [matter.id for matter in site.matters]
    touched = ids(changed) | ids(gone)
    before = {id for id in now if (folder / GERMAN / f"{id}.md").exists()}
    return Imported(
        new=tuple(id for id in now if id not in before),
        changed=tuple(id for id in now if id in before and id in touched),
        same=tuple(id for id in now if id in before and id not in touched),
        removed=tuple(sorted(ids(gone) - set(now))),
    )


def _block(matter: Matter, name: str) -> Iterator[str]:
    german = matter.texts[GERMAN]
    yield f"  {matter.id}:"
    yield f"    kind: {PAGE}"
    yield f"    area: {matter.area}"
    yield "    importance: usable"
    yield f"    source: {_flow({'name': f'Integreat {name}'})}"
    yield f'    reviewed: "{german.last_updated}"'
    yield f'    revision: "{german.revision}"'


def _own_block(entry: Entry) -> Iterator[str]:
    yield f"  {entry.id}:"
    yield f"    area: {entry.area}"
    yield f"    importance: {entry.importance}"
    yield f"    places: {_list(entry.places)}"
    yield f'    reviewed: "{entry.reviewed}"'
    yield f'    revision: "{entry.revision}"'
    if entry.related:
        yield f"    related: {_list(entry.related)}"


def _page(text: Text) -> str:
    """Return the file of an imported text; every value in quotation marks, whatever is in it."""
    front = {
        "title": text.title,
        "short": text.short,
        "revision": str(text.revision),
        "source_url": text.source_url,
        "last_updated": str(text.last_updated),
    }
    lines = [f"{key}: {_quoted(value)}" for key, value in front.items()]
    return "\n".join((FENCE, *lines, FENCE, text.body, ""))


def _beginning(name: str, own: National) -> dict[str, str]:
    """Return the files that a new folder begins with; later they are the editors'."""
    region = slug(name)
    town = {"name": name, "region": region}
    files = {
        "README.md": README.format(name=name),
        "languages.yaml": _lines(map(_language, own.languages.values())),
        "towns.yaml": _lines(
            (
                "regions:",
                f"  {region}: {_flow({'name': name})}",
                "towns:",
                f"  {region}: {_flow(town)[:-1]}, spellings: []}}",
            )
        ),
        "places.yaml": _lines(line for place in own.places for line in _place(place)),
        "crisis.yaml": _lines(line for card in own.cards for line in _card(card)),
        "teams.yaml": _lines((f"{region}: {_flow({'name': name})[:-1]}, towns: [all], matters: [all]}}",)),
    }
    for entry in own.entries:
        for language, text in entry.texts.items():
            state = "" if language == GERMAN else "machine" if text.machine or not text.body else "checked"
            files[f"{language}/{entry.id}.md"] = as_file(text, state) if text.title else _only_questions(text)
    return files


def _only_questions(text: Text) -> str:
    return _lines((FENCE, "questions:", *(f"  - {_quoted(question)}" for question in text.questions), FENCE))


def _language(language: Language) -> str:
    told = {"name": language.name, "locale": language.locale} | ({"rtl": "true"} if language.rtl else {})
    lists = "".join(
        f", {key}: {_list(codes)}"
        for key, codes in (("fallback", language.fallback), ("aliases", language.aliases))
        if codes
    )
    return f"{language.code}: {_flow(told)[:-1]}{lists}}}"


def _place(place: Place) -> Iterator[str]:
    told = {"name": place.name, "phone": place.phone, "hours": place.hours, "hours_of": place.hours_of}
    told |= {
        "cost": place.cost,
        "verified_on": str(place.verified_on),
        "status": place.status,
        "nationwide": "true",
    }
    source = {"name": place.source.name} | ({"url": place.source.url} if place.source.url else {})
    yield f"{place.id}:"
    yield from (f"  {key}: {_quoted(value)}" for key, value in told.items() if value)
    yield f"  source: {_flow(source)}"
    if place.note:
        yield f"  note: {_flow(place.note)}"
    if place.check:
        yield f"  check: {_list(sorted(place.check))}"


def _card(card: CrisisCard) -> Iterator[str]:
    yield f"{card.entry}:"
    yield f'  rank: "{card.rank}"'
    yield f"  places: {_list(card.places)}"
    yield "  cards:"
    for language, text in card.cards.items():
        yield f"    {language}: |"
        yield from (f"      {line}".rstrip() for line in text.split("\n"))
    yield "  words:"
    for language, patterns in card.words.items():
        yield f"    {language}:"
        yield from (f"      - {_quoted(pattern)}" for pattern in patterns)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join((*lines, ""))


def _flow(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in values.items()) + "}"


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, values))}]"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
