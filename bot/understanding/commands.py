"""Recognises the words that always work, in every language, whatever language the conversation is in."""

from collections.abc import Callable, Iterable, Sequence

from bot.i18n import COMMANDS, Words
from bot.understanding.phrases import Phrases


class Commands:
    """The command words of all languages."""

    def __init__(self, words: Iterable[Words], fillers: Phrases) -> None:
        self._fillers = fillers
        self._phrases = Phrases(
            (name, phrase) for told in words for name in COMMANDS for phrase in (name, *told.commands[name])
        )

    def find(self, words: Sequence[str], means_something: Callable[[str], bool]) -> str:
        """Return the id of the command that the message is, or "".

        `means_something` tells known words: one of them is not taken for a misspelt command.
        """
        for told in (tuple(words), self._fillers.strip(words)):
            if name := self._phrases.exact(told):
                return name
            if not any(map(means_something, told)) and (name := self._phrases.whole(told)):
                return name
        return ""
