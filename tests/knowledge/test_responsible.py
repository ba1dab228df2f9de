"""Which team answers a question, and what it promises."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.knowledge.files import load
from bot.knowledge.hours import BERLIN
from bot.knowledge.model import Knowledge, Team
from bot.knowledge.responsible import promise, responsible, rivals
from tests.knowledge.sample import sample_folder

ALL = frozenset({"all"})
NORTH = frozenset({"nordstadt"})
TEAMS = (
    Team("everything", "Alle", ALL, ALL),
    Team("arrival", "Ankommen", ALL, frozenset({"arrival"})),
    Team("north", "Nord", NORTH, ALL),
    Team("north-arrival", "Nord, Ankommen", NORTH, frozenset({"arrival"})),
    Team("north-address", "Nord, Anmeldung", NORTH, frozenset({"register-address"})),
)
OFFICE = "Mo-Fr 08:00-16:00"
TUESDAY = datetime(2026, 12, 1, 15, tzinfo=BERLIN)


def with_teams(folder: Path, *teams: Team) -> Knowledge:
    return replace(load(sample_folder(folder)), teams={team.id: team for team in teams})


@pytest.mark.parametrize(
    ("left_out", "town", "entry", "expected"),
    [
        (0, "nordstadt", "register-address", "north-address"),
        (1, "nordstadt", "register-address", "north-arrival"),
        (2, "nordstadt", "register-address", "north"),
        (3, "nordstadt", "register-address", "arrival"),
        (4, "nordstadt", "register-address", "everything"),
        (0, "nordstadt", "emergency-call", "north"),
        (0, "nordstadt", "", "north"),
        (0, "", "register-address", "arrival"),
        (0, "", "", "everything"),
        (0, "elsewhere", "no-such-entry", "everything"),
    ],
)
def test_the_most_special_team_answers(
    tmp_path: Path, left_out: int, town: str, entry: str, expected: str
) -> None:
    """The town goes before the matter; an entry before its area."""
    found = responsible(with_teams(tmp_path, *TEAMS[: len(TEAMS) - left_out]), town, entry)
    assert found is not None
    assert found.id == expected


def test_nobody_answers_what_no_team_is_for(tmp_path: Path) -> None:
    known = with_teams(tmp_path, *TEAMS[1:2])
    assert responsible(known, "nordstadt", "emergency-call") is None
    assert rivals(known, "nordstadt", "emergency-call") == ()


def test_of_two_equally_special_teams_the_first_answers(tmp_path: Path) -> None:
    other = replace(TEAMS[2], id="other")
    known = with_teams(tmp_path, TEAMS[0], other, TEAMS[2])
    assert responsible(known, "nordstadt", "") == other
    assert [team.id for team in rivals(known, "nordstadt", "")] == ["other", "north"]
    assert [team.id for team in rivals(known, "", "")] == ["everything"]


@pytest.mark.parametrize(
    ("hours", "expected", "before"),
    [
        (8, datetime(2026, 12, 2, 15, tzinfo=BERLIN), timedelta(hours=2)),
        (2, datetime(2026, 12, 2, 9, tzinfo=BERLIN), timedelta(hours=17)),  # an hour of work, over night
        (1, datetime(2026, 12, 1, 16, tzinfo=BERLIN), timedelta(minutes=30)),
    ],
)
def test_what_is_promised_and_when_the_team_is_reminded(
    hours: int, expected: datetime, before: timedelta
) -> None:
    team = Team("office", "Büro", ALL, ALL, OFFICE, hours)
    promised = promise(team, TUESDAY)
    assert promised is not None
    assert promised.at == expected
    assert promised.at - promised.remind_at == before


@pytest.mark.parametrize(
    "team",
    [
        None,
        Team("a", "A", ALL, ALL),
        Team("a", "A", ALL, ALL, OFFICE),
        Team("a", "A", ALL, ALL, "werktags", 8),
        Team("a", "A", ALL, ALL, OFFICE, 8, ((date(2026, 1, 1), date(2027, 12, 31)),)),
    ],
)
def test_nothing_is_promised_without_hours_that_are_known(team: Team | None) -> None:
    assert promise(team, TUESDAY) is None
