"""Our marks as Telegram's HTML: escaped, never torn, with numbers that read the right way round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capabilities import units
from bot.domain.message import Choice
from bot.telegram.keyboard import keyboard
from bot.telegram.render import LONGEST, messages, with_original, without_tags
from tests.telegram.fake.entities import units as telegram_units
from tests.telegram.fake.html import parse_html


def test_paragraphs_lists_bold_and_links() -> None:
    text = "**Dülmen:**\n- eins\n- zwei & <drei>\n\n1. erst\n2. dann\n\n[Seite](https://example.org/?a=1&b=2)"
    assert messages(text, "Stand: *heute*", rtl=False) == [
        "<b>Dülmen:</b>\n\n• eins\n• zwei &amp; &lt;drei&gt;\n1. erst\n2. dann\n\n"
        '<a href="https://example.org/?a=1&amp;b=2">Seite</a>\n\n<i>Stand: *heute*</i>'
    ]


def test_numbers_and_addresses_are_text() -> None:
    """Telegram takes no tel: and mailto: links; it finds numbers itself."""
    shown = messages("📞 [02594 12-400](tel:+49259412400)", "", rtl=False)
    assert shown == ["📞 \u206602594 12-400\u2069"]
    assert messages("[Rathaus](tel:+49259412400)", "", rtl=False) == ["Rathaus (\u2066+49259412400\u2069)"]
    assert messages("[a@b.de](mailto:a@b.de)", "", rtl=False) == ["\u2066a@b.de\u2069"]
    assert messages("[Brief](mailto:a@b.de)", "", rtl=False) == ["Brief (\u2066a@b.de\u2069)"]


def test_right_to_left_lines_begin_so() -> None:
    (shown,) = messages("**VHS** هنا\n- Dülmen هناك", "مصدر", rtl=True)
    assert all(line.startswith("\u200f") for line in without_tags(shown).split("\n") if line)


@given(st.text(alphabet="abc *_[]()<>&\n-1.•😀ش\u2066\u2069:/htps.", max_size=400), st.booleans())
def test_whatever_is_written_telegram_can_read(text: str, rtl: bool) -> None:
    """Never a tag of the writer's, never one that is not closed."""
    for part in messages(text, text[:50], rtl):
        parse_html(part)


PIECES = {
    "Wort ": "W",
    "**fett** ": "f",
    "😀": "😀",
    "[x](https://example.org) ": "x",
    "- y\n": "y",
    "z\n\n": "z",
}


@pytest.mark.parametrize("piece", PIECES)
def test_long_texts_become_several_messages(piece: str) -> None:
    """Each fits, no tag is torn, no word is lost."""
    parts = messages(piece * 2500, "", rtl=True)
    assert all(0 < telegram_units(parse_html(part).text) <= LONGEST for part in parts)
    assert "".join(without_tags(part) for part in parts).count(PIECES[piece]) == 2500


def test_small_print_that_does_not_fit_goes_into_a_message_of_its_own() -> None:
    parts = messages("x " * 2040, "y" * 100, rtl=False)
    assert len(parts) == 2
    assert parts[1] == f"<i>{'y' * 100}</i>"
    assert messages("", "", rtl=False) == []


def _rows(*labels: str, rtl: bool = False) -> list[list[str]]:
    made = keyboard([Choice(f"id:{label}", label) for label in labels], rtl)
    assert made is not None
    return [[button.text for button in row] for row in made.inline_keyboard]


def test_buttons_stand_in_rows_that_a_phone_can_show() -> None:
    assert keyboard([], rtl=False) is None
    assert _rows("Ja", "Nein", "Später") == [["Ja", "Nein", "Später"]]
    assert _rows("Das hilft mir", "Hilft nicht", "Einen Menschen fragen") == [
        ["Das hilft mir", "Hilft nicht"],
        ["Einen Menschen fragen"],
    ]
    assert _rows("نعم", "لا", rtl=True) == [["لا", "نعم"]]


def test_buttons_have_their_signs_and_ids() -> None:
    made = keyboard([Choice("person", "Mensch", "person"), Choice("x", "y", "unknown")], rtl=False)
    assert made is not None
    assert [(button.text, button.callback_data) for row in made.inline_keyboard for button in row] == [
        ("🧑 Mensch", "person"),
        ("y", "x"),
    ]


def test_the_measure_is_telegrams() -> None:
    assert units("a😀") == telegram_units("a😀") == 3


def test_an_original_is_folded_away_below_its_translation() -> None:
    parts = messages("مرحبا", "برنامج", rtl=True)
    (shown,) = with_original(parts, "الأصل", "Guten Tag & <willkommen>")
    assert shown == (
        f"{parts[0]}\n\n<blockquote expandable><b>الأصل</b>\nGuten Tag &amp; &lt;willkommen&gt;</blockquote>"
    )
    assert [entity["type"] for entity in parse_html(shown).entities] == [
        "italic",
        "expandable_blockquote",
        "bold",
    ]
    assert with_original(parts, "الأصل", "") == parts


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_an_original_of_any_length_fits(length: int, original: int) -> None:
    """Each message within the limit, each quote closed, and not a word lost."""
    found = with_original(messages("ن " * (length // 2), "", rtl=True), "Original", "qz " * (original // 3))
    for part in found:
        parse_html(part)
        assert units(without_tags(part)) <= LONGEST
    assert "".join(found).count("qz") == original // 3
