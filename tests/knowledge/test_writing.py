"""What is written is read back the same."""

from pathlib import Path

import pytest

from bot.knowledge.files import load
from bot.knowledge.model import Text
from bot.knowledge.writing import as_file, quoted, write_whole
from tests.knowledge.sample import sample_folder

HARD = (
    "Anmeldung: wohin?",
    "Was ist C# ?",
    "Frage # zwei",
    "02541 18-0",
    "no",
    "12",
    "2026-11-22",
    "- ein Strich",
    '"zitiert"',
    "{police.phone}",
    "[x]",
    "*fett*",
    "أين أسجل عنواني؟",
    "C:\\Ordner",
    "@home",
    "it's",
)


def test_every_text_is_read_back(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    text = Text("Titel: schwer", "no", "**Fett** und {police.phone}\n\n- eins\n- zwei", 2, True, HARD)
    write_whole(folder / "en" / "register-address.md", as_file(text, "machine"))
    assert load(folder).entries["register-address"].texts["en"] == text


def test_plain_texts_have_no_quotation_marks() -> None:
    assert quoted("Wo melde ich meine Adresse an?") == "Wo melde ich meine Adresse an?"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    write_whole(path, "alt")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "neu \ud800")
    assert path.read_text("utf-8") == "alt"
