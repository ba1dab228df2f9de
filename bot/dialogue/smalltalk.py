"""Hello, thanks, bye, who are you: answered kindly and briefly."""

from bot.dialogue.turn import Response, Scene
from bot.dialogue.welcome import runs_it
from bot.domain.message import Outbound
from bot.understanding.result import Decision


def returned(scene: Scene) -> Response | None:
    """Return the small talk; a greeting as the very first words is answered by the welcome alone."""
    understood = scene.turn.understood
    if understood.decision is not Decision.SMALLTALK:
        return None
    memory = scene.keep(asked=scene.memory.asked)
    if (
        understood.smalltalk == "hello"
        and not scene.memory.greeted
        and not scene.turn.capabilities.shows_welcome
    ):
        return Response(memory)
    if understood.smalltalk == "who":
        texts = scene.texts
        who = f"{texts.say('smalltalk.who')} {runs_it(texts, scene.world.operator)}"
        return Response(memory, (Outbound(who, texts.language),))
    if understood.smalltalk in ("", "hello"):
        return Response(memory, (ready(scene),))
    return Response(memory, (scene.message(f"smalltalk.{understood.smalltalk}"),))


def ready(scene: Scene) -> Outbound:
    """Return the invitation to ask, or to choose for who does not like to type."""
    return scene.message("smalltalk.hello", scene.button("cmd:browse", "command.browse", "browse"))
