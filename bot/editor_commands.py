"""What the editors' commands do; they speak German, as the knowledge files' problems do."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from shlex import quote

import typer
from rich.console import Console
from rich.progress import Progress

from bot import app
from bot.commands import Refused
from bot.dialogue.world import World
from bot.domain.capabilities import Capabilities, units
from bot.domain.feedback import Feedback
from bot.domain.message import Choice, Outbound
from bot.i18n import BERLIN, LocaleError
from bot.integreat.clean import one_line
from bot.integreat.error import IntegreatError
from bot.integreat.fetch import fetch_region, is_address
from bot.integreat.folder import Imported, write_region
from bot.integreat.national import national
from bot.integreat.pages import LARGEST
from bot.integreat.region import make_site, slug
from bot.integreat.sources import by_language, own_code
from bot.knowledge import facts as comparing
from bot.knowledge import translating
from bot.knowledge.asking import read_asking
from bot.knowledge.check import check
from bot.knowledge.coverage import coverage
from bot.knowledge.files import KnowledgeError, load, read
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Entry, Knowledge
from bot.knowledge.new_entry import NewEntryError, add_entry
from bot.knowledge.problem import Problem, Severity, suggestion
from bot.knowledge.writing import write_whole
from bot.markup import to_plain
from bot.operations.logs import set_up
from bot.service import preview as preview_service
from bot.settings import Settings
from bot.understanding.embedding import NoVectors

REGIONS = Path("knowledge-regions")
LONGEST_REGION = 40  # UTF-16 units: "Lotse – …" is the bot's name, for which Telegram has 64
MOST_LIKELY = 5  # entries named for a word that is no id
MOST_NOTES = 30  # one wrong parent is told of all pages below it
VERDICTS = {
    comparing.Found.YES: "gefunden",
    comparing.Found.UNMARKED: "check fehlt",
    comparing.Found.FORBIDDEN: "nicht zeigen",
    comparing.Found.NO: "nicht gefunden",
}
KINDS = {"phone": "Telefon", "address": "Adresse", "email": "E-Mail", "hours": "Zeiten"}
NEXT_FEEDBACK = (
    "\nSo geht es weiter: knowledge preview EINTRAG zeigt die Antwort."
    " Ist sie geprüft: knowledge feedback --done NUMMER"
)
NEXT = (
    "",
    "So geht es weiter:",
    "  1. Schreiben Sie Titel, Kurztitel, Beispielfragen und Antwort in die deutsche Datei.",
    "  2. Ergänzen Sie in entries.yaml, welche Stellen (places, roles) unter der Antwort stehen sollen.",
    "  3. Prüfen Sie:   knowledge check",
    "  4. Ansehen:      knowledge preview {entry}",
    "  5. Übersetzen:   knowledge translate KÜRZEL --todo",
    "Bis die deutsche Datei fertig ist, antwortet ein laufender Bot mit dem Stand von vorher.",
    "Starten Sie ihn so lange nicht neu.",
)


async def check_files(settings: Settings, questions: Path, as_lines: bool) -> int:
    """Check the knowledge files and show what is covered; 1 if there is an error."""
    set_up("text")
    asking = read_asking(questions)
    reading = read(settings.knowledge)
    known = reading.knowledge
    found = list(reading.problems)
    if known is not None:
        found = check(known, settings.knowledge, app.CAPABILITIES, datetime.now(BERLIN).date(), asking)
    covered = coverage(known, asking) if known else None
    if as_lines:
        lines: list[dict[str, object]] = [{**problem.to_dict()} for problem in found]
        lines += [{"coverage": covered.to_dict()}] if covered else []
        for line in lines:
            typer.echo(json.dumps(line, ensure_ascii=False))
    else:
        for part in (*found, *(["", covered] if covered else []), "", _result(found)):
            typer.echo(str(part))
    return 1 if any(problem.is_error for problem in found) else 0


async def facts(settings: Settings, listed: Path, as_lines: bool) -> int:
    """Compare what the knowledge tells with a list of checked facts; 1 if something does not stand there."""
    set_up("text")
    try:
        known = load(settings.knowledge)
    except KnowledgeError as error:
        raise Refused(str(error)) from error
    text = _list(listed)
    verdicts, untold = comparing.compare(known, text), comparing.untold(known, text)
    if as_lines:
        for verdict in verdicts:
            typer.echo(json.dumps(_verdict(verdict), ensure_ascii=False))
    else:
        for verdict in verdicts:
            typer.echo(
                f"{VERDICTS[verdict.found]:<16} {KINDS[verdict.fact.kind]}: {verdict.fact.text}"
                f"   ({verdict.fact.where}{f'; Liste Zeile {verdict.line}' if verdict.line else ''})"
            )
        for fact in untold:
            typer.echo(f"{'noch nicht da':<16} {KINDS[fact.kind]}: {fact.text}   (Liste Zeile {fact.where})")
        good = sum(verdict.is_good for verdict in verdicts)
        typer.echo(f"\n{good} von {len(verdicts)} Angaben stehen so in {listed.name}.")
    return 0 if all(verdict.is_good for verdict in verdicts) else 1


def _list(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{path}: keine Textdatei in UTF-8.") from error


def _verdict(verdict: comparing.Verdict) -> dict[str, object]:
    fact = verdict.fact
    return {
        "kind": fact.kind,
        "text": fact.text,
        "where": fact.where,
        "found": verdict.found.value,
        "line": verdict.line,
    }


def _result(found: Sequence[Problem]) -> str:
    counts = Counter(problem.severity for problem in found)
    told = ", ".join(f"{severity.label}: {counts[severity]}" for severity in Severity if counts[severity])
    if counts[Severity.ERROR]:
        return f"{told}. So wird nichts übernommen. Ein laufender Bot antwortet weiter mit dem letzten guten Stand."
    return f"Kein Fehler. {told}." if told else "Kein Fehler, keine Warnung."


async def preview(
    settings: Settings, entry: str, language: str, town: str, channel: str, as_lines: bool
) -> int:
    """Show an entry's answer."""
    set_up("text")
    world = _world(settings)
    known = world.knowledge
    _expect_entry(entry, known)
    language = _code_of(language, {code: one.name for code, one in known.languages.items()})
    town = _code_of(town, {code: one.name for code, one in known.towns.items()})
    _expect("Eine Sprache", language, known.languages)
    _expect("Einen Kanal", channel, app.CAPABILITIES)
    if town:
        _expect("Einen Ort", town, known.towns)
    capabilities = app.CAPABILITIES[channel]
    now = datetime.now(UTC)
    found = preview_service.preview(world, entry, language, town, channel, capabilities, now)
    if as_lines:
        for message in found:
            typer.echo(json.dumps(_as_dict(message), ensure_ascii=False))
        return 0
    where = known.towns[town].name if town else "kein Ort bekannt"
    typer.echo(f"{entry} · {known.languages[language].name} · {where} · {channel}")
    for number, message in enumerate(found, 1):
        length = units(_whole(message))
        typer.echo(
            f"\n----- Nachricht {number} von {len(found)}: {length} Zeichen{_limit(capabilities, message)}"
        )
        typer.echo(_whole(message))
        for line in _buttons(message.choices, capabilities):
            typer.echo(line)
    return 0


