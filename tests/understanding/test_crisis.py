"""Emergency cards: found in every language, in long messages, the most urgent first."""

import pytest

from bot.understanding.crisis import Crisis
from tests.understanding.sample import knowledge


@pytest.fixture(scope="module")
def crisis() -> Crisis:
    return Crisis(knowledge().crisis.values())


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("mein Baby hat was geschluckt", "poison"),
        ("Hilfe es brennt!!!", "emergency-call"),
        ("je n'arrive plus à respirer", "emergency-call"),
        ("في حريق بالبناية", "emergency-call"),
        ("чоловік не дихає", "emergency-call"),
        ("es brennt und das Kind hat Tabletten geschluckt", "emergency-call"),
        ("die Kerze brennt schön", ""),
        ("Wo melde ich mein Kind an?", ""),
        ("", ""),
    ],
)
def test_the_card_with_the_lowest_rank_is_shown(crisis: Crisis, text: str, entry: str) -> None:
    assert crisis.find(text) == entry


@pytest.mark.parametrize("text", ["es brennt " + "x " * 100_000, "x " * 100_000 + " es brennt"])
def test_both_ends_of_a_long_message_are_read(crisis: Crisis, text: str) -> None:
    assert crisis.find(text) == "emergency-call"


def test_without_cards_nothing_is_found() -> None:
    assert Crisis(()).find("es brennt") == ""
