"""Turns that whole conversations do not reach: messengers without a welcome, paging, an open ticket, town and hours."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.app import CAPABILITIES
from bot.channels.web.channel import STATIC
from bot.channels.web.pages import ICONS
from bot.dialogue.contacts import contact_lines
from bot.dialogue.respond import respond, set_scene
from bot.dialogue.turn import AddToTicket, Effect, NoteWrong, OpenTicket, Record, Turn
from bot.domain.capabilities import Capabilities
from bot.domain.conversation import Asked, Conversation
from bot.domain.course import Course
from bot.domain.message import Outbound
from bot.domain.ticket import Ticket
from bot.knowledge.model import Place, Source
from bot.markup import to_html
from bot.service.mind import Mind
from bot.telegram import keyboard
from bot.understanding.result import Candidate, Decision, Guess, Understood
from tests.courses.people import listed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday, 10:00 in Berlin
GERMAN = Conversation(greeted=True, language="de", language_chosen=True)
NOTHING = Understood("de", None, Decision.HANDOFF)


def said(
    mind: Mind,
    memory: Conversation,
    understood: Understood = NOTHING,
    capabilities: Capabilities | None = None,
    **turn: object,
) -> tuple[Conversation, list[Outbound], list[Effect]]:
    """Hold one turn; return the conversation after it, what was said, and the effects."""
    made = Turn(NOW, "test", capabilities or Capabilities(), understood, **turn)  # type: ignore[arg-type]
    response = respond(set_scene(made, memory, mind.world))
    messages = [step for step in response.steps if isinstance(step, Outbound)]
    effects = [step for step in response.steps if not isinstance(step, Outbound)]
    return response.memory, messages, effects


def test_messengers_are_welcomed_once_with_who_runs_the_bot(mind: Mind) -> None:
    """The first words say: a program, a test installation; the answer follows."""
    memory, messages, _ = said(mind, Conversation(), choice="cmd:help", language_hint="ar-SY")
    assert [message.kind for message in messages] == ["welcome", "notice"]
    assert messages[0].language == "ar"
    assert mind.world.texts("ar").say("welcome.test") in messages[0].text
    assert [choice.id for choice in messages[0].choices] == [f"lang:{code}" for code in mind.world.offered]
    _, messages, _ = said(mind, memory, choice="cmd:help")
    assert [message.kind for message in messages] == ["notice"]


@pytest.mark.parametrize("what", [{"start": "uk_senden_bus"}, {"choice": "cmd:start"}])
def test_the_welcome_offers_as_many_languages_as_the_channel_can_show(
    mind: Mind, what: dict[str, str]
) -> None:
    """A list of WhatsApp has ten rows; the last one leads to the other languages."""
    _, (first,), _ = said(mind, Conversation(), capabilities=CAPABILITIES["whatsapp"], **what)
    assert len(mind.world.offered) > 10
    assert [choice.id for choice in first.choices] == [
        *(f"lang:{code}" for code in mind.world.offered[:9]),
        "langs:2",
    ]
    greeted = replace(GERMAN, language="")
    _, (again,), _ = said(mind, greeted, capabilities=CAPABILITIES["whatsapp"], choice="cmd:start")
    assert len(again.choices) == 10


@pytest.mark.parametrize("what", [{"start": "uk_senden_bus"}, {"choice": "cmd:start"}])
def test_a_bare_start_gets_the_welcome_and_nothing_else(mind: Mind, what: dict[str, str]) -> None:
    """Telegram sends /start first; one message is enough."""
    _, messages, _ = said(mind, Conversation(), **what)
    assert [message.kind for message in messages] == ["welcome"]


def test_a_greeting_as_first_words_gets_the_welcome_only(mind: Mind) -> None:
    """Two greetings would be one too many."""
    hello = Understood("de", None, Decision.SMALLTALK, smalltalk="hello")
    _, messages, _ = said(mind, Conversation(), hello, text="Hallo")
    assert [message.kind for message in messages] == ["welcome"]


def test_start_again_shows_the_welcome_again(mind: Mind) -> None:
    """Whoever presses start wants to begin anew."""
    _, messages, _ = said(mind, GERMAN, choice="cmd:start")
    assert [message.kind for message in messages] == ["welcome"]


def test_a_start_link_is_counted_by_its_source(mind: Mind) -> None:
    """Statistics know the poster, not the person; hostile parts are dropped."""
    memory, _, effects = said(mind, Conversation(), start="ar_duelmen_poster1")
    assert (memory.language, memory.town, memory.source) == ("ar", "duelmen", "poster1")
    assert Record("started", detail="poster1") in effects
    memory, _, _ = said(mind, Conversation(), start="xx_<script>_../../etc")
    assert (memory.language, memory.town, memory.source) == ("de", "", "xx")
    memory, _, _ = said(mind, Conversation(), start="ar_fatima-0170-1234567")
    assert memory.source == ""


def test_every_word_that_always_works_has_its_icon_in_each_channel(mind: Mind) -> None:
    """An icon that the page does not know was shown as its English name."""
    _, (helped,), _ = said(mind, GERMAN, choice="cmd:help")
    named = {choice.icon for choice in helped.choices}
    drawn = set(re.findall(r'<symbol [^>]*id="(\w+)"', (STATIC / "icons.svg").read_text("utf-8")))
    assert named <= ICONS <= drawn
    assert named <= keyboard.ICONS.keys()


def test_who_is_beaten_can_delete_the_chat_with_the_next_press(mind: Mind) -> None:
    """The card says to delete it, lest the phone is read; the other cards have nothing to hide."""
    for entry in mind.world.knowledge.crisis:
        _, (shown,), _ = said(mind, GERMAN, choice=f"entry:{entry}")
        assert shown.kind == "crisis", entry
        assert ("cmd:forget_me" in [choice.id for choice in shown.choices]) is (entry == "violence-help")


def test_towns_are_paged_where_a_list_has_ten_rows(mind: Mind) -> None:
    """Twelve choices do not fit on WhatsApp: the last row leads on, and back from the end."""
    whatsapp = CAPABILITIES["whatsapp"]
    _, messages, _ = said(mind, GERMAN, choice="cmd:town", capabilities=whatsapp)
    first = [choice.id for choice in messages[-1].choices]
    assert len(first) == 10
    assert first[-1] == "towns:2"
    _, messages, _ = said(mind, GERMAN, choice="towns:2", capabilities=whatsapp)
    second = [choice.id for choice in messages[-1].choices]
    assert second[-2:] == ["town:elsewhere", "towns:1"]
    assert len({*first[:-1], *second[:-1]}) == len(mind.world.knowledge.towns) + 1


@pytest.mark.parametrize(
    "choice",
    [
        "towns:999",
        "towns:x",
        "langs:-1",
        "add:",
        "erase:",
        "handoff:maybe",
        ":",
        "::",
        "reg:x",
        "bot:x",
        "rate:1:maybe",
        "add:77",
        "done:x",
    ],
)
def test_malformed_buttons_never_fail(mind: Mind, choice: str) -> None:
    """Anything may come in as a button's id."""
    _, messages, _ = said(mind, GERMAN, choice=choice)
    assert messages


