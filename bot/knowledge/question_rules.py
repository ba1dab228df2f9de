"""Rules for the questions that the understanding learns from: enough of them, each of its own kind."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz, process

from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE
from bot.knowledge.problem import Problem
from bot.knowledge.subject import Subject

EXAMPLES = 10  # an entry and language
TESTS = 3  # an entry and language, of questions that are not learned from
NAMED = 5  # entries that one message names
SAME = 95  # percent of likeness from which two questions are one
ALIKE = 90  # the same within one entry, where a likeness costs less
FRAMED = 3  # entries whose questions differ in one word or two: the program learns the frame, not the matter
LEAST_FRAME = 3  # words that a frame has besides
MOST_EXCHANGED = 2  # words

Asked = tuple[str, int, str]  # entry, place in its list, question


def without_questions(subject: Subject) -> Iterator[Problem]:
    """Entries that have no German example question: they are hardly ever found."""
    for entry in subject.knowledge.entries.values():
        if entry.kind != PAGE and GERMAN in entry.texts and not entry.texts[GERMAN].questions:
            message = (
                f"Zu '{entry.id}' gibt es keine Beispielfragen. Ergänzen Sie unter 'questions' mindestens"
                " fünf."
            )
            yield subject.warning(message, "texts", GERMAN, entry.id)


def few_examples(subject: Subject) -> Iterator[Problem]:
    """Languages in which entries have too few questions: told once a language, with the first of them."""
    for language in subject.knowledge.languages:
        few = [
            entry.id
            for entry in subject.knowledge.entries.values()
            if entry.kind != PAGE
            and (language not in entry.texts or len(entry.texts[language].questions) < EXAMPLES)
        ]
        if few:
            message = (
                f"Weniger als {EXAMPLES} Beispielfragen auf {_name(subject, language)} haben {_some(few)}."
                " Ergänzen Sie, wie Menschen danach fragen."
            )
            yield subject.warning(message, "languages", language)


def few_tests(subject: Subject) -> Iterator[Problem]:
    """Languages in which entries have too few test questions."""
    if subject.asking is None:
        return
    yield from subject.asking.problems
    for language in subject.knowledge.languages:
        counts = subject.asking.counts.get(language, {})
        few = [
            id
            for id, entry in subject.knowledge.entries.items()
            if entry.kind != PAGE and counts.get(id, 0) < TESTS
        ]
        if few:
            message = (
                f"Weniger als {TESTS} Testfragen auf {_name(subject, language)} haben {_some(few)}."
                f" Ergänzen Sie sie in tests/questions/{language}."
            )
            yield subject.warning(message, "languages", language)


def shared_questions(subject: Subject) -> Iterator[Problem]:
    """Questions that stand, in nearly the same words, with two entries."""
    for language, asked in _by_language(subject):
        for left, right in _alike(asked, SAME):
            if left[0] != right[0]:
                message = (
                    f"Die Frage '{right[2]}' steht fast gleich auch bei '{left[0]}' ('{left[2]}'). Löschen"
                    " Sie eine."
                )
                yield _at(subject, language, right, message)


def repeated_questions(subject: Subject) -> Iterator[Problem]:
    """Questions that stand with one entry twice in nearly the same words: the second teaches nothing."""
    for language, asked in _by_language(subject):
        for left, right in _alike(asked, ALIKE):
            if left[0] == right[0]:
                message = (
                    f"Die Frage '{right[2]}' ist fast dieselbe wie '{left[2]}'. Ersetzen Sie sie durch eine,"
                    " die anders fragt."
                )
                yield _at(subject, language, right, message)


def framed_questions(subject: Subject) -> Iterator[Problem]:
    """Questions of several entries that are one sentence with a word exchanged ("Where is the …?")."""
    for language, asked in _by_language(subject):
        for frame, found in _frames(asked).items():
            first = {entry: one for one in reversed(found) if (entry := one[0])}
            if len(first) >= FRAMED:
                message = (
                    f"Das Muster '{frame}' steht bei {_some(sorted(first))}. Fragen Sie jedes Mal in anderen"
                    " Worten, sonst verwechselt Lotse die Einträge."
                )
                yield _at(subject, language, found[-1], message)


def _by_language(subject: Subject) -> Iterator[tuple[str, list[Asked]]]:
    for language in subject.knowledge.languages:
        yield (
            language,
            [
                (entry.id, number, question)
                for entry, code, text in subject.texts()
                if code == language
                for number, question in enumerate(text.questions)
            ],
        )


def _at(subject: Subject, language: str, asked: Asked, message: str) -> Problem:
    return subject.warning(message, "texts", language, asked[0], "questions", str(asked[1]))


def _alike(asked: Sequence[Asked], percent: int) -> Iterator[tuple[Asked, Asked]]:
    """Yield the pairs of questions that are nearly the same, each once."""
    if not asked:
        return
    questions = [_plain(question) for _, _, question in asked]
    scores = process.cdist(questions, questions, scorer=fuzz.ratio, score_cutoff=percent)
    for left, right in zip(*scores.nonzero(), strict=True):
        if left < right:
            yield asked[left], asked[right]


def _frames(asked: Sequence[Asked]) -> Mapping[str, list[Asked]]:
    """Return what is left of the questions when one word or two neighbours are taken out."""
    found: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        words = _plain(one[2]).split()
        for exchanged in range(1, MOST_EXCHANGED + 1):
            if len(words) - exchanged >= LEAST_FRAME:
                for start in range(len(words) - exchanged + 1):
                    frame = [*words[:start], "…", *words[start + exchanged :]]
                    found[" ".join(frame)].append(one)
    return found


def _plain(text: str) -> str:
    """Return a question without what does not tell it from another: case, accents, signs."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


def _name(subject: Subject, language: str) -> str:
    return subject.knowledge.languages[language].name


def _some(entries: Sequence[str]) -> str:
    """Return the first entries by name, and how many more there are."""
    named = ", ".join(entries[:NAMED])
    more = len(entries) - NAMED
    return f"{named} und {more} weitere" if more > 0 else named
