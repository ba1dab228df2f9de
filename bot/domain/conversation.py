"""A contact and what the bot remembers of the exchange with them."""

from dataclasses import dataclass
from typing import Any

from bot.domain.form import Form


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bot's last message asked, so that the next words can be read as its answer."""

    kind: str  # town, handoff, person, add, second_way, erase, wrong
    question: str = ""  # the newcomer's own words that led here
    entry: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The lasting state of an exchange; stored encrypted, as JSON."""

    greeted: bool = False
    language: str = ""
    language_chosen: bool = False
    town: str = ""
    elsewhere: bool = False  # said that they live in none of the towns: nobody asks again
    source: str = ""  # where a start link was found (poster, leaflet)
    asked: Asked | None = None
    last_question: str = ""
    last_entry: str = ""
    handed_over: str = ""  # the last question that became a ticket: a second press must not make a second one
    receipt: str = ""  # the ticket for which they were told that a person reads what they write
    stopped: bool = False  # said "stop": nothing is sent on the bot's own initiative
    form: Form | None = None
    level: str = ""  # of German, as told or found by the self-check: never asked twice
    reads_latin: str = ""  # yes, no, or "" if not told
    registered: bool = False  # handed in a registration: an erase says that the seat goes too

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dict; `from_dict` reads it back."""
        values: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        if self.asked:
            values["asked"] = {
                "kind": self.asked.kind,
                "question": self.asked.question,
                "entry": self.asked.entry,
                "options": list(self.asked.options),
            }
        if self.form:
            values["form"] = self.form.to_dict()
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Conversation":
        """Read what `to_dict` wrote; unknown keys (a newer or older version's) are ignored."""
        known = {name: values[name] for name in _PLAIN if name in values}
        asked = values.get("asked")
        if asked:
            known["asked"] = Asked(
                asked["kind"],
                asked.get("question", ""),
                asked.get("entry", ""),
                tuple(asked.get("options", ())),
            )
        if values.get("form"):
            known["form"] = Form.from_dict(values["form"])
        return cls(**known)


_PLAIN = (
    "greeted",
    "language",
    "language_chosen",
    "town",
    "elsewhere",
    "source",
    "last_question",
    "last_entry",
    "handed_over",
    "receipt",
    "stopped",
    "level",
    "reads_latin",
    "registered",
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes. `version` rises with every save; saving an old one is refused."""

    id: int
    guest: int  # the number staff see: "Guest 4711"
    conversation: Conversation = Conversation()
    version: int = 0
