"""Who takes a turn: the ordered list STEPS is the whole policy."""

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue import (
    answer,
    asked,
    attended,
    buttons,
    commands,
    course_talk,
    crisis,
    handoff,
    places,
    smalltalk,
)
from bot.dialogue.fit import fitted
from bot.dialogue.start import counted, remember, started
from bot.dialogue.turn import Effect, Response, Scene, Turn
from bot.dialogue.world import World
from bot.domain.conversation import Conversation
from bot.domain.message import Choice, Outbound

Step = Callable[[Scene], Response | None]

STEPS: tuple[Step, ...] = (
    asked.yes_or_no,  # a bare "no" is an answer to our question and nothing else
    course_talk.reach_told,  # a telephone number where one was asked for may resemble an emergency call
    crisis.card,  # before all else, even in the middle of a question of ours
    buttons.pressed,
    buttons.file_sent,
    started,
    commands.said,  # these words work always, also as an answer to a question of ours
    commands.language_named,
    attended.called_back,
    asked.answered,
    attended.added,  # a person is on it: from here on the program is silent
    handoff.wished,
    course_talk.named,
    smalltalk.returned,
    asked.said_nothing,
    answer.town_named,
    answer.known,
    answer.suggested,
    answer.unknown,  # takes whatever is left
)


def respond(scene: Scene) -> Response:
    """Return what the bot says and does in this turn; pure.

    The first turn of a contact is preceded by the welcome, unless the channel shows it by itself.
    """
    response = next(found for step in STEPS if (found := step(scene)) is not None)
    response = course_talk.after(scene, response)
    response = _offer_language(scene, response)
    response = _greet(scene, response)
    if scene.turn.start:
        response = response.before(counted(scene))
    return replace(response, steps=_fit(scene, response))


def set_scene(turn: Turn, memory: Conversation, world: World) -> Scene:
    """Return the scene of a turn with its language settled.

    The newcomer's own choice wins, then what they clearly write, then what the device says.
    """
    understood = turn.understood
    if turn.start:
        memory = remember(memory, turn.start, world.knowledge)
    hint = world.known_language(turn.language_hint)
    if not memory.language:
        guessed = understood.guess.language if understood.guess and turn.text else ""
        memory = replace(memory, language=guessed or hint or world.offered[0])
    clear = understood.guess.language if understood.guess and understood.guess.clear else ""
    if clear and not memory.language_chosen and not memory.greeted:
        memory = replace(memory, language=clear)
    return Scene(turn, memory, world, clear or memory.language)


def _offer_language(scene: Scene, response: Response) -> Response:
    """Put "go on in …" under what is not in the chosen language; an answer can be had in that one, too."""
    chosen = response.memory.language
    if scene.turn.choice or scene.language == chosen or scene.texts.language != scene.language:
        return response
    last = max((i for i, step in enumerate(response.steps) if isinstance(step, Outbound)), default=None)
    if last is None:
        return response
    message = response.steps[last]
    assert isinstance(message, Outbound)  # noqa: S101  # narrowed by the search above
    more = [scene.button(f"lang:{scene.language}", "button.go_on")]
    if any(isinstance(step, Outbound) and step.kind == "answer" for step in response.steps):
        # Who wrote a learnt sentence may not understand what comes back.
        own = scene.world.texts(chosen).say("button.go_on")
        more.insert(0, Choice(f"entry:{response.memory.last_entry}", own))
    steps = list(response.steps)
    steps[last] = replace(message, choices=(*message.choices, *more))
    return replace(response, steps=tuple(steps))


def _greet(scene: Scene, response: Response) -> Response:
    if scene.memory.greeted:
        return response
    greeted = replace(response, memory=replace(response.memory, greeted=True))
    if scene.turn.capabilities.shows_welcome:
        return greeted
    # The language may just have been set by a start link: the welcome follows it.
    texts = scene.world.texts(scene.language if scene.turn.text else response.memory.language)
    return greeted.before(places.first_words(scene, texts))


def _fit(scene: Scene, response: Response) -> tuple[Outbound | Effect, ...]:
    steps: list[Outbound | Effect] = []
    for step in response.steps:
        steps.extend(
            fitted(step, scene.turn.capabilities, scene.world) if isinstance(step, Outbound) else (step,)
        )
    return tuple(steps)
