"""Strips a word to what all its spellings share: Latin consonants, whatever alphabet and vowels it was typed with.

People who write Arabic, Persian, Russian or Tigrinya in Latin letters agree on no spelling, and hardly on the vowels;
their consonants are much the same, and much those of the word in its own script.
"""

import re

# Folded letters (see `normalise.fold`) -> how people write them in Latin ones.
_CYRILLIC = {
    **dict(zip("абвгґдежзиіклмнопрстуфц", "abvggdejziiklmnoprstufc", strict=True)),
    "є": "e",
    "х": "h",
    "ч": "c",
    "ш": "s",
    "щ": "s",
    "ь": "",
    "ъ": "",
    "ы": "i",
    "э": "e",
    "ю": "u",
    "я": "a",
}
_ARABIC = {
    **dict(zip("ابپتثجچحخدذرزژسشصضطظعغفقكگلمنهوي", "abbtsjchhdzrzjsssdtzagfkkglmnhui", strict=True)),
    "ء": "",
    "ټ": "t",
    "ډ": "d",
    "ړ": "r",
    "ږ": "g",
    "ښ": "s",
    "ڼ": "n",
    "ځ": "z",
    "څ": "s",
    "ڤ": "v",
}
_ETHIOPIC_FROM, _ETHIOPIC_TO, _ORDERS = 0x1200, 0x1358, 8
_VOWELS = ("e", "u", "i", "a", "e", "", "o", "a")  # of the eight orders of a series
# Series of Ethiopic letters from U+1200 on, one sign each: "." has no sound of its own.
_SERIES = "hlhmsrsskkkkbvtchhnn.kkhhu.zjiddjgggtcpssfp"
_LETTERS = _CYRILLIC | _ARABIC

# Digits that stand for letters within a romanised word.
_DIGITS = str.maketrans({"3": "a", "7": "h", "2": "", "5": "h", "9": "s", "8": "g"})
# Spellings of one sound; the order matters.
_SOUNDS = (
    ("tsch", "c"), ("dsch", "j"), ("shch", "s"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("kh", "h"), ("gh", "g"),
    ("zh", "j"), ("ts", "c"), ("tz", "c"), ("th", "t"), ("ph", "f"), ("ck", "k"), ("dh", "d"), ("q", "k"),
    ("x", "h"), ("w", "u"), ("y", "i"), ("v", "u"), ("p", "b"),
)  # fmt: skip
_VOWEL = re.compile("[aeiou']")
_TWICE = re.compile(r"(.)\1+")
_LATIN = re.compile("[a-z]")


def skeleton(word: str) -> str:
    """Return the consonants of a folded word in Latin letters; a vowel at its beginning is kept as "a"."""
    latin = "".join(map(_latin, word))
    if _LATIN.search(latin):
        latin = latin.translate(_DIGITS)
    for spelling, sound in _SOUNDS:
        latin = latin.replace(spelling, sound)
    start = "a" if latin[:1] in set("aeiou") else ""
    return _TWICE.sub(r"\1", start + _VOWEL.sub("", latin))


def _latin(letter: str) -> str:
    point = ord(letter)
    if _ETHIOPIC_FROM <= point < _ETHIOPIC_TO:
        series, order = divmod(point - _ETHIOPIC_FROM, _ORDERS)
        consonant = _SERIES[series]
        return consonant.replace(".", "") + _VOWELS[order]
    return _LETTERS.get(letter, letter)
