"""Answers questions without a conversation or a database: one for a person to read, many as JSON lines."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.dialogue.respond import respond, set_scene
from bot.dialogue.turn import Turn
from bot.domain.capabilities import Capabilities
from bot.domain.conversation import Conversation
from bot.domain.message import Outbound
from bot.service.mind import Mind
from bot.understanding.result import Understood


class BadLine(Exception):
    """A line of a batch cannot be read; the message says which and why."""


def read_lines(lines: Iterable[str], name: str) -> Iterator[dict[str, Any]]:
    """Read JSON lines with `text` and optional `id`, `language` (or `lang`), `town`; raise BadLine."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadLine(f"{name}:{number}: not JSON: {error.msg}") from error
        if not isinstance(found, dict) or not isinstance(found.get("text"), str):
            raise BadLine(f'{name}:{number}: expected an object with a string "text"')
        yield found


def read_labelled(lines: Iterable[str], name: str) -> Iterator[dict[str, str]]:
    """Read JSON lines with `topic`, `lang`, `text` and maybe `style`; raise BadLine."""
    for number, found in enumerate(read_lines(lines, name), 1):
        if not all(isinstance(found.get(key), str) for key in ("topic", "lang")):
            raise BadLine(f'{name}: message {number}: expected the strings "topic" and "lang"')
        yield found


def judged(mind: Mind, question: dict[str, Any]) -> dict[str, Any]:
    """Return what the bot would do with a question, as the JSON of `ask --batch`."""
    language = question.get("language") or question.get("lang") or ""
    understood = understand(mind, question["text"], str(language))
    answer: dict[str, Any] = {"id": question["id"]} if "id" in question else {}
    return answer | {
        "language": understood.language,
        "decision": understood.decision.value,
        "entry": understood.entry or None,
        "candidates": [
            {"entry": found.entry, "score": round(found.score, 4)} for found in understood.candidates
        ],
        "score": round(understood.score, 4),
    }


def understand(mind: Mind, text: str, language: str) -> Understood:
    """Return how a message is understood; a known language counts as the newcomer's choice."""
    known = language if language in mind.world.knowledge.languages else ""
    return mind.engine.understand(text, language=known, language_chosen=bool(known))


def replies(
    mind: Mind, text: str, language: str, town: str, at: datetime, capabilities: Capabilities
) -> tuple[Outbound, ...]:
    """Return what the bot would say to a first message, without the welcome."""
    understood = understand(mind, text, language)
    memory = Conversation(
        greeted=True, language=language or understood.language, language_chosen=bool(language), town=town
    )
    turn = Turn(at, "console", replace(capabilities, shows_welcome=True), understood, text)
    response = respond(set_scene(turn, memory, mind.world))
    return tuple(step for step in response.steps if isinstance(step, Outbound))
