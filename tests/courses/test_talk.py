"""Turns about courses that whole conversations do not reach: paging, filters, nothing to offer, typed answers."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.dialogue.course_card import Card
from bot.dialogue.registered import first_date
from bot.dialogue.turn import AnswerOffer, SendCalendar, ShowThings, Withdraw
from bot.domain.conversation import Asked, Conversation
from bot.domain.course import Course, Entry, Meeting, Venue
from bot.domain.form import Form
from bot.domain.message import Attachment, Outbound
from bot.i18n import FSI, PDI
from bot.service.mind import Mind
from bot.understanding.result import Decision, Guess, Understood
from tests.courses.people import FIRST_DAY, listed
from tests.test_dialogue import GERMAN, NOTHING, NOW, said

DUELMEN = replace(GERMAN, town="duelmen", level="none")
EVENING = Course(1, listed(), NOW)
SEARCH = Form("search")


def _ids(message: Outbound) -> list[str]:
    return [choice.id for choice in message.choices]


def _application(**answers: str) -> Form:
    return Form("application", course=1, answers=tuple(answers.items()))


def _asking(form: Form, memory: Conversation = DUELMEN) -> Conversation:
    """Return a conversation in which the form's question was the last thing said."""
    return replace(memory, form=form, asked=Asked("form", entry=form.slot))


def test_without_any_course_the_way_to_the_vhs_is_shown(mind: Mind) -> None:
    """Nobody is asked for a level when there is nothing to find; a course that is over is none."""
    over = Course(1, listed(starts=date(2026, 9, 1), ends=date(2026, 10, 1), meetings=()), NOW)
    for courses in ((), (over,), (replace(EVENING, cancelled=True),), (replace(EVENING, gone=True),)):
        memory, messages, _ = said(mind, DUELMEN, choice="cmd:courses", courses=courses)
        assert _ids(messages[-1])[:2] == ["entry:vhs-by-town", "person"]
        assert memory.form is None


def test_seven_courses_are_three_pages(mind: Mind) -> None:
    """Three cards a page; a page that is none is the first; a long title is cut on its button."""
    long = "Deutsch für den Beruf mit Bewerbung und Praktikum im Betrieb"
    courses = tuple(Course(n, listed(f"k{n}", title=f"{n} {long}"), NOW) for n in range(1, 8))
    memory, messages, _ = said(mind, DUELMEN, choice="cmd:courses", courses=courses)
    assert _ids(messages[-1])[:4] == ["course:1", "course:2", "course:3", "courses:2"]
    label = messages[-1].choices[0].label
    assert len(label) <= 3 + 40
    assert label.endswith("…")
    _, messages, _ = said(mind, memory, choice="courses:3", courses=courses)
    assert _ids(messages[-1])[:2] == ["course:7", "find:open"]
    _, messages, _ = said(mind, memory, choice="courses:9", courses=courses)
    assert _ids(messages[-1])[0] == "course:1"


def test_what_no_course_fits_can_be_widened(mind: Mind) -> None:
    """The filter goes, then the level; what is on is marked; a filter that is none changes nothing."""
    memory, messages, _ = said(mind, DUELMEN, choice="find:childcare", courses=(EVENING,))
    assert _ids(messages[-1]) == ["find:clear", "find:all", "entry:vhs-by-town", "person"]
    _, messages, _ = said(mind, memory, choice="find:open", courses=(EVENING,))
    marked = [choice.id for choice in messages[-1].choices if choice.label.startswith("✓")]
    assert marked == ["find:childcare"]
    _, messages, _ = said(mind, memory, choice="find:clear", courses=(EVENING,))
    assert messages[-1].kind == "courses"
    _, messages, _ = said(mind, DUELMEN, choice="find:forged", courses=(EVENING,))
    assert messages[-1].kind == "courses"
    learned = replace(DUELMEN, level="b2")
    memory, messages, _ = said(mind, learned, choice="courses", courses=(EVENING,))
    assert _ids(messages[-1]) == ["find:all", "entry:vhs-by-town", "person"]
    _, messages, _ = said(mind, memory, choice="find:all", courses=(EVENING,))
    assert messages[-1].kind == "courses"