def test_a_forged_button_writes_nothing_into_the_statistics(mind: Mind) -> None:
    """Only ids we know are counted."""
    _, _, effects = said(mind, GERMAN, choice="helped:my name is Amina")
    assert effects == [Record("helped", "")]


def test_changing_the_language_repeats_the_last_answer_in_it(mind: Mind) -> None:
    """Who cannot read an answer changes the language and wants that answer."""
    memory = replace(GERMAN, last_entry="german-courses")
    after, messages, _ = said(mind, memory, choice="lang:ar")
    assert after.language == "ar"
    assert [message.kind for message in messages] == ["notice", "answer", "question"]
    assert messages[1].language == "ar"
    assert messages[1].machine_translated


def test_an_answer_that_is_missing_in_a_language_falls_back_and_says_so(mind: Mind) -> None:
    """French has no answers yet: English, and all around it French, which says that it is English."""
    texts = mind.world.texts("fr")
    memory = replace(GERMAN, language="fr", town="duelmen")
    _, messages, _ = said(mind, memory, choice="entry:vhs-by-town")
    (shown,) = messages
    assert (shown.language, shown.frame) == ("en", "fr")
    assert shown.lead == texts.say("answer.other_language", language="anglais")
    assert texts.say("contacts.for_town", town="Dülmen") in shown.tail
    assert texts.say("answer.machine") in shown.footnote
    assert shown.choices[0].label == texts.say("button.helped")
    assert shown.words == f"{shown.lead}\n\n{shown.text}\n\n{shown.tail}"


