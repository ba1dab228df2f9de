"""Rules for texts: translations that lag or miss, lengths, when they were last read."""

from collections.abc import Iterator

from bot.domain.capabilities import Capabilities, units
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE
from bot.knowledge.problem import Problem
from bot.knowledge.subject import COMPLETE, SOON, Subject

BODY = 700  # characters: what is read on a phone without scrolling twice
SHORT = 24  # UTF-16 units: WhatsApp's limit for a row in a list
READ_WITHIN = 365  # days until somebody must read an answer again with a critical eye


def lagging(subject: Subject) -> Iterator[Problem]:
    """Texts that are of another revision than entries.yaml says."""
    for entry, language, text in subject.answers():
        path = ("texts", language, entry.id, "revision")
        if text.revision > entry.revision:
            message = (
                f"Stand {text.revision} ist neuer als in entries.yaml ({entry.revision}). Gleichen Sie"
                " beide an."
            )
            yield subject.warning(message, *path)
        elif text.revision < entry.revision:
            yield subject.warning(
                f"Der Text hat Stand {text.revision}, aktuell ist {entry.revision}. Vergleichen Sie ihn"
                " mit dem"
                f' deutschen Text und setzen Sie dann revision: "{entry.revision}".',
                *path,
            )


def untranslated(subject: Subject) -> Iterator[Problem]:
    """Required entries without an answer in one of the languages that are kept complete."""
    for entry in subject.knowledge.entries.values():
        missing = [
            code for code in _complete(subject) if not (code in entry.texts and entry.texts[code].body)
        ]
        if missing and entry.importance == "required":
            message = (
                f"Zu '{entry.id}' fehlt die Antwort in: {', '.join(missing)}. Die Rückfallsprache wird"
                " gezeigt."
            )
            yield subject.warning(message, "entries", entry.id)


def cards_untranslated(subject: Subject) -> Iterator[Problem]:
    """Emergency cards that miss one of the languages."""
    for card in subject.knowledge.crisis.values():
        missing = [code for code in subject.knowledge.languages if code not in card.cards]
        if missing:
            message = f"Die Notfallkarte '{card.entry}' fehlt in: {', '.join(missing)}."
            yield subject.warning(message, "crisis", card.entry, "cards")


def areas_unnamed(subject: Subject) -> Iterator[Problem]:
    """Areas without a name in one of the languages that are kept complete."""
    for area, names in subject.knowledge.areas.items():
        missing = [code for code in _complete(subject) if code not in names]
        if missing:
            yield subject.warning(
                f"Der Name des Bereichs '{area}' fehlt in: {', '.join(missing)}.", "areas", area
            )


def shared_ranks(subject: Subject) -> Iterator[Problem]:
    """Emergency cards of the same rank: which one wins would be chance."""
    first: dict[int, str] = {}
    for card in subject.knowledge.crisis.values():
        if card.rank in first:
            message = (
                f"Rang {card.rank} hat schon '{first[card.rank]}'. Geben Sie jeder Karte einen eigenen Rang."
            )
            yield subject.warning(message, "crisis", card.entry, "rank")
        first.setdefault(card.rank, card.entry)


def long_titles(subject: Subject) -> Iterator[Problem]:
    """Short titles that a button cannot hold."""
    for entry, language, text in subject.texts():
        length = units(text.short)
        if length > SHORT:
            yield subject.warning(
                f"'short' hat {length} Zeichen, erlaubt sind {SHORT}. Kürzen Sie den Text.",
                "texts",
                language,
                entry.id,
                "short",
            )


def long_area_names(subject: Subject) -> Iterator[Problem]:
    """Names of areas that a button cannot hold; those of an imported region are as its site has them."""
    own = {entry.area for entry in subject.knowledge.entries.values() if entry.kind != PAGE}
    for area, names in subject.knowledge.areas.items():
        for language, name in names.items():
            if area in own and units(name) > SHORT:
                message = (
                    f"Der Name '{name}' hat {units(name)} Zeichen, erlaubt sind {SHORT}. Kürzen Sie den Text."
                )
                yield subject.warning(message, "areas", area, language)


def long_answers(subject: Subject) -> Iterator[Problem]:
    """Answers that nobody reads to the end."""
    for entry, language, text in subject.written():
        length = len(subject.shown(text.body, language))
        if length > BODY:
            yield subject.warning(
                f"Die Antwort hat {length} Zeichen, erlaubt sind {BODY}. Kürzen oder teilen Sie sie.",
                "texts",
                language,
                entry.id,
                "body",
            )


def too_long_for_a_channel(subject: Subject) -> Iterator[Problem]:
    """Texts that a channel can only send in pieces."""
    shown = [
        (("texts", language, entry.id, "body"), subject.shown(text.body, language))
        for entry, language, text in subject.written()
    ]
    shown += [
        (("crisis", card.entry, "cards", language), subject.shown(text, language))
        for card in subject.knowledge.crisis.values()
        for language, text in card.cards.items()
    ]
    for path, text in shown:
        for channel, capabilities in subject.capabilities.items():
            limit = _limit(capabilities)
            if limit is not None and units(text) > limit:
                message = (
                    f"Der Text hat {units(text)} Zeichen, in {channel} passen {limit} in eine Nachricht."
                    " Kürzen Sie ihn."
                )
                yield subject.warning(message, *path)


def long_unread(subject: Subject) -> Iterator[Problem]:
    """Answers that nobody has read critically for too long, or soon: laws change."""
    for entry in subject.knowledge.entries.values():
        if entry.kind == PAGE:  # its site looks after it
            continue
        path = ("entries", entry.id, "reviewed")
        left = READ_WITHIN - subject.age(entry.reviewed)
        if left < 0:
            yield subject.warning(
                f"Die Antwort wurde zuletzt vor {subject.age(entry.reviewed)} Tagen durchgesehen. Lesen Sie"
                " sie, ob noch alles stimmt, und tragen Sie dann das Datum von heute ein.",
                *path,
            )
        elif left <= SOON:
            yield subject.warning(
                f"Die Antwort muss in {left} Tagen wieder durchgesehen werden: Stimmt noch alles?", *path
            )


def unmarked_translations(subject: Subject) -> Iterator[Problem]:
    """Translations that do not say whether a person has checked them."""
    for entry, language, _ in subject.written():
        if language != GERMAN and ("texts", language, entry.id, "translation") not in subject.marks.held:
            yield subject.warning(
                "Die Angabe 'translation' fehlt. Schreiben Sie 'translation: machine', solange niemand die"
                " Übersetzung geprüft hat, sonst 'translation: checked'.",
                "texts",
                language,
                entry.id,
            )


def _complete(subject: Subject) -> list[str]:
    """Return the languages that are kept complete, as far as this folder offers them."""
    return [code for code in COMPLETE if code in subject.knowledge.languages]


def _limit(capabilities: Capabilities) -> int | None:
    limits = [limit for limit in (capabilities.text, capabilities.text_with_buttons) if limit is not None]
    return min(limits) if limits else None
