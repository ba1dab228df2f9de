"""Which passwords are refused, and what is stored of those that are not."""

import unicodedata

import pytest

from bot.service.passwords import Passwords, weakness
from tests.staff.wiring import CHEAP


@pytest.mark.parametrize(
    "password",
    [
        *(
            "Sommer2026!!",
            "qwertz123456",
            "1qaz2wsx3edc",
            "Passw0rt1234",
            "p@ssw0rdp@ssw0rd",
            "aaaaaaaaaaaaaaaa",
        ),
        *(
            "DülmenLotse2026!",
            "Lotse-Coesfeld1",
            "FrauBeispiel12",
            "beispielbeispiel",
            "123456789012",
            "abcdefghijkl",
        ),
        *("mnbvcxymnbvcxy", "Willkommen2026", "ſommer2026!!!!"),
    ],
)
def test_what_many_would_guess_is_refused(password: str) -> None:
    assert weakness(password, "Frau Beispiel") == "guessable"


@pytest.mark.parametrize(
    "password",
    [
        *(
            "xK7#pQ2mZ9!r",
            "neunundneunzig Kraniche am See",
            "correct horse battery staple",
            "Kaffeetasse-Montag",
        ),
        *("пять зелёных крокодилов", "القطار يصل عند السابعة", "x1Ä" * 85),
    ],
)
def test_sentences_and_random_signs_are_welcome(password: str) -> None:
    assert weakness(password, "Frau Beispiel") == ""


async def test_a_hash_knows_its_password_whatever_keyboard_typed_it() -> None:
    passwords = Passwords(CHEAP)
    composed = "fünf Kräne über Münster"
    hashed = await passwords.hash(composed)
    assert hashed.startswith("$argon2id$")
    assert await passwords.fits(hashed, unicodedata.normalize("NFD", composed))
    assert not await passwords.fits(hashed, composed.upper())
    assert not await passwords.fits("", composed)
    assert not await passwords.fits("", "nobody has this password")
    assert not await passwords.fits("no hash at all", composed)


async def test_a_hash_of_other_parameters_is_made_anew() -> None:
    assert Passwords().is_old(await Passwords(CHEAP).hash("neunundneunzig Kraniche"))
