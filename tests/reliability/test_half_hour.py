"""An editor's half hour: the commands and the running bot do what the page in docs/ shows."""

from pathlib import Path

from tests.reliability.half_hour import INTRO, OLD, WORDS, half_hour
from tests.reliability.server import ROOT


async def test_an_editor_mends_a_number_while_the_bot_runs(tmp_path: Path) -> None:
    """What the newcomer sees is asserted while it is played; here is what the editor reads."""
    line = (ROOT / "knowledge" / "places.yaml").read_text("utf-8").split(OLD)[0].count("\n") + 1
    noted, shown, broken, mended, done, empty = (said for _, said in (await half_hour(tmp_path)).said)
    assert noted.startswith("1  vhs-by-town · Українська · Dülmen · ")
    assert f"\n    {WORDS}\n" in noted
    assert "📞 02594 12400 (bitte erst prüfen)" in shown
    assert broken.startswith(
        f"knowledge/places.yaml:{line}:10: Fehler: 'phone' ist +49259412400 ohne Anführungszeichen"
    )
    assert "\nKein Fehler. " in mended
    assert done == "Erledigt: 1.\n"
    assert empty == "Kein offener Hinweis.\n"


def test_the_page_is_a_record_of_it() -> None:
    page = (ROOT / "docs" / "editors-half-hour.md").read_text("utf-8")
    assert page.startswith(INTRO)
    for words in ("ohne Anführungszeichen", "Kein Fehler.", "+49 2594 12400", "feedback --done 1", WORDS):
        assert words in page