def test_what_can_be_chosen_is_named_in_the_readers_language_before_it_has_answers(mind: Mind) -> None:
    """Who cannot read English could not choose among English titles."""
    for capabilities, title in ((None, "Hapat e parë"), (CAPABILITIES["whatsapp"], "Shkolla nga mosha 16")):
        entry = "vocational-school" if capabilities else "first-steps"
        unsure = Understood("sq", None, Decision.CHOOSE, candidates=(Candidate(entry, 0.4),))
        memory = replace(GERMAN, language="sq")
        _, (asked,), _ = said(mind, memory, unsure, capabilities, text="diçka")
        assert asked.choices[0].label == title


def test_an_answer_in_ones_own_language_has_no_frame(mind: Mind) -> None:
    """Nothing to say about languages: one text in one language."""
    memory = replace(GERMAN, language="ar", town="duelmen")
    _, (shown,), _ = said(mind, memory, choice="entry:vhs-by-town")
    assert (shown.lead, shown.tail, shown.frame) == ("", "", "")
    assert mind.world.texts("ar").say("contacts.for_town", town="Dülmen") in shown.text


def test_an_answer_that_runs_the_other_way_is_a_message_of_its_own(mind: Mind) -> None:
    """Without a Persian answer a Pashto reader gets English: lines of both directions never share a message."""
    entry = mind.world.knowledge.entries["vhs-by-town"]
    entry = replace(entry, texts={code: text for code, text in entry.texts.items() if code in ("de", "en")})
    knowledge = replace(mind.world.knowledge, entries={**mind.world.knowledge.entries, "vhs-by-town": entry})
    world = replace(mind.world, knowledge=knowledge)
    memory = replace(GERMAN, language="ps", town="duelmen")
    _, messages, _ = said(replace(mind, world=world), memory, choice="entry:vhs-by-town")
    notice, shown = messages
    assert notice.language == world.texts("ps").language
    assert world.texts("ps").rtl
    assert not re.search("[\u0600-\u06ff]", shown.words + shown.footnote)
    assert (shown.language, shown.frame, shown.lead) == ("en", "", "")
    assert not re.search("[\u0600-\u06ff]", " ".join(choice.label for choice in shown.choices))


def test_unsure_suggests_and_none_of_these_leads_to_a_person(mind: Mind) -> None:
    """Three suggestions and a way out; an emergency card is not among them unless it is the likeliest."""
    found = tuple(
        Candidate(entry, 0.4) for entry in ("first-steps", "german-courses", "poison", "literacy-course")
    )
    unsure = Understood("de", None, Decision.CHOOSE, candidates=found)
    memory, messages, _ = said(mind, GERMAN, unsure, text="Kurs oder so")
    assert [choice.id for choice in messages[0].choices] == [
        "entry:first-steps",
        "entry:german-courses",
        "entry:literacy-course",
        "none",
    ]
    _, messages, _ = said(mind, memory, choice="none")
    assert "handoff:yes" in [choice.id for choice in messages[0].choices]
    _, _, effects = said(mind, memory, choice="handoff:yes")
    assert [effect.question for effect in effects if isinstance(effect, OpenTicket)] == ["Kurs oder so"]


