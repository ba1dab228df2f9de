"""Reads a message: what language, what matter, what may be done with it. Built anew when the knowledge changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from bot.i18n import Words
from bot.knowledge.model import Knowledge
from bot.understanding.commands import Commands
from bot.understanding.crisis import Crisis
from bot.understanding.decide import decide
from bot.understanding.examples import Examples
from bot.understanding.judge import Asked, ByLearning, ByWords, Embed, Judge, group_of, no_vectors
from bot.understanding.language import Languages
from bot.understanding.learned import Learned
from bot.understanding.normalise import tokens
from bot.understanding.ranking import Ranking
from bot.understanding.result import Candidate, Decision, Guess, Judgement, Understood
from bot.understanding.smalltalk import Human, Smalltalk, fillers
from bot.understanding.towns import Towns, only_around

# First words by which a message continues the question before it, folded.
CONNECTIVES = frozenset(
    """und auch oder aber and also or but what about et aussi ou mais ve peki ya ama و او ولا وهم طيب
    اما هم يا خو и а или тоже еще но і й та або теж ще але u an wek din ji lakin iyo ama mise laakiin
    dhe po edhe ose ن ከምኡ ወይ ግን""".split()  # noqa: SIM905
)
_UNSURE = (Decision.CHOOSE, Decision.HANDOFF)
_ENOUGH_FOR_A_CARD = (
    2  # words: one alone ("English", "zêde") resembles anything; the cards' own words need no ranking
)
# Where a message with two questions can be cut.
_PARTS = re.compile(r"[?؟!.።;؛\n]+")
_PART_WORDS = 2  # of its matter: less is no question
_BOTH_FROM = 0.7  # of each: an answer to half of a question would be worse than none to the other
# Of 237 test questions about emergencies with a card's words none came near these, of 18 others with such words all.
_SURE_OF_OTHER, _NO_EMERGENCY = 0.8, 0.05
_SURE_OF_A_CARD = 0.8
_CONTINUES = 6  # words: a longer message tells its matter itself


@dataclass(frozen=True, slots=True)
class _Message:
    """A message after the first look at it."""

    text: str
    words: tuple[str, ...]
    guess: Guess | None
    language: str
    towns: tuple[str, ...]
    only_town: bool
    matter: tuple[str, ...]  # its words without towns and politeness


def _led_by(entry: str, found: Judgement) -> Judgement:
    """Return the judgement with one of its entries in front; as it is, if that is none of them."""
    first = [each for each in found.candidates if each.entry == entry]
    others = [each for each in found.candidates if each.entry != entry]
    score = max(found.best, first[0].score if first else 0.0)
    return replace(found, candidates=(Candidate(entry, score), *others)[: max(len(found.candidates), 1)])


class Engine:
    """Understands messages with one state of the knowledge; safe to use from several threads."""

    def __init__(
        self,
        knowledge: Knowledge,
        words: Mapping[str, Words],
        learned: Learned | None = None,
        embed: Embed = no_vectors,
    ) -> None:
        """Index everything (some seconds of one core); the same files always give the same results.

        learned: from the examples, maybe of an earlier state of the knowledge; without it, shared words decide alone.
        """
        told = tuple(words.values())
        self._offered = tuple(knowledge.languages)
        self._crises = frozenset(knowledge.crisis)
        self._fillers = fillers(told)
        self._commands = Commands(told, self._fillers)
        self._smalltalk = Smalltalk(told)
        self._human = Human(told, self._fillers)
        self._crisis = Crisis(knowledge.crisis.values())
        self._towns = Towns(knowledge.towns.values())
        self._languages = Languages(self._offered)
        self._ranking = Ranking(knowledge.entries.values(), self._towns, words)
        self._judge: Judge = (
            ByLearning(learned, self._ranking, knowledge.entries, embed)
            if learned and learned.knows_most_of(knowledge.entries)
            else ByWords(self._ranking)
        )
        self._is_learned = isinstance(self._judge, ByLearning)
        self._examples = Examples(knowledge.entries, self.matter)

    @property
    def crises(self) -> frozenset[str]:
        """The entries with an emergency card."""
        return self._crises

    def understand(
        self, text: str, *, language: str = "", language_chosen: bool = False, previous: str = ""
    ) -> Understood:
        """Return what a message means; never raises, whatever the text.

        language: the conversation's so far, "" if none; kept if the newcomer chose it. previous: the question before,
        read again with a message that only continues it ("and for my wife?").
        """
        message = self._look(text, language, language_chosen)
        found = self._judged(text, message.matter, message)
        decision = decide(found, self._crises)
        if previous and decision in _UNSURE and self._continues(message):
            joined = (*self.matter(previous), *message.matter)
            found = self._judged(f"{previous} {text}", joined, message)
            decision = decide(found, self._crises)
        first, second = self._both(message) if decision in (Decision.ANSWER, Decision.CHOOSE) else ("", "")
        if first:
            found = _led_by(first, found)
            decision = Decision.ANSWER
        understood = Understood(
            second=second,
            language=message.language,
            guess=message.guess,
            decision=decision,
            candidates=found.candidates,
            smalltalk=found.smalltalk if decision is Decision.SMALLTALK else "",
            towns=message.towns,
            only_town=message.only_town,
            command=self._commands.find(message.words, partial(self._means_something, message.language)),
        )
        return self._settle(understood, message)

    def _settle(self, understood: Understood, message: _Message) -> Understood:
        """Let what is surer than a ranking decide, the most urgent first."""
        knows = partial(self._ranking.knows, language=message.language)
        if entry := self._card(understood, message):
            return replace(understood, decision=Decision.CRISIS, entry=entry, score=1.0)
        if understood.command == "person":
            return replace(understood, decision=Decision.HUMAN)
        if not understood.command:
            if kind := self._smalltalk.find(message.words, message.text, knows):
                return replace(understood, decision=Decision.SMALLTALK, smalltalk=kind, score=1.0)
            if self._human.wanted(message.words):
                return replace(understood, decision=Decision.HUMAN)
        if understood.decision is Decision.CRISIS and len(message.matter) < _ENOUGH_FOR_A_CARD:
            understood = replace(understood, decision=Decision.CHOOSE)
        if understood.decision is Decision.CRISIS:
            best = next(each for each in understood.candidates if each.entry in self.crises)
            return replace(understood, entry=best.entry, score=best.score)
        best = next(iter(understood.candidates), Candidate("", 0.0))
        is_answer = understood.decision is Decision.ANSWER
        return replace(understood, entry=best.entry if is_answer else "", score=best.score)

    def _card(self, understood: Understood, message: _Message) -> str:
        """Return the entry whose emergency card has its words in the message, or "" if it is surely none."""
        cards = self._crisis.matching(message.text)
        if not cards or not self._is_learned:
            return next(iter(cards), "")
        if understood.decision is not Decision.CRISIS and self._means_other(message):
            return ""
        sure = (each.entry for each in understood.candidates if each.score >= _SURE_OF_A_CARD)
        return next((entry for entry in sure if entry in cards), cards[0])

    def _means_other(self, message: _Message) -> bool:
        """True if every sentence with a card's words is surely about something that has no card.

        Each is read by itself: an emergency must not be lost in a long message about something else.
        """
        parts = [part for part in _PARTS.split(message.text) if self._crisis.find(part)] or [message.text]
        return all(self._is_other(self._judged(part, self.matter(part), message)) for part in parts)

    def _is_other(self, found: Judgement) -> bool:
        urgent = sum(each.score for each in found.candidates if each.entry in self._crises)
        return found.best >= _SURE_OF_OTHER and urgent < _NO_EMERGENCY

    def _look(self, text: str, language: str, language_chosen: bool) -> _Message:
        words = tokens(text)
        guess = self._languages.guess(text, language)
        towns = self._towns.find(words)
        matter = self._fillers.strip(towns.rest)
        return _Message(
            text=text,
            words=words,
            guess=guess,
            language=self._answer_in(guess, language, language_chosen),
            towns=towns.ids,
            only_town=bool(towns.ids) and only_around(matter),
            matter=matter,
        )

    def _answer_in(self, guess: Guess | None, language: str, language_chosen: bool) -> str:
        if language in self._offered and (language_chosen or not (guess and guess.clear)):
            return language
        return guess.language if guess else self._offered[0]

    def matter(self, text: str) -> tuple[str, ...]:
        """Return the folded words of a text that say what it is about, without towns and politeness."""
        return self._fillers.strip(self._towns.find(tokens(text)).rest)

    def _judged(self, text: str, words: tuple[str, ...], message: _Message) -> Judgement:
        language = message.guess.language if message.guess and message.guess.clear else message.language
        asked = Asked(text, words, language, group_of(text, language, message.guess))
        return self._examples.first(words, self._judge.judge(asked))

    def _both(self, message: _Message) -> tuple[str, str]:
        """Return the entries of two questions in one message, both sure; ("", "") if there are not just two."""
        parts = [part for part in _PARTS.split(message.text) if len(self.matter(part)) >= _PART_WORDS]
        if len(parts) != 2:
            return "", ""
        found = [self._judged(part, self.matter(part), message) for part in parts]
        first, second = ("" if each.best < _BOTH_FROM else each.candidates[0].entry for each in found)
        is_two = first and second and first != second and not {first, second} & self.crises
        return (first, second) if is_two else ("", "")

    def _means_something(self, language: str, word: str) -> bool:
        return word in self._smalltalk or self._ranking.knows(word, language)

    def _continues(self, message: _Message) -> bool:
        return bool(message.words) and len(message.words) <= _CONTINUES and message.words[0] in CONNECTIVES
