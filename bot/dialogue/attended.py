"""While a person is on it the program is silent: what the newcomer writes goes to that person."""

import re
from dataclasses import replace

from bot.dialogue import handoff
from bot.dialogue.turn import (
    AddToTicket,
    CallBot,
    CloseTicket,
    RateTicket,
    Response,
    Scene,
    SecondWay,
)
from bot.domain.message import Choice
from bot.domain.ticket import Ticket
from bot.understanding.normalise import fold

# A loanword in all our languages; the button below each receipt says it too.
BOT = frozenset(fold(word) for word in ("bot", "/bot", "lotse", "بوت", "ربات", "روبوت", "бот", "ቦት"))
FILE = "📎"  # stands in the ticket for a file without words
# A telephone number or an e-mail address: any other words are no answer to "how else can we reach you?".
_REACH = re.compile(r"(?:\+|\b0)\d(?:[ /().-]?\d){5,}|[^\s@]+@[^\s@]+\.\w{2,}")
VISIT = "visit"  # they will come to the office


def ticket_of(scene: Scene) -> Ticket | None:
    """Return the newest ticket that a person is on."""
    return next((one for one in scene.turn.tickets if one.is_attended(scene.turn.at)), None)


def own_tickets(scene: Scene) -> frozenset[str]:
    """Return the numbers to which words can be added: of open tickets, and of those that a word opens again."""
    return frozenset(map(str, (*(one.number for one in scene.turn.tickets), *scene.turn.closed)))


def awaits_more(scene: Scene) -> int:
    """Return the ticket for which more words were asked, 0 if they were for none or can no longer be added."""
    asked = scene.memory.asked
    waits = asked is not None and asked.kind == "add" and asked.entry in own_tickets(scene)
    return int(asked.entry) if asked and waits else 0


def called_back(scene: Scene) -> Response | None:
    """Take "bot": the newcomer wants the program's answers again."""
    if fold(scene.turn.text).strip(" .!?") not in BOT:
        return None
    ticket = ticket_of(scene)
    return call(scene, str(ticket.number)) if ticket else None


def added(scene: Scene) -> Response | None:
    """Pass on what is written while a person is on it; that it arrived is said once."""
    ticket = ticket_of(scene)
    if ticket is None or not (scene.turn.text or scene.turn.attachments):
        return None
    known = scene.memory.receipt == str(ticket.number)
    memory = replace(scene.memory, receipt=str(ticket.number))
    return Response(
        memory, (AddToTicket(ticket.number, scene.turn.text or FILE, quiet=known, attended=True),)
    )


def call(scene: Scene, number: str) -> Response | None:
    """Carry out the button "talk to the program"."""
    if not number.isdecimal():
        return None
    return Response(scene.keep(receipt=""), (CallBot(int(number)),))


def done(scene: Scene, number: str) -> Response | None:
    """Carry out the button "my question is settled"."""
    return Response(scene.keep(receipt=""), (CloseTicket(int(number)),)) if number.isdecimal() else None


def rated(scene: Scene, value: str) -> Response | None:
    """Keep whether a closed question's answer helped."""
    number, _, word = value.partition(":")
    if not number.isdecimal() or word not in ("yes", "no"):
        return None
    rate = RateTicket(int(number), word == "yes")
    if rate.helped:
        return Response(scene.keep(), (rate, scene.message("rate.thanks")))
    again = scene.button(f"add:{number}", "button.add")
    return Response(scene.keep(), (rate, scene.message("rate.sorry", again, kind="question")))


# --- another way to the newcomer


def way_told(scene: Scene) -> Response | None:
    """Take a telephone number or an e-mail address as the answer to "how else can we reach you?"."""
    return _noted(scene, scene.turn.text) if _REACH.search(scene.turn.text) else None


def way_pressed(scene: Scene, value: str) -> Response | None:
    """Carry out the buttons below that question."""
    return _noted(scene, VISIT) if value == VISIT else handoff.declined(scene)


def _noted(scene: Scene, way: str) -> Response:
    if not scene.turn.tickets:
        return Response(scene.keep(), (scene.message("ticket.closed"),))
    number = scene.turn.tickets[0].number
    return Response(scene.keep(), (SecondWay(number, way), scene.message("second_way.noted", number=number)))


def way_choices(scene: Scene) -> tuple[Choice, ...]:
    """Return the buttons below "how else can we reach you?"."""
    return scene.button(f"way:{VISIT}", "button.visit"), scene.button("way:none", "button.no_thanks")
