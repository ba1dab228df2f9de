"""An editor's example question always finds its entry."""

import pytest

from bot.service.mind import Mind
from bot.understanding.result import Decision


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wo kann ich Deutsch lernen?", "de"),
        ("hallo, wo kann ich deutsch lernen bitte", "de"),
        ("أين يمكنني تعلم الألمانية؟", "ar"),
        ("Де я можу вивчати німецьку мову?", "uk"),
    ],
)
def test_an_example_is_answered_at_once(mind: Mind, text: str, language: str) -> None:
    """Case and politeness change nothing."""
    understood = mind.engine.understand(text, language=language, language_chosen=True)
    assert (understood.decision, understood.entry) == (Decision.ANSWER, "german-courses")


def test_every_unique_example_of_the_shipped_knowledge_is_first(mind: Mind) -> None:
    """Editors can rely on it: what they write as an example is understood as they wrote it."""
    missed = [
        (language, question)
        for entry in mind.world.knowledge.entries.values()
        for language, text in entry.texts.items()
        for question in text.questions[:3]
        if _first(mind, question, language) not in (entry.id, "")
    ]
    assert len(missed) <= 40, missed  # emergency words, towns and small talk may take a question
    assert ("de", "Wo kann ich Deutsch lernen?") not in missed


def _first(mind: Mind, question: str, language: str) -> str:
    understood = mind.engine.understand(question, language=language, language_chosen=True)
    return understood.candidates[0].entry if understood.candidates else ""
