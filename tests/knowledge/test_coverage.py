"""The tables of what is covered."""

from dataclasses import replace
from pathlib import Path

from bot.knowledge.asking import Asking
from bot.knowledge.coverage import Kept, Known, coverage, known
from bot.knowledge.files import load
from tests.knowledge.sample import edit, sample, sample_folder, write

ASKING = Asking({"de": {"emergency-call": 3, "register-address": 4}, "en": {"emergency-call": 5}})


def test_every_entry_and_language(tmp_path: Path) -> None:
    table = coverage(sample(tmp_path))
    assert table.to_dict()["entries"] == {
        "emergency-call": {"de": "current", "en": "missing", "ar": "missing"},
        "register-address": {"de": "current", "en": "questions", "ar": "current"},
    }
    assert table.count("de") == 2
    assert table.count("en", Kept.QUESTIONS) == 1


def test_the_printed_table_is_aligned_and_has_a_legend(tmp_path: Path) -> None:
    printed = str(coverage(sample(tmp_path), ASKING)).split("\n")
    assert f"{'':<16}  de  en  ar" in printed
    assert "register-address   x   ?   x" in printed
    assert "Antworten          2   0   1" in printed
    assert "Beispielfragen     1   0   0" in printed
    assert "Testfragen         3   0   0" in printed
    assert any(line.startswith("x aktuell   o veraltet") for line in printed)


def test_without_test_questions_none_are_counted(tmp_path: Path) -> None:
    table = coverage(sample(tmp_path))
    assert "Testfragen: keine gefunden" in str(table)
    assert table.to_dict()["tests"] == {}


def test_what_lags_is_seen(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "ar/register-address.md", 'revision: "2"', 'revision: "1"')
    assert coverage(load(folder)).rows["register-address"]["ar"] is Kept.BEHIND


def test_who_is_known_in_a_town(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    knowledge = load(folder)
    assert knowledge.roles == ("residents-office", "vhs")
    assert known(knowledge, "residents-office", "nordstadt") is Known.CONTACT
    assert known(knowledge, "vhs", "nordstadt") is Known.UNSURE
    edit(folder, "towns.yaml", "    unsure_roles: [vhs]\n", "")
    assert known(load(folder), "vhs", "nordstadt") is Known.NAME
    edit(folder, "towns.yaml", "    roles: {vhs: vhs-nord}\n", "    unsure_roles: [vhs]\n")
    assert known(load(folder), "vhs", "nordstadt") is Known.GAP
    printed = str(coverage(load(folder))).split("\n")
    assert f"{'':<16} Nords" in printed
    assert "residents-office     x" in printed
    assert "vhs                  -" in printed


def test_pages_of_another_site_need_no_questions(tmp_path: Path) -> None:
    """They are found by their text; what the editors must add is seen all the same."""
    folder = sample_folder(tmp_path)
    edit(folder, "entries.yaml", "    then: handoff\n", "    kind: page\n")
    for language in ("de", "ar"):
        text = (
            (folder / language / "register-address.md")
            .read_text("utf-8")
            .replace("translation: machine\n", "")
        )
        page = 'source_url: "https://example.org/a"\nlast_updated: "2026-11-01"\nrevision:'
        write(folder, f"{language}/register-address.md", text.replace("revision:", page))
    (folder / "en" / "register-address.md").unlink()
    table = coverage(load(folder))
    assert set(table.questions["de"]) == {"emergency-call"}
    assert set(table.rows) == {"emergency-call", "register-address"}


def test_a_folder_without_roles_has_no_table_of_them(tmp_path: Path) -> None:
    assert "Wer ist wo zuständig" not in str(replace(coverage(sample(tmp_path)), roles={}))
