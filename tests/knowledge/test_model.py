"""What the knowledge answers when it is asked for a text, a card or a place."""

from pathlib import Path

from bot.knowledge.files import load
from tests.knowledge.sample import TOWNS, edit, sample, sample_folder, write


def test_a_chain_begins_with_the_language_itself(tmp_path: Path) -> None:
    knowledge = sample(tmp_path)
    assert knowledge.chain("ar") == ("ar", "en", "de")
    assert knowledge.chain("de") == ("de",)
    assert knowledge.chain("xx") == ("de",)


def test_a_text_comes_in_the_first_language_that_has_an_answer(tmp_path: Path) -> None:
    knowledge = sample(tmp_path)
    found = [knowledge.text("register-address", code) for code in ("ar", "en", "de")]
    assert [text[0] for text in found if text] == ["ar", "de", "de"]  # English has only questions
    only_german = knowledge.text("emergency-call", "ar")
    assert only_german
    assert only_german[0] == "de"


def test_a_card_comes_in_the_first_language_that_has_one(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "crisis.yaml", '    ar: "**اتصل الآن: {police.phone}**"\n', "")
    knowledge = load(folder)
    assert knowledge.card("emergency-call", "ar") == ("en", "**Call {police.phone} now!**")


def test_a_role_differs_only_if_towns_have_different_places(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    other = TOWNS + "  suedstadt: {name: Südstadt, region: kreis, spellings: [], roles: {vhs: police}}\n"
    write(folder, "towns.yaml", other)
    knowledge = load(folder)
    assert knowledge.differs_by_town("vhs")
    assert not knowledge.differs_by_town("residents-office")


def test_without_a_town_only_the_region_can_have_a_role(tmp_path: Path) -> None:
    knowledge = sample(tmp_path)
    office = knowledge.place_for("residents-office", "")
    assert office
    assert office.id == "town-hall"
    assert knowledge.place_for("vhs", "") is None
    assert knowledge.place_for("vhs", "elsewhere") is None
