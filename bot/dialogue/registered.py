"""What newcomers are told about their registrations: one text a state, and only a confirmed one says "registered"."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.course import Course
from bot.domain.message import Choice, Outbound, Priority
from bot.domain.registration import Registration, State
from bot.i18n import Texts, in_full, weekday_and_date
from bot.markup import escape

# What is told -> the buttons below it: id (with the receipt behind it) and text of the label.
BUTTONS: dict[str, tuple[tuple[str, str], ...]] = {
    State.SUBMITTED: (("reg:withdraw", "button.withdraw"), ("cmd:status", "button.my_things")),
    State.CONFIRMED: (
        ("reg:calendar", "button.calendar"),
        ("reg:withdraw", "button.withdraw"),
        ("cmd:status", "button.my_things"),
    ),
    State.WAITLISTED: (("reg:withdraw", "button.withdraw"), ("cmd:status", "button.my_things")),
    State.OFFERED: (("reg:yes", "button.take_seat"), ("reg:no", "button.decline_seat")),
    "offer_reminder": (("reg:yes", "button.take_seat"), ("reg:no", "button.decline_seat")),
    State.EXPIRED: (("courses", "button.other_courses"), ("person", "button.person")),
    State.DECLINED: (("courses", "button.other_courses"),),
    State.WITHDRAWN: (("courses", "button.other_courses"),),
    State.REJECTED: (("courses", "button.other_courses"), ("person", "button.person")),
    State.CANCELLED: (("courses", "button.other_courses"), ("person", "button.person")),
    "tomorrow": (("reg:withdraw", "button.withdraw"),),
    "changed": (("reg:withdraw", "button.withdraw"), ("cmd:status", "button.my_things")),
}
WITH_RECEIPT = "reg:"  # these buttons name the receipt they are about
# What cannot wait behind other messages: a deadline runs, or somebody would go there for nothing.
URGENT = frozenset({State.OFFERED, "offer_reminder", State.CANCELLED, "changed"})


@dataclass(frozen=True, slots=True)
class News:
    """A course and those whom the news is about (one application's people), with what the text needs.

    until: the end of an offer. before: people before them on the waiting list. reason: of a rejection.
    """

    course: Course
    registrations: tuple[Registration, ...]
    until: datetime | None = None
    before: int = 0
    reason: str = ""
    alternatives: tuple[Course, ...] = ()


def tell(what: str, news: News, texts: Texts) -> Outbound:
    """Return the message for a state, "offer_reminder", "tomorrow" or "changed"; texts are `registration.<what>`."""
    receipt = news.registrations[0].receipt
    said = texts.say(
        f"registration.{what}",
        course=title(news.course),
        names=escape(names(news.registrations)),
        number=receipt,
        first=first_date(news.course, texts),
        place=place(news.course),
        until=in_full(news.until, texts.locale) if news.until else "–",
        before=news.before,
    )
    parts = [said]
    if news.reason:
        parts.append(texts.say("registration.reason", reason=escape(news.reason)))
    if news.alternatives:
        parts.append(texts.say("registration.alternatives"))
        parts.append("\n".join(f"- {_line(course, texts)}" for course in news.alternatives))
    choices = tuple(
        Choice(f"{choice}:{receipt}" if choice.startswith(WITH_RECEIPT) else choice, texts.say(label))
        for choice, label in BUTTONS.get(what, ())
    )
    priority = Priority.URGENT if what in URGENT else Priority.ORDINARY
    return Outbound("\n\n".join(parts), texts.language, choices, kind="registration", priority=priority)


def title(course: Course) -> str:
    """Return title and number, as the VHS writes them."""
    listed = course.listed
    return escape(f"{listed.title} ({listed.number})" if listed.number else listed.title)


def names(registrations: tuple[Registration, ...]) -> str:
    """Return who it is about."""
    return ", ".join(f"{one.person.given_name} {one.person.family_name}" for one in registrations)


def first_date(course: Course, texts: Texts) -> str:
    """Return when it begins: weekday in both languages, date, hour; a dash if the VHS does not tell."""
    if course.first_day is None:
        return "–"
    meeting = next((one for one in course.listed.meetings if one.day == course.first_day), None)
    first = weekday_and_date(course.first_day, texts.locale)
    return first if meeting is None or meeting.begins is None else f"{first}, {meeting.begins:%H:%M}"


def place(course: Course) -> str:
    """Return where it meets; a dash if the VHS does not tell."""
    venue = course.listed.venue
    town = " ".join(part for part in (venue.postcode, venue.town) if part)
    told = ", ".join(part for part in (venue.name, venue.street, town) if part)
    return escape(told) or ("online" if course.listed.online else "–")


def _line(course: Course, texts: Texts) -> str:
    return f"{title(course)}: {first_date(course, texts)}"
