"""Messages are cut to what a channel can show, and nothing of them is lost."""

from dataclasses import replace

import pytest

from bot.app import CAPABILITIES
from bot.dialogue.fit import fitted
from bot.domain.capabilities import Capabilities, units
from bot.domain.message import Choice, Outbound
from bot.service.mind import Mind

WHATSAPP = CAPABILITIES["whatsapp"]
LONG = Outbound("Ein Satz mit Wörtern. " * 100, "de", (Choice("a", "Ja"), Choice("b", "Nein")), "Quelle: X.")


def test_what_fits_stays_whole(mind: Mind) -> None:
    """A channel without limits gets the message as it is."""
    assert fitted(LONG, Capabilities(), mind.world) == (LONG,)


def test_long_answers_are_split_with_the_buttons_last(mind: Mind) -> None:
    """WhatsApp shows 1,024 characters with buttons: they stand under a short last part."""
    *parts, last = fitted(LONG, WHATSAPP, mind.world)
    assert [part.choices for part in parts] == [()] * len(parts)
    assert last.choices == LONG.choices
    assert units(last.text) <= 100
    words = " ".join(part.text for part in parts).split()
    assert words == f"{LONG.text} {LONG.footnote}".split()


def test_what_stands_around_a_split_answer_is_not_lost(mind: Mind) -> None:
    """Above, below and small print are in the parts; the line over the buttons is in the language of the buttons."""
    framed = replace(LONG, lead="La voici.", tail="Fermé.", frame="fr")
    *parts, last = fitted(framed, WHATSAPP, mind.world)
    words = " ".join(part.words for part in parts).split()
    assert words == f"La voici. {LONG.text} Fermé. {LONG.footnote}".split()
    assert (last.words, last.language) == (mind.world.texts("fr").say("choose.please"), "fr")


def test_long_texts_without_buttons_are_split_at_the_messages_limit(mind: Mind) -> None:
    """Each part fits; the small print is in the last."""
    parts = fitted(replace(LONG, text=LONG.text * 5, choices=()), WHATSAPP, mind.world)
    assert len(parts) > 1
    assert all(units(part.text) <= 4096 for part in parts)
    assert parts[-1].text.endswith("Quelle: X.")


@pytest.mark.parametrize(
    ("channel", "count", "longest"), [("whatsapp", 2, 24), ("whatsapp", 5, 24), ("telegram", 2, 40)]
)
def test_labels_are_cut_to_the_rows_or_buttons_width(
    channel: str, count: int, longest: int, mind: Mind
) -> None:
    """Too long for a button becomes a list's row; an editor's long title must not make the message fail."""
    choices = tuple(
        Choice(str(number), "Ein sehr, sehr langer Titel von einem Menschen aus dem Rathaus")
        for number in range(count)
    )
    (message,) = fitted(Outbound("Bitte wählen:", "de", choices), CAPABILITIES[channel], mind.world)
    assert [units(choice.label) for choice in message.choices] == [longest] * count
    assert all(choice.label.endswith("…") for choice in message.choices)
