"""Questions for a town or a language, as buttons that fit the channel."""

from dataclasses import replace

from bot.dialogue.turn import Scene
from bot.dialogue.welcome import language_choices as all_languages
from bot.dialogue.welcome import welcome
from bot.domain.capabilities import Capabilities
from bot.domain.message import Choice, Outbound
from bot.i18n import Texts


def ask_town(scene: Scene, page: int = 1) -> Outbound:
    """Return the question for the town with a button for each."""
    towns = [Choice(f"town:{town.id}", town.name) for town in scene.world.knowledge.towns.values()]
    towns.append(scene.button("town:elsewhere", "button.elsewhere"))
    return scene.message("town.ask", *paged(scene, towns, page, "towns"), kind="question")


def language_choices(scene: Scene, page: int = 1) -> tuple[Choice, ...]:
    """Return the languages as buttons."""
    return paged(scene, list(all_languages(scene.world.knowledge, scene.world.offered)), page, "langs")


def first_words(scene: Scene, texts: Texts) -> Outbound:
    """Return the welcome, with as many languages as the channel can show at once."""
    world = scene.world
    said = welcome(texts, world.knowledge, world.offered, world.operator)
    return replace(said, choices=paged(scene, list(said.choices), 1, "langs"))


def paged(scene: Scene, choices: list[Choice], page: int, more: str, *always: Choice) -> tuple[Choice, ...]:
    """Return the page of choices that the channel can show, with a button for the next page if there is one.

    always: buttons that stand below every page.
    """
    room = _room(scene.turn.capabilities)
    if room is None or len(choices) + len(always) <= room:
        return (*choices, *always)
    size = room - 1 - len(always)
    pages = -(-len(choices) // size)
    page = min(max(page, 1), pages)
    shown = choices[(page - 1) * size : page * size]
    following = page + 1 if page < pages else 1
    return (*shown, scene.button(f"{more}:{following}", "button.more"), *always)


def _room(capabilities: Capabilities) -> int | None:
    if capabilities.buttons is None:
        return None
    return max(capabilities.buttons, capabilities.list_rows)
