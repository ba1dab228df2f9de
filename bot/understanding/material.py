"""What is learned from: editors' example questions, and the lines that mean no entry, each with what it means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.i18n import Words
from bot.knowledge.model import Entry, Knowledge
from bot.understanding.pages import parts

# What a message may mean besides an entry; no entry's id has these signs.
A_PERSON = "~person"
OUTSIDE = "~outside"
SMALLTALK = "~"  # followed by the kind


@dataclass(frozen=True, slots=True)
class Example:
    """A text that somebody may write. meaning: an entry or one of the above."""

    text: str
    language: str
    meaning: str


def examples(knowledge: Knowledge, words: Mapping[str, Words]) -> tuple[Example, ...]:
    """Return everything to learn from, in an order that depends on nothing but the files."""
    found = [example for entry in knowledge.entries.values() for example in _of(entry)]
    for language, told in words.items():
        found += [
            Example(line, language, f"{SMALLTALK}{kind}")
            for kind, lines in told.smalltalk.items()
            for line in lines
        ]
        found += [Example(line, language, A_PERSON) for line in told.human]
        found += [Example(line, language, OUTSIDE) for line in told.outside]
    return tuple(found)


def _of(entry: Entry) -> list[Example]:
    """Return an entry's example questions; the titles of one that has none, as a page of another site."""
    asked = [
        Example(question, language, entry.id)
        for language, text in entry.texts.items()
        for question in text.questions
    ]
    titles = [
        Example(text.title, language, entry.id)
        for language, text in entry.texts.items()
        if text.title and text.body
    ]
    return asked or titles


def page_parts(knowledge: Knowledge) -> tuple[Example, ...]:
    """Return title and parts of all pages, which are what has no example questions: they are found by these."""
    return tuple(
        Example(part, language, entry.id)
        for entry in knowledge.entries.values()
        if not any(text.questions for text in entry.texts.values())
        for language, text in entry.texts.items()
        if text.title and text.body
        for part in parts(text.title, text.body)
    )


def source_of(knowledge: Knowledge, words: Mapping[str, Words]) -> str:
    """Return the fingerprint of everything that is learned from."""
    return fingerprint((*examples(knowledge, words), *page_parts(knowledge)))


def fingerprint(told: Iterable[Example]) -> str:
    """Return a short hash of what is learned from."""
    digest = sha256()
    for example in told:
        digest.update(
            f"{example.meaning}\0{example.language}\0{example.text}\n".encode("utf-8", "surrogatepass")
        )
    return digest.hexdigest()[:16]
