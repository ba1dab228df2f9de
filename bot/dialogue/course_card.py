"""What is told of a course in a few lines, in the chat and on the web page alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from bot.dialogue.registered import first_date
from bot.domain.course import Course, Level, Meeting
from bot.i18n import Texts, day, weekdays
from bot.knowledge.model import Knowledge
from bot.markup import escape

FEWEST_MEETINGS = 2  # of one, the first date says it all
MOST_TIMES = 3  # times of day on a card


def vhs_of(knowledge: Knowledge, town: str) -> str:
    """Return the VHS that serves a town, "" if that is not known."""
    found = knowledge.towns.get(town)
    return next(iter(found.roles.get("vhs", ())), "") if found else ""


@dataclass(frozen=True, slots=True)
class Card:
    """Words for courses, for a reader of `town` whose VHS is `vhs`."""

    texts: Texts
    knowledge: Knowledge
    town: str
    vhs: str

    def facts(self, course: Course, *, short: bool = False) -> list[str]:
        """Return what a newcomer needs to choose, a line each; what the VHS does not tell is left out."""
        texts, listed = self.texts, course.listed
        lines = [texts.say("course.begins", first=first_date(course, texts))]
        if not short and listed.last_day:
            lines.append(texts.say("course.ends", date=day(listed.last_day)))
        lines += self._days(listed.meetings)
        if not short and len(listed.meetings) > 1:
            lines.append(texts.say("course.meetings", number=len(listed.meetings)))
        lines.append(texts.say("course.where", place=escape(self._where(course))))
        if self.town or listed.online:
            lines.append(texts.say(f"distance.{self._distance(course)}"))
        lines.append(self.seats(course))
        lines.append(self._price(course))
        levels = ", ".join(level.value.upper() for level in listed.levels if level is not Level.ALPHA)
        if levels and not short:
            lines.append(texts.say("course.level", level=levels))
        marks = (("women", listed.women_only), ("childcare", listed.childcare), ("online", listed.online))
        return lines + [texts.say(f"course.{mark}") for mark, holds in marks if holds]

    def _days(self, meetings: Sequence[Meeting]) -> list[str]:
        """Return on which weekdays it meets, a line for each time of day; without times if there are too many."""
        if len(meetings) < FEWEST_MEETINGS:
            return []
        texts = self.texts
        by_time: dict[str, set[int]] = {}
        for one in meetings:
            by_time.setdefault(_span(one.begins, one.ends), set()).add(one.day.weekday())
        if len(by_time) > MOST_TIMES or "" in by_time:
            everything = set().union(*by_time.values())
            return [texts.say("course.days", days=weekdays(everything, texts.locale))]
        return [
            texts.say("course.days_times", days=weekdays(days, texts.locale), times=times)
            for times, days in by_time.items()
        ]

    def seats(self, course: Course) -> str:
        """Return how many seats are left, in words that do not promise one."""
        if course.decided_by_vhs or course.left is None:
            return self.texts.say("seats.vhs")
        if course.left == 0 or course.waiting:
            return self.texts.say("seats.full", waiting=course.waiting)
        return self.texts.say("seats.left", number=course.left)

    def _price(self, course: Course) -> str:
        listed = course.listed
        if listed.price is None:
            return self.texts.say("price.ask")
        if listed.is_free:
            return self.texts.say("price.free")
        key = "price.exemption" if listed.exemption else "price.costs"
        return self.texts.say(key, price=f"{listed.price / 100:.2f} €".replace(".", ","))

    def _where(self, course: Course) -> str:
        listed = course.listed
        vhs = self.knowledge.places.get(listed.vhs)
        venue = listed.venue
        place = ", ".join(filter(None, (venue.name, venue.street, f"{venue.postcode} {venue.town}".strip())))
        return " · ".join(filter(None, (place, vhs.name if vhs else "")))

    def _distance(self, course: Course) -> str:
        """There are no coordinates: only whether it is the same town or the same VHS."""
        listed = course.listed
        if listed.online:
            return "online"
        if self.town and listed.venue.town_id == self.town:
            return "town"
        return "vhs" if self.vhs and listed.vhs == self.vhs else "elsewhere"


def _span(begins: time | None, ends: time | None) -> str:
    """Return from when to when, "" if the file does not tell."""
    if begins is None:
        return ""
    return f"{begins:%H:%M}–{ends:%H:%M}" if ends else f"{begins:%H:%M}"
