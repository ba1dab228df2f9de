"""The way to a translator and back: what is asked for, what is taken, and that a bad file changes nothing."""

from pathlib import Path

import pytest

from bot.knowledge.files import KnowledgeError, load
from bot.knowledge.translating import Taken, take, todo, wanted
from tests.knowledge.sample import edit, sample_folder, write

DONE = """\
---
title: Emergency call
short: Emergency
revision: "1"
translation: checked
questions:
  - How do I call the police?
---
Call {police.phone}.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sample_folder(tmp_path)


def work(folder: Path, language: str, *changes: tuple[str, str]) -> Path:
    """Write the translator's file, with changes in it."""
    text = todo(load(folder), language)
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
        text = text.replace(old, new)
    path = folder.parent / "out" / f"{language}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def taken(folder: Path, language: str, path: Path) -> Taken:
    return take(load(folder), folder, language, path)


def filled(text: str) -> tuple[str, str]:
    """Return the change that fills the empty part of a file."""
    blank = '---\ntitle:\nshort:\nrevision: "1"\ntranslation: machine\nquestions:\n  -\n---\n'
    return blank, text


def contents(folder: Path) -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_it_asks_for_what_is_missing_or_behind(folder: Path) -> None:
    edit(folder, "ar/register-address.md", 'revision: "2"', 'revision: "1"')
    found = [(one.entry.id, one.why) for one in wanted(load(folder), "ar")]
    assert found == [("emergency-call", "missing"), ("register-address", "behind")]
    text = todo(load(folder), "ar")
    assert "Rufen Sie {police.phone} an." in text
    assert "اذهب إلى {town-hall.name} (Rathaus)" in text
    assert (
        'revision: "1"\ntranslation: machine\nquestions:\n  - أين' not in text
    )  # it is to be that of the German one
    assert 'revision: "2"\ntranslation: machine\nquestions:\n  - أين' in text


def test_nothing_is_asked_for_twice(folder: Path) -> None:
    assert [one.entry.id for one in wanted(load(folder), "ar")] == ["emergency-call"]
    assert [one.entry.id for one in wanted(load(folder), "de")] == []


def test_the_file_as_it_was_changes_nothing(folder: Path) -> None:
    edit(folder, "ar/register-address.md", 'revision: "2"', 'revision: "1"')
    before = contents(folder)
    found = taken(folder, "ar", work(folder, "ar"))
    assert (found.written, found.skipped) == ((), ("emergency-call", "register-address"))
    assert contents(folder) == before


def test_a_translation_is_taken(folder: Path) -> None:
    found = taken(folder, "en", work(folder, "en", filled(DONE)))
    assert (found.written, found.skipped, found.problems) == (("emergency-call",), ("register-address",), ())
    text = load(folder).entries["emergency-call"].texts["en"]
    assert (text.title, text.short, text.body) == ("Emergency call", "Emergency", "Call {police.phone}.")
    assert (text.revision, text.machine, text.questions) == (1, False, ("How do I call the police?",))


def test_unmarked_work_counts_as_a_machines(folder: Path) -> None:
    taken(folder, "en", work(folder, "en", filled(DONE.replace("translation: checked\n", ""))))
    assert load(folder).entries["emergency-call"].texts["en"].machine


def test_a_checked_mark_alone_is_taken(folder: Path) -> None:
    edit(folder, "ar/register-address.md", 'revision: "2"', 'revision: "1"')
    path = work(
        folder,
        "ar",
        ("translation: machine\nquestions:\n  - أين", "translation: checked\nquestions:\n  - أين"),
    )
    assert taken(folder, "ar", path).written == ("register-address",)
    text = load(folder).entries["register-address"].texts["ar"]
    assert (text.revision, text.machine) == (2, False)


def test_work_on_an_older_german_text_is_taken_and_asked_for_again(folder: Path) -> None:
    path = work(folder, "en", filled(DONE))
    edit(folder, "entries.yaml", 'revision: "1"', 'revision: "2"')
    found = taken(folder, "en", path)
    assert found.written == ("emergency-call",)
    assert "inzwischen bei 2" in found.problems[0].message
    assert "emergency-call" in [one.entry.id for one in wanted(load(folder), "en")]


SLIPS = {
    "placeholder": (
        ("Call {police.phone}.", "Call {polise.phone}."),
        (9, 6),
        "Meinten Sie 'police'?",
    ),
    "yaml": (("title: Emergency call", "title: Emergency: call"), (2, 17), "Doppelpunkt mitten im Text"),
    "number": (('revision: "1"', "revision: 1"), (4, 11), "ohne Anführungszeichen"),
    "future": (('revision: "1"', 'revision: "7"'), (1, 1), "Stand 7 gibt es noch nicht"),
    "heading": (("Call {police.phone}.", "# Call"), (9, 1), "Überschriften werden nicht gezeigt"),
    "html": (("Call {police.phone}.", "<script>alert(1)</script>"), (9, 1), "HTML"),
    "link": (("Call {police.phone}.", "[x](http://example.org)"), (9, 5), "https://"),
    "empty": (("Call {police.phone}.\n", ""), (1, 1), "Die Antwort fehlt"),
    "word": (("translation: checked", "translation: done"), (5, 14), "Möglich sind: machine, checked."),
    "fence": (
        ("questions:\n  - How do I call the police?\n---\n", ""),
        (1, 1),
        "zweite Zeile mit drei Strichen",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_bad_file_changes_nothing_and_is_told_with_its_line(folder: Path, slip: str) -> None:
    (old, new), (line, column), told = SLIPS[slip]
    path = work(folder, "en", filled(DONE.replace(old, new)))
    first = (
        path.read_text("utf-8").split("\n").index("### Übersetzung") + 3
    )  # counted from 1, a blank line between
    before = contents(folder)
    with pytest.raises(KnowledgeError) as caught:
        taken(folder, "en", path)
    errors = [problem for problem in caught.value.problems if problem.is_error]
    assert [(problem.file, problem.line, problem.column) for problem in errors] == [
        ("out/en.md", first + line - 1, column)
    ]
    assert told in errors[0].message
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hallo\n", "nennt keine Sprache"),
        ("# Übersetzung: العربية (ar)\n", "ist für 'ar'"),
        ("# Übersetzung: English (en)\n", "keinen Eintrag"),
        (
            "# Übersetzung: English (en)\n## poison\n### Übersetzung\n" + DONE,
            "Den Eintrag 'poison' gibt es nicht",
        ),
        ("# Übersetzung: English (en)\n## emergency-call\n" + DONE, "fehlt die Zeile '### Übersetzung'"),
        (
            "# Übersetzung: English (en)\n" + f"## emergency-call\n### Übersetzung\n{DONE}" * 2,
            "steht schon in Zeile 4",
        ),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(folder: Path, text: str, told: str) -> None:
    before = contents(folder)
    with pytest.raises(KnowledgeError) as caught:
        taken(folder, "en", write(folder.parent, "out/en.md", text))
    assert told in "\n".join(str(problem) for problem in caught.value.problems)
    assert contents(folder) == before


def test_a_word_processors_file_is_refused(folder: Path) -> None:
    path = folder.parent / "en.docx"
    path.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(KnowledgeError, match="Kodierung"):
        taken(folder, "en", path)
