"""Answers from the knowledge, for the newcomer's town; suggestions when unsure; an honest "I don't know"."""

from dataclasses import replace

from bot.dialogue import crisis, handoff, page, places, smalltalk
from bot.dialogue.contacts import contact_lines, places_of, source_line
from bot.dialogue.turn import Record, Response, Scene, ShowThings
from bot.domain.conversation import Asked
from bot.domain.message import Choice, Outbound
from bot.i18n import BERLIN
from bot.knowledge.fill import fill
from bot.knowledge.model import PAGE, Entry, Text
from bot.understanding.result import Candidate, Decision

REGISTRATION = "course-registration"  # the entry about registering for a course, if the knowledge has it
MOST_SUGGESTIONS = 3
LEAST_LIKELY = 0.08  # below this a suggestion only confuses
MOST_RELATED = 2
ROOM_FOR_MORE = 7  # buttons: the three below every answer, "go on in …", two related matters, "this is wrong"


def known(scene: Scene) -> Response | None:
    """Answer when the understanding is sure."""
    understood = scene.turn.understood
    if understood.decision is not Decision.ANSWER or understood.entry not in scene.world.knowledge.entries:
        return None
    response = entry(_asking(scene), understood.entry).before(Record("answered", understood.entry))
    # Whoever registered here and asks about it wants to know how it stands.
    own = understood.entry == REGISTRATION and scene.memory.registered
    return response.then(ShowThings()) if own else response


def suggested(scene: Scene) -> Response | None:
    """Ask back with up to three suggestions."""
    understood = scene.turn.understood
    if understood.decision is not Decision.CHOOSE or not understood.candidates:
        return None
    here = _asking(scene)
    best = _worth_suggesting(scene)
    if not best:
        return None
    choices = [Choice(f"entry:{found.entry}", label(scene, found.entry)) for found in best]
    none = scene.button("none", "button.none")
    reply = scene.message("choose.ask", *choices, none, kind="question")
    return Response(here.keep(), (Record("suggested", best[0].entry), reply))


def _worth_suggesting(scene: Scene) -> list[Candidate]:
    """Return the likely ones; an emergency card is suggested only if nothing is likelier."""
    found = [candidate for candidate in scene.turn.understood.candidates if candidate.score >= LEAST_LIKELY]
    crises = scene.world.knowledge.crisis
    return [
        candidate for place, candidate in enumerate(found) if place == 0 or candidate.entry not in crises
    ][:MOST_SUGGESTIONS]


def unknown(scene: Scene) -> Response:
    """Say that the bot does not know, and offer a person."""
    here = _asking(scene)
    if not scene.turn.text:
        return Response(here.keep(), (smalltalk.ready(here),))
    return handoff.offered(here, scene.turn.text, key="unknown.offer").before(Record("unknown"))


def town_named(scene: Scene) -> Response | None:
    """Take a message that says nothing but a town."""
    understood = scene.turn.understood
    return (
        town_is(scene, understood.towns[0]) if understood.only_town and len(understood.towns) == 1 else None
    )


def town_is(scene: Scene, town: str) -> Response:
    """Remember the town, and show who is responsible there for what was asked last."""
    here = replace(scene, turn=replace(scene.turn, understood=replace(scene.turn.understood, towns=())))
    asked = scene.memory.asked
    wanted = (asked.entry if asked and asked.kind == "town" else "") or scene.memory.last_entry
    found = scene.world.knowledge.entries.get(wanted)
    if town not in scene.world.knowledge.towns:
        memory = scene.keep(town="", elsewhere=True)
        return Response(memory, (_contacts(replace(here, memory=memory), found),))
    memory = scene.keep(town=town, elsewhere=False)
    name = scene.world.knowledge.towns[town].name
    if not found or not found.roles:
        return Response(memory, (scene.message("town.set_ask", town=name),))
    return Response(memory, (_contacts(replace(here, memory=memory), found),))


def entry(scene: Scene, entry_id: str) -> Response:
    """Return the answer of an entry; the town is asked for only where the answer differs by town."""
    knowledge = scene.world.knowledge
    found = knowledge.entries[entry_id]
    memory = scene.keep(last_entry=entry_id, town=_lives_in(scene))
    if entry_id in knowledge.crisis:
        return Response(memory, (crisis.shown(scene, entry_id),))
    text = knowledge.text(entry_id, scene.language)
    if text is None:
        return handoff.offered(
            scene, scene.turn.text or scene.memory.last_question, entry_id, key="unknown.offer"
        )
    replies = _replies(scene, found, *text)
    is_settled = scene.town or scene.memory.elsewhere
    if is_settled or not any(knowledge.differs_by_town(role) for role in found.roles):
        return Response(memory, replies)
    return Response(replace(memory, asked=Asked("town", entry=entry_id)), (*replies, places.ask_town(scene)))


def _replies(scene: Scene, found: Entry, language: str, text: Text) -> tuple[Outbound, ...]:
    """Return the answer; where it is missing in the newcomer's language, their language says which it is shown in.

    An answer that runs in the other direction than their language is a message of its own, all in one language:
    lines of both directions in one message would be torn apart.
    """
    if language == scene.language:
        return (_answer(scene, found, language, text),)
    texts, world = scene.texts, scene.world
    told = texts.say("answer.other_language", language=world.language_name(language, texts))
    if world.knowledge.languages[language].rtl == texts.rtl:
        return (replace(_answer(scene, found, language, text), lead=told),)
    there = replace(scene, language=language)
    return (Outbound(told, texts.language), _answer(there, found, language, text))


