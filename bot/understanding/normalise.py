"""Brings what people type on phones, in any script and spelling, to one form that can be compared."""

import re
import unicodedata

RANKED_CHARACTERS = 2_000  # a question is shorter; more would only cost time
# Series of Ethiopic letters that sound alike in Tigrinya and are written for one another, in their seven orders. Not
# ሀ/ሐ/ኀ/ኸ and አ/ዐ: those are different sounds there (unlike in Amharic).
_ETHIOPIC_SERIES = (("\u1220", "\u1230"), ("\u1340", "\u1338"))  # ሠ -> ሰ, ፀ -> ጸ
_ORDERS = 7
# Letters that mean the same and that keyboards mix up; Unicode does not decompose them.
_ONE_LETTER = {
    "ى": "ي", "ی": "ي", "ې": "ي", "ۍ": "ي", "ے": "ي",
    "ک": "ك", "ڪ": "ك",
    "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۀ": "ه",
    "ٱ": "ا",
    "ګ": "گ",
    "ـ": "",  # tatweel only stretches a word
    "ı": "i", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d",
    "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "ʻ": "'", "′": "'", "＇": "'",
    "‐": "-", "‑": "-", "–": "-", "—": "-",
} | {
    chr(ord(old) + order): chr(ord(new) + order) for old, new in _ETHIOPIC_SERIES for order in range(_ORDERS)
}  # fmt: skip


class _Bare(dict[int, str | None]):
    """Tells `str.translate` to drop marks and invisible characters and to unify letters; learns each when first met."""

    def __missing__(self, point: int) -> str | None:
        sign = chr(point)
        kept = None if unicodedata.category(sign) in ("Mn", "Cf") else _ONE_LETTER.get(sign, sign)
        self[point] = kept
        return kept


_BARE = _Bare()
_WITHIN_CYRILLIC = re.compile(r"(?<=[а-яієґ])['-](?=[а-яієґ])")  # п'ять, где-то: one word
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")  # hilfeeee
_WORD = re.compile(r"[^\W_]+")


def fold(text: str, limit: int = RANKED_CHARACTERS) -> str:
    """Return the first `limit` characters in lower case, without marks and invisible characters, variants unified.

    Two spellings of one word that differ only in case, accents, harakat, Arabic/Persian/Kurdish letter forms, ё/е,
    dotless i, ß/ss, umlauts (ü/u), ጸ/ፀ, ሰ/ሠ or stretched letters give the same result. Other Ethiopic letters stay.
    """
    flat = unicodedata.normalize("NFKC", text[:limit]).casefold()
    bare = unicodedata.normalize("NFD", flat).translate(_BARE)
    return _STRETCHED.sub(r"\1", _WITHIN_CYRILLIC.sub("", bare))


def tokens(text: str, limit: int = RANKED_CHARACTERS) -> tuple[str, ...]:
    """Return the folded words and numbers of a text, in order."""
    return tuple(_WORD.findall(fold(text, limit)))
