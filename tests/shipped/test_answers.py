"""Every answer in every language as every channel shows it: within its limits, every value in its isolate."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import chain

import pytest

from bot.app import CAPABILITIES
from bot.dialogue import browse
from bot.dialogue.fit import fitted
from bot.dialogue.turn import Scene, Turn
from bot.dialogue.welcome import Operator
from bot.dialogue.world import World
from bot.domain.capabilities import Capabilities, units
from bot.domain.conversation import Conversation
from bot.domain.message import Choice, Outbound
from bot.i18n import FSI, LRI, PDI, read_locales
from bot.knowledge.files import load
from bot.markup import to_html, to_plain
from bot.service.preview import preview
from bot.telegram.render import LONGEST, messages
from bot.understanding.result import Decision, Understood
from tests.shipped.facts import KNOWLEDGE, LOCALES

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday, 10:00 in Berlin
TOWNS = ("", "duelmen", "ascheberg", "rosendahl")  # with much, little and nothing known
PAGES = 4  # more than the largest topic has on the narrowest channel
CHOICE_ID = 64  # bytes: Telegram's limit for callback data
LANGUAGES = sorted(path.name for path in KNOWLEDGE.iterdir() if path.is_dir())
ISOLATED = re.compile(f"[{FSI}{LRI}][^{FSI}{LRI}{PDI}]*{PDI}")
# What prints in another order in a right-to-left text: numbers with blanks or dashes, e-mail and web addresses.
LOOSE = re.compile(r"\d[\d/-]*[ /-]+\d[\d /-]*|\S+@\S+|\b(?:[a-z-]+\.)+(?:de|org)\b|\+\d+")


@cache
def world() -> World:
    return World(load(KNOWLEDGE), read_locales(LOCALES), Operator(), 30)


def shown(language: str, channel: str) -> Iterator[tuple[str, Outbound]]:
    """Yield where it is and every message that the answers make in a language on a channel."""
    for entry in world().knowledge.entries:
        for town in TOWNS:
            for message in preview(world(), entry, language, town, channel, CAPABILITIES[channel], NOW):
                yield f"{entry} in {town or 'no town'}", message


def browsed(language: str, channel: str) -> Iterator[tuple[str, Outbound]]:
    """Yield every page of the topics and of each topic's matters."""
    understood = Understood(language, None, Decision.HANDOFF)
    memory = Conversation(greeted=True, language=language, language_chosen=True)
    for area in ("", *world().knowledge.areas):
        for page in range(1, PAGES + 1):
            turn = Turn(NOW, channel, CAPABILITIES[channel], understood, choice=f"area:{area}:{page}")
            scene = Scene(turn, memory, world(), language)
            response = browse.matters(scene, area, page) if area else browse.areas(scene, page)
            for step in response.steps:
                if isinstance(step, Outbound):
                    for message in fitted(step, CAPABILITIES[channel], world()):
                        yield f"{area or 'topics'}, page {page}", message


def whole(message: Outbound) -> str:
    return f"{message.text}\n\n{message.footnote}" if message.footnote else message.text


def room_of(capabilities: Capabilities, choices: tuple[Choice, ...]) -> tuple[int | None, int | None]:
    """Return how many choices may stand together, and the longest label."""
    if capabilities.shows_list([choice.label for choice in choices]):
        return capabilities.list_rows, capabilities.row_label
    return capabilities.buttons, capabilities.button_label


@pytest.mark.parametrize("channel", CAPABILITIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_keep_the_limits_of_the_channel(language: str, channel: str) -> None:
    capabilities = CAPABILITIES[channel]
    faults = []
    for where, message in chain(shown(language, channel), browsed(language, channel)):
        limit = capabilities.text_with_buttons if message.choices else capabilities.text
        if limit is not None and units(whole(message)) > limit:
            faults.append(f"{where}: {units(whole(message))} units")
        most, longest = room_of(capabilities, message.choices)
        if most is not None and len(message.choices) > most:
            faults.append(f"{where}: {len(message.choices)} buttons")
        for choice in message.choices:
            if longest is not None and units(choice.label) > longest:
                faults.append(f"{where}: {choice.label}")
            if not choice.label.strip() or len(choice.id.encode()) > CHOICE_ID:
                faults.append(f"{where}: {choice}")
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_whole_on_telegram(language: str) -> None:
    """As Telegram is sent them, marks of direction and spelt-out links among the length."""
    rtl = world().knowledge.languages
    for where, message in shown(language, "telegram"):
        for html in messages(message.text, message.footnote, rtl[message.language].rtl):
            assert units(re.sub(r"<[^>]*>", "", html)) <= LONGEST, where
            assert "**" not in html, where


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_label_is_not_cut(language: str) -> None:
    """On the narrowest channel: an editor's title that is too long would end in dots."""
    cut = {
        choice.label
        for _, message in chain(shown(language, "whatsapp"), browsed(language, "whatsapp"))
        for choice in message.choices
        if choice.label.endswith("…")
    } - {world().texts(language).say("button.more")}
    assert cut == set()


RIGHT_TO_LEFT = [code for code in LANGUAGES if world().knowledge.languages[code].rtl]


@pytest.mark.parametrize("channel", CAPABILITIES)
@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_every_value_in_a_right_to_left_text_is_isolated(language: str, channel: str) -> None:
    faults = []
    for where, message in shown(language, channel):
        for text in (message.text, message.footnote):
            plain = to_plain(text)
            loose = LOOSE.findall(ISOLATED.sub(" ", plain))
            if loose:
                faults.append(f"{where}: {loose}")
            for line in plain.split("\n"):
                if line.count(FSI) + line.count(LRI) != line.count(PDI):
                    faults.append(f"{where}: {line!r}")
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_left_to_right_text_has_no_marks_of_direction(language: str) -> None:
    for where, message in shown(language, "web"):
        if not world().knowledge.languages[message.language].rtl:
            assert not re.search(f"[{FSI}{LRI}{PDI}]", whole(message)), where
            assert 'dir="rtl"' not in to_html(message.text, rtl=False), where
