"""Ready answers: what the knowledge says, found in the language of the staff, sent in the newcomer's."""

from dataclasses import dataclass

from bot.knowledge.fill import fill
from bot.knowledge.model import ANSWER, Entry
from bot.markup import to_plain
from bot.staff.web.words import Words
from bot.understanding.normalise import fold

MOST = 8
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """One to choose: title and `read` in the language of the staff, `text` in `language`, which the newcomer gets."""

    entry: str
    title: str
    read: str
    text: str
    language: str
    machine: bool


def answers(words: Words, search: str, language: str) -> list[Answer]:
    """Return the answers that a search finds, those whose title has the words first."""
    wanted = fold(search.strip().removeprefix("::")).split()
    if sum(map(len, wanted)) < LEAST_LETTERS:
        return []
    found = []
    for entry in words.knowledge.entries.values():
        rank = _rank(words, entry, wanted)
        if rank and (answer := answer_of(words, entry.id, language)):
            found.append((rank, answer.title, answer))
    return [answer for _, _, answer in sorted(found, key=lambda one: one[:2])[:MOST]]


def answer_of(words: Words, entry: str, language: str) -> Answer | None:
    """Return an entry as an answer in the newcomer's language, or the next one of their chain."""
    read = words.knowledge.text(entry, words.texts.language) if entry in words.knowledge.entries else None
    given = words.knowledge.text(entry, language) if read else None
    if read is None or given is None:
        return None
    read_in, given_in = read[0], given[0]
    return Answer(
        entry,
        read[1].title,
        to_plain(fill(read[1].body, words.knowledge, read_in)),
        fill(given[1].body, words.knowledge, given_in),
        given_in,
        given[1].machine,
    )


def _rank(words: Words, entry: Entry, wanted: list[str]) -> int:
    """Return how well an entry fits, 1 best; 0 not at all."""
    text = words.knowledge.text(entry.id, words.texts.language) if entry.kind == ANSWER else None
    if text is None:
        return 0
    places = (text[1].title, f"{entry.id} {text[1].short}", " ".join(text[1].questions), text[1].body)
    folded = [fold(place) for place in places]
    return next((rank for rank, place in enumerate(folded, 1) if all(word in place for word in wanted)), 0)
