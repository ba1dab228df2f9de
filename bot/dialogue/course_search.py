"""Finding a course: results as short cards, filters, one course in full."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.dialogue import form as forms
from bot.dialogue import wanted
from bot.dialogue.course_card import Card, vhs_of
from bot.dialogue.places import paged
from bot.dialogue.registered import title
from bot.dialogue.turn import Record, Response, Scene
from bot.domain.course import DECIDED_BY_VHS, Course, Entry
from bot.domain.form import Form
from bot.domain.message import Choice, Outbound
from bot.i18n import BERLIN, Texts, day

SEARCH = "search"
MOST_SHOWN = 3  # cards in one message
OLD_LIST = timedelta(days=7)  # from then on the newcomer is told when the list was read
LABEL = 40  # characters of a course's name on a button


def today(scene: Scene) -> date:
    """Return the local day of the turn."""
    return scene.turn.at.astimezone(BERLIN).date()


def begin(scene: Scene, plans: forms.Plans) -> Response:
    """Look for a course: ask what is not known, or go on with what was begun."""
    if not any(course.open_on(today(scene)) for course in scene.turn.courses):
        return Response(scene.keep(form=None), (_nothing_at_all(scene),))
    return forms.go_on(scene, Form(SEARCH), plans)


def _nothing_at_all(scene: Scene) -> Outbound:
    return scene.message(
        "courses.none_listed",
        Choice("entry:vhs-by-town", scene.texts.say("button.which_vhs")),
        scene.button("person", "button.person", "person"),
        kind="question",
    )


def finished(scene: Scene, form: Form) -> Response:
    """Remember what was told, and show what fits."""
    level = wanted.level_of(form) or scene.memory.level
    told = "" if form.get("reads") == "" else form.get("reads")
    town = form.get("town") or scene.town
    memory = replace(
        scene.memory,
        level=level,
        reads_latin="no" if level == wanted.NO_LATIN else told or scene.memory.reads_latin,
        town=town if town in scene.world.knowledge.towns else scene.memory.town,
    )
    here = replace(scene, memory=memory)
    response = results(here, form)
    if form.get("level") == wanted.UNSURE:
        found = here.message("courses.level_found", level=level_name(here.texts, level))
        return response.before(found)
    return response


def results(scene: Scene, form: Form, page: int = 1) -> Response:
    """Show the courses that fit, three at a time, with buttons for each, for filters and for more."""
    found = _found(scene, form)
    memory = scene.keep(form=replace(form, kind=SEARCH, slot=""))
    if not found:
        return Response(memory, (Record("courses", detail="none"), _nothing_fits(scene, form)))
    pages = -(-len(found) // MOST_SHOWN)
    page = page if 1 <= page <= pages else 1
    shown = found[(page - 1) * MOST_SHOWN : page * MOST_SHOWN]
    texts = scene.texts
    parts = [texts.say("courses.found", number=len(found))]
    card = _card(scene)
    parts += [
        "\n".join([f"**{number}. {title(course)}**", *map(_item, card.facts(course, short=True))])
        for number, course in enumerate(shown, 1)
    ]
    choices = [
        Choice(f"course:{course.id}", f"{number}. {_short(course)}") for number, course in enumerate(shown, 1)
    ]
    if page < pages:
        choices.append(scene.button(f"courses:{page + 1}", "button.more"))
    choices.append(scene.button("find:open", "button.filter"))
    choices.append(scene.button("person", "button.person", "person"))
    reply = Outbound(
        "\n\n".join(parts),
        texts.language,
        tuple(choices),
        footnote=list_age(texts, shown, scene.turn.at),
        kind="courses",
    )
    return Response(memory, (Record("courses", detail="found"), reply))


def _found(scene: Scene, form: Form) -> tuple[Course, ...]:
    return wanted.fitting(
        scene.turn.courses,
        wanted.level_of(form) or scene.memory.level,
        wanted.filters_of(form),
        scene.memory.town,
        vhs_of(scene.world.knowledge, scene.memory.town),
        today(scene),
    )


def _nothing_fits(scene: Scene, form: Form) -> Outbound:
    """Say so, and offer to look wider; nobody is left without a next step."""
    choices = []
    if wanted.filters_of(form) - {wanted.ALL}:
        choices.append(scene.button("find:clear", "button.no_filter"))
    if wanted.ALL not in wanted.filters_of(form):
        choices.append(scene.button(f"find:{wanted.ALL}", "button.all_levels"))
    choices.append(Choice("entry:vhs-by-town", scene.texts.say("button.which_vhs")))
    choices.append(scene.button("person", "button.person", "person"))
    message = scene.message("courses.none_fits", *choices, kind="question")
    return replace(message, footnote=list_age(scene.texts, scene.turn.courses, scene.turn.at))


def filters(scene: Scene, form: Form) -> Response:
    """Offer the filters; those that are on carry a mark."""
    on = wanted.filters_of(form)
    texts = scene.texts
    choices = [
        Choice(
            f"find:{name}", f"✓ {texts.say(f'filter.{name}')}" if name in on else texts.say(f"filter.{name}")
        )
        for name in wanted.FILTERS
        if name != "here" or scene.memory.town
    ]
    done = scene.button("courses:1", "button.show_courses")
    shown = paged(scene, choices, 1, "filters", done)
    return Response(scene.keep(form=form), (scene.message("courses.filter_ask", *shown, kind="question"),))


def filter_pressed(scene: Scene, name: str, form: Form) -> Response:
    """Switch a filter and show what fits now."""
    if name == "open":
        return filters(scene, form)
    if name == "clear":
        return results(scene, form.without("filters"))
    return results(scene, wanted.toggled(form, name))


def one(scene: Scene, course: Course) -> Response:
    """Show one course in full, with what the kind means and the way in."""
    texts, listed = scene.texts, course.listed
    parts = [
        f"**{title(course)}**",
        texts.say(f"kind.{listed.kind}"),
        "\n".join(map(_item, _card(scene).facts(course))),
    ]
    if listed.kind in DECIDED_BY_VHS or course.decided_by_vhs:
        parts.append(texts.say("courses.vhs_decides"))
    if listed.example:
        parts.append(texts.say("courses.example"))
    choices: list[Choice] = []
    if listed.entry is Entry.CLOSED or not course.open_on(today(scene)):
        parts.append(texts.say("courses.only_vhs"))
        choices.append(Choice("entry:vhs-by-town", texts.say("button.which_vhs")))
    else:
        choices.append(Choice(f"join:{course.id}", texts.say(join_label(course))))
    choices.append(scene.button("courses:1", "button.other_courses"))
    choices.append(scene.button("person", "button.person", "person"))
    reply = Outbound(
        "\n\n".join(parts),
        texts.language,
        tuple(choices),
        footnote=list_age(texts, (course,), scene.turn.at),
        kind="courses",
    )
    return Response(scene.keep(form=scene.memory.form), (Record("course"), reply))


def join_label(course: Course) -> str:
    """Return the text of the button that leads in: it never promises more than there is."""
    if course.decided_by_vhs:
        return "button.enquire"
    return "button.join" if course.left and not course.waiting else "button.join_list"


def _card(scene: Scene) -> Card:
    knowledge = scene.world.knowledge
    return Card(scene.texts, knowledge, scene.memory.town, vhs_of(knowledge, scene.memory.town))


def level_name(texts: Texts, level: str) -> str:
    """Return what somebody's level is called in plain words."""
    return texts.say(f"form.level.{level}")


def list_age(texts: Texts, courses: Sequence[Course], now: datetime) -> str:
    """Return when the list was read, if it is old."""
    oldest = min((course.imported_at for course in courses), default=now)
    if now - oldest < OLD_LIST:
        return ""
    return texts.say("courses.old_list", date=day(oldest.astimezone(BERLIN).date()))


def _item(line: str) -> str:
    return f"- {line}"


def _short(course: Course) -> str:
    return (
        course.listed.title if len(course.listed.title) <= LABEL else f"{course.listed.title[: LABEL - 1]}…"
    )