def test_narrow_lists_show_the_short_titles(mind: Mind) -> None:
    """WhatsApp's rows hold 24 characters."""
    unsure = Understood("de", None, Decision.CHOOSE, candidates=(Candidate("course-registration", 0.4),))
    _, messages, _ = said(mind, GERMAN, unsure, text="anmelden?", capabilities=CAPABILITIES["whatsapp"])
    text = mind.world.knowledge.entries["course-registration"].texts["de"]
    assert messages[0].choices[0].label == text.short


def test_a_person_is_offered_the_last_question(mind: Mind) -> None:
    """Nobody must write it twice; a long one is shown short."""
    memory = replace(GERMAN, last_question="Klavier " * 50)
    after, messages, _ = said(mind, memory, choice="person")
    assert "Klavier" in messages[0].text
    assert len(messages[0].text) < 300
    assert after.asked == Asked("handoff", memory.last_question, "")
    _, messages, _ = said(mind, after, choice="question")
    assert messages[0].text == mind.world.texts("de").say("handoff.ask_question")


def test_nothing_asked_and_nothing_known_asks_for_the_question(mind: Mind) -> None:
    """A stale "yes" has nothing to pass on."""
    _, messages, effects = said(mind, GERMAN, choice="handoff:yes")
    assert messages[0].text == mind.world.texts("de").say("handoff.ask_question")
    assert effects == []


def test_a_town_named_in_a_question_is_used_and_remembered(mind: Mind) -> None:
    """The answer shows that town's place; the next one too."""
    asked = Understood("de", None, Decision.ANSWER, entry="vhs-by-town", towns=("duelmen",))
    memory, messages, _ = said(mind, GERMAN, asked, text="VHS in Dülmen?")
    assert memory.town == "duelmen"
    assert "**In Dülmen:**" in messages[0].text
    assert len(messages) == 1


def test_another_town_in_a_question_does_not_move_the_newcomer(mind: Mind) -> None:
    """Asking about Coesfeld is not living there."""
    asked = Understood("de", None, Decision.ANSWER, entry="vhs-by-town", towns=("coesfeld",))
    memory, messages, _ = said(mind, replace(GERMAN, town="duelmen"), asked, text="VHS in Coesfeld?")
    assert "**In Coesfeld:**" in messages[0].text
    assert memory.town == "duelmen"


def test_who_lives_elsewhere_is_not_asked_again(mind: Mind) -> None:
    """Said once, it holds: no question below each answer; a town in a question is answered, and does not move them."""
    memory, _, _ = said(mind, GERMAN, choice="town:elsewhere")
    memory, messages, _ = said(mind, memory, choice="entry:register-address")
    assert len(messages) == 1
    assert mind.world.texts("de").say("town.elsewhere") in messages[0].text
    asked = Understood("de", None, Decision.ANSWER, entry="register-address", towns=("coesfeld",))
    memory, messages, _ = said(mind, memory, asked, text="Anmelden in Coesfeld?")
    assert "**In Coesfeld:**" in messages[0].text
    assert not memory.town
    memory, _, _ = said(mind, memory, choice="town:senden")
    assert memory.town == "senden"
    assert not memory.elsewhere
    course = Course(1, listed(), NOW)
    searching, messages, _ = said(
        mind, replace(GERMAN, elsewhere=True, level="none"), choice="courses", courses=(course,)
    )
    assert messages[-1].kind == "courses"
    assert not searching.town


def test_a_presumed_vhs_is_told_as_such(mind: Mind) -> None:
    """Where local facts only presume, the newcomer is told to ask first."""
    _, messages, _ = said(mind, replace(GERMAN, town="senden"), choice="entry:vhs-by-town")
    assert mind.world.texts("de").say("contacts.unsure") in messages[0].text


