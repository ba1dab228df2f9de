"""Long German words are parted where a reader would part them, and nothing else is touched."""

import pytest

from bot.channels.web.parting import parted
from bot.markup import to_html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Wohnungsgeberbestätigung:** x", "Wohnungsgeber|bestätigung:"),
        ("die Wohnberechtigungsscheine.", "Wohnberechtigungs|scheine."),
        ("شهادة (Fiktionsbescheinigung) هنا", "(Fiktions|bescheinigung)"),
        ("ein Mietvertrag, ein Sprachkurs", "ein Mietvertrag, ein Sprachkurs"),
        ("Aufenthaltserlaubnisverfahren", "Aufenthaltserlaubnisverfahren"),
    ],
)
def test_long_words_are_parted_before_their_last_part(text: str, shown: str) -> None:
    assert shown.replace("|", "\u00ad") in parted(to_html(text, rtl=False))


@pytest.mark.parametrize(
    "address",
    [
        "https://www.antidiskriminierungsstelle.de",
        "https://example.org/wohnungsgeberbestätigung",
        "[hier](https://example.org/wohnungsgeberbestaetigung/antidiskriminierungsstelle)",
    ],
)
def test_an_address_can_still_be_copied(address: str) -> None:
    html = to_html(address, rtl=False)
    assert parted(html) == html
