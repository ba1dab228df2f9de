"""The application for a course: its slots, the summary, the consent, and handing it in."""

import re
import unicodedata
from dataclasses import replace

import phonenumbers

from bot.dialogue import answer, course_search, outcome, wanted
from bot.dialogue import form as forms
from bot.dialogue.form import Slot
from bot.dialogue.registered import title
from bot.dialogue.turn import HandIn, Response, Scene
from bot.domain.course import DECIDED_BY_VHS, Course, DayTime, Level
from bot.domain.form import Form
from bot.domain.message import Outbound
from bot.domain.registration import AgeGroup, Answer, Application, Consent, Person
from bot.i18n import Texts, isolate
from bot.markup import escape
from bot.understanding.result import Decision

APPLICATION = "application"
CONSENT_VERSION = (
    "2026-12"  # of the text `consent.text` and its translations; raise it with every change of meaning
)
LONGEST_NAME = 60
SHORTEST_NUMBER = 100_000  # a telephone number without its area's 0: nobody is called by less than six digits
SURE = 0.95  # of a matter, from which one to three words are a question and no name
MOST_PEOPLE = 6
SCHOOL = "school"  # the entry for whoever is under 16, if the knowledge has it
# A telephone number or e-mail; "-" for none.
NONE = "-"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}")
# Between the letters of a name: apostrophes as phones write them, hyphens, and the full stop of "Dr.".
_NAME = re.compile(r"[^\W\d_]+(?:[ '’‘`´.\-‐‑–][^\W\d_]+|[.'’‘`´])*")
_JOINERS = "\u200c\u200d"  # Persian and Kurdish names are written with them


def begin(scene: Scene, course: Course, plans: forms.Plans) -> Response:
    """Start an application for a course; one that was begun for the same course is gone on with."""
    there = forms.alive(scene, plans)
    if there and there.kind == APPLICATION and there.course == course.id:
        return forms.go_on(scene, replace(there, paused=False), plans)
    first = forms.go_on(scene, Form(APPLICATION, course.id), plans)
    key = "apply.enquiry" if course.decided_by_vhs else "apply.begin"
    return first.before(scene.message(key, course=title(course)))


def course_of(scene: Scene, form: Form) -> Course | None:
    """Return the course of an application, None if it is no longer listed."""
    return next((course for course in scene.turn.courses if course.id == form.course), None)


# --- slots


def _name(scene: Scene, form: Form, text: str) -> str | None:
    """Take letters, a few words, no question: a name in any script. Many names resemble a matter ("Ali", "Said")."""
    told = " ".join(_visible(text).split())
    if len(told) > LONGEST_NAME or len(told.split()) > 5 or not _NAME.fullmatch(_letters(told)):
        return None
    understood = scene.turn.understood
    sure = SURE if len(told.split()) <= 3 else 0.0
    asks = understood.decision is Decision.HUMAN or (
        understood.decision is Decision.ANSWER and understood.score >= sure
    )
    return None if asks else told