def test_a_town_alone_answers_for_the_last_matter(mind: Mind) -> None:
    """First the question, then only "Dülmen"."""
    only = Understood("de", None, Decision.HANDOFF, towns=("duelmen",), only_town=True)
    memory = replace(GERMAN, last_entry="vhs-by-town", asked=Asked("town", entry="vhs-by-town"))
    after, messages, _ = said(mind, memory, only, text="Dülmen")
    assert after.town == "duelmen"
    assert "**In Dülmen:**" in messages[0].text
    after, messages, _ = said(mind, GERMAN, only, text="Dülmen")
    assert messages[0].text == mind.world.texts("de").say("town.set_ask", town="Dülmen")


@pytest.mark.parametrize("entry", ["vhs-by-town", "register-address", ""])
def test_who_lives_elsewhere_is_told_where_to_ask(mind: Mind, entry: str) -> None:
    """One message: the town hall, and what holds everywhere. Where nothing does, an empty one came before."""
    memory = replace(GERMAN, last_entry=entry, town="duelmen")
    after, (message,), _ = said(mind, memory, choice="town:elsewhere")
    assert after.town == ""
    assert message.text.startswith(mind.world.texts("de").say("town.elsewhere"))
    assert bool(message.choices) is bool(entry)


def test_another_language_is_answered_in_it_with_one_tap_to_stay(mind: Mind) -> None:
    """The chosen language stays; a clear sentence is answered as it was written."""
    turkish = Understood("de", Guess("tr", 0.99, clear=True), Decision.SMALLTALK, smalltalk="thanks")
    memory, messages, _ = said(mind, GERMAN, turkish, text="çok teşekkür ederim size")
    assert memory.language == "de"
    assert messages[0].language == "tr"
    assert [choice.id for choice in messages[0].choices] == ["lang:tr"]


def test_the_first_words_settle_a_language_that_nobody_chose(mind: Mind) -> None:
    """The device's language is a guess; what is written first is a better one."""
    turkish = Understood("tr", Guess("tr", 0.99, clear=True), Decision.SMALLTALK, smalltalk="thanks")
    web = Capabilities(shows_welcome=True)
    after, messages, _ = said(
        mind, Conversation(), turkish, web, text="çok teşekkür ederim size", language_hint="de-DE"
    )
    assert after.language == "tr"
    assert messages[0].choices == ()


def test_who_mixes_languages_does_not_turn_the_page_over_with_each_sentence(mind: Mind) -> None:
    """Later sentences in another language are answered in it; the conversation stays, with one tap to change."""
    memory = Conversation(greeted=True, language="uk")
    russian = Understood("ru", Guess("ru", 0.99, clear=True), Decision.SMALLTALK, smalltalk="thanks")
    after, messages, _ = said(mind, memory, russian, text="спасибо вам большое за ответ")
    assert after.language == "uk"
    assert messages[0].language == "ru"
    assert [choice.id for choice in messages[0].choices] == ["lang:ru"]


def test_an_empty_message_gets_an_invitation(mind: Mind) -> None:
    """Blanks are no question."""
    _, messages, effects = said(mind, GERMAN, text="")
    assert messages[0].text == mind.world.texts("de").say("smalltalk.hello")
    assert effects == []


@pytest.mark.parametrize("text", ["ja", "nein", "a", "aaaa", "0151 2345678", "🙂", "???"])
def test_what_says_nothing_is_not_ranked(mind: Mind, text: str) -> None:
    """A yes to no question, digits, a letter: the bot invites to ask."""
    sure = Understood("de", None, Decision.ANSWER, entry="first-steps")
    memory, messages, _ = said(mind, GERMAN, sure, text=text)
    assert messages[0].text == mind.world.texts("de").say("smalltalk.hello")
    assert memory.last_question == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("English", "en"),
        ("العربية", "ar"),
        ("Kurdî", "ku"),
        ("Kurmancî", "ku"),
        ("Türkisch", "tr"),
        ("русский", "ru"),
    ],
)
def test_the_name_of_a_language_chooses_it(mind: Mind, text: str, code: str) -> None:
    """Who cannot press a button types the name, in their language or in German."""
    memory, messages, _ = said(mind, GERMAN, text=text)
    assert (memory.language, memory.language_chosen) == (code, True)
    assert messages[0].language == code