def test_who_told_no_town_is_offered_no_filter_by_town(mind: Mind) -> None:
    """ "Only here" would mean nothing."""
    _, messages, _ = said(mind, replace(DUELMEN, town=""), choice="find:open", courses=(EVENING,))
    assert "find:here" not in _ids(messages[-1])
    assert "find:online" in _ids(messages[-1])


def test_an_old_list_and_an_example_are_told_as_such(mind: Mind) -> None:
    """The newcomer knows when the list was read, and that an invented course is one."""
    texts = mind.world.texts("de")
    old = Course(1, listed(example=True), NOW - timedelta(days=8))
    _, messages, _ = said(mind, DUELMEN, choice="course:1", courses=(old,))
    assert "15.11.2026" in messages[-1].footnote
    assert texts.say("courses.example") in messages[-1].text
    _, messages, _ = said(mind, DUELMEN, choice="course:1", courses=(EVENING,))
    assert not messages[-1].footnote
    assert texts.say("courses.example") not in messages[-1].text


def test_a_card_tells_what_is_known_and_asks_nobody_to_guess(mind: Mind) -> None:
    """An end and a number of dates where the list has them; online has no place; no date, no price: said so."""
    texts = mind.world.texts("de")
    two = (Meeting(FIRST_DAY, time(18)), Meeting(FIRST_DAY + timedelta(days=7), time(18)))
    _, messages, _ = said(mind, DUELMEN, choice="course:1", courses=(Course(1, listed(meetings=two), NOW),))
    assert texts.say("course.meetings", number=2) in messages[-1].text
    bare = listed(starts=None, ends=None, meetings=(), price=None, online=True, venue=Venue())
    _, messages, _ = said(mind, DUELMEN, choice="course:1", courses=(Course(1, bare, NOW),))
    assert texts.say("price.ask") in messages[-1].text
    assert texts.say("distance.online") in messages[-1].text
    assert texts.say("course.begins", first="–") in messages[-1].text
    dated = listed(meetings=(Meeting(FIRST_DAY),))
    _, messages, _ = said(mind, DUELMEN, choice="course:1", courses=(Course(1, dated, NOW),))
    assert "11.01.2027" in messages[-1].text
    assert "18:00" not in messages[-1].text


def test_a_course_that_only_the_vhs_fills_leads_there(mind: Mind) -> None:
    """No button promises what it cannot keep."""
    closed = Course(1, listed(entry=Entry.CLOSED), NOW)
    _, messages, _ = said(mind, DUELMEN, choice="course:1", courses=(closed,))
    assert _ids(messages[-1])[0] == "entry:vhs-by-town"
    _, messages, _ = said(mind, DUELMEN, choice="join:1", courses=(closed,))
    assert "join:1" not in _ids(messages[-1])
    _, messages, _ = said(mind, DUELMEN, choice="join:77", courses=(EVENING,))
    assert messages[-1].text


def test_a_number_that_two_vhs_gave_lets_one_choose(mind: Mind) -> None:
    """Both are shown by name; the form goes on beside it."""
    same = (Course(1, listed("a", number="27-4041"), NOW), Course(2, listed("b", number="27 4041"), NOW))
    _, messages, _ = said(mind, DUELMEN, text="Kurs 27-4041", courses=same)
    assert _ids(messages[-1]) == ["course:1", "course:2"]


@pytest.mark.parametrize(
    "choice", ["reg:yes:x", "reg:fly:20001", "reg:", "bot:x", "rate:1:maybe", "rate:x:yes"]
)
def test_malformed_buttons_of_registrations_do_nothing(mind: Mind, choice: str) -> None:
    """Anything may come in as a button's id."""
    _, messages, effects = said(mind, DUELMEN, choice=choice, courses=(EVENING,))
    assert messages
    assert not [one for one in effects if isinstance(one, AnswerOffer | Withdraw | SendCalendar)]


def test_buttons_below_a_registration_are_carried_out(mind: Mind) -> None:
    """By the service, under its lock; the form stays as it is meanwhile."""
    memory = replace(DUELMEN, form=_application())
    for choice, effect in (
        ("reg:yes:20001", AnswerOffer(20001, True)),
        ("reg:no:20001", AnswerOffer(20001, False)),
        ("reg:calendar:20001", SendCalendar(20001)),
        ("reg:withdraw_yes:20001", Withdraw(20001)),
    ):
        kept, _, effects = said(mind, memory, choice=choice, courses=(EVENING,))
        assert effect in effects
        assert kept.form is not None


