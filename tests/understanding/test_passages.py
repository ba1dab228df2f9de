"""Of a long page the part is shown that the question asks for."""

import pytest

from bot.markup import to_plain
from bot.understanding.passages import best_part

FILLING = "Das steht hier nur, damit die Seite lang ist. " * 4
BODY = "\n\n".join(
    (
        f"Herzlich willkommen. {FILLING}",
        "**Öffnungszeiten**",
        f"Montag bis Freitag von acht bis zwölf Uhr. {FILLING}",
        "**Gebühren**",
        "**Für Kinder**",
        f"- Kinder zahlen nichts.\n- Erwachsene zahlen zehn Euro. {FILLING}",
        "**Anmeldung**",
        f"Schicken Sie das [Formular](https://example.org/{'x' * 200}). {FILLING}",
    )
)
ASKED = {
    "Wann ist geöffnet?": "**Öffnungszeiten**\n\nMontag",
    "Was kostet es für Kinder?": "**Gebühren**\n\n**Für Kinder**\n\n- Kinder",
    "Gebühr": "**Gebühren**",
    "Wie melde ich mich an? Formular": "**Anmeldung**",
    "": "Herzlich willkommen.",
    "Ἐν ἀρχῇ ἦν ὁ λόγος": "Herzlich willkommen.",
}


@pytest.mark.parametrize("question", ASKED)
def test_the_part_under_the_right_heading_is_shown(question: str) -> None:
    part = best_part(BODY, question, "de", 300)
    assert part.text.startswith(ASKED[question])
    assert not part.whole


def test_a_short_page_is_shown_whole() -> None:
    assert best_part(BODY, "Gebühr", "de", 5000).text == BODY
    assert best_part(BODY, "Gebühr", "de", 5000).whole
    link = f"[Formular](https://example.org/{'x' * 400})"
    assert best_part(link, "", "de", 20).whole, "an address behind a link is not read"


def test_the_part_is_filled_up_with_what_follows() -> None:
    part = best_part(BODY, "Öffnungszeiten", "de", 600)
    assert "Kinder zahlen nichts" in part.text
    assert "Formular" not in part.text


@pytest.mark.parametrize("limit", [40, 100, 300, 700])
@pytest.mark.parametrize("question", ["Gebühr", "Formular", ""])
def test_a_part_has_at_most_as_many_letters(question: str, limit: int) -> None:
    part = best_part(BODY.replace("x" * 200, "x"), question, "de", limit)
    assert 0 < len(to_plain(part.text).replace("https://example.org/x", "")) <= limit * 1.2


def test_a_long_section_is_cut_and_its_best_piece_shown() -> None:
    section = "**Alles**\n\n" + "\n\n".join(f"Absatz {number} über {word}. {FILLING}" for number, word in enumerate(
        ("Hunde", "Katzen", "Fische", "Vögel")
    ))  # fmt: skip
    assert best_part(section, "Fisch", "de", 300).text.startswith("Absatz 2 über Fische.")
