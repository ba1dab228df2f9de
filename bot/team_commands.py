"""What the commands for the teams do: they show what teams.yaml means, in German."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime

import typer

from bot import app
from bot.i18n import BERLIN, day
from bot.knowledge.check import check as problems_of
from bot.knowledge.files import read
from bot.knowledge.hours import DEADLINE_WITHIN, holidays_of
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Knowledge, Team
from bot.knowledge.problem import Problem
from bot.knowledge.responsible import Promise, promise
from bot.knowledge.teams import ALL
from bot.operations.logs import set_up
from bot.settings import Settings

FILE = "teams.yaml"
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
NO_HOURS = "keine Arbeitszeiten: Es wird keine Zeit zugesagt"
NO_PROMISE = "ohne 'promise_hours': Es wird keine Zeit zugesagt"
TOO_LONG = (
    f"in den nächsten {DEADLINE_WITHIN.days} Tagen nicht genug Arbeitsstunden: Es wird keine Zeit zugesagt"
)


async def check(settings: Settings, as_lines: bool) -> int:
    """Check teams.yaml and show who answers what, until when; 1 if there is an error."""
    set_up("text")
    now = app.SystemClock().now().astimezone(BERLIN)
    reading = read(settings.knowledge)
    known = reading.knowledge
    # Whoever cannot be read because of another file is told of that file.
    found = list(reading.problems)
    if known is not None:
        found = problems_of(known, settings.knowledge, app.CAPABILITIES, now.date())
        found = [problem for problem in found if problem.file.endswith(f"/{FILE}")]
    show = _print_records if as_lines else _print
    show(found, known, now)
    return 1 if any(problem.is_error for problem in found) else 0


def _print(found: Sequence[Problem], known: Knowledge | None, now: datetime) -> None:
    for problem in found:
        typer.echo(str(problem))
    if known is not None:
        for team in known.teams.values():
            typer.echo("\n".join(("", *_lines(known, team, now))))
    typer.echo(f"\n{_result(found)}")


def _print_records(found: Sequence[Problem], known: Knowledge | None, now: datetime) -> None:
    records: list[Mapping[str, object]] = [problem.to_dict() for problem in found]
    if known is not None:
        records += [_record(team, promise(team, now)) for team in known.teams.values()]
    for record in records:
        typer.echo(json.dumps(record, ensure_ascii=False))


def _record(team: Team, promised: Promise | None) -> dict[str, object]:
    return {
        "team": team.id,
        "name": team.name,
        "towns": sorted(team.towns),
        "matters": sorted(team.matters),
        "hours": team.hours,
        "promise_hours": team.promise_hours,
        "absences": [[first.isoformat(), last.isoformat()] for first, last in team.absences],
        "promised_at": promised.at.isoformat() if promised else None,
        "remind_at": promised.remind_at.isoformat() if promised else None,
    }


def _lines(known: Knowledge, team: Team, now: datetime) -> Iterable[str]:
    """Yield what is shown of a team."""
    towns = (known.towns[town].name for town in team.towns if town != ALL)
    yield f"{team.name} ({team.id})"
    yield f"  Orte:      {_joined(towns, team.towns, 'alle')}"
    yield f"  Fragen zu: {_joined((_matter(known, one) for one in team.matters if one != ALL), team.matters, 'allem')}"
    yield f"  Zeiten:    {team.hours or NO_HOURS}"
    if team.hours:
        yield f"  Antwort:   {_answer(team, now)}"
    for first, last in team.absences:
        if last >= now.date():
            yield f"  Abwesend:  {day(first)} bis {day(last)}"
    if team.hours:
        yield f"  Feiertag:  der nächste ist {_weekday(_next_holiday(now.date()))}"


def _answer(team: Team, now: datetime) -> str:
    if team.promise_hours is None:
        return NO_PROMISE
    promised = promise(team, now)
    if promised is None:
        return TOO_LONG
    return (
        f"in {team.promise_hours} Arbeitsstunden; wer jetzt fragt, bekommt eine Antwort bis"
        f" {_moment(promised.at)} zugesagt; das Team wird am {_moment(promised.remind_at)} erinnert"
    )


def _next_holiday(today: date) -> date:
    return next(free for free in (*holidays_of(today.year), *holidays_of(today.year + 1)) if free >= today)


def _joined(names: Iterable[str], ids: Container[str], everything: str) -> str:
    return everything if ALL in ids else ", ".join(sorted(names))


def _matter(known: Knowledge, id: str) -> str:
    if id in known.areas:
        return known.areas[id].get(GERMAN, id)
    return f"„{known.entries[id].texts[GERMAN].title}“"


def _weekday(moment: date) -> str:
    return f"{WEEKDAYS[moment.weekday()]} {day(moment)}"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(BERLIN)
    return f"{_weekday(local)}, {local:%H:%M}"


def _result(problems: Sequence[Problem]) -> str:
    if not problems:
        return f"{FILE} ist in Ordnung."
    errors = sum(problem.is_error for problem in problems)
    where = FILE if all(problem.file.endswith(FILE) for problem in problems) else "den Wissensdateien"
    return f"{errors} Fehler, {len(problems) - errors} Warnungen und Hinweise in {where}."
