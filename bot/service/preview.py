"""Shows an editor what a newcomer would get: an entry's answer in a language, for a town, in a channel."""

from datetime import datetime

from bot.dialogue import answer
from bot.dialogue.fit import fitted
from bot.dialogue.turn import Scene, Turn
from bot.dialogue.world import World
from bot.domain.capabilities import Capabilities
from bot.domain.conversation import Conversation
from bot.domain.message import Outbound
from bot.understanding.result import Decision, Understood


def preview(
    world: World, entry: str, language: str, town: str, channel: str, capabilities: Capabilities, at: datetime
) -> tuple[Outbound, ...]:
    """Return the messages in the pieces and with the buttons that the channel would show.

    town: "" for a newcomer whose town is not known. `at` decides what is open. Raises KeyError for an entry that
    does not exist.
    """
    understood = Understood(language, None, Decision.ANSWER, entry)
    memory = Conversation(greeted=True, language=language, language_chosen=True, town=town)
    scene = Scene(Turn(at, channel, capabilities, understood), memory, world, language)
    said = (step for step in answer.entry(scene, entry).steps if isinstance(step, Outbound))
    return tuple(piece for message in said for piece in fitted(message, capabilities, world))
