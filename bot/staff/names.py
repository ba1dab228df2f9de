"""Names and times as staff see them."""

from dataclasses import dataclass
from datetime import datetime

from bot.i18n import BERLIN, Texts, names_of
from bot.knowledge.model import Knowledge


@dataclass(frozen=True, slots=True)
class Names:
    """What the knowledge calls things, in the language of who reads it."""

    knowledge: Knowledge
    texts: Texts

    def language(self, code: str) -> str:
        """Return what a language is called."""
        known = self.knowledge.languages.get(code)
        return next(iter(names_of(code, (self.texts.locale,))), known.name if known else code)

    def town(self, id: str) -> str:
        """Return a town's name, or that none was told."""
        known = self.knowledge.towns.get(id)
        return known.name if known else self.texts.say("desk.no_town")

    def matter(self, id: str) -> str:
        """Return the title of an entry, or that it is open what it is about."""
        named = self.knowledge.named(id, self.texts.language) if id in self.knowledge.entries else None
        return named.title if named else self.texts.say("desk.no_matter")

    def place(self, id: str) -> str:
        """Return the name of a place."""
        known = self.knowledge.places.get(id)
        return known.name if known else id

    def is_rtl(self, code: str) -> bool:
        """True if a language is written from right to left."""
        known = self.knowledge.languages.get(code)
        return known is not None and known.rtl


def moment(at: datetime, now: datetime) -> str:
    """Return a time of day, with its date unless it is today; in Berlin."""
    local, today = at.astimezone(BERLIN), now.astimezone(BERLIN).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%d.%m.%Y, %H:%M}"
