"""Emergency cards: shown before anything else; they need neither index nor network."""

from dataclasses import replace

from bot.dialogue import attended
from bot.dialogue.contacts import contact_lines
from bot.dialogue.turn import AddToTicket, Record, Response, Scene
from bot.domain.message import Outbound, Priority
from bot.knowledge.fill import fill
from bot.understanding.result import Decision

# A card that a message only resembles, without its words: from here on it is shown also where a person reads them
# anyway. "One more thing" resembles much, and must reach its ticket; a cry that is read by nobody must not be missed.
LIKELY = 0.2
# Whoever reads these may be watched, and the card says to delete the chat: a press leads there.
WATCHED = frozenset({"violence-help"})


def card(scene: Scene) -> Response | None:
    """Return the card that the message calls for; what was asked before stays open.

    A message that is nothing but a command word is that command: "forget me" is no cry, and the answer to a lone
    "help", which may be one, begins with 112 and 110.
    """
    understood = scene.turn.understood
    if understood.decision is not Decision.CRISIS or scene.turn.choice or understood.command:
        return None
    ticket = attended.ticket_of(scene)
    number = ticket.number if ticket else attended.awaits_more(scene)
    if understood.score < LIKELY and (number or _opens_ticket(scene)):
        return None
    memory = replace(scene.memory, last_question=scene.turn.text, last_entry=understood.entry)
    if number and not ticket:  # the words that were asked for are there
        memory = replace(memory, asked=None)
    card_ = Response(memory, (shown(scene, understood.entry), Record("crisis", understood.entry)))
    # The person who is on it, or for whom it was meant, must read a cry, too.
    return card_.then(AddToTicket(number, scene.turn.text, quiet=bool(ticket))) if number else card_


def _opens_ticket(scene: Scene) -> bool:
    return scene.memory.asked is not None and scene.memory.asked.kind == "person"


def shown(scene: Scene, entry: str) -> Outbound:
    """Return the card of an entry, in the first language of the chain that has it, with numbers to tap."""
    knowledge = scene.world.knowledge
    found = knowledge.card(entry, scene.language)
    language, text = found or (scene.language, "")
    texts = scene.world.texts(scene.language)
    # A number that stands in the card's own words is not repeated below them.
    places = [
        knowledge.places[place]
        for place in knowledge.crisis[entry].places
        if f"{{{place}.phone}}" not in text
    ]
    lines = [contact_lines(place, texts, scene.world, scene.turn.at, language) for place in places]
    machine = language != "de"
    forget = (scene.button("cmd:forget_me", "command.forget_me", "forget_me"),) if entry in WATCHED else ()
    return Outbound(
        "\n\n".join([fill(text, knowledge, language), *lines]),
        language,
        (scene.button("person", "button.person", "person"), *forget),
        footnote=texts.say("answer.machine") if machine else "",
        kind="crisis",
        machine_translated=machine,
        priority=Priority.URGENT,
    )
