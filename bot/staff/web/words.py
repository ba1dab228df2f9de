"""Names, messages and times as the staff's pages show them."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from bot.domain.message import Author, StoredMessage
from bot.markup import to_html
from bot.staff.names import Names, moment

__all__ = ["Words", "moment"]


@dataclass(frozen=True, slots=True)
class Words(Names):
    """What the knowledge calls things, and messages, in the language of a session."""

    def body(self, line: StoredMessage) -> Markup:
        """Return a message as HTML: of a newcomer exactly what they typed."""
        if line.author is Author.NEWCOMER:
            return escape(line.body.text)
        return Markup(to_html(line.body.words, self.is_rtl(line.body.language)))  # noqa: S704 - to_html escapes

    def direction(self, line: StoredMessage) -> str:
        """Return the direction of a message; what people typed tells it itself."""
        if line.author is not Author.PROGRAM:
            return "auto"
        return "rtl" if self.is_rtl(line.body.language) else "ltr"
