"""The machinery of forms: what is asked next, back, later, cancel, and how a question in the middle is survived.

A form is a list of slots. Each slot has a text `form.<slot>.ask`; its buttons are `form:<slot>:<value>`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.dialogue.turn import Response, Scene
from bot.domain.conversation import Asked
from bot.domain.form import Form
from bot.domain.message import Choice, Outbound
from bot.i18n import BERLIN
from bot.understanding.normalise import fold
from bot.understanding.result import Decision, Understood

KEPT = timedelta(days=14)
ASKED = "form"  # kind of what was asked last

Options = Callable[[Scene, Form], tuple[tuple[str, str], ...]]
Read = Callable[[Scene, Form, str], str | None]
Put = Callable[[Scene, Form, str, str], "Form | Response"]  # takes a value, or says why the form ends here


def _no_options(scene: Scene, form: Form) -> tuple[tuple[str, str], ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Slot:
    """One question of a form.

    wanted: whether it has to be asked at all. options: (value, label) for its buttons. read: the value of typed words,
    or None if they are no answer; without it the options' labels are matched. question: the message, if it needs more
    than the text of `form.<name>.ask`. personal: asked anew for each family member.
    """

    name: str
    wanted: Callable[[Scene, Form], bool] = lambda scene, form: True
    options: Options = _no_options
    read: Read | None = None
    question: Callable[[Scene, Form], Outbound] | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A kind of form: its slots in order, and what happens when all are answered."""

    slots: tuple[Slot, ...]
    finished: Callable[[Scene, Form], Response]

    def slot(self, name: str) -> Slot | None:
        """Return the slot of a name."""
        return next((slot for slot in self.slots if slot.name == name), None)


Plans = Mapping[str, Plan]


def go_on(scene: Scene, form: Form, plans: Plans) -> Response:
    """Ask for the next slot that is wanted and open; finish when there is none."""
    plan = plans[form.kind]
    following = next(
        (slot for slot in plan.slots if not form.has(slot.name) and slot.wanted(scene, form)), None
    )
    if following is None:
        return plan.finished(scene, replace(form, slot=""))
    return ask(scene, replace(form, slot=following.name), plans)


def ask(scene: Scene, form: Form, plans: Plans) -> Response:
    """Ask for the form's slot."""
    until = scene.turn.at.astimezone(BERLIN).date() + KEPT
    form = replace(form, paused=False, until=until.isoformat())
    memory = scene.keep(asked=Asked(ASKED, entry=form.slot), form=form)
    return Response(memory, (question(scene, form, plans),))


def question(scene: Scene, form: Form, plans: Plans) -> Outbound:
    """Return the question for the form's slot, with its buttons and the ways out."""
    slot = plans[form.kind].slot(form.slot)
    assert slot is not None  # noqa: S101  # forms of an older version are dropped before (see `alive`)
    if slot.question:
        return slot.question(scene, form)
    return scene.message(f"form.{slot.name}.ask", *choices(scene, form, slot), kind="question")


def choices(scene: Scene, form: Form, slot: Slot) -> tuple[Choice, ...]:
    """Return a slot's buttons, and back, later and cancel."""
    options = [Choice(f"form:{slot.name}:{value}", label) for value, label in slot.options(scene, form)]
    return (*options, *ways_out(scene, form))


def ways_out(scene: Scene, form: Form) -> tuple[Choice, ...]:
    """Return back (if there is a way back), later and cancel."""
    back = (scene.button("form:back", "button.back"),) if form.answers else ()
    return (*back, scene.button("form:later", "button.later"), scene.button("form:cancel", "button.cancel"))


def taken(scene: Scene, form: Form, slot: Slot, value: str, plans: Plans, put: Put) -> Response:
    """Take a value for a slot and ask for the next one; what was asked meanwhile no longer matters."""
    changed = put(scene, form, slot.name, value)
    return changed if isinstance(changed, Response) else go_on(scene, changed, plans)


