"""Reads one entry in one language: the front matter above, the answer below."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot import markup
from bot.knowledge.folder import TextFile
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE, Entry, Place, Text
from bot.knowledge.placeholder import FIELDS, fact_of, placeholders
from bot.knowledge.problem import Mark, suggestion
from bot.knowledge.yamlfile import Findings, Page, Section

FENCE = "---"
NEEDED_BY_ANSWERS = ("title", "short", "revision")
OPTIONAL = (*NEEDED_BY_ANSWERS, "questions")
OF_PAGES = ("source_url", "last_updated")
TRANSLATION = ("machine", "checked")
WEB_PAGE = re.compile(r"https://[^\s()<>\"]+")
NOT_SHOWN = (
    (
        re.compile(r"^ {0,3}#{1,6} "),
        "Überschriften werden nicht gezeigt. Machen Sie einen Absatz mit **fettem** Anfang daraus.",
    ),
    (re.compile(r"^\s*\|.*\|\s*$"), "Tabellen werden nicht gezeigt. Schreiben Sie eine Liste mit Strichen."),
    (re.compile(r"!\[[^\]]*\]\("), "Bilder werden nicht gezeigt. Löschen Sie das Bild."),
    (
        re.compile(r"</?[a-zA-Z][^>]*>"),
        "HTML wird nicht ausgeführt, sondern als Text gezeigt. Löschen Sie es.",
    ),
    (
        re.compile(r"^ {0,3}(```|~~~|>)"),
        "Kästen und Zitate werden nicht gezeigt. Machen Sie einen Absatz daraus.",
    ),
    (
        re.compile(r"^ {0,3}(-{3,}|={3,}|\*{3,})\s*$"),
        "Trennlinien werden nicht gezeigt. Löschen Sie die Zeile.",
    ),
)


@dataclass(frozen=True, slots=True)
class Parts:
    """A file cut in two; `body_line` is the line in which the answer begins, counted from 1."""

    front: str
    body: str
    body_line: int


def read_text(
    file: TextFile, language: str, entry: Entry, places: Mapping[str, Place], findings: Findings
) -> Text | None:
    """Return the entry's text, or None (noted) if the file has no readable front matter."""
    parts = _cut(file, findings)
    if parts is None:
        return None
    path = ("texts", language, entry.id)
    page = Page(file.name, parts.front, findings, path, offset=1, comments=False)
    section = page.root(_required(entry, language, parts.body), _optional(entry, language))
    mark = Mark(file.name, parts.body_line, 1)
    findings.marks[path] = Mark(file.name, 1, 1)
    findings.marks[(*path, "body")] = mark
    if language == GERMAN and not parts.body:
        findings.error(
            mark, "Die Antwort fehlt. Schreiben Sie sie unter die zweite Zeile mit drei Strichen (---)."
        )
    check_placeholders(parts.body, mark, places, findings)
    if entry.kind == PAGE:
        return _page(section, parts.body)
    _check_body(parts.body, mark, findings)
    return _text(section, parts.body, language)


def check_placeholders(text: str, mark: Mark, places: Mapping[str, Place], findings: Findings) -> None:
    """Note every placeholder that does not stand for a known fact; `mark` is where the text begins."""
    for found in placeholders(text):
        message = _fault(text[found.start : found.end], found.place, found.field, places)
        if message:
            findings.error(_inside(mark, text, found.start), message)


def _text(section: Section, body: str, language: str) -> Text:
    state = section.choice("translation", TRANSLATION)
    return Text(
        title=section.text("title"),
        short=section.text("short"),
        body=body,
        revision=section.number("revision"),
        machine=language != GERMAN
        and bool(body)
        and state != "checked",  # unsaid is shown as machine-made: the safe side
        questions=section.texts("questions"),
    )


def _page(section: Section, body: str) -> Text:
    """Return a page's text: whoever published it answers for its translation, so it is never marked as a machine's."""
    address = section.text("source_url")
    if address and not WEB_PAGE.fullmatch(address):
        section.error(
            f"'source_url' ist '{address}'. Die Adresse der Seite beginnt mit https://", "source_url"
        )
    return Text(
        title=section.text("title"),
        short=section.text("short"),
        body=body,
        revision=section.number("revision"),
        machine=False,
        questions=section.texts("questions"),
        source_url=address,
        last_updated=section.day("last_updated"),
    )


def _required(entry: Entry, language: str, body: str) -> tuple[str, ...]:
    if entry.kind == PAGE:
        return (*NEEDED_BY_ANSWERS, *OF_PAGES)
    return NEEDED_BY_ANSWERS if body or language == GERMAN else ()


def _optional(entry: Entry, language: str) -> tuple[str, ...]:
    if entry.kind == PAGE:
        return ("questions",)
    return OPTIONAL if language == GERMAN else (*OPTIONAL, "translation")


def _cut(file: TextFile, findings: Findings) -> Parts | None:
    lines = file.text.split("\n")
    if lines[0].rstrip() != FENCE:
        findings.error(Mark(file.name, 1, 1), "Die erste Zeile muss aus drei Strichen bestehen: ---")
        return None
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), 0)
    if not end:
        findings.error(
            Mark(file.name, 1, 1),
            "Nach den Angaben (title, short, …) fehlt eine zweite Zeile mit drei Strichen (---). Ergänzen Sie"
            " sie vor der Antwort.",
        )
        return None
    below = lines[end + 1 :]
    blank = next((number for number, line in enumerate(below) if line.strip()), 0)
    return Parts("\n".join(lines[1:end]), "\n".join(below).strip(), end + 2 + blank)


def _check_body(body: str, mark: Mark, findings: Findings) -> None:
    """Note what an editor meant as a mark and would be shown as signs; a page's signs are meant as they are."""
    for number, line in enumerate(body.split("\n")):
        for pattern, message in NOT_SHOWN:
            if pattern.search(line):
                findings.error(Mark(mark.file, mark.line + number, 1), message)
    for address in markup.refused_links(body) if "](" in body else ():  # parsing takes its time
        message = (
            f"Der Link '{address}' wird nicht gezeigt. Erlaubt sind Adressen mit https://, mailto: und tel:."
        )
        findings.error(_inside(mark, body, max(body.find(address), 0)), message)


def _fault(raw: str, place: str, field: str, places: Mapping[str, Place]) -> str:
    if not place:
        return (
            f"'{raw}' ist kein Platzhalter. Geschweifte Klammern gibt es nur in der Form {{stelle.feld}}, "
            "zum Beispiel {police.phone}."
        )
    if place not in places:
        return f"Die Stelle '{place}' im Platzhalter '{raw}' gibt es nicht.{suggestion(place, places)}"
    if field not in FIELDS:
        return f"Das Feld '{field}' im Platzhalter '{raw}' gibt es nicht.{suggestion(field, FIELDS)}"
    if not fact_of(places[place], field):
        return (
            f"Für '{raw}' steht in places.yaml nichts. Tragen Sie dort '{field}' ein oder löschen Sie den"
            " Platzhalter."
        )
    return ""


def _inside(mark: Mark, text: str, start: int) -> Mark:
    above = text.count("\n", 0, start)
    return Mark(
        mark.file, mark.line + above, start - text.rfind("\n", 0, start) if above else mark.column + start
    )
