"""What of a text must be the same in every language: its numbers, addresses and placeholders."""

import re
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KNOWLEDGE = ROOT / "knowledge"
LOCALES = ROOT / "locales"

ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s)\]>]+")
PLACEHOLDER = re.compile(r"\{[^{}\n]*\}")
NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f '’٬]\d{3})*(?!\d)")
BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
IN_BRACKETS = re.compile(r"\([^()]*\)|（[^（）]*）|«[^»]*»|“[^”]*”|„[^“]*“|\"[^\"]*\"")
NAMES = (  # names that stay as they are in every script
    "Web Content Accessibility Guidelines",
    "Ombudsstelle für barrierefreie Informationstechnik des Landes Nordrhein-Westfalen",
)
LATIN_RUN = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}(?:[ ,]+[A-Za-zÄÖÜäöüß]{2,}){3,}")


def addresses(text: str) -> set[str]:
    """Return the web, mail and phone addresses of a text."""
    return set(ADDRESS.findall(text))


def placeholders(text: str) -> set[str]:
    """Return the placeholders of a text."""
    return set(PLACEHOLDER.findall(text))


def numbers(text: str) -> set[int]:
    """Return the numbers above 2 of a text, in whatever digits and however thousands are separated.

    One and two may be words: Arabic says "two weeks" in one word.
    """
    bare = PLACEHOLDER.sub(" ", ADDRESS.sub(" ", text))
    latin = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in bare)
    found = {int(re.sub(r"\D", "", number)) for number in NUMBER.findall(latin)}
    return {number for number in found if number > 2}


def left_in_latin(text: str) -> list[str]:
    """Return the runs of four or more Latin words that no brackets or quotation marks explain."""
    bare = IN_BRACKETS.sub(" ", PLACEHOLDER.sub(" ", ADDRESS.sub(" ", text)))
    for name in NAMES:
        bare = bare.replace(name, " ")
    return LATIN_RUN.findall(bare)
