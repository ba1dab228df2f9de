"""The way to a person: offered when the bot does not know, taken only when the newcomer agrees."""

from bot.dialogue.turn import OpenTicket, Record, Response, Scene
from bot.domain.conversation import Asked
from bot.domain.message import Choice
from bot.markup import escape
from bot.understanding.result import Decision


def wished(scene: Scene) -> Response | None:
    """Take "I want to talk to a person" in any words."""
    return asked_for(scene) if scene.turn.understood.decision is Decision.HUMAN else None


def asked_for(scene: Scene) -> Response:
    """Ask whether the last question is meant, or what it is about."""
    question = scene.memory.last_question
    if not question or question == scene.memory.handed_over:
        return ask_question(scene)
    yes = scene.button("handoff:yes", "button.send")
    other = scene.button("question", "button.other_question")
    reply = scene.message(
        "handoff.last_question", yes, other, kind="question", question=escape(_short(question))
    )
    return Response(scene.keep(asked=Asked("handoff", question)), (reply,))


def ask_question(scene: Scene, *also: Choice) -> Response:
    """Ask for the question in the newcomer's own words and language."""
    return Response(
        scene.keep(asked=Asked("person")), (scene.message("handoff.ask_question", *also, kind="question"),)
    )


def offered(
    scene: Scene, question: str, entry: str = "", *also: Choice, key: str = "handoff.offer"
) -> Response:
    """Offer to pass the question on; `also` are buttons for what else may be meant."""
    if not question:
        return ask_question(scene, *also)
    options = tuple(candidate.entry for candidate in scene.turn.understood.candidates)
    yes, no = (
        scene.button("handoff:yes", "button.send", "person"),
        scene.button("handoff:no", "button.no_thanks"),
    )
    asked = Asked("handoff", question, entry or scene.turn.understood.entry, options)
    open_ones = [scene.button(f"add:{ticket.number}", "button.add") for ticket in scene.turn.tickets[:1]]
    return Response(
        scene.keep(asked=asked), (scene.message(key, yes, *open_ones, *also, no, kind="question"),)
    )


def agreed(scene: Scene) -> Response:
    """Pass on the question that was offered; the same press again passes nothing on twice."""
    asked = scene.memory.asked
    if asked and asked.kind == "handoff":
        return open_ticket(scene, asked.question, asked.entry, asked.options)
    question = scene.memory.last_question
    if scene.memory.handed_over and question in ("", scene.memory.handed_over):
        return Response(scene.keep(), (scene.message("ticket.already"),))
    return open_ticket(scene, question) if question else ask_question(scene)


def declined(scene: Scene) -> Response:
    """Leave it."""
    return Response(scene.keep(), (scene.message("handoff.declined"),))


def open_ticket(scene: Scene, question: str, entry: str = "", candidates: tuple[str, ...] = ()) -> Response:
    """Make the question a ticket."""
    understood = scene.turn.understood
    found = candidates or tuple(candidate.entry for candidate in understood.candidates)
    ticket = OpenTicket(question, scene.language, scene.town, entry, found)
    # Where the way back to the newcomer is easily lost, another one is asked for below the number.
    asked = Asked("second_way") if scene.turn.capabilities.needs_second_way else None
    memory = scene.keep(asked=asked, handed_over=question, last_question=question)
    return Response(memory, (ticket, Record("handoff", ticket.entry)))


def _short(question: str) -> str:
    words = " ".join(question.split())
    return words if len(words) <= 120 else f"{words[:117]}…"
