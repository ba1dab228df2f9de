"""A turn and what comes of it: replies and effects, in order."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.dialogue.world import World
from bot.domain.capabilities import Capabilities
from bot.domain.conversation import Asked, Conversation
from bot.domain.course import Course
from bot.domain.form import Form
from bot.domain.message import Attachment, Choice, Outbound
from bot.domain.registration import Application
from bot.domain.ticket import Ticket
from bot.i18n import Texts
from bot.understanding.result import Understood


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a newcomer did: wrote (perhaps in pieces), pressed a button, came by a link, or sent a file."""

    at: datetime
    channel: str
    capabilities: Capabilities
    understood: Understood
    text: str = ""
    choice: str = ""
    start: str = ""
    language_hint: str = ""
    attachments: tuple[Attachment, ...] = ()
    tickets: tuple[Ticket, ...] = ()  # the newcomer's open ones, newest first
    closed: tuple[int, ...] = ()  # numbers of the newcomer's tickets that a further word opens again
    courses: tuple[Course, ...] = ()  # those in the list, by their beginning; seats may be some seconds old


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Store the question for the team of the town."""

    question: str
    language: str
    town: str = ""
    entry: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddToTicket:
    """Add further words to a ticket of the newcomer's; one closed not long ago opens again, an older one is followed
    by a new one.

    quiet: without a word of ours. attended: a person is on it, and the receipt says so.
    """

    number: int
    text: str
    quiet: bool = False
    attended: bool = False


@dataclass(frozen=True, slots=True)
class SecondWay:
    """Keep another way to the newcomer with a ticket."""

    number: int
    way: str


@dataclass(frozen=True, slots=True)
class CallBot:
    """Let the program answer again; the ticket stays open."""

    number: int


@dataclass(frozen=True, slots=True)
class CloseTicket:
    """Close a ticket: the newcomer says that it is settled."""

    number: int


@dataclass(frozen=True, slots=True)
class RateTicket:
    """Keep whether a closed ticket's answer helped."""

    number: int
    helped: bool


@dataclass(frozen=True, slots=True)
class NoteWrong:
    """Tell the editors that an entry's answer is wrong; `text` is what the newcomer says about it."""

    entry: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShowData:
    """Gather all that is held about the contact and show it to them."""


@dataclass(frozen=True, slots=True)
class ShowThings:
    """Gather the contact's questions and registrations with their states, and show them."""


@dataclass(frozen=True, slots=True)
class HandIn:
    """Register the people of an application, under the course's lock."""

    application: Application


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a registration back."""

    receipt: int


@dataclass(frozen=True, slots=True)
class AnswerOffer:
    """Take an offered seat, or not."""

    receipt: int
    yes: bool


@dataclass(frozen=True, slots=True)
class SendCalendar:
    """Send the dates of a course as a calendar file."""

    receipt: int


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete all that is held about the contact."""


@dataclass(frozen=True, slots=True)
class Record:
    """Count something, without text or person."""

    kind: str
    entry: str = ""
    detail: str = ""


Effect = (
    OpenTicket
    | AddToTicket
    | SecondWay
    | CallBot
    | CloseTicket
    | RateTicket
    | NoteWrong
    | ShowData
    | ShowThings
    | HandIn
    | Withdraw
    | AnswerOffer
    | SendCalendar
    | Erase
    | Record
)


@dataclass(frozen=True, slots=True)
class Response:
    """What the bot does: the conversation as it is afterwards, and messages and effects in their order."""

    memory: Conversation
    steps: tuple[Outbound | Effect, ...] = ()

    def before(self, *steps: Outbound | Effect) -> "Response":
        """Return the response with something said or done first."""
        return replace(self, steps=(*steps, *self.steps))

    def then(self, *steps: Outbound | Effect) -> "Response":
        """Return the response with something said or done last."""
        return replace(self, steps=(*self.steps, *steps))


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a step may look at."""

    turn: Turn
    memory: Conversation
    world: World
    language: str  # of this turn's replies

    @property
    def texts(self) -> Texts:
        """The interface texts of this turn."""
        return self.world.texts(self.language)

    @property
    def town(self) -> str:
        """The one town this turn is about: named in the message, else remembered."""
        named = self.turn.understood.towns
        return named[0] if len(named) == 1 else self.memory.town

    def message(self, key: str, *choices: Choice, kind: str = "notice", **values: str | int) -> Outbound:
        """Return a message with the text of `key`."""
        texts = self.texts
        return Outbound(texts.say(key, **values), texts.language, choices, kind=kind)

    def button(self, choice: str, key: str, icon: str = "") -> Choice:
        """Return a button labelled with the text of `key`."""
        return Choice(choice, self.texts.say(key), icon)

    def keep(self, *, asked: Asked | None = None, **changes: str | bool | Form | None) -> Conversation:
        """Return the conversation with changes; what was asked before is over unless given anew."""
        return replace(self.memory, asked=asked, **changes)  # type: ignore[arg-type]
