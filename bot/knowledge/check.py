"""Looks at readable knowledge with an editor's eye: what lags, misses, is too long, unverified for long."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.domain.capabilities import Capabilities
from bot.knowledge import place_rules, question_rules, team_rules, text_rules, wording_rules
from bot.knowledge.asking import Asking
from bot.knowledge.files import Reading, read
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem
from bot.knowledge.subject import Marks, Subject

Rule = Callable[[Subject], Iterator[Problem]]

# Their problems are errors: a running bot does not take them up. All others find warnings and hints.
REFUSING: tuple[Rule, ...] = (
    place_rules.wrong_phones,
    place_rules.wrong_emails,
    place_rules.plain_addresses,
)
RULES: tuple[Rule, ...] = (
    *REFUSING,
    place_rules.unreadable_hours,
    place_rules.long_unverified,
    place_rules.unused_places,
    place_rules.unreachable_places,
    place_rules.unsure_in_text,
    place_rules.roles_without_place,
    *team_rules.RULES,
    text_rules.lagging,
    text_rules.untranslated,
    text_rules.cards_untranslated,
    text_rules.areas_unnamed,
    text_rules.shared_ranks,
    text_rules.long_titles,
    text_rules.long_area_names,
    text_rules.long_answers,
    text_rules.too_long_for_a_channel,
    text_rules.long_unread,
    text_rules.unmarked_translations,
    wording_rules.long_sentences,
    wording_rules.german_left,
    wording_rules.plain_links,
    wording_rules.invisible_marks,
    question_rules.without_questions,
    question_rules.few_examples,
    question_rules.few_tests,
    question_rules.shared_questions,
    question_rules.repeated_questions,
    question_rules.framed_questions,
)
# They read every letter, or compare every question with every other: after a change only in its languages.
THOROUGH: tuple[Rule, ...] = (
    text_rules.long_answers,
    text_rules.too_long_for_a_channel,
    wording_rules.long_sentences,
    wording_rules.german_left,
    question_rules.shared_questions,
    question_rules.repeated_questions,
    question_rules.framed_questions,
)


def refused(reading: Reading, folder: Path, today: date) -> tuple[Problem, ...]:
    """Return the errors of what could be read, such as a telephone number that nobody has."""
    if reading.legible is None:
        return ()
    subject = Subject(reading.legible, Marks(folder.resolve().name, reading.marks), {}, today)
    return tuple(sorted(problem for rule in REFUSING for problem in rule(subject)))


def check(
    knowledge: Knowledge,
    folder: Path,
    capabilities: Mapping[str, Capabilities],
    today: date,
    asking: Asking | None = None,
) -> list[Problem]:
    """Return what an editor should look at, by file and line; `folder` is where `knowledge` was loaded from.

    capabilities: a channel's name -> what it can show. `today` decides what was checked too long ago. `asking`
    are the test questions. If the files have changed since and cannot be read any more, these errors are
    returned instead.
    """
    reading = read(folder)
    if reading.knowledge is None:
        return list(reading.problems)
    marks = Marks(folder.resolve().name, reading.marks)
    subject = Subject(knowledge, marks, capabilities, today, asking)
    found = {problem for rule in RULES for problem in rule(subject)}
    return sorted(found | set(reading.problems))


def of_files(
    reading: Reading,
    folder: Path,
    capabilities: Mapping[str, Capabilities],
    today: date,
    files: Collection[str],
) -> list[Problem]:
    """Return what `check` says of these files (names below the folder, "de/police.md"), quickly.

    `reading` may be of files that are not written yet.
    """
    named = {f"{folder.resolve().name}/{name}" for name in files}
    found = set(reading.problems)
    if reading.knowledge is not None:
        marks = Marks(folder.resolve().name, reading.marks)
        whole = Subject(reading.knowledge, marks, capabilities, today)
        languages = {name.split("/")[0] for name in files if "/" in name}
        narrow = replace(whole, knowledge=_only(reading.knowledge, languages))
        for rule in RULES:
            found |= set(rule(narrow if rule in THOROUGH else whole))
    return sorted(problem for problem in found if problem.file in named)


def _only(knowledge: Knowledge, languages: Collection[str]) -> Knowledge:
    """Return the knowledge as if nothing were written in other languages."""
    entries = {
        id: replace(entry, texts={code: text for code, text in entry.texts.items() if code in languages})
        for id, entry in knowledge.entries.items()
    }
    return replace(knowledge, entries=entries)
