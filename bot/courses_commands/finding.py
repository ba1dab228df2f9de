"""What the commands for courses share: finding a course, and wording people and towns."""

import json
from dataclasses import dataclass

import typer

from bot.commands import Refused
from bot.courses import table
from bot.dialogue.world import World
from bot.domain.course import Course
from bot.knowledge.model import Knowledge
from bot.service.ports import Unit
from bot.service.registering import Registrar

BY_ID = "id:"


@dataclass(frozen=True, slots=True)
class _Speaking:
    """What the registrar needs: texts, without the seconds that learning to understand takes."""

    world: World


def registrar_of(world: World) -> Registrar:
    speaking = _Speaking(world)
    return Registrar(lambda: speaking)


async def find_course(unit: Unit, word: str) -> Course:
    """Return the course of a number, or of an id where several have the number."""
    if word.startswith(BY_ID):
        course = await unit.courses.get(int(word[len(BY_ID) :])) if word[len(BY_ID) :].isdecimal() else None
        if course is None:
            raise Refused(f"Einen Kurs {word} gibt es nicht.")
        return course
    found = [course for course in await unit.courses.listed(all_=True) if course.listed.number == word]
    there = [course for course in found if not course.gone] or found
    if not there:
        raise Refused(f"Einen Kurs mit der Nummer '{word}' gibt es nicht. Alle zeigt: courses list --all")
    if len(there) > 1:
        ways = ", ".join(f"{BY_ID}{course.id} ({course.listed.vhs})" for course in there)
        raise Refused(f"Die Nummer '{word}' haben mehrere Kurse. Nehmen Sie: {ways}")
    return there[0]


def people(number: int) -> str:
    return "1 Person" if number == 1 else f"{number} Personen"


def town_names(knowledge: Knowledge) -> table.Town:
    towns = knowledge.towns
    return lambda town: towns[town].name if town in towns else town


def print_json(found: object) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False))
