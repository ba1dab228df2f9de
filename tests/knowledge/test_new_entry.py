"""Adding an entry: what is written, what is refused, and that half an entry is never used."""

from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.files import KnowledgeError, load, read
from bot.knowledge.new_entry import NewEntryError, add_entry, with_block
from tests.knowledge.sample import ENTRIES, edit, sample_folder, write

TODAY = date(2026, 11, 22)


def contents(folder: Path) -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_the_block_stands_behind_its_area_and_nothing_else_changes(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "entries.yaml", "  register-address:", "\n  # --- Ankommen ---\n  register-address:")
    before = (folder / "entries.yaml").read_text("utf-8")
    add_entry(folder, "doctor", "emergency", "required", TODAY)
    block = (
        '  doctor:\n    area: emergency\n    importance: required\n    reviewed: "2026-11-22"\n'
        '    revision: "1"\n'
    )
    cut = before.index("\n  # --- Ankommen ---")
    assert (folder / "entries.yaml").read_text("utf-8") == before[:cut] + block + before[cut:]


def test_it_is_used_as_soon_as_the_german_file_is_written(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    added = add_entry(folder, "library-card", "arrival", "usable", TODAY)
    assert added.files == (
        "knowledge/entries.yaml",
        "knowledge/de/library-card.md",
        "knowledge/ar/library-card.md",  # English has questions only, so nobody waits for it there
    )
    assert {(problem.file, problem.line) for problem in added.missing} == {
        ("knowledge/de/library-card.md", line) for line in (2, 3, 6, 8)
    }
    assert read(folder).knowledge is None
    german = '---\ntitle: Bücherei\nshort: Bücherei\nrevision: "1"\nquestions:\n  - Wo ist sie?\n---\nFragen Sie.\n'
    write(folder, "de/library-card.md", german)
    entry = load(folder).entries["library-card"]
    assert (entry.area, entry.importance, entry.reviewed, entry.revision) == ("arrival", "usable", TODAY, 1)
    assert entry.texts["de"].body == "Fragen Sie."
    assert entry.texts["ar"].body == ""


@pytest.mark.parametrize(
    ("id", "area", "told"),
    [
        ("register-address", "arrival", "gibt es schon"),
        ("Bücherei", "arrival", "geht nicht als Name"),
        ("../secret", "arrival", "geht nicht als Name"),
        ("a-" * 25 + "a", "arrival", "höchstens 40"),
        ("library-card", "arival", "Meinten Sie 'arrival'?"),
    ],
)
def test_it_refuses(tmp_path: Path, id: str, area: str, told: str) -> None:
    folder = sample_folder(tmp_path)
    before = contents(folder)
    with pytest.raises(NewEntryError, match=told):
        add_entry(folder, id, area, "usable", TODAY)
    assert contents(folder) == before


def test_a_broken_folder_is_mended_first(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "places.yaml", '  phone: "110"', "  phone: 110")
    before = contents(folder)
    with pytest.raises(KnowledgeError, match=r"places\.yaml"):
        add_entry(folder, "library-card", "arrival", "usable", TODAY)
    assert contents(folder) == before


def test_a_file_left_over_is_not_overwritten(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    add_entry(folder, "library-card", "arrival", "usable", TODAY)
    write(folder, "entries.yaml", ENTRIES)
    (folder / "de" / "library-card.md").unlink()
    with pytest.raises(KnowledgeError, match="library-card"):
        add_entry(folder, "library-card", "arrival", "usable", TODAY)


def test_the_first_entry_of_an_area_stands_last() -> None:
    block = "new:\n  area: work\n"
    assert with_block(ENTRIES, block, "work") == f"{ENTRIES}  new:\n    area: work\n"


def test_a_list_over_several_lines_stays_whole() -> None:
    lines = "entries:\n  a:\n    area: x\n    related: [b,\n      c]\n    # Ende von a\n\n  b: {area: y}\n"
    assert with_block(lines, "new:\n  area: x\n", "x") == lines.replace(
        "      c]\n", "      c]\n  new:\n    area: x\n"
    )


def test_inline_entries_are_not_guessed_at() -> None:
    with pytest.raises(NewEntryError, match="keine eingerückte Liste"):
        with_block("entries: {a: {area: x}}\n", "new:\n  area: x\n", "x")
