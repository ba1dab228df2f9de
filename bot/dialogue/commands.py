"""Words that always work, in every language: COMMANDS is their list."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from bot.dialogue import answer, browse, course_talk, handoff, places
from bot.dialogue.turn import Response, Scene, ShowData, ShowThings
from bot.dialogue.welcome import runs_it
from bot.domain.conversation import Asked
from bot.domain.message import Outbound
from bot.understanding.normalise import fold

# The names of all languages in all languages, looked through with each message.
_folded = lru_cache(maxsize=4096)(fold)


def said(scene: Scene) -> Response | None:
    """Carry out a command word."""
    command = COMMANDS.get(scene.turn.understood.command)
    return command(scene) if command else None


def language_named(scene: Scene) -> Response | None:
    """Take a message that is nothing but the name of a language, in any language."""
    said_ = fold(scene.turn.text).strip(" .!?")
    if not said_ or scene.turn.choice:
        return None
    for code in scene.world.offered:
        if said_ in {_folded(name) for name in scene.world.language_names(code)}:
            return speak(scene, code)
    return None


def speak(scene: Scene, code: str) -> Response:
    """Go on in the chosen language; the last answer is said again in it, if the language is new."""
    memory = scene.keep(asked=scene.memory.asked, language=code, language_chosen=True)
    here = replace(scene, memory=memory, language=code)
    if scene.memory.last_entry and scene.memory.language != code:
        return answer.entry(here, scene.memory.last_entry).before(here.message("language.set"))
    quick = (
        here.button("cmd:browse", "command.browse", "browse"),
        here.button("cmd:courses", "command.courses", "courses"),
    )
    return Response(memory, (here.message("language.set_ask", *quick),))


def start(scene: Scene) -> Response:
    """Begin again: the welcome with its languages."""
    if not scene.memory.greeted and not scene.turn.capabilities.shows_welcome:
        return Response(scene.keep())  # the welcome is said anyway
    return Response(scene.keep(), (places.first_words(scene, scene.texts),))


def help_(scene: Scene) -> Response:
    """Say what the bot can do, with the commands as buttons; "help!" may also be meant as a cry."""
    texts = scene.texts
    buttons = tuple(scene.button(f"cmd:{name}", f"command.{name}", name) for name in _HELP)
    text = f"**{texts.say('danger.call')}**\n\n{texts.say('help.text')}"
    return Response(scene.keep(asked=scene.memory.asked), (Outbound(text, texts.language, buttons),))


def browse_(scene: Scene) -> Response:
    """Show what can be asked."""
    return browse.areas(scene)


def courses(scene: Scene) -> Response:
    """Look for a German course."""
    return course_talk.search(scene)


def status(scene: Scene) -> Response:
    """Show the newcomer's questions and registrations."""
    return Response(scene.keep(), (ShowThings(),))


def language(scene: Scene, page: int = 1) -> Response:
    """Offer the languages."""
    question = scene.message("language.ask", *places.language_choices(scene, page), kind="question")
    return Response(scene.keep(asked=scene.memory.asked), (question,))


def town(scene: Scene) -> Response:
    """Ask for the town."""
    return Response(scene.keep(asked=Asked("town")), (places.ask_town(scene),))


def my_data(scene: Scene) -> Response:
    """Show everything held."""
    return Response(scene.keep(), (ShowData(),))


def forget_me(scene: Scene) -> Response:
    """Ask once more before everything is deleted; an open ticket is named first."""
    yes, no = scene.button("erase:yes", "button.erase"), scene.button("erase:no", "button.keep")
    numbers = ", ".join(str(ticket.number) for ticket in scene.turn.tickets)
    if numbers:
        question = scene.message("erase.ask_open", yes, no, kind="question", number=numbers)
    else:
        question = scene.message("erase.ask", yes, no, kind="question")
    if scene.memory.registered:
        question = replace(question, text=f"{question.text}\n\n{scene.texts.say('erase.registrations')}")
    return Response(scene.keep(asked=Asked("erase")), (question,))


def privacy(scene: Scene) -> Response:
    """Say what is stored, for how long, and who runs the bot."""
    texts, world = scene.texts, scene.world
    parts = [texts.say("privacy.text", days=world.kept_days), runs_it(texts, world.operator)]
    if world.operator.translator:
        parts.append(texts.say("privacy.translator", engine=world.operator.translator))
    if world.operator.privacy_url:
        parts.append(texts.say("privacy.more", url=world.operator.privacy_url))
    buttons = (
        scene.button("cmd:my_data", "command.my_data"),
        scene.button("cmd:forget_me", "command.forget_me"),
    )
    return Response(
        scene.keep(asked=scene.memory.asked), (Outbound("\n\n".join(parts), texts.language, buttons),)
    )


def stop(scene: Scene) -> Response:
    """End what was going on; nothing is sent on the bot's own initiative until they write again."""
    return Response(scene.keep(stopped=True), (scene.message("stop.text"),))


def person(scene: Scene) -> Response:
    """Lead to a person."""
    return handoff.asked_for(scene)


COMMANDS: dict[str, Callable[[Scene], Response]] = {
    "start": start,
    "help": help_,
    "browse": browse_,
    "courses": courses,
    "status": status,
    "language": language,
    "town": town,
    "person": person,
    "my_data": my_data,
    "forget_me": forget_me,
    "privacy": privacy,
    "stop": stop,
}
_HELP = ("browse", "courses", "status", "language", "town", "person", "my_data", "forget_me", "privacy")
