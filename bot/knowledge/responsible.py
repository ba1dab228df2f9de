"""Which team answers a question, by the newcomer's town and the matter, and until when. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ticket import REMIND_BEFORE
from bot.knowledge.hours import working_deadline
from bot.knowledge.model import Knowledge, Team
from bot.knowledge.teams import ALL


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
    """Return the team for a town and an entry, the most special one; None if there is none.

    town, entry: ids, empty if unknown. Of teams that are equally special the one that stands first answers.
    """
    return next(iter(rivals(knowledge, town, entry)), None)


def rivals(knowledge: Knowledge, town: str, entry: str) -> tuple[Team, ...]:
    """Return the teams that are as special as the one that answers, that one first."""
    ranks = {
        team.id: _rank(team, town, entry)
        for team in knowledge.teams.values()
        if _fits(knowledge, team, town, entry)
    }
    least = min(ranks.values(), default=None)
    return tuple(knowledge.teams[id] for id, rank in ranks.items() if rank == least)


def _rank(team: Team, town: str, entry: str) -> tuple[bool, int]:
    """Return a rank, the least of which answers: the town counts first, then the entry, its area, everything."""
    matter = 0 if entry in team.matters else 2 if ALL in team.matters else 1
    return town not in team.towns, matter


def _fits(knowledge: Knowledge, team: Team, town: str, entry: str) -> bool:
    known = knowledge.entries.get(entry)
    return bool(team.towns & {ALL, town} and team.matters & {ALL, entry, known.area if known else ALL})
