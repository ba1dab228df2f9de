"""The page of courses: search, filters and seats; works without JavaScript, and every course leads into the chat."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from aiohttp import web
from markupsafe import Markup

from bot.channels.web.deps import WebDeps
from bot.channels.web.pages import Pages
from bot.channels.web.visit import Visits
from bot.dialogue import wanted
from bot.dialogue.course_card import Card, vhs_of
from bot.dialogue.course_search import join_label, list_age
from bot.domain.course import Course
from bot.i18n import BERLIN
from bot.markup import to_html

MOST_SHOWN: Final = 100
LONGEST_SEARCH: Final = 100  # characters
LEVELS: Final = tuple(level for level in wanted.LEVELS if level != wanted.UNSURE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A course on the page. choice: what the button below it sends to the chat."""

    title: str
    facts: Markup
    choice: str
    label: str


class CoursePage:
    """The handler of the page."""

    def __init__(self, deps: WebDeps, visits: Visits, pages: Pages) -> None:
        self._deps = deps
        self._visits = visits
        self._pages = pages

    async def page(self, request: web.Request) -> web.Response:
        """GET /courses?q=&level=&town=&filter=…&lang="""
        visit = await self._visits.of(request)
        knowledge = self._deps.knowledge()
        town = _one_of(request.query.get("town", ""), knowledge.towns)
        if not town and visit.contact and "town" not in request.query:
            town = _one_of(visit.contact.conversation.town, knowledge.towns)
        level = _one_of(request.query.get("level", ""), LEVELS)
        filters = frozenset(request.query.getall("filter", [])) & frozenset(wanted.FILTERS)
        words = request.query.get("q", "")[:LONGEST_SEARCH]
        now = self._deps.clock.now()
        vhs = vhs_of(knowledge, town)
        fitting = wanted.fitting(
            await self._deps.courses(), level, filters, town, vhs, now.astimezone(BERLIN).date()
        )
        found = [course for course in fitting if _says(course, words)][:MOST_SHOWN]
        card = Card(visit.texts, knowledge, town, vhs)
        return self._pages.page(
            "courses.html",
            visit,
            age=list_age(visit.texts, found, now),
            courses=[_shown(course, card, visit.texts.rtl) for course in found],
            structured=Markup(_structured(found, knowledge.places)),  # noqa: S704 - JSON with < escaped
            towns=[(town_.id, town_.name) for town_ in knowledge.towns.values()],
            levels=LEVELS,
            filters=wanted.FILTERS,
            asked={"town": town, "level": level, "filter": filters, "q": words},
            client_id=lambda: uuid4().hex,
        )


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


def _says(course: Course, words: str) -> bool:
    text = f"{course.listed.title} {course.listed.number} {course.listed.venue.town}".casefold()
    return all(word in text for word in words.casefold().split())


def _shown(course: Course, card: Card, rtl: bool) -> Shown:
    listed = course.listed
    lines = "\n".join(f"- {line}" for line in card.facts(course))
    if listed.example:
        lines += f"\n\n{card.texts.say('courses.example')}"
    title = f"{listed.title} ({listed.number})" if listed.number else listed.title
    html = Markup(to_html(lines, rtl))  # noqa: S704 - to_html escapes all but its own tags
    return Shown(title, html, f"course:{course.id}", card.texts.say(join_label(course)))


def _structured(courses: list[Course], places: Mapping[str, Any]) -> str:
    """Return schema.org's CourseInstance of each course that is real, for search engines.

    A "<" cannot end the script.
    """
    items = [_instance(one, places) for one in courses if one.first_day and not one.listed.example]
    graph = {"@context": "https://schema.org", "@graph": items}
    return json.dumps(graph, ensure_ascii=False).replace("<", "\\u003c")


def _instance(course: Course, places: Mapping[str, Any]) -> dict[str, object]:
    listed = course.listed
    first, last = course.first_day, listed.last_day
    vhs = places.get(listed.vhs)
    told: dict[str, object] = {
        "@type": "CourseInstance",
        "name": listed.title,
        "courseMode": "online" if listed.online else "onsite",
        "inLanguage": "de",
        "startDate": first.isoformat() if first else None,
        "endDate": last.isoformat() if last else None,
        "maximumAttendeeCapacity": course.maximum,
        "remainingAttendeeCapacity": None if course.decided_by_vhs else course.left,
        "isAccessibleForFree": True if listed.is_free else None,
        "location": listed.venue.name or listed.venue.town or None,
        "organizer": {"@type": "Organization", "name": vhs.name} if vhs else None,
    }
    return {name: value for name, value in told.items() if value is not None}
