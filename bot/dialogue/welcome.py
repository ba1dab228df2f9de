"""The first words: that this is a program, who runs it, what it can do, and the languages to choose from."""

from dataclasses import dataclass

from bot.domain.message import Choice, Outbound
from bot.i18n import Texts
from bot.knowledge.model import Knowledge


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs this installation; an empty name means: a test installation, run by no authority."""

    name: str = ""
    contact: str = ""
    data_protection_officer: str = ""
    authority: str = ""  # the supervisory authority for data protection
    privacy_url: str = ""  # where the notice can be read outside the chat; empty: in the chat only
    translator: str = ""  # the program that translates between newcomers and staff; empty: none


def welcome(texts: Texts, knowledge: Knowledge, offered: tuple[str, ...], operator: Operator) -> Outbound:
    """Return the welcome with a button for each offered language, each in its own script."""
    parts = [
        texts.say("welcome.hello"),
        runs_it(texts, operator),
        texts.say("welcome.privacy"),
        texts.say("welcome.ask"),
    ]
    return Outbound("\n\n".join(parts), texts.language, language_choices(knowledge, offered), kind="welcome")


def runs_it(texts: Texts, operator: Operator) -> str:
    """Return the sentence that says who runs the bot."""
    if not operator.name:
        return texts.say("welcome.test")
    return texts.say("welcome.operator", operator=operator.name)


def language_choices(knowledge: Knowledge, offered: tuple[str, ...]) -> tuple[Choice, ...]:
    """Return one button a language, named in its own script."""
    return tuple(Choice(f"lang:{code}", knowledge.languages[code].name) for code in offered)