def test_an_old_delete_button_asks_again(mind: Mind) -> None:
    """Somebody scrolled up: everything would be gone."""
    memory, messages, effects = said(mind, GERMAN, choice="erase:yes")
    assert effects == []
    assert memory.asked == Asked("erase")
    assert "erase:yes" in [choice.id for choice in messages[0].choices]


def test_what_the_bot_does_not_know_can_be_added_to_the_open_question(mind: Mind) -> None:
    """A telephone number after a hand-over belongs to it."""
    ticket = Ticket(1042, 1, 4711, "?", "de", "", "", (), False, "", NOW)
    memory, messages, _ = said(mind, GERMAN, text="meine Nummer für den Rückruf", tickets=(ticket,))
    assert "add:1042" in [choice.id for choice in messages[0].choices]
    _, _, effects = said(mind, memory, choice="add:1042", tickets=(ticket,))
    assert effects == [AddToTicket(1042, "meine Nummer für den Rückruf")]


def test_what_only_resembles_a_cry_reaches_the_person_it_is_meant_for(mind: Mind) -> None:
    """A faint likeness takes no words from a ticket; a likely one shows the card, and the team reads it too."""
    ticket = Ticket(1001, 1, 4711, "?", "de", "", "", (), False, "", NOW)
    adding = replace(GERMAN, asked=Asked("add", entry="1001"))
    faint = Understood("de", None, Decision.CRISIS, entry="mental-crisis", score=0.15)
    for memory, effect in ((adding, AddToTicket), (replace(GERMAN, asked=Asked("person")), OpenTicket)):
        _, messages, effects = said(mind, memory, faint, text="Noch etwas", tickets=(ticket,))
        assert not any(message.kind == "crisis" for message in messages)
        assert any(isinstance(one, effect) and "Noch etwas" in str(one) for one in effects)
    likely = replace(faint, score=0.3)
    memory, messages, effects = said(mind, adding, likely, text="Ich mag nicht mehr", tickets=(ticket,))
    assert messages[0].kind == "crisis"
    assert AddToTicket(1001, "Ich mag nicht mehr") in effects
    assert memory.asked is None
    _, messages, _ = said(mind, GERMAN, faint, text="Noch etwas")
    assert messages[0].kind == "crisis"  # nobody else would read it


def test_thanks_is_no_addition(mind: Mind) -> None:
    """Politeness after "add something" is answered, not stored."""
    ticket = Ticket(1042, 1, 4711, "?", "de", "", "", (), False, "", NOW)
    thanks = Understood("de", None, Decision.SMALLTALK, smalltalk="thanks")
    memory = replace(GERMAN, asked=Asked("add", entry="1042"))
    _, _, effects = said(mind, memory, thanks, text="danke", tickets=(ticket,))
    assert effects == []


def test_the_newcomers_words_are_shown_as_they_are(mind: Mind) -> None:
    """What somebody typed must not become a link that hides where it leads."""
    memory = replace(GERMAN, last_question="[hier](https://evil.example) klicken")
    _, messages, _ = said(mind, memory, choice="person")
    assert ">hier</a>" not in to_html(messages[0].text, rtl=False)


def test_open_ticket_is_named_before_forgetting(mind: Mind) -> None:
    """Nobody loses an answer unknowingly."""
    ticket = Ticket(1042, 1, 4711, "?", "de", "", "", (), False, "", NOW)
    assert ticket.is_open
    _, messages, _ = said(mind, GERMAN, choice="cmd:forget_me", tickets=(ticket,))
    assert "1042" in messages[0].text


