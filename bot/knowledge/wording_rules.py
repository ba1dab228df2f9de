"""Rules for the words of a text: short sentences, no German left in a translation, safe links, no hidden marks."""

import re
from collections.abc import Iterator

from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Text
from bot.knowledge.problem import Problem
from bot.knowledge.subject import Subject

SENTENCE = 25  # words; plain language recommends about 15
SENTENCE_END = re.compile(r"(?<=[.!?:؟።])\s+|\n+")
BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PLAIN_LINK = re.compile(r"http://\S+")
# A translation explains German office words in brackets, quotation marks or bold: there they are wanted.
QUOTED = re.compile(
    r"\([^()]*\)|\*\*[^*]*\*\*|„[^“”]*[“”]|“[^”]*”|\"[^\"]*\"|«[^»]*»|\{[^{}]*\}|\]\([^()]*\)"
)
# Words that make German sentences; a name has one or two of them ("Beratung für Frauen"), a sentence more.
GERMAN_WORDS = (
    "aber auch auf aus bei beim bitte das dann dem den der die durch ein eine einem einen einer für gehen haben"
    " hat ich ihnen ihr ihre ihren ihrer im immer ist kann kein keine können mit müssen nach nicht noch nur oder"
    " ob rufen schreiben sich sie sind sowie über und vom von vor wenn werden wer wie wird wo zu zum zur"
)
GERMAN_SENTENCE = 3  # of these words in one sentence


def long_sentences(subject: Subject) -> Iterator[Problem]:
    """Sentences that are hard to read, in whatever language."""
    for entry, language, text in subject.written():
        for sentence in SENTENCE_END.split(subject.shown(text.body, language)):
            words = len(sentence.split())
            if words > SENTENCE:
                message = (
                    f"Ein Satz hat {words} Wörter: '{_start(sentence)} …'. Teilen Sie ihn, höchstens"
                    f" {SENTENCE}."
                )
                yield subject.warning(message, "texts", language, entry.id, "body")


def german_left(subject: Subject) -> Iterator[Problem]:
    """German sentences that somebody forgot to translate; office words in brackets are wanted."""
    german = frozenset(GERMAN_WORDS.split())
    texts = [
        (("texts", language, entry.id, "body"), language, text.body)
        for entry, language, text in subject.written()
    ]
    texts += [
        (("crisis", card.entry, "cards", language), language, words)
        for card in subject.knowledge.crisis.values()
        for language, words in card.cards.items()
    ]
    texts += [
        (("places", place.id, "note", language), language, note)
        for place in subject.knowledge.places.values()
        for language, note in place.note.items()
    ]
    for path, language, text in texts:
        for sentence in SENTENCE_END.split(QUOTED.sub(" ", text)) if language != GERMAN else ():
            words = re.findall(r"[^\W\d_]+", sentence.lower())
            if sum(word in german for word in words) >= GERMAN_SENTENCE:
                message = (
                    f"Hier steht noch Deutsch: '{_start(sentence)} …'. Übersetzen Sie den Satz; nur Namen von"
                    " Ämtern und Papieren bleiben deutsch, in Klammern."
                )
                yield subject.warning(message, *path)


def plain_links(subject: Subject) -> Iterator[Problem]:
    """Addresses in a text that begin with http: they are shown, but nobody can tap them."""
    for entry, language, text in subject.written():
        for address in PLAIN_LINK.findall(text.body):
            yield subject.warning(
                f"Die Adresse '{address}' beginnt nicht mit https://. Nur sichere Adressen werden als Link"
                " gezeigt.",
                "texts",
                language,
                entry.id,
                "body",
            )


def invisible_marks(subject: Subject) -> Iterator[Problem]:
    """Direction marks: the program sets its own, and strange ones can make a text read as something else."""
    for entry, language, text in subject.texts():
        if BIDI.search("".join(_all(text))):
            yield subject.warning(
                "Der Text enthält unsichtbare Zeichen für die Schreibrichtung, meist aus einer"
                " Textverarbeitung kopiert. Fügen Sie ihn noch einmal als reinen Text ein.",
                "texts",
                language,
                entry.id,
            )
    for card in subject.knowledge.crisis.values():
        for language, words in card.cards.items():
            if BIDI.search(words):
                message = (
                    "Die Karte enthält unsichtbare Zeichen für die Schreibrichtung. Schreiben Sie sie neu."
                )
                yield subject.warning(message, "crisis", card.entry, "cards", language)


def _all(text: Text) -> tuple[str, ...]:
    return (text.title, text.short, text.body, *text.questions)


def _start(sentence: str) -> str:
    return " ".join(sentence.split()[:6])
