"""The words on the buttons work when they are typed."""

import re
from pathlib import Path

import pytest

from bot.service.mind import Mind
from bot.understanding.result import Decision

LOCALES = Path(__file__).resolve().parents[1] / "locales"
LANGUAGES = sorted({path.parent.name for path in LOCALES.glob("*/*.po")})
QUOTED = re.compile(r"[„“\"«](.+?)[“”\"»]")
NAMES = ("browse", "courses", "status", "language", "town", "person", "my_data", "forget_me", "privacy")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_on_a_command_button_can_be_typed(mind: Mind, language: str) -> None:
    """ "These words always work": also for who types them."""
    texts = mind.world.texts(language)
    found = {
        name: mind.engine.understand(
            texts.say(f"command.{name}"), language=language, language_chosen=True
        ).command
        for name in NAMES
    }
    assert found == {name: name for name in NAMES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_the_welcome_quotes_are_commands(mind: Mind, language: str) -> None:
    """Who types what the welcome says gets what it promises."""
    quoted = QUOTED.findall(mind.world.texts(language).pattern("welcome.privacy"))
    found = [mind.engine.understand(word, language=language, language_chosen=True).command for word in quoted]
    assert found == ["privacy", "forget_me"], quoted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_that_help_gives_as_an_example_is_answered(mind: Mind, language: str) -> None:
    """Many try the example first."""
    (example,) = QUOTED.findall(mind.world.texts(language).pattern("help.text"))
    understood = mind.engine.understand(example, language=language, language_chosen=True)
    assert (understood.decision, understood.entry) == (Decision.ANSWER, "german-courses")