def test_privacy_links_the_notice_where_there_is_one(mind: Mind) -> None:
    """An operator with a public address has a page to read."""
    operator = replace(
        mind.world.operator, name="Kreis Coesfeld", privacy_url="https://lotse.example/privacy"
    )
    known = replace(mind, world=replace(mind.world, operator=operator))
    _, messages, _ = said(known, GERMAN, choice="cmd:privacy")
    assert "https://lotse.example/privacy" in messages[0].text
    assert "Kreis Coesfeld" in messages[0].text


def test_privacy_names_who_translates(mind: Mind) -> None:
    _, messages, _ = said(mind, GERMAN, choice="cmd:privacy")
    assert "übersetzt" not in messages[0].text
    operator = replace(mind.world.operator, translator="DeepL")
    known = replace(mind, world=replace(mind.world, operator=operator))
    _, messages, _ = said(known, GERMAN, choice="cmd:privacy")
    assert "übersetzt ein Programm (DeepL)" in messages[0].text


def _place(**facts: object) -> Place:
    return Place("x", "Amt", Source("x.de"), date(2026, 11, 21), "verified", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("24/7", "Immer erreichbar."),
        ("Mo 09:00-16:00", "Jetzt offen, bis 16:00."),
        ("Mo 14:00-16:00", "Jetzt geschlossen. Öffnet: 14:00."),
        ("Tu 09:00-12:00", "Jetzt geschlossen. Öffnet: Dienstag, 24.11.2026, 09:00."),
        ("2027 Jan 01 09:00-12:00", "Jetzt geschlossen."),
    ],
)
def test_opening_hours_are_told_as_now_and_next(mind: Mind, hours: str, expected: str) -> None:
    """Open until, or opens when; weekday and date if not today."""
    lines = contact_lines(_place(hours=hours), mind.world.texts("de"), mind.world, NOW, "de")
    assert expected in lines


def test_right_to_left_texts_keep_numbers_readable_and_weekdays_in_both_languages(mind: Mind) -> None:
    """Isolates around what is left-to-right; the German weekday is the one on the door."""
    place = _place(hours="Tu 09:00-12:00", phone="02541 18-0", check=frozenset({"phone"}), appointment=True)
    lines = contact_lines(place, mind.world.texts("ar"), mind.world, NOW, "ar")
    assert "\u206602541 18-0\u2069" in lines
    assert "الثلاثاء / Dienstag, 24.11.2026, 09:00" in lines
    assert mind.world.texts("ar").say("contacts.check") in lines
    assert mind.world.texts("ar").say("contacts.appointment") in lines


WRONG = replace(GERMAN, asked=Asked("wrong", entry="vhs-by-town"), last_question="Wo ist die VHS?")


def test_wrong_is_noted_at_once_and_its_words_follow(mind: Mind) -> None:
    """The note is there with the press: who writes nothing more has said enough."""
    memory, messages, effects = said(mind, GERMAN, choice="wrong:vhs-by-town")
    assert effects == [NoteWrong("vhs-by-town"), Record("wrong", "vhs-by-town")]
    assert memory.asked == Asked("wrong", entry="vhs-by-town")
    assert messages[-1].kind == "question"
    memory, messages, effects = said(mind, memory, text="Die Nummer geht nicht")
    assert effects == [NoteWrong("vhs-by-town", "Die Nummer geht nicht")]
    assert memory.asked is None
    assert [button.id for button in messages[-1].choices] == ["person"]


def test_a_person_can_be_given_the_words_that_were_noted(mind: Mind) -> None:
    memory, _, _ = said(mind, WRONG, text="Ich war dort und niemand hat geholfen")
    _, messages, _ = said(mind, memory, choice="person")
    assert "Ich war dort und niemand hat geholfen" in messages[-1].text


