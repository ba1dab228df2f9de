"""The pattern language of the emergency words."""

import pytest

from bot.understanding.patterns import Patterns

CASES = [
    ("kind geschluckt", "mein Kind hat etwas geschluckt", True),
    ("kind geschluckt", "geschluckt hat es mein Kind", False),
    ("kind geschluckt", "Kind eins zwei drei geschluckt", True),
    ("kind geschluckt", "Kind eins zwei drei vier geschluckt", False),
    ("kind geschluckt", "Kind eins zwei drei vier Kind geschluckt", True),
    ("kind|baby geschluckt", "BABY geschluckt!!", True),
    ("*schluck*", "verschluckt", True),
    ("schluck*", "verschluckt", False),
    ("*schluckt", "verschluckt", True),
    ("*schluckt", "schluckte", False),
    ("atmet nicht mehr|", "er atmet nicht", True),
    ("atmet nicht mehr|", "er atmet nicht mehr", True),
    ("sehr| krank", "krank", True),
    ("sehr| krank", "sehr gut", False),
    ("a b| c", "a c", True),
    ("sehr|", "sehr", False),
    ("brennt ~kerze*", "es brennt", True),
    ("brennt ~kerze*", "es brennt, die Kerzen sind schön", False),
    ("brennt ~kerze*|ofen", "der Ofen brennt", False),
    ("töten", "toten", True),
    ("n'arrive pas", "je narrive pas", True),
    ("arrive pas", "je n'arrive pas", True),
    ("حريق", "في حَرِيق", True),
    ("ጸሓይ ስራሕ*", "ፀሓይ ሥራሕተኛ", True),
    ("ፀሓይ ሥራሕ*", "ጸሓይ ስራሕተኛ", True),
    ("hilfe!", "Hilfe", True),
    ("", "egal", False),
]


@pytest.mark.parametrize(("pattern", "text", "matches"), CASES)
def test_pattern(pattern: str, text: str, matches: bool) -> None:
    assert Patterns([("key", pattern)]).find(text) == (frozenset({"key"}) if matches else frozenset())


def test_all_matching_keys_are_told() -> None:
    patterns = Patterns([("fire", "brennt"), ("poison", "gift"), ("poison", "tabletten"), ("other", "ruhe")])
    assert patterns.find("es brennt, und Gift mit Tabletten") == {"fire", "poison"}


def test_the_gap_can_be_narrower() -> None:
    assert not Patterns([("key", "a b")], gap=1).find("a x y b")
