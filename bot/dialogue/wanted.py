"""What course is looked for: level, self-check, town and filters; the slots of the search."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.dialogue.form import Slot
from bot.dialogue.turn import Scene
from bot.domain.course import Course, DayTime, Level
from bot.domain.form import Form

UNSURE, NO_LATIN = "unsure", "alpha"
LEVELS = ("none", NO_LATIN, "a1", "a2", "b1", "b2", UNSURE)
# The self-check: what one can do in German, the easiest first. The first "no" ends it; so many "yes" are that level.
CHECKS = ("check_a1", "check_a2", "check_b1", "check_b2")
REACHED = ("none", "a1", "a2", "b1", "b2")
# What somebody has -> the courses that fit: the next one, and the same again for who is in the middle of it.
FITTING: dict[str, frozenset[Level]] = {
    "none": frozenset({Level.A1}),
    NO_LATIN: frozenset({Level.ALPHA}),
    "a1": frozenset({Level.A1, Level.A2}),
    "a2": frozenset({Level.A2, Level.B1}),
    "b1": frozenset({Level.B1, Level.B2}),
    "b2": frozenset({Level.B2, Level.C1}),
}
FILTERS = ("morning", "afternoon", "evening", "weekend", "online", "childcare", "women", "free", "here")
ALL = "all"  # no filter by level


def _labelled(slot: str, *values: str) -> Slot:
    """Return a slot with fixed options whose labels are `form.<slot>.<value>`."""
    return Slot(
        slot, options=lambda scene, form: tuple((v, scene.texts.say(f"form.{slot}.{v}")) for v in values)
    )


def _yes_no(scene: Scene, form: Form) -> tuple[tuple[str, str], ...]:
    return (("yes", scene.texts.say("button.yes")), ("no", scene.texts.say("button.no")))


def _check_wanted(number: int) -> "Slot":
    def wanted(scene: Scene, form: Form) -> bool:
        if form.get("level") != UNSURE or form.get("reads") == "no":
            return False
        return all(form.get(name) == "yes" for name in CHECKS[:number])

    return Slot(CHECKS[number], wanted, _yes_no)


def _asks_latin(scene: Scene, form: Form) -> bool:
    return form.get("level") == UNSURE


def _towns(scene: Scene, form: Form) -> tuple[tuple[str, str], ...]:
    towns = tuple((town.id, town.name) for town in scene.world.knowledge.towns.values())
    return (*towns, ("elsewhere", scene.texts.say("button.elsewhere")))


def _town_read(scene: Scene, form: Form, text: str) -> str | None:
    towns = scene.turn.understood.towns
    return towns[0] if len(towns) == 1 and scene.turn.understood.only_town else None


def asks_town(scene: Scene, form: Form) -> bool:
    """True while nobody told the town, or that it is none of these."""
    return not scene.town and not scene.memory.elsewhere


TOWN = Slot("town", asks_town, _towns, _town_read)
SLOTS: tuple[Slot, ...] = (
    replace(_labelled("level", *LEVELS), wanted=lambda scene, form: not scene.memory.level),
    Slot("reads", _asks_latin, _yes_no),
    *(_check_wanted(number) for number in range(len(CHECKS))),
    TOWN,
)


def level_of(form: Form) -> str:
    """Return what somebody has of German, as told or as the self-check found; "" if not told."""
    told = form.get("level")
    if told != UNSURE:
        return told
    if form.get("reads") == "no":
        return NO_LATIN
    passed = next((n for n, name in enumerate(CHECKS) if form.get(name) != "yes"), len(CHECKS))
    return REACHED[passed]


def filters_of(form: Form) -> frozenset[str]:
    """Return the filters that are on."""
    return frozenset(filter(None, form.get("filters").split(",")))


def toggled(form: Form, name: str) -> Form:
    """Switch a filter; only those we know."""
    if name not in (*FILTERS, ALL):
        return form
    return form.put("filters", ",".join(sorted(filters_of(form) ^ {name})))


def fitting(
    courses: Iterable[Course], level: str, filters: frozenset[str], town: str, vhs: str, on: date
) -> tuple[Course, ...]:
    """Return the open courses that fit, best first: own town, own VHS, elsewhere; then with seats, then the earliest.

    A course that tells no level is kept, last: the VHS knows.
    """
    found = [course for course in courses if course.open_on(on) and _passes(course, level, filters, town)]

    def order(course: Course) -> tuple[bool, int, bool, date]:
        listed = course.listed
        far = 0 if town and listed.venue.town_id == town else 1 if vhs and listed.vhs == vhs else 2
        return (not listed.levels, far, course.left == 0, course.first_day or date.max)

    return tuple(sorted(found, key=order))


def _passes(course: Course, level: str, filters: frozenset[str], town: str) -> bool:
    listed = course.listed
    wanted = FITTING.get(level)
    if wanted and ALL not in filters and listed.levels and not wanted & set(listed.levels):
        return False
    times = {DayTime(name) for name in filters if name in set(DayTime)}
    return (
        (not times or not listed.day_times or bool(times & listed.day_times))
        and ("online" not in filters or listed.online)
        and ("childcare" not in filters or listed.childcare)
        and ("women" not in filters or listed.women_only)
        and ("free" not in filters or listed.is_free or listed.exemption)
        and ("here" not in filters or listed.online or listed.venue.town_id == town)
    )
