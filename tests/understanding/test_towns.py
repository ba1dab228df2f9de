"""Town names in any script and spelling."""

import pytest

from bot.understanding.normalise import tokens
from bot.understanding.towns import Towns, only_around
from tests.understanding.sample import TOWNS

NAMED = [
    ("Dülmen", "duelmen"),
    ("ich wohne in duelmen", "duelmen"),
    ("Dulmn", "duelmen"),
    ("Dülmem", "duelmen"),
    ("Lüdinghausn", "luedinghausen"),
    ("Ludinghosen", "luedinghausen"),
    ("Lüdnighuasen", "luedinghausen"),
    ("ludinghausen", "luedinghausen"),
    ("Wir leben in Buldern", "duelmen"),
    ("انا ساكن بدولمن", "duelmen"),
    ("ولودينغهاوزن", "luedinghausen"),
    ("я живу в Дюльмене", "duelmen"),
    ("Dülmen'de oturuyorum", "duelmen"),
    ("Dülmende", "duelmen"),
    ("ኣብ ዱልመን", "duelmen"),
    ("Ich wohne in Senden", "senden"),
    ("senden", "senden"),
    ("Papiere senden", ""),
    ("Können Sie mir den Brief senden?", ""),
    ("duman", ""),  # Turkish for smoke
    ("Bildern", ""),  # not Buldern
    ("im nördlichen Kreis", ""),
    ("wenden", ""),
    ("", ""),
]


@pytest.fixture(scope="module")
def towns() -> Towns:
    return Towns(TOWNS)


@pytest.mark.parametrize(("text", "town"), NAMED)
def test_towns_are_found(towns: Towns, text: str, town: str) -> None:
    assert towns.find(tokens(text)).ids == ((town,) if town else ())


def test_each_town_once_in_the_order_of_naming(towns: Towns) -> None:
    found = towns.find(tokens("von Senden nach Dülmen oder Senden"))
    assert found.ids == ("senden", "duelmen")


def test_the_rest_is_the_message_without_the_names(towns: Towns) -> None:
    assert towns.find(tokens("Jobcenter Dülmen Adresse")).rest == ("jobcenter", "adresse")


@pytest.mark.parametrize(
    "text", ["ich wohne in", "я живу в", "انا من", "ez li", "ኣብ እየ ዝነብር", "ንሕና ኣብ ንነብር", ""]
)
def test_what_leads_to_a_town_asks_nothing(text: str) -> None:
    assert only_around(tokens(text))


def test_a_question_about_a_town_is_more_than_a_town() -> None:
    assert not only_around(tokens("Jobcenter in"))
