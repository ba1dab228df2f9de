"""The measures that the shipped texts are held to find what they are there for."""

from tests.shipped.facts import addresses, left_in_latin, numbers, placeholders


def test_numbers_in_all_digits() -> None:
    text = "١٢ أيام، 3.000 Euro, 3 000 €, 30,000; 8:30; {doctor-on-call-116117.phone}; https://a.de/99; ۶۰; 2 Wochen"
    assert numbers(text) == {12, 3000, 30000, 8, 30, 60}


def test_addresses_and_placeholders() -> None:
    text = "[a](https://a.de/b) mailto:x@y.de {police.phone}"
    assert addresses(text) == {"https://a.de/b", "mailto:x@y.de"}
    assert placeholders(text) == {"{police.phone}"}


def test_german_words_in_brackets_are_wanted_whole_sentences_are_not() -> None:
    assert left_in_latin("قدم طلب (Antrag auf eine Aufenthaltserlaubnis stellen) في Dülmen") == []
    assert left_in_latin("قدم Bitte gehen Sie ins Rathaus طلب") == ["Bitte gehen Sie ins Rathaus"]
