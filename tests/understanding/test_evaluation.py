"""Figures of how well messages are understood."""

import pytest

from bot.understanding.evaluation import Share, measure
from tests.understanding.sample import engine

LINES = [
    {
        "topic": "register-address",
        "lang": "de",
        "text": "Wo muss ich meine Adresse anmelden?",
        "style": "plain",
    },
    {"topic": "german-courses", "lang": "de", "text": "Wo melde ich meine Adresse an?", "style": "plain"},
    {"topic": "poison", "lang": "de", "text": "Mein Baby hat Tabletten geschluckt", "style": "plain"},
    {"topic": "none", "lang": "de", "text": "es brennt", "style": "oos"},
    {"topic": "smalltalk", "lang": "de", "text": "Hallo", "style": "smalltalk"},
    {"topic": "human", "lang": "en", "text": "I want to talk to a person", "style": "human"},
]


def test_counts() -> None:
    report = measure(engine(), LINES)
    found = {
        name: (share.hits, share.of)
        for name in ("first", "answered_right", "answered_wrong", "outside_answered", "smalltalk_right")
        if (share := report.groups[""].share(name))
    }
    assert found == {
        "first": (2, 3),
        "answered_right": (2, 3),
        "answered_wrong": (1, 3),
        "outside_answered": (1, 1),
        "smalltalk_right": (1, 1),
    }
    assert report.groups[""].share("crisis_missed") == Share(0, 1)
    assert report.groups[""].share("crisis_wrong") == Share(1, 5)
    assert report.confusions == [(("german-courses", "register-address"), 1)]


def test_groups_are_counted_apart_and_all_together() -> None:
    report = measure(engine(), LINES, lambda line: (line["lang"], line["style"]))
    sizes = {name: len(group.judged) for name, group in report.groups.items()}
    assert sizes == {"de": 5, "en": 1, "human": 1, "oos": 1, "plain": 3, "smalltalk": 1, "": 6}
    assert report.groups["en"].share("human_right") == Share(1, 1)
    assert report.as_json()["groups"]["en"]["human_right"]["share"] == 1.0
    assert any(line.startswith("first") for line in report.as_table())


def test_a_known_language_is_the_newcomers_choice() -> None:
    line = {"topic": "german-courses", "lang": "tr", "text": "I want to learn German", "style": "plain"}
    (known,) = measure(engine(), [line], language_known=True).groups[""].judged
    (told,) = measure(engine(), [line]).groups[""].judged
    assert (known.understood.language, told.understood.language) == ("tr", "en")


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [(Share(0, 10), 0.0, 0.278), (Share(5, 10), 0.237, 0.763), (Share(10, 10), 0.722, 1.0)],
)
def test_intervals_are_wilsons(share: Share, low: float, high: float) -> None:
    assert share.interval == pytest.approx((low, high), abs=0.001)


def test_nothing_is_no_share() -> None:
    report = measure(engine(), [])
    assert report.groups[""].share("first").value is None
    assert report.groups[""].calibration_error() is None
