"""Buttons: each id explains itself, so one pressed a week later still works."""

from collections.abc import Callable

from bot.dialogue import (
    answer,
    asked,
    attended,
    browse,
    commands,
    course_talk,
    handoff,
    places,
    smalltalk,
    wrong,
)
from bot.dialogue import form as forms
from bot.dialogue.turn import AddToTicket, Record, Response, Scene
from bot.domain.conversation import Asked


def pressed(scene: Scene) -> Response | None:
    """Carry out the pressed button; an unknown one (of a version long gone) gets a kind answer."""
    if not scene.turn.choice:
        return None
    kind, _, value = scene.turn.choice.partition(":")
    press = BUTTONS.get(kind)
    response = press(scene, value) if press else None
    return response or Response(scene.keep(), (scene.message("stale.text"), smalltalk.ready(scene)))


def file_sent(scene: Scene) -> Response | None:
    """Say kindly that files are not read here."""
    if not scene.turn.attachments or attended.ticket_of(scene):
        return None
    person = scene.button("person", "button.person", "person")
    asked = scene.memory.asked
    if asked and asked.kind == forms.ASKED:
        asked = None  # the form asks again below
    return Response(scene.keep(asked=asked), (scene.message("file.not_read", person),))


def _language(scene: Scene, code: str) -> Response:
    return commands.speak(scene, code) if code in scene.world.offered else commands.language(scene)


def _languages(scene: Scene, page: str) -> Response:
    return commands.language(scene, int(page) if page.isdecimal() else 1)


def _town(scene: Scene, town: str) -> Response:
    return answer.town_is(scene, town)


def _towns(scene: Scene, page: str) -> Response:
    question = places.ask_town(scene, int(page) if page.isdecimal() else 1)
    return Response(scene.keep(asked=scene.memory.asked), (question,))


def _areas(scene: Scene, page: str) -> Response:
    return browse.areas(scene, int(page) if page.isdecimal() else 1)


def _area(scene: Scene, value: str) -> Response:
    area, _, page = value.partition(":")
    if area not in scene.world.knowledge.areas:
        return browse.areas(scene)
    return browse.matters(scene, area, int(page) if page.isdecimal() else 1)


def _entry(scene: Scene, entry: str) -> Response | None:
    if entry not in scene.world.knowledge.entries:
        return None
    return answer.entry(scene, entry).before(Record("chosen", entry))


def _none(scene: Scene, _: str) -> Response:
    return handoff.offered(scene, scene.memory.last_question).before(Record("none_of_these"))


def _helped(scene: Scene, entry: str) -> Response:
    return Response(scene.keep(), (Record("helped", _known(scene, entry)), scene.message("answer.glad")))


def _nohelp(scene: Scene, entry: str) -> Response:
    known = _known(scene, entry)
    also = (answer.wrong_button(scene, known),) if known else ()
    offered = handoff.offered(scene, scene.memory.last_question, known, *also, key="handoff.sorry")
    return offered.before(Record("not_helped", known))


def _wrong(scene: Scene, entry: str) -> Response | None:
    return wrong.noted(scene, entry) if entry in scene.world.knowledge.entries else None


def _person(scene: Scene, _: str) -> Response:
    return handoff.asked_for(scene)


def _handoff(scene: Scene, value: str) -> Response:
    return handoff.agreed(scene) if value == "yes" else handoff.declined(scene)


def _other_question(scene: Scene, _: str) -> Response:
    return handoff.ask_question(scene)


def _add(scene: Scene, number: str) -> Response | None:
    if number not in attended.own_tickets(scene):
        return Response(scene.keep(), (scene.message("ticket.closed"),))
    waiting = scene.memory.asked
    if waiting and waiting.kind == "handoff" and waiting.question:
        # "Shall I pass this on?" was answered with "add it to that one".
        return Response(scene.keep(), (AddToTicket(int(number), waiting.question),))
    return Response(
        scene.keep(asked=Asked("add", entry=number)), (scene.message("ticket.add_ask", number=number),)
    )


def _erase(scene: Scene, value: str) -> Response:
    if value != "yes":
        return asked.keep(scene)
    # The one button that must not work a week later: somebody scrolled up.
    still_asked = scene.memory.asked is not None and scene.memory.asked.kind == "erase"
    return asked.erase(scene) if still_asked else commands.forget_me(scene)


def _command(scene: Scene, name: str) -> Response | None:
    command = commands.COMMANDS.get(name)
    return command(scene) if command else None


def _known(scene: Scene, entry: str) -> str:
    # Only ids we know are counted: a forged button must not write text into the statistics.
    return entry if entry in scene.world.knowledge.entries else ""


BUTTONS: dict[str, Callable[[Scene, str], Response | None]] = {
    "lang": _language,
    "langs": _languages,
    "town": _town,
    "towns": _towns,
    "areas": _areas,
    "area": _area,
    "entry": _entry,
    "none": _none,
    "helped": _helped,
    "nohelp": _nohelp,
    "wrong": _wrong,
    "person": _person,
    "handoff": _handoff,
    "question": _other_question,
    "add": _add,
    "bot": attended.call,
    "done": attended.done,
    "rate": attended.rated,
    "way": attended.way_pressed,
    "erase": _erase,
    "cmd": _command,
    "courses": course_talk.search,
    "find": course_talk.find,
    "course": course_talk.course,
    "join": course_talk.join,
    "form": course_talk.pressed,
    "reg": course_talk.registration,
}
