"""Start links: one payload for every channel, such as `ar_duelmen_poster1`."""

import re
from dataclasses import dataclass, replace

from bot.dialogue import smalltalk
from bot.dialogue.turn import Record, Response, Scene
from bot.domain.conversation import Conversation
from bot.knowledge.model import Knowledge

# A word and a short number, such as "poster1": a source is counted for ever, so it must not hold a name and a phone.
_SOURCE = re.compile(r"[a-z]{2,16}[0-9]{0,3}")
# What a channel says for a link that goes on with a conversation; no link can hold a colon, so nobody makes it up.
JOINED, JOINED_LATE = "join:done", "join:late"
_SAID = {JOINED: "start.joined", JOINED_LATE: "start.joined_late"}


@dataclass(frozen=True, slots=True)
class Start:
    """What a start link says; every part may be missing."""

    language: str = ""
    town: str = ""
    source: str = ""


def parse_start(payload: str, knowledge: Knowledge) -> Start:
    """Read a payload of parts joined by "_"; a part that is no language, town or plain source word is dropped."""
    found = Start()
    for part in payload.lower().split("_")[:5]:
        if part in knowledge.languages and not found.language:
            found = replace(found, language=part)
        elif part in knowledge.towns and not found.town:
            found = replace(found, town=part)
        elif _SOURCE.fullmatch(part) and not found.source:
            found = replace(found, source=part)
    return found


def remember(memory: Conversation, payload: str, knowledge: Knowledge) -> Conversation:
    """Return the conversation with what the start link says; a link in a language counts as choosing it."""
    start = parse_start(payload, knowledge)
    memory = replace(memory, town=start.town or memory.town, source=start.source or memory.source)
    if start.language:
        return replace(memory, language=start.language, language_chosen=True)
    return memory


def started(scene: Scene) -> Response | None:
    """Answer somebody who came by a link and has said nothing yet."""
    turn = scene.turn
    if not turn.start or turn.text or turn.choice:
        return None
    if turn.start != JOINED_LATE and not scene.memory.greeted and not turn.capabilities.shows_welcome:
        return Response(scene.keep())  # the welcome is said anyway
    if turn.start in _SAID:
        browse = scene.button("cmd:browse", "command.browse", "browse")
        return Response(scene.keep(), (scene.message(_SAID[turn.start], browse),))
    return Response(scene.keep(), (smalltalk.ready(scene),))


def counted(scene: Scene) -> Record:
    """Return what is counted of somebody who came by a link."""
    if scene.turn.start == JOINED:
        return Record("joined", detail=scene.turn.channel)
    return Record("started", detail=scene.memory.source)