def _visible(text: str) -> str:
    """Return a text without the invisible signs that come along when it is copied, such as direction marks."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if sign in _JOINERS or unicodedata.category(sign) != "Cf")


def _letters(text: str) -> str:
    """Return a text without what stands on or between its letters: a shadda, a vowel sign, a joiner."""
    return "".join(
        sign for sign in text if sign not in _JOINERS and not unicodedata.category(sign).startswith("M")
    )


def has_reach(text: str) -> bool:
    """True if a telephone number or an e-mail stands in a text."""
    return _told_reach(text) is not None


def _reach(scene: Scene, form: Form, text: str) -> str | None:
    return _told_reach(text)


def _told_reach(text: str) -> str | None:
    """Take a telephone number (German ones without +49 too) or an e-mail, written anyhow."""
    told = text.strip()
    if mail := _EMAIL.search(told):
        return mail[0]
    try:
        number = phonenumbers.parse(told, "DE")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or (number.national_number or 0) < SHORTEST_NUMBER:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _options(slot: str, *values: str) -> forms.Options:
    return lambda scene, form: tuple((value, scene.texts.say(f"form.{slot}.{value}")) for value in values)


def _yes_no(scene: Scene, form: Form) -> tuple[tuple[str, str], ...]:
    return (("yes", scene.texts.say("button.yes")), ("no", scene.texts.say("button.no")))


def _optional(scene: Scene, form: Form) -> tuple[tuple[str, str], ...]:
    """The web page forgets who one is with the browser: there a second way is needed."""
    return () if scene.turn.capabilities.needs_second_way else ((NONE, scene.texts.say("button.skip")),)


def _for_bamf(scene: Scene, form: Form) -> bool:
    course = course_of(scene, form)
    return course is not None and course.listed.kind in DECIDED_BY_VHS


def _times_unknown(scene: Scene, form: Form) -> bool:
    course = course_of(scene, form)
    return course is None or not course.listed.day_times


def _offers_childcare(scene: Scene, form: Form) -> bool:
    course = course_of(scene, form)
    return course is not None and (course.listed.childcare or course.decided_by_vhs)


def _youth(scene: Scene, form: Form) -> bool:
    return form.get("age") == AgeGroup.YOUTH


def _may_add(scene: Scene, form: Form) -> bool:
    return len(form.people) + 1 < MOST_PEOPLE


def _summary(scene: Scene, form: Form) -> Outbound:
    """Show everything in the newcomer's language and in German, and ask for the consent."""
    texts, german = scene.texts, scene.world.texts("de")
    parts = [_written(scene, form, texts)]
    if texts.language != german.language:
        parts.append(_written(scene, form, german))
    vhs = scene.world.knowledge.places.get(_vhs(scene, form))
    parts.append(texts.say("consent.text", vhs=escape(vhs.name) if vhs else "VHS"))
    send = "button.send_enquiry" if _is_enquiry(scene, form) else "button.send_application"
    choices = (
        scene.button("form:consent:yes", send),
        scene.button("form:change", "button.change"),
        scene.button("form:later", "button.later"),
        scene.button("form:cancel", "button.cancel"),
    )
    return Outbound("\n\n".join(parts), texts.language, choices, kind="question")


def _vhs(scene: Scene, form: Form) -> str:
    course = course_of(scene, form)
    return course.listed.vhs if course else ""


def _is_enquiry(scene: Scene, form: Form) -> bool:
    course = course_of(scene, form)
    return course is None or course.decided_by_vhs


def _written(scene: Scene, form: Form, texts: Texts) -> str:
    course = course_of(scene, form)
    town = scene.world.knowledge.towns.get(_town(scene, form))
    lines = [
        texts.say("summary.course", value=title(course) if course else "–"),
        *(_person_line(texts, person) for person in people(form)),
        texts.say("summary.town", value=town.name if town else texts.say("button.elsewhere")),
        texts.say("summary.reach", value=escape(form.get("reach")) if form.get("reach") != NONE else "–"),
    ]
    lines += [
        texts.say(f"summary.{slot}", value=texts.say(_label(slot, value)))
        for slot, value in _told(scene, form)
    ]
    mixed = scene.texts.rtl != texts.rtl  # the German lines below the Arabic ones read from the left
    return "\n".join([f"**{texts.say('summary.title')}**", *(f"- {isolate(line, mixed)}" for line in lines)])


def _person_line(texts: Texts, person: Person) -> str:
    name = escape(f"{person.given_name} {person.family_name}")
    return texts.say("summary.person", name=name, age=texts.say(f"form.age.{person.age}"))


def _told(scene: Scene, form: Form) -> list[tuple[str, str]]:
    """Return slot and value of what was chosen from buttons, here or before."""
    values = [
        ("latin", form.get("latin") or scene.memory.reads_latin),
        ("level", form.get("level") or scene.memory.level),
        ("times", form.get("times")),
        ("childcare", form.get("childcare")),
        ("entitlement", form.get("entitlement")),
    ]
    return [(slot, value) for slot, value in values if value]


def _label(slot: str, value: str) -> str:
    return f"button.{value}" if slot == "childcare" else f"form.{slot}.{value}"


def people(form: Form) -> tuple[Person, ...]:
    """Return everybody in the form, the one being filled in last."""
    done = [Person(given, family, AgeGroup(age)) for given, family, age in form.people]
    if form.has("given") and form.has("family"):
        done.append(Person(form.get("given"), form.get("family"), AgeGroup(form.get("age") or "adult")))
    return tuple(done)


def _town(scene: Scene, form: Form) -> str:
    return form.get("town") or scene.memory.town


