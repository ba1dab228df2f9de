"""Browsing and related matters in narrow and wide channels, and what they leave in the conversation."""

from dataclasses import replace

import pytest

from bot.app import CAPABILITIES
from bot.dialogue.turn import Record
from bot.domain.capabilities import Capabilities
from bot.service.mind import Mind
from tests.test_dialogue import GERMAN, said

IN_TOWN = replace(GERMAN, town="duelmen")
WHATSAPP = CAPABILITIES["whatsapp"]


def ids(mind: Mind, choice: str, capabilities: Capabilities) -> list[str]:
    _, messages, _ = said(mind, GERMAN, choice=choice, capabilities=capabilities)
    return [button.id for button in messages[-1].choices]


def areas_of(mind: Mind) -> list[str]:
    return list(mind.world.knowledge.areas)


@pytest.mark.parametrize("channel", CAPABILITIES)
def test_every_matter_is_reached_from_the_topics(mind: Mind, channel: str) -> None:
    """Page by page, in a list of ten rows as in a wide chat: nothing is lost and nothing shown twice."""
    capabilities = CAPABILITIES[channel]
    assert ids(mind, "cmd:browse", capabilities) == [f"area:{area}" for area in areas_of(mind)]
    found: list[str] = []
    for area in areas_of(mind):
        seen, page = [f"area:{area}"], f"area:{area}"
        while True:
            shown = ids(mind, page, capabilities)
            assert len(shown) <= max(capabilities.buttons or 100, capabilities.list_rows)
            assert shown[-1] == "cmd:browse"
            found += [id.removeprefix("entry:") for id in shown if id.startswith("entry:")]
            page = next((id for id in shown if id.startswith("area:")), "")
            if page in ("", f"area:{area}:1"):
                break
            assert page not in seen
            seen.append(page)
    assert sorted(found) == sorted(mind.world.knowledge.entries)


def test_a_wide_channel_shows_an_area_whole(mind: Mind) -> None:
    entries = [entry.id for entry in mind.world.knowledge.entries.values() if entry.area == "german-courses"]
    assert ids(mind, "area:german-courses", CAPABILITIES["web"]) == [
        *(f"entry:{entry}" for entry in entries),
        "cmd:browse",
    ]


def test_a_narrow_list_shows_the_short_titles(mind: Mind) -> None:
    _, messages, _ = said(mind, GERMAN, choice="area:arrival-and-papers", capabilities=WHATSAPP)
    known = mind.world.knowledge.entries["register-address"].texts["de"]
    assert known.short in [button.label for button in messages[-1].choices]


@pytest.mark.parametrize(
    "choice", ["area:", "area:x", "area:emergency:x", "area:emergency:999", "areas:x", "areas:9"]
)
def test_malformed_buttons_lead_somewhere(mind: Mind, choice: str) -> None:
    _, messages, _ = said(mind, GERMAN, choice=choice, capabilities=WHATSAPP)
    assert messages[-1].choices


def test_browsing_is_counted_by_topic_and_forgets_the_question_before(mind: Mind) -> None:
    """Who then says "does not help" must not be offered to pass on an old question."""
    asked_before = replace(GERMAN, last_question="Wo ist das Rathaus?")
    memory, _, effects = said(mind, asked_before, choice="area:emergency")
    assert effects == [Record("browsed", detail="emergency")]
    assert memory.last_question == ""
    _, _, effects = said(mind, asked_before, choice="area:<script>")
    assert effects == []


def test_two_related_matters_stand_under_an_answer(mind: Mind) -> None:
    related = mind.world.knowledge.entries["register-address"].related
    assert len(related) >= 2
    for name in ("web", "telegram", "console"):
        _, messages, _ = said(mind, IN_TOWN, choice="entry:register-address", capabilities=CAPABILITIES[name])
        shown = [button.id for button in messages[-1].choices]
        assert shown[3:] == [*(f"entry:{id}" for id in related[:2]), "wrong:register-address"]


def test_they_are_left_out_where_there_is_no_room(mind: Mind) -> None:
    """WhatsApp has three buttons: they are for the feedback."""
    _, messages, _ = said(mind, IN_TOWN, choice="entry:register-address", capabilities=WHATSAPP)
    assert [button.id for button in messages[-1].choices] == [
        "helped:register-address",
        "nohelp:register-address",
        "person",
    ]


def test_a_topics_name_is_shown_as_it_is(mind: Mind) -> None:
    """An asterisk in a name is no mark."""
    known = mind.world.knowledge
    areas = {**known.areas, "emergency": {"de": "Notfall *jetzt*"}}
    starred = replace(mind, world=replace(mind.world, knowledge=replace(known, areas=areas)))
    _, messages, _ = said(starred, GERMAN, choice="area:emergency")
    assert messages[-1].text.startswith(r"**Notfall \*jetzt\*:**")
