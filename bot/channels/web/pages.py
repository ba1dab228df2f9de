"""Renders the pages: one environment, one way to hand texts to a template."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from aiohttp import web

from bot.channels.web.bubbles import Bubbles
from bot.channels.web.deps import WebDeps
from bot.channels.web.visit import Visit
from bot.dialogue.welcome import language_choices
from bot.domain.message import Author, Outbound, StoredMessage
from bot.http.assets import Assets
from bot.http.templates import templates

TEMPLATES: Final = Path(__file__).parent / "templates"
# Icons a choice may ask for by name; any other icon is shown as the sign it is.
ICONS: Final = frozenset(
    (
        "browse",
        "courses",
        "forget_me",
        "help",
        "keep",
        "language",
        "my_data",
        "no",
        "person",
        "privacy",
        "status",
        "town",
        "yes",
    )
)
LONGEST: Final = 4_000  # characters of one message
SCRIPTS: Final = ("app.js", "exchange.js", "sending.js", "listen.js")


# Menu entries: the choice each sends as `cmd:<name>`, also its icon's name, and its text.
MENU: Final = {
    "browse": "web.menu.help",
    "courses": "command.courses",
    "status": "command.status",
    "town": "command.town",
    "person": "command.person",
    "my_data": "command.my_data",
    "forget_me": "command.forget_me",
}

# Of the menu, with the welcome: for people who do not like to type.
QUICK: Final = ("browse", "courses")
# Pages to read, which the menu and the welcome lead to.
READ: Final = ("courses", "privacy", "imprint", "accessibility")


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the writing field, and the words to keep in it."""

    text: str = ""
    kept: str = ""
    client_id: str = ""  # of the kept words; sent again, they must not count twice


SILENCE: Final = Notice()


class Pages:
    """All HTML of the web chat."""

    def __init__(self, deps: WebDeps, assets: Assets) -> None:
        self._deps = deps
        self._templates = templates(TEMPLATES)
        self._templates.globals.update(
            asset=assets.url, ICONS=ICONS, MENU=MENU, QUICK=QUICK, READ=READ, SCRIPTS=SCRIPTS
        )

    def chat(
        self,
        visit: Visit,
        messages: Sequence[StoredMessage],
        *,
        is_coming: bool = False,
        notice: Notice = SILENCE,
        status: int = 200,
    ) -> web.Response:
        """Return the conversation with its writing field."""
        bubbles = Bubbles(self._deps.knowledge(), visit.texts.locale)
        now = self._deps.clock.now()
        client_id = notice.client_id or uuid4().hex
        own = Outbound("", visit.language, author=Author.NEWCOMER, kind="own")
        return self.page(
            "chat.html",
            visit,
            status,
            welcome=bubbles.draft(self._deps.welcome(visit.language), now),
            bubbles=[bubbles.of(message) for message in messages],
            own=bubbles.draft(own, now),
            after=messages[-1].id if messages else 0,
            is_coming=is_coming,
            notice=notice,
            limit=LONGEST,
            client_id=client_id,
            messengers=[one.name for one in self._deps.messengers if one.start("")],
        )

    def page(self, template: str, visit: Visit, status: int = 200, **values: object) -> web.Response:
        """Return any page; the template gets the visit, the languages and `say`."""
        html = self._templates.get_template(template).render(
            visit=visit,
            say=visit.texts.say,
            language=visit.texts.language,
            rtl=visit.texts.rtl,
            languages=language_choices(self._deps.knowledge(), self._deps.offered()),
            operator=self._deps.operator,
            **values,
        )
        return web.Response(text=html, status=status, content_type="text/html")

    def fragment(self, visit: Visit, message: StoredMessage) -> str:
        """Return one message as HTML, as the page itself would show it."""
        bubble = Bubbles(self._deps.knowledge(), visit.texts.locale).of(message)
        template = self._templates.get_template("fragment.html")
        return template.render(bubble=bubble, visit=visit, say=visit.texts.say, client_id=uuid4().hex)