SLOTS: tuple[Slot, ...] = (
    Slot("given", read=_name, personal=True),
    Slot("family", read=_name, personal=True),
    Slot("age", options=_options("age", "adult", "youth", "child"), personal=True),
    Slot("parent", _youth, _yes_no, personal=True),
    replace(wanted.TOWN, wanted=lambda scene, form: not scene.memory.town),
    Slot("reach", options=_optional, read=_reach),
    Slot("latin", lambda scene, form: not scene.memory.reads_latin, _options("latin", "yes", "little", "no")),
    Slot(
        "level",
        lambda scene, form: not scene.memory.level,
        _options("level", *(level for level in wanted.LEVELS if level != wanted.UNSURE)),
    ),
    Slot("times", _times_unknown, _options("times", "morning", "afternoon", "evening", "weekend", "any")),
    Slot("childcare", _offers_childcare, _yes_no),
    Slot("entitlement", _for_bamf, _options("entitlement", "yes", "no", "unknown")),
    Slot("more", _may_add, _yes_no),
    Slot("consent", question=_summary, options=lambda scene, form: (("yes", ""),)),
)
PERSONAL = tuple(slot.name for slot in SLOTS if slot.personal)


def put(scene: Scene, form: Form, slot: str, value: str) -> Form | Response:
    """Return the form with a value, or what is said instead of going on."""
    if gone := course_gone(scene, form):
        return gone
    if slot == "age" and value == "child":
        return _too_young(scene)
    if slot == "parent" and value == "no":
        later = scene.button("form:go", "button.go_on_form")
        paused = replace(form, paused=True)
        return Response(scene.keep(form=paused), (scene.message("apply.parent_first", later),))
    if slot == "more" and value == "yes":
        person = people(form)[-1]
        done = (*form.people, (person.given_name, person.family_name, person.age.value))
        return replace(form.without(*PERSONAL, "more"), people=done)
    return form.put(slot, value)


def _too_young(scene: Scene) -> Response:
    """Nobody under 16 is registered: the school is the way; what was told of them is dropped."""
    said = scene.message("apply.too_young")
    if SCHOOL in scene.world.knowledge.entries:
        return answer.entry(replace(scene, memory=scene.keep(form=None)), SCHOOL).before(said)
    return Response(scene.keep(form=None), (said,))


def change(scene: Scene, form: Form) -> Response:
    """Offer the answered slots, to change one."""
    names = [slot.name for slot in SLOTS if form.has(slot.name) and slot.name not in ("consent", "more")]
    choices = [scene.button(f"form:edit:{name}", f"form.{name}.name") for name in names]
    return Response(
        scene.keep(form=form),
        (
            scene.message(
                "form.change_ask", *choices, scene.button("form:go", "button.back"), kind="question"
            ),
        ),
    )


def course_gone(scene: Scene, form: Form) -> Response | None:
    """Say so if nobody can get into an application's course any more; no more questions are asked then."""
    course = course_of(scene, form)
    if form.kind != APPLICATION or (course and course.open_on(course_search.today(scene))):
        return None
    return Response(scene.keep(form=None), (outcome.course_gone(scene),))


def finished(scene: Scene, form: Form) -> Response:
    """Hand it in; the number and the state are said once they are true."""
    memory = scene.keep(form=None, registered=True)
    if not memory.town and form.get("town") in scene.world.knowledge.towns:
        memory = replace(memory, town=form.get("town"))
    memory = replace(
        memory,
        level=memory.level or form.get("level"),
        reads_latin=memory.reads_latin or form.get("latin"),
    )
    return Response(memory, (HandIn(_application(scene, form)),))


def _application(scene: Scene, form: Form) -> Application:
    level = form.get("level") or scene.memory.level
    latin = form.get("latin") or scene.memory.reads_latin
    times = form.get("times")
    return Application(
        people=people(form),
        course=form.course,
        town=_town(scene, form),
        language=scene.texts.language,
        consent=Consent(CONSENT_VERSION, scene.texts.language, scene.turn.at, scene.turn.channel),
        reach="" if form.get("reach") == NONE else form.get("reach"),
        reads_latin=_LATIN.get(latin, Answer.UNKNOWN),
        level=Level(level) if level in set(Level) else None,
        availability=(times,) if times in set(DayTime) else (),
        childcare=form.get("childcare") == "yes",
        entitlement=Answer(form.get("entitlement") or "unknown"),
    )


_LATIN = {"yes": Answer.YES, "little": Answer.YES, "no": Answer.NO}
