"""The pages a public body must show: privacy, imprint, accessibility."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from markupsafe import Markup

from bot.channels.web.deps import WebDeps
from bot.channels.web.pages import Pages
from bot.channels.web.visit import Visit, Visits
from bot.markup import to_html


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text below it."""

    heading: str
    text: Markup


TEAM: Final = "web.privacy.group"  # only where the team reads what is written here in a messenger's group
# A text is a heading, an empty line, and Markdown. The second key: for an installation run by no authority.
PRIVACY: Final = (
    ("web.privacy.who", "web.privacy.who_test"),
    ("web.privacy.why", "web.privacy.why_test"),
    ("web.privacy.what", "web.privacy.what"),
    ("web.privacy.how_long", "web.privacy.how_long"),
    ("web.privacy.recipients", "web.privacy.recipients"),
    ("web.privacy.translation", "web.privacy.translation"),  # if anything translates
    (TEAM, TEAM),
    ("web.privacy.rights", "web.privacy.rights_test"),
    ("web.privacy.erase", "web.privacy.erase"),
)
IMPRINT: Final = (("web.imprint.who", "web.imprint.who_test"), ("web.imprint.content", "web.imprint.content"))
ACCESSIBILITY: Final = (
    ("web.accessibility.status", "web.accessibility.status"),
    ("web.accessibility.tested", "web.accessibility.tested"),
    ("web.accessibility.gaps", "web.accessibility.gaps"),
    ("web.accessibility.feedback", "web.accessibility.feedback_test"),
)


class Legal:
    """Handlers of the three pages."""

    def __init__(self, deps: WebDeps, visits: Visits, pages: Pages) -> None:
        self._deps = deps
        self._visits = visits
        self._pages = pages

    async def privacy(self, request: web.Request) -> web.Response:
        """GET /privacy"""
        return await self._page(request, "privacy", PRIVACY)

    async def imprint(self, request: web.Request) -> web.Response:
        """GET /imprint"""
        return await self._page(request, "imprint", IMPRINT)

    async def accessibility(self, request: web.Request) -> web.Response:
        """GET /accessibility"""
        return await self._page(request, "accessibility", ACCESSIBILITY)

    async def _page(self, request: web.Request, name: str, keys: tuple[tuple[str, str], ...]) -> web.Response:
        visit = await self._visits.of(request)
        return self._pages.page("legal.html", visit, name=name, sections=list(self._sections(visit, keys)))

    def _sections(self, visit: Visit, keys: tuple[tuple[str, str], ...]) -> Iterator[Section]:
        operator, retention = self._deps.operator, self._deps.retention
        values: dict[str, str | int] = {
            "operator": operator.name,
            "contact": operator.contact,
            "officer": operator.data_protection_officer or operator.contact,
            "authority": operator.authority,
            "messages": retention.messages,
            "tickets": retention.closed_tickets,
            "contacts": retention.contacts,
            "statistics": retention.statistics,
            "engine": operator.translator,
        }
        for key, test_key in keys:
            if key == "web.privacy.translation" and not operator.translator:
                continue
            if key == TEAM and not self._deps.team_in_telegram:
                continue
            text = visit.texts.say(key if operator.name else test_key, **values)
            heading, _, body = text.partition("\n\n")
            html = to_html(body, visit.texts.rtl)
            yield Section(heading, Markup(html))  # noqa: S704 - to_html escapes all but its own tags
