"""Passwords of the staff: hashed with argon2 in a thread, and refused if many people would guess them."""

import asyncio
import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# NIST SP 800-63B-4: 8 are enough beside a second factor, 15 without one; no rules of composition, no changing by
# the calendar. 12 are asked, 15 advised; a sentence must fit.
LEAST: Final = 12
MOST: Final = 256
# Hashing takes 64 MB and all cores for a tenth of a second: whoever knocks in masses must not take the machine.
AT_ONCE: Final = 2
# Pieces of a password: a known word or name counts 2, a run, a year or a single sign 1. Twelve random signs have 12,
# four ordinary words 8; "Sommer2026!!" has 4.
ENOUGH: Final = 8
WORD: Final = 2
LONGEST_WORD: Final = 24

COMMON: Final = Path(__file__).parent / "common_passwords.txt"
# What somebody here would try first.
OURS: Final = (
    *(
        "lotse",
        "kreis",
        "coesfeld",
        "dülmen",
        "duelmen",
        "ascheberg",
        "billerbeck",
        "havixbeck",
        "lüdinghausen",
    ),
    *(
        "nordkirchen",
        "nottuln",
        "olfen",
        "rosendahl",
        "senden",
        "münster",
        "muenster",
        "westfalen",
        "rathaus",
    ),
    *(
        "passwort",
        "kennwort",
        "geheim",
        "hallo",
        "willkommen",
        "integration",
        "sozialamt",
        "jobcenter",
        "deutsch",
    ),
    *(
        "frühling",
        "fruehling",
        "sommer",
        "herbst",
        "winter",
        "januar",
        "februar",
        "märz",
        "maerz",
        "april",
        "juni",
    ),
    *("juli", "august", "september", "oktober", "november", "dezember", "montag", "dienstag", "mittwoch"),
    *("donnerstag", "freitag", "samstag", "sonntag", "schatz", "fussball", "deutschland"),
)
ROWS: Final = (
    "qwertzuiopü",
    "qwertyuiop",
    "asdfghjklöä",
    "yxcvbnm",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
)
# Signs that stand for letters, as everybody writes them.
SPELT: Final = str.maketrans("013457@$!", "oleastasi")
YEAR: Final = re.compile(r"\d{1,4}")


class Passwords:
    """Hashes and checks, `AT_ONCE` at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return what to store."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def fits(self, hashed: str, password: str) -> bool:
        """True if it is the password of the hash; with an empty hash never, and as slowly."""
        async with self._room:
            is_right = await asyncio.to_thread(self._verify, hashed, password)
        return is_right and bool(hashed)

    @cached_property
    def _nobody(self) -> str:
        """Checked when there is no such account, so that the answer takes as long as with one."""
        return self._hasher.hash("nobody has this password")

    def is_old(self, hashed: str) -> bool:
        """True if the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def weakness(password: str, name: str) -> str:
    """Return what is wrong with a new password: "short", "long", "guessable"; empty: nothing. name: whose it is."""
    normal = _normal(password)
    if len(normal) < LEAST:
        return "short"
    if len(normal) > MOST:
        return "long"
    return "guessable" if points(normal, name.split()) < ENOUGH else ""


def points(password: str, names: Iterable[str] = ()) -> int:
    """Return the least points of all ways to cut a password into pieces."""
    plain = password.casefold()
    # Letter by letter, so that both stay of one length.
    spelt = plain.translate(SPELT)
    own = frozenset(name.casefold() for name in names if len(name) > 2)
    best = [0, *([len(plain) * WORD] * len(plain))]
    for start in range(len(plain)):
        for end in range(start + 1, min(len(plain), start + LONGEST_WORD) + 1):
            cost = min(_cost(plain[start:end], own), _cost(spelt[start:end], own))
            best[end] = min(best[end], best[start] + cost)
    return best[-1]


def _cost(piece: str, own: frozenset[str]) -> int:
    if len(piece) == 1 or YEAR.fullmatch(piece) or _is_run(piece):
        return 1
    if piece in own or piece in _common():
        return WORD
    return len(piece) * WORD


def _is_run(piece: str) -> bool:
    if len(set(piece)) == 1:
        return True
    return len(piece) > 2 and any(piece in row or piece[::-1] in row for row in ROWS)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = COMMON.read_text("utf-8").splitlines()
    return frozenset(OURS) | {line for line in lines if not line.startswith("#")}


def _normal(password: str) -> str:
    # NIST SP 800-63B-4, 3.1.1.2: the same letters, whatever keyboard made them.
    return unicodedata.normalize("NFKC", password)
