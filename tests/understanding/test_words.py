"""The word lists that ship: complete, without contradictions, and understood as what they are meant for."""

from collections import defaultdict

import pytest

from bot.i18n import COMMANDS, SMALLTALK
from bot.understanding.normalise import tokens
from bot.understanding.result import Decision
from tests.understanding.sample import LANGUAGES, engine, words


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_enough_words(code: str) -> None:
    told = words()[code]
    assert all(len(told.commands[name]) >= 3 for name in COMMANDS)
    assert all(len(told.smalltalk[kind]) >= 8 for kind in SMALLTALK)
    assert len(told.human) >= 20
    assert told.fillers
    assert told.yes
    assert told.no


@pytest.mark.parametrize("code", LANGUAGES)
def test_everything_has_words_in_it(code: str) -> None:
    told = words()[code]
    lists = (*told.commands.values(), *told.smalltalk.values(), told.human, told.fillers, told.yes, told.no)
    assert [phrase for phrases in lists for phrase in phrases if not tokens(phrase)] == []


def test_no_word_means_two_commands() -> None:
    meant = defaultdict(set)
    for told in words().values():
        for name, phrases in told.commands.items():
            for phrase in phrases:
                meant[tokens(phrase)].add(name)
    assert {phrase: names for phrase, names in meant.items() if len(names) > 1} == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_yes_is_never_no(code: str) -> None:
    told = words()[code]
    assert {tokens(word) for word in told.yes} & {tokens(word) for word in told.no} == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_commands_are_understood_whatever_the_conversation_is_in(code: str) -> None:
    other = "en" if code != "en" else "de"
    wrong = {
        phrase: understood.command
        for name, phrases in words()[code].commands.items()
        for phrase in phrases
        if (understood := engine().understand(phrase, language=other, language_chosen=True)).command != name
    }
    assert wrong == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_smalltalk_is_understood(code: str) -> None:
    wrong = {
        phrase: understood
        for kind, phrases in words()[code].smalltalk.items()
        for phrase in phrases
        if (understood := engine().understand(phrase)).smalltalk != kind and not understood.command
    }
    assert wrong == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_wish_for_a_person_is_understood(code: str) -> None:
    wrong = [
        phrase for phrase in words()[code].human if engine().understand(phrase).decision is not Decision.HUMAN
    ]
    assert wrong == []
