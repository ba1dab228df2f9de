"""Rules for teams.yaml: hours that promise nothing, questions that nobody answers, or two teams."""

from collections.abc import Callable, Iterator

from bot.knowledge.hours import is_readable
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Knowledge, Team
from bot.knowledge.problem import Problem, unreadable_hours
from bot.knowledge.responsible import responsible, rivals
from bot.knowledge.subject import Subject

TEAMS = "teams"


def unreadable_team_hours(subject: Subject) -> Iterator[Problem]:
    """Working hours that cannot be worked with."""
    for team in subject.knowledge.teams.values():
        if team.hours and not is_readable(team.hours):
            yield subject.warning(
                unreadable_hours(team.hours, "es wird keine Zeit zugesagt"), TEAMS, team.id, "hours"
            )


def without_team(subject: Subject) -> Iterator[Problem]:
    """Towns whose questions belong to no team, at least about some matters: nobody is reminded of them."""
    for town in subject.knowledge.towns.values():
        if lacking := _without_team(subject.knowledge, town.id):
            yield subject.warning(
                f"Für Fragen aus {town.name} ist kein Team zuständig bei: {', '.join(lacking)}."
                f" Nennen Sie '{town.id}' oder 'all' bei einem Team.",
                TEAMS,
                *tuple(subject.knowledge.teams)[:1],
            )


def equally_responsible(subject: Subject) -> Iterator[Problem]:
    """Two teams for the same: the one that stands first gets all of it, which nobody may have meant."""
    told: set[tuple[str, ...]] = set()
    for town in ("", *subject.knowledge.towns):
        for entry in ("", *subject.knowledge.entries):
            teams = rivals(subject.knowledge, town, entry)
            ids = tuple(team.id for team in teams)
            if len(teams) > 1 and ids not in told:
                told.add(ids)
                yield subject.warning(_rivalry(teams), TEAMS, teams[1].id)


def past_absences(subject: Subject) -> Iterator[Problem]:
    """Absences that are over."""
    for team in subject.knowledge.teams.values():
        over = [last for _, last in team.absences if last < subject.today]
        if over:
            yield subject.info(
                f"Abwesenheiten von '{team.name}' bis {max(over):%d.%m.%Y} sind vorbei und können gelöscht werden.",
                TEAMS,
                team.id,
                "absences",
            )


RULES: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    unreadable_team_hours,
    without_team,
    equally_responsible,
    past_absences,
)


def _rivalry(teams: tuple[Team, ...]) -> str:
    first, *others = (f"'{team.name}'" for team in teams)
    return (
        f"{first} und {', '.join(others)} sind für dasselbe zuständig; es bekommt immer {first}, weil es zuerst steht."
        " Trennen Sie sie nach Ort ('towns') oder Bereich ('matters')."
    )


def _without_team(knowledge: Knowledge, town: str) -> list[str]:
    """Return the German names of the areas that no team answers, wholly or for one of their entries."""
    areas = {entry.area for entry in knowledge.entries.values() if not responsible(knowledge, town, entry.id)}
    named = [names.get(GERMAN, area) for area, names in knowledge.areas.items() if area in areas]
    return named if responsible(knowledge, town, "") else [*named, "allem, was keinem Thema zugeordnet wird"]