def test_a_form_is_left_by_words_and_by_buttons(mind: Mind) -> None:
    """Back, later and cancel, typed or pressed; what is not there any more is said kindly."""
    asked = _asking(replace(_application(given="Amina"), slot="family", until="2026-12-20"))
    back, messages, _ = said(mind, asked, text="zurück", courses=(EVENING,))
    assert back.form is not None
    assert back.form.slot == "given"
    first, messages, _ = said(mind, back, choice="form:back", courses=(EVENING,))
    assert first.form is not None
    assert first.form.slot == "given"  # nothing is before the first
    later, messages, _ = said(mind, asked, text="später", courses=(EVENING,))
    assert later.form is not None
    assert later.form.paused
    assert "form:go" in _ids(messages[-1])
    on, _, _ = said(mind, later, choice="form:go", courses=(EVENING,))
    assert on.form is not None
    assert on.form.slot == "family"
    gone, _, _ = said(mind, asked, text="abbrechen", courses=(EVENING,))
    assert gone.form is None
    _, messages, _ = said(mind, gone, choice="form:later", courses=(EVENING,))
    assert messages[-1].text == mind.world.texts("de").say("form.gone")


def test_a_form_is_over_when_its_day_is_or_its_questions_are_no_more(mind: Mind) -> None:
    """An old draft is no trap: its words are read as any others."""
    for form in (
        replace(_application(given="Amina"), slot="family", until="2026-11-22"),
        replace(_application(given="Amina"), slot="shoe_size", until="2026-12-22"),
        Form("survey", slot="colour"),
    ):
        _, messages, _ = said(mind, replace(DUELMEN, form=form), choice="form:age:adult", courses=(EVENING,))
        assert messages[-1].text == mind.world.texts("de").say("form.gone")


def test_typed_answers_are_read_as_the_buttons(mind: Mind) -> None:
    """A label, a bare yes or no in the newcomer's language; what is no answer leaves the question open."""
    asked = _asking(replace(_application(given="A", family="B"), slot="age"))
    label = mind.world.texts("de").say("form.age.adult")
    memory, _, _ = said(mind, asked, text=f" {label.upper()}! ", courses=(EVENING,))
    assert memory.form is not None
    assert memory.form.get("age") == "adult"
    latin = _asking(replace(_application(given="A", family="B", age="adult"), slot="latin"))
    for word, value in (("ja", "yes"), ("nein", "no")):
        memory, _, _ = said(mind, latin, text=word, courses=(EVENING,))
        assert memory.form is not None
        assert memory.form.get("latin") == value
    memory, messages, _ = said(mind, latin, text="hm", courses=(EVENING,))
    assert memory.form is not None
    assert not memory.form.has("latin")
    assert messages


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0171 2345678", "+49 171 2345678"),
        ("meine Mail: amina@example.org", "amina@example.org"),
        ("gar keins", ""),
        ("12", ""),
    ],
)
def test_a_way_to_reach_somebody_is_read_anyhow(mind: Mind, text: str, kept: str) -> None:
    """A telephone number of here without +49, an e-mail in a sentence; neither words nor two digits."""
    asked = _asking(replace(_application(given="A", family="B", age="adult"), slot="reach"))
    memory, _, _ = said(mind, asked, text=text, courses=(EVENING,))
    assert memory.form is not None
    assert memory.form.get("reach") == kept


def test_a_town_is_typed_only_as_a_town(mind: Mind) -> None:
    """Within a question a town's name is none; nobody's level is asked again."""
    asking = _asking(replace(SEARCH, slot="town"), replace(GERMAN, level="none"))
    alone = Understood("de", None, Decision.HANDOFF, towns=("coesfeld",), only_town=True)
    memory, messages, _ = said(mind, asking, alone, text="Coesfeld", courses=(EVENING,))
    assert memory.town == "coesfeld"
    assert messages[-1].kind == "courses"
    memory, _, _ = said(mind, asking, NOTHING, text="wie ist das Wetter", courses=(EVENING,))
    assert not memory.town


