"""Finds the right one of a town's real Integreat pages for a question, as a region that was imported does.

python benchmarks/pages.py FOLDER CACHE    FOLDER: pages_de.jsonl and questions.jsonl of OMoS-QA (Kleinle, Prange,
                                           Friedrich 2024, CC-BY 4.0); CACHE: where vectors are kept between two runs
Only questions that a page answers, to the German pages of their town. The same page in another town counts as wrong.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.embedders import Bundled  # noqa: E402
from bot.i18n import read_locales  # noqa: E402
from bot.knowledge.files import load  # noqa: E402
from bot.knowledge.model import PAGE, Entry, Knowledge, Text  # noqa: E402
from bot.service.library import Library  # noqa: E402
from bot.service.sentences import Sentences  # noqa: E402
from bot.understanding.engine import Engine  # noqa: E402

ASKED_IN = ("de", "en", "fr", "ar", "uk")
MOST = 3

Line = dict[str, Any]


def read(path: Path) -> list[Line]:
    """Return a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def imported(knowledge: Knowledge, pages: list[Line]) -> Knowledge:
    """Return knowledge that has pages instead of entries."""
    return replace(knowledge, entries={page["page"]: _entry(page) for page in pages})


def _entry(page: Line) -> Entry:
    title, *lines = page["text"].split("\n")
    text = Text(
        title=title, short=title[:24], body="\n\n".join(lines), revision=1, machine=False, questions=()
    )
    return Entry(
        id=page["page"],
        area="pages",
        importance="normal",
        places=(),
        roles=(),
        revision=1,
        reviewed=date(2024, 1, 1),
        source=None,
        then="",
        related=(),
        texts={"de": text},
        kind=PAGE,
    )


def main(folder: Path, cache: Path) -> None:
    """Print a table: right at once / among three, by the question's language."""
    knowledge, words = load(ROOT / "knowledge"), read_locales(ROOT / "locales").words
    pages = read(folder / "pages_de.jsonl")
    questions = [line for line in read(folder / "questions.jsonl") if line["answerable"]]
    sentences = Sentences(Bundled())
    found: dict[str, list[tuple[str, list[str]]]] = {language: [] for language in ASKED_IN}
    for town in sorted({line["city"] for line in questions}):
        own = imported(knowledge, [page for page in pages if page["page"].startswith(f"{town}/")])
        library = Library(cache / town)  # a library keeps the vectors of one region
        learned = library.learn(own, words, Engine(own, words).matter, sentences.embedder, lambda: None)
        engine = Engine(own, words, learned, sentences.vector)
        for line in questions:
            if line["city"] == town:
                for language in ASKED_IN:
                    understood = engine.understand(
                        line["question"][language], language=language, language_chosen=True
                    )
                    ranked = [candidate.entry for candidate in understood.candidates[:MOST]]
                    found[language].append((line["page"], ranked))
    print("\n".join(table(found)))


def table(found: dict[str, list[tuple[str, list[str]]]]) -> Iterator[str]:
    """Yield the table's lines."""
    yield "| asked in | questions | at once | among three |"
    yield "| --- | --- | --- | --- |"
    for language, answers in found.items():
        first = sum(ranked[:1] == [page] for page, ranked in answers) / len(answers)
        third = sum(page in ranked for page, ranked in answers) / len(answers)
        yield f"| {language} | {len(answers)} | {first:.3f} | {third:.3f} |"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
