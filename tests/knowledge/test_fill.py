"""Facts in texts: links that can be tapped, isolated where the text runs from right to left."""

from pathlib import Path

import pytest

from bot.knowledge.fill import fill, value
from bot.knowledge.phone import is_real, tel_link
from bot.markup import parse, to_html
from tests.knowledge.sample import sample


@pytest.mark.parametrize(
    ("placeholder", "filled"),
    [
        ("{town-hall.phone}", "[02594 12-0](tel:+492594120)"),
        ("{police.phone}", "[110](tel:110)"),
        ("{town-hall.email}", "[post@example.org](mailto:post@example.org)"),
        ("{town-hall.url}", "[example.org/rathaus](https://example.org/rathaus/)"),
        ("{town-hall.name}", r"Rathaus \*Mitte\*"),
        ("{town-hall.address}", "Markt 1, 48249 Dülmen"),
    ],
)
def test_fields_in_german(tmp_path: Path, placeholder: str, filled: str) -> None:
    assert (
        fill(f"**A** {placeholder}, {placeholder}.", sample(tmp_path), "de") == f"**A** {filled}, {filled}."
    )


@pytest.mark.parametrize(
    ("placeholder", "filled"),
    [
        ("{town-hall.phone}", "[\u206602594 12-0\u2069](tel:+492594120)"),
        ("{town-hall.email}", "[\u2068post@example.org\u2069](mailto:post@example.org)"),
        ("{town-hall.name}", "\u2068Rathaus \\*Mitte\\*\u2069"),
    ],
)
def test_fields_in_arabic_are_isolated(tmp_path: Path, placeholder: str, filled: str) -> None:
    assert fill(placeholder, sample(tmp_path), "ar") == filled


def test_an_unknown_fact_is_empty(tmp_path: Path) -> None:
    assert value(sample(tmp_path).places["vhs-nord"], "phone", rtl=True) == ""


def test_a_filled_text_reads_well(tmp_path: Path) -> None:
    knowledge = sample(tmp_path)
    text = fill("**{town-hall.name}**: {police.phone}", knowledge, "de")
    assert [span.text for span in parse(text)[0].spans] == ["Rathaus *Mitte*", ": ", "110"]
    assert 'href="tel:110"' in to_html(text, False)


@pytest.mark.parametrize(
    "phone", ["110", "112", "116 117", "116016", "115", "02541 18-0", "+49 2541 180", "0800 111 0 111"]
)
def test_real_numbers(phone: str) -> None:
    assert is_real(phone)


@pytest.mark.parametrize(
    "phone", ["", "12", "1234", "02541", "00000 000", "nach Vereinbarung", "02541 18-0 oder 19"]
)
def test_numbers_that_do_not_exist(phone: str) -> None:
    assert not is_real(phone)


@pytest.mark.parametrize(
    ("phone", "address"),
    [
        ("116 117", "tel:116117"),
        ("(02541) 18 - 0", "tel:+492541180"),
        ("+90 212 123 45 67", "tel:+902121234567"),
        ("08000 116 016", "tel:+498000116016"),
        ("x", "tel:"),
    ],
)
def test_what_a_phone_dials(phone: str, address: str) -> None:
    assert tel_link(phone) == address
