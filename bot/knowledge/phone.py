"""German phone numbers as they are written in places.yaml: are they real, and what a phone dials."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

REGION = "DE"
WRITTEN = re.compile(r"\+?[0-9 ()/.-]+")  # one number, without words around it
# National numbers without an area code that are dialled as they are.
SHORT_NUMBERS = frozenset(
    {
        "110",  # police
        "112",  # fire brigade and ambulance, in all of the EU
        "115",  # the authorities' common number
        "22833",  # pharmacy on duty, from mobile phones
        "116006",  # help for victims of crime
        "116016",  # violence against women
        "116111",  # children and young people
        "116116",  # blocking of bank cards
        "116117",  # doctor on call
        "116123",  # telephone counselling
    }
)


def is_real(phone: str) -> bool:
    """True if the number can be dialled from Germany, going by the numbering plan."""
    if not WRITTEN.fullmatch(phone):
        return False
    if _digits(phone) in SHORT_NUMBERS:
        return True
    number = _parse(phone)
    return number is not None and phonenumbers.is_valid_number(number)


def tel_link(phone: str) -> str:
    """Return the address a phone dials: "tel:112", "tel:+492541180"; other text gives its bare digits."""
    if _digits(phone) in SHORT_NUMBERS:
        return f"tel:{_digits(phone)}"
    number = _parse(phone)
    if number is None:
        return f"tel:{_digits(phone)}"
    return f"tel:{phonenumbers.format_number(number, PhoneNumberFormat.E164)}"


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdigit())


def _parse(phone: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(phone, REGION)
    except NumberParseException:
        return None
