"""What can I ask: the areas as buttons, then the matters of one, for people who do not like to type."""

from bot.dialogue import answer, places
from bot.dialogue.turn import Record, Response, Scene
from bot.domain.conversation import Conversation
from bot.domain.message import Choice
from bot.markup import escape


def areas(scene: Scene, page: int = 1) -> Response:
    """Offer the areas that have something to answer."""
    known = scene.world.knowledge
    used = {entry.area for entry in known.entries.values()}
    choices = [Choice(f"area:{area}", _name(scene, area)) for area in known.areas if area in used]
    question = scene.message("browse.areas", *places.paged(scene, choices, page, "areas"), kind="question")
    return Response(_anew(scene), (question,))


def matters(scene: Scene, area: str, page: int = 1) -> Response:
    """Offer the matters of an area by their titles, in the inventory's order."""
    known = scene.world.knowledge
    choices = [
        Choice(f"entry:{entry.id}", answer.label(scene, entry.id))
        for entry in known.entries.values()
        if entry.area == area
    ]
    back = scene.button("cmd:browse", "browse.back", "browse")
    shown = places.paged(scene, choices, page, f"area:{area}", back)
    question = scene.message("browse.matters", *shown, kind="question", area=escape(_name(scene, area)))
    return Response(_anew(scene), (Record("browsed", detail=area), question))


def _anew(scene: Scene) -> Conversation:
    """Return the conversation without the question typed before: what is chosen now has nothing to do with it."""
    return scene.keep(last_question="")


def _name(scene: Scene, area: str) -> str:
    names = scene.world.knowledge.areas[area]
    return next(names[code] for code in scene.world.knowledge.chain(scene.language) if code in names)