async def feedback(settings: Settings, done: int | None, show_all: bool, as_lines: bool) -> int:
    """List what newcomers say is wrong, or close one of them."""
    set_up("text")
    if done is not None:
        async with app.held(settings) as database, database.write() as unit:
            if not await unit.feedback.done(done, datetime.now(UTC)):
                raise Refused(f"Einen offenen Hinweis {done} gibt es nicht.")
        typer.echo(f"Erledigt: {done}.")
        return 0
    async with app.held(settings) as database, database.read() as unit:
        found = await unit.feedback.listed(only_open=not show_all)
    if as_lines:
        for one in found:
            typer.echo(
                json.dumps(
                    {**asdict(one), "at": one.at.isoformat(), "done_at": _iso(one.done_at)},
                    ensure_ascii=False,
                )
            )
        return 0
    known = read(settings.knowledge).knowledge
    for one in found:
        typer.echo(_note(one, known))
    typer.echo(NEXT_FEEDBACK if found else "Kein offener Hinweis.")
    return 0


def _note(one: Feedback, known: Knowledge | None) -> str:
    """Return a note with names, or with bare ids as long as the files cannot be read."""
    language = (
        known.languages[one.language].name if known and one.language in known.languages else one.language
    )
    town = known.towns[one.town].name if known and one.town in known.towns else one.town or "kein Ort bekannt"
    at = one.at.astimezone(BERLIN)
    done = ", erledigt" if one.done_at else ""
    head = f"{one.id}  {one.entry} · {language} · {town} · {at:%d.%m.%Y %H:%M} · {one.channel}{done}"
    return "\n".join([head, *(f"    {line}" for line in one.text.splitlines())])


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