def test_a_question_in_place_of_a_note_is_answered(mind: Mind) -> None:
    """It is noted too: "the courses are elsewhere now" reads like a question about courses."""
    understood = Understood("de", None, Decision.ANSWER, entry="broadcast-fee")
    memory, messages, effects = said(mind, WRONG, understood, text="Rundfunkbeitrag bezahlen?")
    assert effects == [
        NoteWrong("vhs-by-town", "Rundfunkbeitrag bezahlen?"),
        Record("answered", "broadcast-fee"),
    ]
    assert messages[-1].kind == "answer"
    assert memory.last_entry == "broadcast-fee"
    same = replace(understood, entry="vhs-by-town")
    _, messages, effects = said(mind, WRONG, same, text="Die VHS Nummer ist falsch")
    assert effects == [NoteWrong("vhs-by-town", "Die VHS Nummer ist falsch")]
    assert messages[-1].kind == "notice"


@pytest.mark.parametrize(
    "understood",
    [
        Understood("de", None, Decision.SMALLTALK, smalltalk="thanks"),
        Understood("de", None, Decision.HANDOFF, towns=("duelmen",), only_town=True),
    ],
)
def test_what_is_meant_for_somebody_else_is_no_note(mind: Mind, understood: Understood) -> None:
    _, messages, effects = said(mind, WRONG, understood, text="etwas")
    assert not [effect for effect in effects if isinstance(effect, NoteWrong)]
    assert messages


def test_words_that_sound_like_a_wish_for_a_person_are_noted_too(mind: Mind) -> None:
    """ "One cannot call them" is a word on the answer; whoever does want a person is led to one."""
    wish = Understood("de", None, Decision.HUMAN)
    _, messages, effects = said(mind, WRONG, wish, text="Da kann man nicht anrufen")
    assert NoteWrong("vhs-by-town", "Da kann man nicht anrufen") in effects
    assert any(choice.id == "handoff:yes" for choice in messages[-1].choices)


def test_yes_and_no_are_no_note(mind: Mind) -> None:
    memory, _, effects = said(mind, WRONG, text="Ja")
    assert (memory.asked, effects) == (WRONG.asked, [])
    memory, _, effects = said(mind, WRONG, text="nein")
    assert (memory.asked, effects) == (None, [])


def test_wrong_is_offered_on_every_channel(mind: Mind) -> None:
    """Under the answer where there is room, else after "does not help", with or without a question."""
    for name, capabilities in CAPABILITIES.items():
        asked = replace(GERMAN, town="duelmen", last_question="Wo ist die VHS?")
        _, answered, _ = said(mind, asked, choice="entry:vhs-by-town", capabilities=capabilities)
        offered = [button.id for button in answered[-1].choices]
        for memory in (asked, replace(asked, last_question="")):
            _, messages, _ = said(mind, memory, choice="nohelp:vhs-by-town", capabilities=capabilities)
            assert "wrong:vhs-by-town" in [button.id for button in messages[-1].choices], name
        assert ("wrong:vhs-by-town" in offered) == (name != "whatsapp"), name
    _, messages, _ = said(mind, GERMAN, choice="nohelp:forged")
    assert "wrong:" not in str([button.id for button in messages[-1].choices])


@pytest.mark.parametrize("channel", sorted(CAPABILITIES))
def test_whoever_wants_to_learn_german_finds_a_course(mind: Mind, channel: str) -> None:
    """In every language, with a label that the channel does not cut."""
    course = Course(1, listed(), NOW)
    sure = Understood("de", None, Decision.ANSWER, entry="german-courses")
    for language in mind.world.offered:
        memory = replace(GERMAN, language=language, town="duelmen")
        capabilities = CAPABILITIES[channel]
        _, messages, _ = said(mind, memory, sure, capabilities, text="Deutsch lernen", courses=(course,))
        shown = {choice.id: choice.label for message in messages for choice in message.choices}
        assert shown["courses"] == mind.world.texts(language).say("button.find_course"), language
        _, messages, _ = said(mind, memory, sure, capabilities, text="Deutsch lernen")
        assert all(choice.id != "courses" for message in messages for choice in message.choices)
