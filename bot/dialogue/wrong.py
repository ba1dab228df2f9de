"""This is wrong: a note for the editors, with a line of the newcomer's own words if they like."""

from dataclasses import replace

from bot.dialogue import answer, handoff
from bot.dialogue.turn import NoteWrong, Record, Response, Scene
from bot.domain.conversation import Asked
from bot.understanding.result import Decision


def noted(scene: Scene, entry: str) -> Response:
    """Note it, and ask what is wrong."""
    return _asked(scene, entry).before(NoteWrong(entry), Record("wrong", entry))


def asked_again(scene: Scene) -> Response:
    """Ask once more what is wrong: "yes" does not say it."""
    return _asked(scene, scene.memory.asked.entry if scene.memory.asked else "")


def described(scene: Scene) -> Response | None:
    """Take the words as what is wrong; a question that another entry answers is answered, too."""
    understood = scene.turn.understood
    entry = scene.memory.asked.entry if scene.memory.asked else ""
    if understood.decision is Decision.SMALLTALK or understood.only_town:
        return None  # meant for somebody else, and no word on the answer
    words = NoteWrong(entry, scene.turn.text)
    if understood.decision is Decision.HUMAN:
        # "One cannot call them like this" sounds like the wish for a call: both are heard, and nothing is lost.
        return handoff.asked_for(scene).before(words)
    if understood.entry != entry and (found := answer.known(scene)):
        return found.before(words)
    # Whoever now wants a person need not write it again.
    memory = replace(scene.keep(), last_question=scene.turn.text)
    person = scene.button("person", "button.person", "person")
    return Response(memory, (words, scene.message("wrong.noted", person)))


def _asked(scene: Scene, entry: str) -> Response:
    no = scene.button("handoff:no", "button.no_thanks")
    person = scene.button("person", "button.person", "person")
    question = scene.message("wrong.ask", no, person, kind="question")
    return Response(scene.keep(asked=Asked("wrong", entry=entry)), (question,))
