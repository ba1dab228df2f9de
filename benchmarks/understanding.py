"""Compares the understanding with the ways most FAQ bots work, on the test questions, which none of them has seen.

python benchmarks/understanding.py [growth]    a table in Markdown, and its picture in docs/images; with `growth` what
                                               more entries cost
Beside this: pages.py (real pages of a town), pressure.py (many messages at once), start.py (the way to the first one).
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
from rapidfuzz import fuzz, process, utils
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.picture import dots  # noqa: E402
from bot.i18n import read_locales  # noqa: E402
from bot.knowledge.files import load  # noqa: E402
from bot.knowledge.model import Knowledge  # noqa: E402
from bot.service.library import SHIPPED, VECTORS, Library, read_vectors  # noqa: E402
from bot.understanding.embedding import Vectors  # noqa: E402
from bot.understanding.engine import Engine  # noqa: E402
from bot.understanding.lexical import Document, Passage, WordRanker, counted  # noqa: E402
from bot.understanding.material import examples, source_of  # noqa: E402
from bot.understanding.normalise import tokens  # noqa: E402

QUESTIONS = ROOT / "tests" / "questions"
PICTURE = ROOT / "docs" / "images" / "understanding.svg"
GROWN = (77, 770, 7_700)  # entries
MOST = 3

Asked = tuple[str, str, str]  # entry, language, text
Answers = Callable[[Asked], Sequence[str]]  # entries, best first


def asked() -> list[Asked]:
    """Return the test questions that mean an entry."""
    yaml = YAML(typ="safe", pure=True)
    return [
        (path.stem, path.parent.name, question)
        for path in sorted(QUESTIONS.glob("*/*.yaml"))
        if not path.stem.startswith("_")
        for question in yaml.load(path)["questions"]
    ]


def by_token_set(knowledge: Knowledge) -> Answers:
    """rapidfuzz's token_set_ratio with the example questions of the newcomer's own language."""
    own: dict[str, list[tuple[str, str]]] = {}
    for entry in knowledge.entries.values():
        for language, text in entry.texts.items():
            own.setdefault(language, []).extend((question, entry.id) for question in text.questions)
    texts = {language: [utils.default_process(text) for text, _ in held] for language, held in own.items()}

    def answer(question: Asked) -> Sequence[str]:
        _, language, text = question
        scored = process.extract(
            utils.default_process(text), texts[language], scorer=fuzz.token_set_ratio, limit=30
        )
        return _distinct(own[language][place][1] for _, _, place in scored)

    return answer


def by_bm25(knowledge: Knowledge) -> Answers:
    """BM25 over stemmed words, a document an entry and language."""
    documents: dict[str, list[Document]] = {}
    for entry in knowledge.entries.values():
        for language, text in entry.texts.items():
            told = (*text.questions, text.title, text.body)
            passages = tuple(Passage(language, tokens(each), 1.0) for each in told)
            documents.setdefault(language, []).append(Document(entry.id, passages))
    rankers = {language: WordRanker(counted(held)) for language, held in documents.items()}

    def answer(question: Asked) -> Sequence[str]:
        _, language, text = question
        scores, _ = rankers[language].score(tokens(text), language)
        return [documents[language][place].entry for place in np.argsort(-scores, kind="stable")[:MOST]]

    return answer


def by_nearest(knowledge: Knowledge, vectors: Vectors, of_questions: Vectors) -> Answers:
    """The example with the nearest e5 vector, of all languages: how most FAQ bots work."""
    told = list(examples(knowledge, {}))
    matrix = vectors.of([example.text for example in told])

    def answer(question: Asked) -> Sequence[str]:
        near = matrix @ of_questions.of([question[2]])[0]
        return _distinct(told[place].meaning for place in np.argsort(-near, kind="stable")[:200])

    return answer


def by_us(engine: Engine) -> Answers:
    """What the product does."""

    def answer(question: Asked) -> Sequence[str]:
        _, language, text = question
        found = engine.understand(text, language=language, language_chosen=True)
        shown = [found.entry] if found.entry else []
        return _distinct([*shown, *(candidate.entry for candidate in found.candidates)])

    return answer


def _distinct(entries: Sequence[str] | Iterator[str]) -> list[str]:
    return list(dict.fromkeys(entries))[:MOST]


def compare() -> Iterator[str]:
    """Yield the table's lines: right at once / among three, by language."""
    knowledge, words = load(ROOT / "knowledge"), read_locales(ROOT / "locales").words
    head = Library().find(source_of(knowledge, words), "")
    if head is None:
        raise SystemExit("what ships was not learned from what ships: knowledge build --ship")
    vectors = read_vectors(SHIPPED / VECTORS, head.model)
    of_questions = read_vectors(QUESTIONS / VECTORS, head.model)
    engine = Engine(knowledge, words, head, lambda text: of_questions.of([text])[0])
    methods = {
        "rapidfuzz token_set": by_token_set(knowledge),
        "BM25": by_bm25(knowledge),
        "nearest example, e5": by_nearest(knowledge, vectors, of_questions),
        "without vectors": by_us(Engine(knowledge, words, head)),
        "**ours**": by_us(engine),
    }
    told = asked()
    found = {name: [answer(each) for each in told] for name, answer in methods.items()}
    rows = {}
    yield f"| {len(told)} questions | {' | '.join(methods)} |"
    yield f"| --- |{' --- |' * len(methods)}"
    for language in [*knowledge.languages, "all"]:
        places = [place for place, each in enumerate(told) if language in (each[1], "all")]
        cells = [
            _shares([(told[place][0], answers[place]) for place in places]) for answers in found.values()
        ]
        rows[language] = [first for first, _ in cells]
        yield f"| {language} | {' | '.join(f'{first:.2f} / {third:.2f}' for first, third in cells)} |"
    names = [name.strip("*") for name in methods]
    PICTURE.write_text(dots(f"Right at once, {len(told)} questions held apart", names, rows), "utf-8")


