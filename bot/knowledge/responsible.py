"""Which team answers a question, by the newcomer's town and the matter, and until when. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ticket import REMIND_BEFORE
from bot.knowledge.hours import working_deadline
from bot.knowledge.model import Knowledge, Team

ALL = "all"


@dataclass(frozen=True, slots=True)
class Promise:
    """Until when an answer is promised, and when the team is reminded of it; both aware."""

    at: datetime
    remind_at: datetime


def promise(team: Team | None, now: datetime) -> Promise | None:
    """Return what a team promises for a question of `now`; None if it has no hours that can be worked with."""
    if team is None or not team.hours or team.promise_hours is None:
        return None
    at = working_deadline(team, now, team.promise_hours)
    # Of a short promise the half: a reminder at once would be none.
    remind = working_deadline(team, now, team.promise_hours - min(REMIND_BEFORE, team.promise_hours / 2))
    return Promise(at, remind) if at and remind else None


def responsible(knowledge: Knowledge, town: str, entry: str) -> Team | None:
    """Return the team for a town and an entry, the most special one first; None if there is none.

    town, entry: ids, empty if unknown. Of two teams that are equally special the one that stands first answers.
    """
    fitting = [team for team in knowledge.teams.values() if _fits(knowledge, team, town, entry)]
    return min(fitting, key=lambda team: speciality(team, town, entry), default=None)


def rivals(knowledge: Knowledge, town: str, entry: str) -> tuple[Team, ...]:
    """Return the teams that are as special as the one that answers, that one first."""
    first = responsible(knowledge, town, entry)
    if first is None:
        return ()
    rank = speciality(first, town, entry)
    teams = (team for team in knowledge.teams.values() if _fits(knowledge, team, town, entry))
    return tuple(team for team in teams if speciality(team, town, entry) == rank)


def speciality(team: Team, town: str, entry: str) -> tuple[bool, int]:
    """Return a rank, the least of which answers: the town counts first, then the entry, its area, everything."""
    matter = 0 if entry in team.matters else 2 if ALL in team.matters else 1
    return town not in team.towns, matter


def _fits(knowledge: Knowledge, team: Team, town: str, entry: str) -> bool:
    known = knowledge.entries.get(entry)
    return bool(team.towns & {ALL, town} and team.matters & {ALL, entry, known.area if known else ALL})