def test_an_older_button_of_an_application_does_not_jump_ahead(mind: Mind) -> None:
    """Nobody consents to what was not shown yet; a forged slot or value is no answer."""
    early = replace(DUELMEN, form=replace(_application(given="A"), slot="family"))
    for choice in ("form:consent:yes", "form:shoe_size:44", "form:family:forged"):
        memory, messages, _ = said(mind, early, choice=choice, courses=(EVENING,))
        assert memory.form is not None
        assert not memory.form.has("consent")
        assert not memory.form.has("family")
        assert messages


def test_a_child_is_led_to_the_school_and_not_kept(mind: Mind) -> None:
    """Nobody under 16 is registered; what was told of them is dropped."""
    asked = _asking(replace(_application(given="A", family="B"), slot="age"))
    memory, messages, _ = said(mind, asked, choice="form:age:child", courses=(EVENING,))
    assert memory.form is None
    assert messages[0].text == mind.world.texts("de").say("apply.too_young")
    assert len(messages) > 1


def test_who_told_the_town_in_the_form_need_not_tell_it_again(mind: Mind) -> None:
    """What was told on the way is remembered when the form is handed in."""
    told = {"given": "A", "family": "B", "age": "adult", "town": "coesfeld", "reach": "+49 171 2345678"}
    told |= {"latin": "yes", "level": "none", "more": "no"}
    stranger: Conversation = replace(GERMAN, form=replace(_application(**told), slot="consent"))
    memory, _, effects = said(mind, stranger, choice="form:consent:yes", courses=(EVENING,))
    assert memory.town == "coesfeld"
    assert memory.registered
    assert memory.form is None
    assert effects


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("الحدّاد", "الحدّاد"),  # with a shadda, as phones write it
        ("مُحَمَّد", "مُحَمَّد"),
        ("فاطمه‌زهرا", "فاطمه‌زهرا"),  # with a joiner
        ("\u200fAmina\u200e", "Amina"),  # copied together with direction marks
        ("Mu\u0308ller", "Müller"),  # in two parts, as some keyboards send it
        ("Дем`яненко", "Дем`яненко"),
        ("O´Brien", "O´Brien"),
        ("ّ", ""),
        ("=1+1", ""),
        ("0171 2345678", ""),
    ],
)
def test_a_name_is_taken_in_any_spelling(mind: Mind, text: str, kept: str) -> None:
    """Signs on and between letters belong to a name; digits and formulas do not."""
    asked = _asking(replace(_application(given="A"), slot="family"))
    memory, _, _ = said(mind, asked, text=text, courses=(EVENING,))
    assert memory.form is not None
    assert memory.form.get("family") == kept


def test_a_telephone_number_is_no_cry_for_help(mind: Mind) -> None:
    """Where a number is asked for, a sentence that faintly resembles an emergency call is the answer; a cry is not."""
    asked = _asking(replace(_application(given="A", family="B", age="adult"), slot="reach"))
    faint = Understood("de", None, Decision.CRISIS, entry="emergency-call", score=0.19)
    memory, messages, _ = said(mind, asked, faint, text="meine Nummer ist 0251/123456", courses=(EVENING,))
    assert memory.form is not None
    assert memory.form.get("reach") == "+49 251 123456"
    for understood, text in (
        (replace(faint, score=1.0), "Hilfe 112, ruft 0251/123456"),
        (faint, "rufen Sie"),
    ):
        memory, messages, _ = said(mind, asked, understood, text=text, courses=(EVENING,))
        assert messages[0].kind == "crisis"
        assert memory.form is not None
        assert not memory.form.has("reach")


def test_consent_pressed_again_shows_what_was_sent(mind: Mind) -> None:
    """Nobody is told to begin again who has a receipt; without one there is nothing to show."""
    _, _, effects = said(
        mind, replace(DUELMEN, registered=True), choice="form:consent:yes", courses=(EVENING,)
    )
    assert ShowThings() in effects
    _, messages, effects = said(mind, DUELMEN, choice="form:consent:yes", courses=(EVENING,))
    assert messages[-1].text == mind.world.texts("de").say("form.gone")
    assert ShowThings() not in effects


def test_after_a_photo_the_form_asks_again(mind: Mind) -> None:
    """It is refused kindly, and nobody has to scroll for the question."""
    asked = _asking(replace(_application(given="A"), slot="family"))
    photo = (Attachment("photo"),)
    memory, messages, _ = said(mind, asked, attachments=photo, courses=(EVENING,))
    texts = mind.world.texts("de")
    assert messages[0].text == texts.say("file.not_read")
    assert messages[-1].text == texts.say("form.family.ask")
    memory, _, _ = said(mind, memory, text="Haddad", courses=(EVENING,))
    assert memory.form is not None
    assert memory.form.get("family") == "Haddad"