def _shares(pairs: Sequence[tuple[str, Sequence[str]]]) -> tuple[float, float]:
    first = sum(list(answers[:1]) == [entry] for entry, answers in pairs) / len(pairs)
    third = sum(entry in answers for entry, answers in pairs) / len(pairs)
    return first, third


def grown(knowledge: Knowledge, count: int) -> Knowledge:
    """Return knowledge of so many entries: copies with some words of their own.

    New texts bring ever fewer new words: of n times the text, n to the power of 0.55 times the words (Heaps' law, as
    measured on many languages), so of the k-th copy's words 0.55 * k ** -0.45 are new.
    """
    entries = dict(knowledge.entries)
    originals = list(knowledge.entries.values())
    for number in range(count - len(entries)):
        entry, times = originals[number % len(originals)], number // len(originals) + 2
        texts = {
            language: replace(
                text, body="", questions=tuple(_altered(each, times) for each in text.questions)
            )
            for language, text in entry.texts.items()
        }
        entries[f"{entry.id}-{times}"] = replace(entry, id=f"{entry.id}-{times}", texts=texts)
    return replace(knowledge, entries=entries)


def _altered(text: str, times: int) -> str:
    new = 0.55 * times**-0.45
    return " ".join(
        f"{word}{times}" if crc32(f"{word}{times}".encode()) < new * 2**32 else word for word in text.split()
    )


def cost(count: int) -> dict[str, float]:
    """Measure an index of so many entries in this process: ranking by words, which needs no learning."""
    knowledge, words = load(ROOT / "knowledge"), read_locales(ROOT / "locales").words
    made = grown(knowledge, count)
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    engine = Engine(made, words)
    built = time.process_time()
    some = asked()[::40]
    for _ in range(2):  # with the first messages more is loaded
        began_asking = time.process_time()
        for _, language, text in some:
            engine.understand(text, language=language, language_chosen=True)
        spent = time.process_time() - began_asking
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "build": built - began,
        "texts": told / 1024,
        "memory": memory / 1024,
        "message": 1000 * spent / len(some),
    }


def growth() -> Iterator[str]:
    """Yield the table of what more entries cost, each size in a process of its own."""
    yield "| entries | texts | index built in (s) | memory at most (MB) | of it before the index | ms a message |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for count in GROWN:
        run = [sys.executable, str(Path(__file__)), "--cost", str(count)]
        found = json.loads(subprocess.run(run, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603
        yield (
            f"| {count:,} | {count * 165:,} | {found['build']:.1f} | {found['memory']:.0f} | {found['texts']:.0f} "
            f"| {found['message']:.1f} |"
        )


def main(arguments: list[str]) -> None:
    """Print the table that is asked for."""
    if arguments[:1] == ["--cost"]:
        print(json.dumps(cost(int(arguments[1]))))
        return
    for line in growth() if arguments[:1] == ["growth"] else compare():
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