def _answer(scene: Scene, found: Entry, language: str, text: Text) -> Outbound:
    texts = scene.texts
    shown = places_of(found, scene.world.knowledge, scene.town)
    parts: list[str]
    if found.kind == PAGE:
        found = replace(found, reviewed=page.as_of(text, found.reviewed))
        quote = page.quoted(scene, language, text)
        body, parts = quote.text, [quote.way]
    else:
        body, parts = fill(text.body, scene.world.knowledge, language), []
    if shown.by_town and scene.town:
        parts.append(texts.say("contacts.for_town", town=scene.world.knowledge.towns[scene.town].name))
    elif scene.memory.elsewhere and any(map(scene.world.knowledge.differs_by_town, found.roles)):
        parts.append(texts.say("town.elsewhere"))
    parts += [contact_lines(place, texts, scene.world, scene.turn.at, scene.language) for place in shown.all]
    if shown.unsure:
        parts.append(texts.say("contacts.unsure"))
    notes = [source_line(found, shown.all, texts)]
    if text.machine:
        notes.append(texts.say("answer.machine"))
    framed = language != texts.language
    return Outbound(
        body if framed else "\n\n".join((body, *parts)),
        language,
        (
            *_courses(scene, found),
            *_feedback(scene, found.id),
            *_related(scene, found),
            *_if_wrong(scene, found.id),
        ),
        footnote=" ".join(note for note in notes if note),
        kind="answer",
        machine_translated=text.machine,
        tail="\n\n".join(parts) if framed else "",
        frame=texts.language if framed else "",
    )


def _contacts(scene: Scene, found: Entry | None) -> Outbound:
    """Return only who is responsible in the town, or elsewhere: the answer itself was given already."""
    texts = scene.texts
    if found is None:
        return scene.message("town.elsewhere")
    shown = places_of(found, scene.world.knowledge, scene.town)
    town = scene.world.knowledge.towns.get(scene.town)
    parts = [texts.say("contacts.for_town", town=town.name) if town else texts.say("town.elsewhere")]
    parts += [contact_lines(place, texts, scene.world, scene.turn.at, scene.language) for place in shown.all]
    if shown.unsure:
        parts.append(texts.say("contacts.unsure"))
    footnote = source_line(None, shown.all, texts)
    buttons = (*_feedback(scene, found.id), *_if_wrong(scene, found.id))
    return Outbound("\n\n".join(parts), texts.language, buttons, footnote, kind="answer")


def _feedback(scene: Scene, entry_id: str) -> tuple[Choice, ...]:
    return (
        scene.button(f"helped:{entry_id}", "button.helped", "yes"),
        scene.button(f"nohelp:{entry_id}", "button.not_helped", "no"),
        scene.button("person", "button.person", "person"),
    )


def _courses(scene: Scene, found: Entry) -> tuple[Choice, ...]:
    """Return the way to the list of courses, below the matters that lead there."""
    leads = found.then == "registration" and any(
        course.open_on(scene.turn.at.astimezone(BERLIN).date()) for course in scene.turn.courses
    )
    return (scene.button("courses", "button.find_course"),) if leads else ()


def _if_wrong(scene: Scene, entry_id: str) -> tuple[Choice, ...]:
    """Return "this is wrong", where the channel has room for it; elsewhere it follows "does not help"."""
    return (wrong_button(scene, entry_id),) if _is_wide(scene) else ()


def wrong_button(scene: Scene, entry_id: str) -> Choice:
    """Return the button that says of an entry's answer that it is wrong."""
    return scene.button(f"wrong:{entry_id}", "button.wrong")


def _is_wide(scene: Scene) -> bool:
    room = scene.turn.capabilities.buttons
    return room is None or room >= ROOM_FOR_MORE


def _related(scene: Scene, found: Entry) -> tuple[Choice, ...]:
    """Return what people often ask next, where the channel has room for it."""
    if not _is_wide(scene):
        return ()
    asked_too = scene.turn.understood.second
    ids = dict.fromkeys(
        (*([asked_too] if asked_too in scene.world.knowledge.entries else []), *found.related)
    )
    ids.pop(found.id, None)
    return tuple(Choice(f"entry:{id}", label(scene, id)) for id in [*ids][:MOST_RELATED])


def label(scene: Scene, entry_id: str) -> str:
    """Return the entry's title, or its short form where the channel's rows are narrow."""
    named = scene.world.knowledge.named(entry_id, scene.language)
    if named is None:
        return entry_id
    return named.short if scene.turn.capabilities.row_label else named.title


def _asking(scene: Scene) -> Scene:
    """Return the scene with the newcomer's words remembered as their last question, and the town if one is new."""
    memory = scene.memory
    if scene.turn.text:
        memory = replace(memory, last_question=scene.turn.text)
    return replace(scene, memory=replace(memory, town=_lives_in(scene), stopped=False))


def _lives_in(scene: Scene) -> str:
    """Return the newcomer's town: as told, else the one that they ask about, unless they said that it is none."""
    return scene.memory.town or ("" if scene.memory.elsewhere else scene.town)
