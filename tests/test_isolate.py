"""Values in right-to-left texts: which way each of them reads."""

import pytest

from bot.i18n import FSI, LRI, isolate


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
    assert isolate(value, rtl=False) == value
