"""Joins courses to the conversation: the forms there are, and the buttons that lead through them."""

from dataclasses import replace

from bot.dialogue import course_form, course_search, crisis, outcome, wanted
from bot.dialogue import form as forms
from bot.dialogue.form import Plan, Slot
from bot.dialogue.registered import title
from bot.dialogue.turn import AnswerOffer, Response, Scene, SendCalendar, ShowThings, Withdraw
from bot.domain.form import Form
from bot.domain.message import Choice
from bot.understanding.normalise import tokens
from bot.understanding.result import Decision

MOST_WORDS = 8  # of a message that names a course by its number; longer ones ask something
FEWEST_SIGNS = 4  # of a number that can be nothing else

PLANS: dict[str, Plan] = {
    course_search.SEARCH: Plan(wanted.SLOTS, course_search.finished),
    course_form.APPLICATION: Plan(course_form.SLOTS, course_form.finished),
}


def answered(scene: Scene) -> Response | None:
    """Take typed words as the answer to the form's question; a course's number is none, unless a telephone is asked."""
    form = scene.memory.form
    if form and form.slot != "reach" and named(scene):
        return None
    return forms.said(scene, PLANS, course_form.put)


def reach_told(scene: Scene) -> Response | None:
    """Take a telephone number or e-mail where it was asked for, also if its sentence faintly resembles a cry."""
    form, asked, understood = scene.memory.form, scene.memory.asked, scene.turn.understood
    if form is None or form.slot != "reach" or asked is None or asked.kind != forms.ASKED:
        return None
    if understood.decision is not Decision.CRISIS or understood.score >= crisis.LIKELY:
        return None
    return forms.said(scene, PLANS, course_form.put) if course_form.has_reach(scene.turn.text) else None


def after(scene: Scene, response: Response) -> Response:
    """Go on with the form after an answer in the middle of it."""
    return forms.after(scene, response, PLANS)


def search(scene: Scene, page: str = "") -> Response:
    """Look for courses, or show a page of what was found."""
    form = scene.memory.form
    if page.isdecimal() and form and form.kind == course_search.SEARCH and not form.slot:
        return course_search.results(scene, form, int(page))
    return course_search.begin(scene, PLANS)


def find(scene: Scene, name: str) -> Response:
    """Switch a filter."""
    form = scene.memory.form
    if form is None or form.kind != course_search.SEARCH:
        form = Form(course_search.SEARCH)
    return course_search.filter_pressed(scene, name, form)


def named(scene: Scene) -> Response | None:
    """Show the course whose number was written, as in "Kurs 27-4041"."""
    words = tokens(scene.turn.text)
    if not words or len(words) > MOST_WORDS:
        return None
    parts = {
        "".join(words[begin:end]) for begin in range(len(words)) for end in range(begin + 1, len(words) + 1)
    }
    found = [one for one in scene.turn.courses if _telling(one.listed.number) in parts - {""}]
    if len(found) == 1:
        return course_search.one(scene, found[0])
    if found:  # two VHS may give the same number
        choices = tuple(Choice(f"course:{one.id}", title(one)) for one in found)
        reply = scene.message("courses.found", *choices, kind="question", number=len(found))
        return Response(scene.keep(form=scene.memory.form), (reply,))
    return None


def _telling(number: str) -> str:
    """Return a course's number as it is compared; "" if it is so short that it may mean anything."""
    bare = "".join(tokens(number))
    return bare if len(bare) >= FEWEST_SIGNS and any(sign.isdigit() for sign in bare) else ""


def course(scene: Scene, number: str) -> Response | None:
    """Show one course."""
    found = next((one for one in scene.turn.courses if str(one.id) == number), None)
    return course_search.one(scene, found) if found else _gone(scene)


def join(scene: Scene, number: str) -> Response:
    """Begin an application."""
    found = next((one for one in scene.turn.courses if str(one.id) == number), None)
    if found is None or not found.open_on(course_search.today(scene)):
        return _gone(scene)
    return course_form.begin(scene, found, PLANS)


def _gone(scene: Scene) -> Response:
    return Response(scene.keep(), (outcome.course_gone(scene),))


def pressed(scene: Scene, value: str) -> Response | None:
    """Carry out a button of a form: an answer, a way out, or a change."""
    name, _, told = value.partition(":")
    if name in ("back", "later", "cancel"):
        return forms.leave(scene, name, PLANS)
    form = forms.alive(scene, PLANS)
    if form is None and value == "consent:yes" and scene.memory.registered:
        return Response(scene.keep(), (ShowThings(),))  # pressed twice: it is sent, and this is how it stands
    if form is None:
        return Response(
            scene.keep(form=None),
            (scene.message("form.gone", scene.button("courses", "button.other_courses")),),
        )
    if gone := course_form.course_gone(scene, form):
        return gone
    if name == "go":
        return forms.go_on(scene, replace(form, paused=False), PLANS)
    if name == "change" and form.kind == course_form.APPLICATION:
        return course_form.change(scene, form)
    slot = PLANS[form.kind].slot(told if name == "edit" else name)
    if slot is None:
        return None
    if _is_older(form, slot):
        return forms.go_on(scene, form, PLANS)
    if name == "edit":
        return forms.ask(scene, replace(form.without(slot.name, "consent"), slot=slot.name), PLANS)
    if told not in {option for option, _ in slot.options(scene, form)}:
        return None
    return forms.taken(scene, form, slot, told, PLANS, course_form.put)


def _is_older(form: Form, slot: Slot) -> bool:
    """True for a button of an older application: nobody consents to what was not shown yet."""
    return form.kind == course_form.APPLICATION and slot.name != form.slot and not form.has(slot.name)


def registration(scene: Scene, value: str) -> Response | None:
    """Carry out a button below a registration: take or decline an offer, withdraw, the calendar file."""
    what, _, number = value.partition(":")
    if not number.isdecimal():
        return None
    receipt = int(number)
    if what in ("yes", "no"):
        return Response(scene.keep(form=scene.memory.form), (AnswerOffer(receipt, what == "yes"),))
    if what == "calendar":
        return Response(scene.keep(form=scene.memory.form), (SendCalendar(receipt),))
    if what == "withdraw":
        yes = scene.button(f"reg:withdraw_yes:{receipt}", "button.withdraw_yes")
        no = scene.button("cmd:status", "button.keep_it")
        return Response(
            scene.keep(), (scene.message("withdraw.ask", yes, no, kind="question", number=receipt),)
        )
    if what == "withdraw_yes":
        return Response(scene.keep(), (Withdraw(receipt),))
    return None