def said(scene: Scene, plans: Plans, put: Put) -> Response | None:
    """Read typed words as the answer to the form's question; None leaves them to the other steps."""
    form = alive(scene, plans)
    if form is None or form.paused:
        return None
    if way := _way_out(scene):
        return leave(scene, way, plans)
    slot = plans[form.kind].slot(form.slot)
    if slot is None:
        return None
    value = slot.read(scene, form, scene.turn.text) if slot.read else _named(scene, form, slot)
    if value is not None:
        return taken(scene, form, slot, value, plans, put)
    if _means_something_else(scene.turn.understood):
        return None  # a question in the middle: the form goes on after its answer
    again = scene.message(f"form.{slot.name}.again" if _has(scene, slot) else "form.again")
    return Response(scene.keep(asked=Asked(ASKED, entry=form.slot)), (again, question(scene, form, plans)))


def _means_something_else(understood: Understood) -> bool:
    """True for a question, and for small talk that is a listed phrase; what only resembles it is a failed answer."""
    if understood.decision is Decision.SMALLTALK:
        return understood.score == 1.0
    return understood.decision in (Decision.ANSWER, Decision.CHOOSE, Decision.HUMAN)


def _has(scene: Scene, slot: Slot) -> bool:
    return scene.texts.has(f"form.{slot.name}.again")


def _named(scene: Scene, form: Form, slot: Slot) -> str | None:
    """Return the option whose label was typed, or the one that a bare yes or no means."""
    text = fold(scene.turn.text).strip(" .!")
    options = slot.options(scene, form)
    for value, label in options:
        if text in (fold(label), value):
            return value
    known = {value for value, _ in options}
    for words in scene.world.words(scene.language):
        if "yes" in known and text in {fold(word) for word in words.yes}:
            return "yes"
        if "no" in known and text in {fold(word) for word in words.no}:
            return "no"
    return None


def _way_out(scene: Scene) -> str:
    text = fold(scene.turn.text).strip(" .!")
    for words in scene.world.words(scene.language):
        for way, told in words.form.items():
            if text in {fold(word) for word in told}:
                return way
    return ""


def leave(scene: Scene, way: str, plans: Plans) -> Response:
    """Go back one question, keep the form for later, or drop it."""
    form = alive(scene, plans)
    if form is None:
        return Response(scene.keep(form=None), (scene.message("form.gone"),))
    if way == "back":
        return go_back(scene, form, plans)
    if way == "later":
        resume = scene.button("form:go", "button.go_on_form")
        said_ = scene.message("form.kept", resume, days=KEPT.days)
        return Response(scene.keep(form=replace(form, paused=True)), (said_,))
    return Response(scene.keep(form=None), (scene.message("form.cancelled"),))


def go_back(scene: Scene, form: Form, plans: Plans) -> Response:
    """Ask the last answered question again; at the first one nothing is before it."""
    for name, _ in reversed(form.answers):
        slot = plans[form.kind].slot(name)
        if slot is not None:
            return ask(scene, replace(form.without(name), slot=name), plans)
    return go_on(scene, form, plans)


def alive(scene: Scene, plans: Plans) -> Form | None:
    """Return the form that is being filled in, unless it is too old or of a version that knew other slots."""
    form = scene.memory.form
    if form is None or form.kind not in plans or form.over(scene.turn.at.astimezone(BERLIN).date()):
        return None
    if form.slot and plans[form.kind].slot(form.slot) is None:
        return None
    return form


def after(scene: Scene, response: Response, plans: Plans) -> Response:
    """Put the form's question again below an answer that was given in the middle of it."""
    form = response.memory.form
    if (
        form is None
        or form is not scene.memory.form  # the form itself answered
        or form.paused
        or not form.slot
        or response.memory.asked is not None
        or alive(scene, plans) is None
    ):
        return response
    memory = replace(response.memory, asked=Asked(ASKED, entry=form.slot))
    here = replace(scene, memory=memory, language=scene.language)
    again = here.message("form.go_on")
    return replace(response.then(again, question(here, form, plans)), memory=memory)
