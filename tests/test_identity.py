"""Who the town's provider says somebody is, and what that makes of them."""

from itertools import islice

import pytest

from bot.domain.entering import NAME_LENGTH
from bot.domain.identity import Duty, Identity, duties_from, duty_of, names_of
from bot.domain.staff import Role

TOLD = " /Amt/Soziales = clerk:duelmen, havixbeck ;a=b=lead;; vhs=course_clerk:vhs-duelmen; k=administrator;"


def test_values_mean_roles_and_places() -> None:
    assert duties_from(TOLD) == {
        "/Amt/Soziales": Duty(Role.CLERK, frozenset({"duelmen", "havixbeck"})),
        "a=b": Duty(Role.LEAD),
        "vhs": Duty(Role.COURSE_CLERK, frozenset({"vhs-duelmen"})),
        "k": Duty(Role.ADMINISTRATOR),
    }
    assert duties_from("") == {}


@pytest.mark.parametrize("wrong", ["lead", "=lead", "x=", "x=boss", "x=clerk", "x=clerk:", "x=lead:duelmen"])
def test_what_means_nothing_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        duties_from(f"y=lead; {wrong}")


def test_of_several_roles_the_first_told_counts_with_all_its_places() -> None:
    duties = duties_from("a=clerk:duelmen; boss=lead; b=clerk:senden; c=course_clerk:vhs")
    assert duty_of(["x", "offline_access"], duties) is None
    assert duty_of([], duties) is None
    assert duty_of(["b"], duties) == Duty(Role.CLERK, frozenset({"senden"}))
    assert duty_of(["c", "b", "boss", "a"], duties) == Duty(Role.CLERK, frozenset({"duelmen", "senden"}))
    assert duty_of(["b", "boss"], duties) == Duty(Role.LEAD)


@pytest.mark.parametrize(
    ("name", "login", "names"),
    [
        ("Amina  Yılmaz\n", "a.y", ["Amina Yılmaz", "Amina Yılmaz (a.y)", "Amina Yılmaz (2)"]),
        ("", "a.y", ["a.y", "a.y (2)", "a.y (3)"]),
        ("A.Y", "a.y", ["A.Y", "A.Y (2)", "A.Y (3)"]),
        ("\u202e\ud800\x00", "", ["?", "? (2)", "? (3)"]),
        ("x" * 99, "y" * 99, ["x" * 64, "x" * 29 + f" ({'y' * 32})", "x" * 60 + " (2)"]),
    ],
)
def test_what_an_account_could_be_called(name: str, login: str, names: list[str]) -> None:
    found = list(islice(names_of(Identity("i", "s", "", name, login, None)), 3))
    assert found == names
    assert all(len(one) <= NAME_LENGTH for one in found)
