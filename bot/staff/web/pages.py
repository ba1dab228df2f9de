"""Renders the pages of the staff: one environment, one way to hand texts to a template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.domain.proposal import WRITES
from bot.domain.staff import ANSWERS_TICKETS, READS_KNOWLEDGE, SEES_COURSES, Role, Staff
from bot.http.assets import Assets
from bot.http.templates import templates
from bot.i18n import Texts
from bot.staff.web.visit import ACCOUNT, LANGUAGES, ROOT, Session

PEOPLE: Final = f"{ROOT}/people"
AUDIT: Final = f"{ROOT}/audit"
TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the header: where it leads, the key of its text, whose it is."""

    path: str
    text: str
    roles: frozenset[Role]


# In the order of the header. The first one that a role has is where it begins.
SECTIONS: Final = (
    Section(f"{ROOT}/tickets", "desk.tickets", ANSWERS_TICKETS),
    Section(f"{ROOT}/courses", "desk.courses", SEES_COURSES),
    Section(f"{ROOT}/knowledge", "knowledge.title", READS_KNOWLEDGE),
    Section(f"{ROOT}/knowledge/drafts", "proposal.section", WRITES),
    Section(PEOPLE, "staff.people", frozenset({Role.ADMINISTRATOR})),
    Section(AUDIT, "staff.audit", frozenset({Role.DATA_PROTECTION})),
)


class Pages:
    """All HTML of the staff. A template extends base.html and gets `t`, `staff`, `session`, and its own values."""

    def __init__(self, texts: Callable[[str], Texts]) -> None:
        self._texts = texts
        self.assets = Assets(STATIC, f"{ROOT}/static")
        self._templates = templates(TEMPLATES)
        self._templates.globals.update(
            asset=self.assets.url, LANGUAGES=LANGUAGES, ACCOUNT=ACCOUNT, PEOPLE=PEOPLE, AUDIT=AUDIT
        )

    def texts(self, session: Session) -> Texts:
        """Return the texts in the language of a session."""
        return self._texts(session.language)

    def page(
        self, template: str, staff: Staff | None, session: Session, status: int = 200, **values: object
    ) -> web.Response:
        """Return a page. staff: who is logged in, if anybody is."""
        html = self.fragment(template, staff, session, **values)
        return web.Response(text=html, status=status, content_type="text/html")

    def fragment(self, template: str, staff: Staff | None, session: Session, **values: object) -> str:
        """Return a part of a page, as a page itself would show it."""
        sections = [section for section in SECTIONS if staff and staff.role in section.roles]
        return self._templates.get_template(template).render(
            t=self.texts(session).say,
            staff=staff,
            session=session,
            start=home(staff) if staff else f"{ROOT}/login",
            sections=sections,
            current=around(sections, session.here),
            **values,
        )


def around(sections: Sequence[Section], here: str) -> Section | None:
    """Return the section in which a page stands, also one below its first page; None if it stands in none.

    here: the page's path and query.
    """
    path = here.partition("?")[0]
    above = [one for one in sections if path == one.path or path.startswith(f"{one.path}/")]
    return max(above, key=lambda one: len(one.path), default=None)  # the drafts stand below the knowledge


def home(staff: Staff) -> str:
    """Return the page on which somebody begins."""
    return next((section.path for section in SECTIONS if staff.role in section.roles), ACCOUNT)
