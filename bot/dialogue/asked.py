"""Words that answer what the bot asked last."""

from collections.abc import Callable

from bot.dialogue import answer, attended, course_talk, handoff, smalltalk, wrong
from bot.dialogue.turn import AddToTicket, Erase, Response, Scene
from bot.understanding.normalise import fold

_FEWEST_LETTERS = 2


def yes_or_no(scene: Scene) -> Response | None:
    """Take a bare yes or no; nothing else is looked for in it, also when nothing was asked."""
    if not scene.turn.text or scene.turn.choice:
        return None
    asked = scene.memory.asked
    if asked and asked.kind not in YES_OR_NO:
        return None
    if not asked and attended.ticket_of(scene):
        return None  # said to the person who is on it
    yes, no = YES_OR_NO[asked.kind] if asked else (_nothing_asked, _nothing_asked)
    text = fold(scene.turn.text).strip(" .!")
    for words in scene.world.words(scene.language):
        if text in {fold(word) for word in words.yes}:
            return yes(scene)
        if text in {fold(word) for word in words.no}:
            return no(scene)
    return None


def said_nothing(scene: Scene) -> Response | None:
    """Invite whoever sends a letter, digits or signs only: there is nothing to look for in them."""
    letters = {letter for letter in scene.turn.text if letter.isalpha()}
    return _nothing_asked(scene) if scene.turn.text and len(letters) < _FEWEST_LETTERS else None


def _nothing_asked(scene: Scene) -> Response:
    return Response(scene.keep(asked=scene.memory.asked), (smalltalk.ready(scene),))


def answered(scene: Scene) -> Response | None:
    """Take the message as the answer to the last question, if it is one; else leave it to the next step."""
    if not scene.memory.asked or not scene.turn.text:
        return None
    answer_to = ANSWERS.get(scene.memory.asked.kind)
    return answer_to(scene) if answer_to else None


def erase(scene: Scene) -> Response:
    """Erase everything."""
    return Response(scene.keep(), (Erase(),))


def keep(scene: Scene) -> Response:
    """Keep everything."""
    return Response(scene.keep(), (scene.message("erase.kept"),))


def _town(scene: Scene) -> Response | None:
    named = scene.turn.understood.towns
    return answer.town_is(scene, named[0]) if len(named) == 1 and scene.turn.understood.only_town else None


def _person(scene: Scene) -> Response | None:
    if attended.ticket_of(scene):
        return None  # somebody is there already
    return handoff.open_ticket(scene, scene.turn.text)


def _add(scene: Scene) -> Response | None:
    if scene.turn.understood.smalltalk:
        return None  # "thank you" is no addition
    number = attended.awaits_more(scene)
    return Response(scene.keep(), (AddToTicket(number, scene.turn.text),)) if number else None


YES_OR_NO: dict[str, tuple[Callable[[Scene], Response], Callable[[Scene], Response]]] = {
    "handoff": (handoff.agreed, handoff.declined),
    "erase": (erase, keep),
    "wrong": (wrong.asked_again, handoff.declined),
}
ANSWERS: dict[str, Callable[[Scene], Response | None]] = {
    "town": _town,
    "person": _person,
    "add": _add,
    "second_way": attended.way_told,
    "wrong": wrong.described,
    "form": course_talk.answered,
}
