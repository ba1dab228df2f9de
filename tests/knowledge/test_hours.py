"""When places are open and an answer is due: around holidays, nights, the change of the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.hours import BERLIN, OpenState, holidays_of, is_readable, state, working_deadline
from bot.knowledge.model import Place, Source, Team

OFFICE = "Mo-Fr 08:00-12:00,14:00-16:00"


def place(hours: str) -> Place:
    return Place("x", "X", Source("x"), date(2026, 11, 1), "verified", hours=hours)


def team(hours: str, *absences: tuple[date, date]) -> Team:
    return Team("x", "X", frozenset({"all"}), frozenset({"all"}), hours=hours, absences=absences)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def is_open(until: str) -> OpenState:
    return OpenState(True, until=at(until))


def closed(opens: str) -> OpenState:
    return OpenState(False, opens=at(opens))


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        (OFFICE, "2026-11-23 09:00", is_open("2026-11-23 12:00")),
        (OFFICE, "2026-11-23 08:00", is_open("2026-11-23 12:00")),
        (OFFICE, "2026-11-23 12:00", closed("2026-11-23 14:00")),
        (OFFICE, "2026-11-27 16:30", closed("2026-11-30 08:00")),
        (OFFICE, "2026-12-25 09:00", closed("2026-12-28 08:00")),  # Christmas, then a weekend
        (
            OFFICE,
            "2026-06-04 09:00",
            closed("2026-06-05 08:00"),
        ),  # Corpus Christi: in NRW, not in all of Germany
        (
            OFFICE,
            "2026-10-31 09:00",
            closed("2026-11-02 08:00"),
        ),  # Reformation Day is none in NRW: a Saturday
        (OFFICE, "2026-12-31 17:00", closed("2027-01-04 08:00")),  # New Year's Day of the next year
        ("Mo-Su 08:00-20:00; PH off", "2026-12-26 09:00", closed("2026-12-27 08:00")),
        ("Mo-Fr 18:00-22:00; Sa,Su,PH 08:00-22:00", "2026-12-25 09:00", is_open("2026-12-25 22:00")),
        ("PH,Sa,Su 08:00-22:00; Mo-Fr 18:00-22:00", "2026-12-25 09:00", is_open("2026-12-25 22:00")),
        ("PH 10:00-12:00", "2026-12-24 09:00", closed("2026-12-25 10:00")),
        ("Mo,PH,Sa 10:00-12:00", "2026-12-25 10:30", is_open("2026-12-25 12:00")),
        ("We 22:00-02:00", "2026-11-26 01:00", is_open("2026-11-26 02:00")),
        ('Mo-Fr 09:00-12:00 "nur Telefon"', "2026-11-23 10:00", is_open("2026-11-23 12:00")),
        ("Mo-Fr 08:00-12:00, Mo 11:00-13:00", "2026-11-23 10:00", is_open("2026-11-23 13:00")),
        ("Mar 01-Mar 31 Mo 08:00-12:00", "2026-11-23 09:00", OpenState(False)),  # not within two weeks
        ("24/7", "2026-12-25 03:00", OpenState(True)),
        ("Mo-Su 00:00-24:00", "2026-12-25 03:00", OpenState(True)),
        # The clocks go forward on 28 March 2027 and back on 25 October 2026.
        ("Mo-Su 01:00-05:00", "2027-03-28 04:00", is_open("2027-03-28 05:00")),
        ("Mo-Su 01:00-05:00", "2026-10-25 02:30", is_open("2026-10-25 05:00")),
    ],
)
def test_state(hours: str, moment: str, expected: OpenState) -> None:
    assert state(place(hours), at(moment)) == expected


@pytest.mark.parametrize(
    "hours", ["", "nach Vereinbarung", "Mo-Do 8-12", 'Mo-Fr 08:00-12:00 || "auf Anfrage"', "Mo 25:00"]
)
def test_what_cannot_be_read_says_nothing(hours: str) -> None:
    assert state(place(hours), at("2026-11-23 09:00")) is None
    assert not is_readable(hours)


def test_another_time_zone_is_understood() -> None:
    moment = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert state(place(OFFICE), moment) == is_open("2026-11-23 12:00")


def test_a_moment_without_time_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 9)  # noqa: DTZ001  # that is the point
    with pytest.raises(ValueError, match="time zone"):
        state(place(OFFICE), naive)
    with pytest.raises(ValueError, match="time zone"):
        working_deadline(team(OFFICE), naive, 8)


def test_holidays_of_north_rhine_westphalia() -> None:
    days = holidays_of(2026)
    assert len(days) == 11
    assert date(2026, 6, 4) in days
    assert date(2026, 11, 1) in days
    assert date(2026, 10, 31) not in days


@given(
    st.integers(0, 730 * 24 * 60),
    st.sampled_from([OFFICE, "Mo-Su 22:00-04:00", "PH off; Th-Sa 10:00-12:00"]),
)
def test_the_next_change_is_one(minutes: int, hours: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = state(place(hours), now)
    assert found is not None
    change = found.until if found.open else found.opens
    assert change is not None
    assert change > now
    later = state(place(hours), change)
    assert later is not None
    assert later.open != found.open


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),
        ("2026-11-23 09:00", 4, "2026-11-23 15:00"),
        ("2026-11-23 15:00", 1, "2026-11-23 16:00"),
        ("2026-11-27 15:00", 2, "2026-11-30 09:00"),
        ("2026-12-24 15:00", 2, "2026-12-28 09:00"),
        ("2026-11-22 03:00", 0, "2026-11-23 08:00"),
    ],
)
def test_deadline(start: str, hours: int, due: str) -> None:
    assert working_deadline(team(OFFICE), at(start), hours) == at(due)


def test_absences_do_not_count_first_and_last_day_included() -> None:
    away = team(OFFICE, (date(2026, 11, 24), date(2026, 11, 25)), (date(2026, 11, 27), date(2026, 11, 27)))
    assert working_deadline(away, at("2026-11-23 15:00"), 2) == at("2026-11-26 09:00")
    assert working_deadline(away, at("2026-11-26 15:00"), 2) == at("2026-11-30 09:00")


def test_hours_over_midnight_and_the_change_of_the_clocks() -> None:
    nights = team("Mo-Su 22:00-06:00")
    assert working_deadline(nights, at("2026-11-23 22:00"), 8) == at("2026-11-24 06:00")
    # 25 October 2026 has the hour from 2 to 3 twice.
    assert working_deadline(nights, at("2026-10-24 22:00"), 8) == at("2026-10-25 05:00")


@pytest.mark.parametrize("hours", ["", "nie", "2020 Mo-Fr 08:00-16:00"])
def test_no_deadline_without_hours_that_come(hours: str) -> None:
    assert working_deadline(team(hours), at("2026-11-23 09:00"), 8) is None


def test_no_deadline_during_a_long_absence() -> None:
    away = team(OFFICE, (date(2026, 11, 1), date(2027, 12, 31)))
    assert working_deadline(away, at("2026-11-23 09:00"), 8) is None


@given(st.integers(1, 30), st.integers(0, 24 * 60))
def test_a_deadline_lies_in_office_hours(hours: int, minutes: int) -> None:
    start = at("2026-12-18 00:00") + timedelta(minutes=minutes)
    due = working_deadline(team(OFFICE), start, hours)
    assert due is not None
    assert due > start
    just_before = state(place(OFFICE), due - timedelta(minutes=1))
    assert just_before is not None
    assert just_before.open
