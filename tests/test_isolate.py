"""Values in right-to-left texts: which way each of them reads."""

import pytest

from bot.i18n import FSI, LRI, PDI, isolate


@pytest.mark.parametrize(
    ("value", "opening"),
    [
        ("02541 939-0", LRI),
        ("+49 171 2345678", LRI),
        ("09:00 Uhr", LRI),
        ("Dülmen", FSI),
        ("أمينة", FSI),
        ("18 سنة أو أكبر", FSI),  # as a number it would read "or older, years 18"
    ],
)
def test_opening(value: str, opening: str) -> None:
    assert isolate(value, rtl=True)[0] == opening


@pytest.mark.parametrize("value", ["02541 939-0", "Dülmen", ""])
def test_left_to_right_values_need_nothing_in_left_to_right_texts(value: str) -> None:
    assert isolate(value, rtl=False) == value


def test_an_arabic_name_keeps_to_itself_in_a_german_line() -> None:
    """Otherwise "18" would stand before the name in "أمينة, 18 oder älter"."""
    assert isolate("أمينة", rtl=False) == f"{FSI}أمينة{PDI}"