def test_weekdays_and_times_are_told_in_both_languages(mind: Mind) -> None:
    """One line a time of day; only weekdays if there are many; nothing for a single date."""

    def days(language: str, *meetings: Meeting) -> list[str]:
        texts = mind.world.texts(language)
        card = Card(texts, mind.world.knowledge, "duelmen", "vhs-duelmen")
        start = texts.pattern("course.days").split("{")[0]
        return [
            line for line in card.facts(Course(1, listed(meetings=meetings), NOW)) if line.startswith(start)
        ]

    def on(day: int, begins: int | None = 18) -> Meeting:
        return Meeting(FIRST_DAY + timedelta(days=day), time(begins) if begins else None, time(20))

    assert days("de", on(2), on(0), on(7)) == ["Tage: Montag, Mittwoch, 18:00–20:00"]
    assert days("en", on(0), on(2)) == ["Days: Monday, Wednesday (Mo, Mi), 18:00–20:00"]
    assert days("de", on(0), on(5, 10)) == ["Tage: Montag, 18:00–20:00", "Tage: Samstag, 10:00–20:00"]
    assert days("de", on(0), on(2, None)) == ["Tage: Montag, Mittwoch"]
    assert days("de", *(on(n, 9 + n) for n in range(4))) == ["Tage: Montag, Dienstag, Mittwoch, Donnerstag"]
    assert days("de", on(0)) == []
    assert "الاثنين" in days("ar", on(0), on(2))[0]


def test_a_first_date_is_never_only_an_hour(mind: Mind) -> None:
    """Also on its own day: what is read tomorrow must not mean tomorrow. A date without times has its weekday, too."""
    today = NOW.date()
    for meeting, told in (
        (Meeting(today, time(18)), f"{today:%d.%m.%Y}, 18:00"),
        (Meeting(today), f"{today:%d.%m.%Y}"),
    ):
        course = Course(1, listed(starts=today, ends=None, meetings=(meeting,)), NOW)
        assert first_date(course, mind.world.texts("de")).endswith(f"tag, {told}")


def test_without_a_town_nothing_is_said_to_be_elsewhere(mind: Mind) -> None:
    """Who told no town would read "in another town" below every course."""
    texts = mind.world.texts("de")
    for town, told in (("", False), ("coesfeld", True)):
        _, messages, _ = said(mind, replace(DUELMEN, town=town), choice="course:1", courses=(EVENING,))
        assert (texts.say("distance.elsewhere") in messages[-1].text) is told


def test_the_german_half_of_an_arabic_summary_reads_from_the_left(mind: Mind) -> None:
    """What follows an Arabic name in a German line stays behind it."""
    told = {"given": "أمينة", "family": "الحداد", "age": "adult", "reach": "+49 171 2345678", "latin": "yes"}
    arabic = replace(DUELMEN, language="ar", form=replace(_application(**told, childcare="no"), slot="more"))
    _, messages, _ = said(mind, arabic, choice="form:more:no", courses=(EVENING,))
    assert f"- {FSI}Person: {FSI}أمينة الحداد{PDI}, 18 oder älter{PDI}\n" in messages[-1].text
    assert f"- {FSI}Ort: Dülmen{PDI}\n" in messages[-1].text


def test_who_wrote_a_learnt_sentence_gets_the_answer_in_their_language_too(mind: Mind) -> None:
    """Below a German answer stand both ways: on in German, and the same in the chosen language."""
    arabic = replace(DUELMEN, language="ar")
    german = Understood("de", None, Decision.ANSWER, entry="german-courses", score=0.99)
    german = replace(german, guess=Guess("de", 1.0, clear=True))
    _, messages, _ = said(mind, arabic, german, text="ich will Deutsch lernen", courses=(EVENING,))
    assert messages[-1].language == "de"
    own, other = messages[-1].choices[-2:]
    assert (own.id, other.id) == ("entry:german-courses", "lang:de")
    assert own.label == mind.world.texts("ar").say("button.go_on")
    _, messages, _ = said(mind, arabic, choice=own.id, courses=(EVENING,))
    assert messages[0].language == "ar"
