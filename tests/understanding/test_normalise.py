"""Spellings that mean the same fold to the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.normalise import fold, tokens

SAME = [
    ("Straße", "STRASSE"),
    ("Dülmen", "dulmen"),
    ("ёлка", "елка"),
    ("İstanbul", "istanbul"),
    ("ısırık", "isirik"),
    ("أحمد إلى آخر", "احمد الي اخر"),
    ("مَدْرَسَة", "مدرسه"),
    ("مـــرحـــبا", "مرحبا"),
    ("كيف", "کیف"),
    ("می\u200cخواهم", "میخواهم"),
    ("پوهېږي", "پوهیږي"),
    ("\u202bDülmen\u202c", "Dülmen"),
    ("hilfeeeee", "hilfe"),
    ("п’ять", "п'ять"),
    ("l’école", "l'ecole"),
    ("Ｄｅｕｔｓｃｈ", "deutsch"),
    ("Xêzan û çawa", "xezan u cawa"),
    ("ፀፁፂፃፄፅፆ", "ጸጹጺጻጼጽጾ"),
    ("ሠሡሢሣሤሥሦ", "ሰሱሲሳሴስሶ"),
    ("ፅሑፍ", "ጽሑፍ"),
    ("ሥራሕ", "ስራሕ"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_that_mean_the_same_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_numbers_keep_their_repeated_digits() -> None:
    assert tokens("Ruf 1110 oder 000 an") == ("ruf", "1110", "oder", "000", "an")


def test_an_apostrophe_parts_french_words_but_not_ukrainian_ones() -> None:
    assert tokens("j'ai п'ять") == ("j", "ai", "пять")


def test_letters_that_sound_different_in_tigrinya_stay_different() -> None:
    assert len({fold(letter) for letter in "ሀሐኀኸአዐ"}) == 6


def test_ethiopic_letters_stay_and_their_punctuation_parts_words() -> None:
    assert tokens("ኣብ ከተማ፡ ሰላም።") == ("ኣብ", "ከተማ", "ሰላም")


def test_a_long_text_is_cut_before_it_is_worked_on() -> None:
    assert tokens("wort " * 2_000_000) == ("wort",) * 400


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = tokens(text)
    assert tokens(" ".join(once), limit=100_000) == once