async def build(settings: Settings, ship: bool) -> int:
    """Learn from the examples as they are now, so that the next start need not."""
    set_up("text")
    keeper = app.make_mind(settings)
    library = app.make_library(settings)
    try:
        if not keeper.is_learned:
            keeper.learn(lambda: None)
        if ship:
            typer.echo(
                f"Geschrieben: {library.ship(keeper.examples, keeper.learned, app.make_embedder(settings))}"
            )
    except NoVectors as error:
        raise Refused(f"Das Lernen ist nicht möglich: {error}") from error
    typer.echo(f"Gelernt aus {len(keeper.examples)} Sätzen, Stand {keeper.version}, mit {keeper.embedder}.")
    return 0


async def new(settings: Settings, entry: str, area: str, importance: str) -> int:
    """Add an entry and say what is to be done next."""
    set_up("text")
    try:
        added = add_entry(settings.knowledge, entry, area, importance, datetime.now(BERLIN).date())
    except (NewEntryError, KnowledgeError) as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}") from error
    typer.echo("Angelegt:")
    for file in added.files:
        typer.echo(f"  {file}")
    typer.echo("\nDas fehlt noch:")
    for problem in added.missing:
        typer.echo(f"  {problem}")
    for line in NEXT:
        typer.echo(line.format(entry=entry))
    return 0


async def translate(
    settings: Settings, language: str, todo: bool, taken_from: Path | None, out: Path | None
) -> int:
    """Write the file for a translator, or take it back."""
    set_up("text")
    if todo == (taken_from is not None):
        raise Refused("Wählen Sie eines von beiden: --todo oder --import DATEI.")
    if language == GERMAN:
        raise Refused("Deutsch ist die Quelle. Nennen Sie die Sprache, in die übersetzt wird.")
    try:
        known = load(settings.knowledge)
        _expect("Eine Sprache", language, known.languages)
        if taken_from is not None:
            return _take(settings, known, language, taken_from)
        return _hand_out(known, language, out)
    except KnowledgeError as error:
        for problem in error.problems:
            typer.echo(str(problem))
        typer.echo("Es wurde nichts geändert.", err=True)
        return 1
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}") from error


async def import_integreat(
    settings: Settings, sources: list[str], region: str, wanted: tuple[str, ...], out: Path | None
) -> int:
    """Bring a region of Integreat into a knowledge folder of its own."""
    set_up("text")
    if (
        not slug(region)[:1].isalpha()
        or units(region) > LONGEST_REGION
        or one_line(region, LONGEST_REGION) != region
    ):
        raise Refused(
            f"'{region}' geht nicht als Name einer Region: Er beginnt mit einem Buchstaben und hat höchstens"
            f" {LONGEST_REGION} Zeichen."
        )
    folder = out or REGIONS / slug(region)
    own = load(settings.knowledge)
    for language in wanted:
        _expect("Eine Sprache", language, own.languages)
    try:
        with Progress(console=Console(stderr=True)) as progress:
            files = await _sources(sources, own, wanted, progress)
            pages = by_language(files, own.languages, wanted)
            reading = progress.add_task("Seiten lesen", total=sum(map(len, pages.values())))
            site = make_site(pages, partial(progress.advance, reading))
            writing = progress.add_task("Dateien schreiben", total=None)

            def written(done: int, whole: int) -> None:
                progress.update(writing, completed=done, total=whole)

            result = write_region(folder, region, site, pages, national(own), written)
    except (IntegreatError, KnowledgeError) as error:
        typer.echo(str(error), err=True)
        typer.echo("Es wurde nichts geändert.", err=True)
        return 1
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}") from error
    for note in site.notes[:MOST_NOTES]:
        typer.echo(f"Hinweis: {note}")
    if len(site.notes) > MOST_NOTES:
        typer.echo(f"… und {len(site.notes) - MOST_NOTES} weitere Hinweise")
    _tell_imported(folder, region, result, list(pages))
    return 0


async def _sources(
    sources: list[str], own: Knowledge, wanted: tuple[str, ...], progress: Progress
) -> list[tuple[str, bytes]]:
    """Return name and content of each file, or of each language that the region's API offers and we know."""
    if not any(map(is_address, sources)):
        return [(Path(source).name, _content(Path(source))) for source in sources]
    if len(sources) > 1:
        raise Refused("Nennen Sie entweder Dateien oder eine einzige Adresse.")

    def choose(offered: Iterable[str]) -> list[str]:
        kept = {GERMAN, *wanted} if wanted else set(own.languages)
        return [code for code in offered if own_code(code, own.languages) in kept]

    progress.add_task("Seiten abrufen", total=None)
    return await fetch_region(sources[0], choose)


