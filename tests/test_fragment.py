"""Only what looks unfinished waits for more."""

import pytest

from bot.domain.fragment import is_fragment


@pytest.mark.parametrize("text", ["Hallo", "hi", "سلام", "Ich habe eine Frage,", "Frage:", "und …"])
def test_waits(text: str) -> None:
    """A greeting or an open end is likely followed by the question."""
    assert is_fragment(text)


@pytest.mark.parametrize(
    "text",
    ["", "/start", "Deutschkurs", "Wo ist das Rathaus?", "Hilfe!", "ich brauche einen Arzt", "112", "Ja."],
)
def test_does_not_wait(text: str) -> None:
    """A whole question is answered at once."""
    assert not is_fragment(text)