def _content(path: Path) -> bytes:
    """Return a file's content, of one that is too large only enough to see that it is."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _tell_imported(folder: Path, region: str, result: Imported, languages: list[str]) -> None:
    typer.echo(
        f"{region} ({', '.join(languages)}): {len(result.new)} Seiten neu, {len(result.changed)} geändert,"
        f" {len(result.same)} unverändert, {len(result.removed)} entfernt."
    )
    if result.removed:
        typer.echo(f"Entfernt, weil es sie in der Region nicht mehr gibt: {', '.join(result.removed)}")
    path, data = quote(str(folder)), quote(f"data-{folder.name}")
    typer.echo(f"Prüfen:  LOTSE_KNOWLEDGE={path} python3 run.py knowledge check")
    typer.echo(f"Starten: LOTSE_KNOWLEDGE={path} LOTSE_DATA={data} python3 run.py")


def _hand_out(known: Knowledge, language: str, out: Path | None) -> int:
    found = translating.wanted(known, language)
    if not found:
        typer.echo(f"Auf {known.languages[language].name} fehlt nichts.", err=True)
        return 0
    text = translating.todo(known, language)
    if out is None:
        typer.echo(text)
        return 0
    write_whole(out, text)
    missing = sum(one.why == "missing" for one in found)
    typer.echo(f"{out}: {missing} fehlen, {len(found) - missing} sind veraltet.")
    typer.echo(f"Zurück damit: knowledge translate {language} --import {out}")
    return 0


def _take(settings: Settings, known: Knowledge, language: str, path: Path) -> int:
    taken = translating.take(known, settings.knowledge, language, path)
    for problem in taken.problems:
        typer.echo(str(problem))
    now = load(settings.knowledge)
    names = {f"/{language}/{entry}.md" for entry in taken.written}
    for problem in check(now, settings.knowledge, app.CAPABILITIES, datetime.now(BERLIN).date()):
        if any(problem.file.endswith(name) for name in names):
            typer.echo(str(problem))
    typer.echo(f"Übernommen: {', '.join(taken.written) or 'nichts'}")
    if taken.skipped:
        typer.echo(f"Unverändert gelassen: {', '.join(taken.skipped)}")
    return 0


def _whole(message: Outbound) -> str:
    text = to_plain(message.words)
    return f"{text}\n\n{to_plain(message.footnote)}" if message.footnote else text


def _limit(capabilities: Capabilities, message: Outbound) -> str:
    limit = capabilities.text_with_buttons if message.choices else capabilities.text
    return "" if limit is None else f" (erlaubt: {limit})"


def _buttons(choices: tuple[Choice, ...], capabilities: Capabilities) -> list[str]:
    if not choices:
        return []
    as_list = capabilities.shows_list([choice.label for choice in choices])
    return ["", "Liste:" if as_list else "Knöpfe:", *(f"  [{choice.label}]" for choice in choices)]


def _as_dict(message: Outbound) -> dict[str, object]:
    return {
        "language": message.language,
        "text": message.words,
        "footnote": message.footnote,
        "choices": [{"id": choice.id, "label": choice.label} for choice in message.choices],
    }


def _code_of(word: str, names: Mapping[str, str]) -> str:
    """Return the id of what an editor calls by its name, such as Dülmen; a word that is no name as it is."""
    return next((code for code, name in names.items() if name.casefold() == word.casefold()), word)


def _expect_entry(word: str, known: Knowledge) -> None:
    """Raise Refused for a word that is no entry's id; name the most likely entries if it is a German word of theirs."""
    if word in known.entries:
        return
    found = Counter({entry.id: _mentions(word, entry) for entry in known.entries.values()})
    likely = [id_ for id_, times in found.most_common(MOST_LIKELY) if times]
    if not likely:
        _expect("Einen Eintrag", word, known.entries)
    told = "\n".join(f"  {id_}: {known.entries[id_].texts[GERMAN].title}" for id_ in likely)
    raise Refused(f"Einen Eintrag '{word}' gibt es nicht. Danach klingen diese:\n{told}")


def _mentions(word: str, entry: Entry) -> int:
    """Return how often a word stands in an entry's German titles and questions."""
    text = entry.texts.get(GERMAN)
    lines = (text.title, text.short, *text.questions) if text else ()
    return sum(word.casefold() in line.casefold() for line in lines)


def _expect(what: str, word: str, known: Iterable[str]) -> None:
    """Raise Refused for a word that is none of the known ones."""
    names = tuple(known)
    if word not in names:
        raise Refused(f"{what} '{word}' gibt es nicht.{suggestion(word, names)}")


def _world(settings: Settings) -> World:
    try:
        return app.make_world(settings)
    except (KnowledgeError, LocaleError) as error:
        raise Refused(str(error)) from error
