"""Guesses the language of a short message: by script first, then by tell-tale words, then by py3langid.

Measured choice: no detector knows romanised text, German office words pull every other language towards German,
and one short word proves nothing. So the guess only suggests; see `Guess.clear`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.understanding.everyday import EVERYDAY
from bot.understanding.normalise import RANKED_CHARACTERS, fold
from bot.understanding.result import Guess

SCRIPTS = {
    "ti": "ethiopic",
    "am": "ethiopic",
    "ar": "arabic",
    "fa": "arabic",
    "ps": "arabic",
    "ckb": "arabic",
    "ur": "arabic",
    "ru": "cyrillic",
    "uk": "cyrillic",
    "bg": "cyrillic",
    "sr": "cyrillic",
    "mk": "cyrillic",
}  # every other language is written in Latin letters

# Letters that only one of the languages of a script has.
LETTERS = {
    "ckb": frozenset("ێۆڕڵڤ"),
    "ps": frozenset("ټډړږښڼېۍځڅ"),
    "uk": frozenset("іїєґ"),
    "ru": frozenset("ыэъё"),
}

# German words that everybody in Germany uses, whatever language they write; they say nothing about the language.
OFFICE_WORDS = re.compile(
    r".*(?:amt|amter|behorde|center|kurse?|kurs[eu]|schein|geld|bescheid|titel|ausweis|karte|prufung|kasse|vertrag|"
    r"meldung|erlaubnis|stelle|heim|unterkunft|formular|antrag|schule|kolleg|dienst|hilfe|beratung|gestattung|duldung|"
    r"auflage|befreiung|beitrag|zertifikat|test|ticket|bahn|haus)"
    r"|termin\w*|jobcent\w*|bamf|vhs|kita|jobcenter|rathaus|asyl\w*|auslander\w*|anmeld\w*|kreis|coesfeld|dulmen|"
    r"munster|deutsch\w*|polizei|notruf|brief|papiere?|heft|wbs|telc|goethe|integration\w*|sozial\w*|burger\w*|"
    r"wohn\w*|krank\w*|arzt|impf\w*|notdienst|apotheke|bus|online|internet|whatsapp|email|mail|euro|ok|[a-c][12]|\d+"
)

_EVERYDAY_ODDS = 8.0  # each tell-tale word multiplies the odds of its language
_UNKNOWN_SHARE = 0.02  # what py3langid would give to a language that it does not know in this script
_SURE = 0.8  # of a guess within one script
_TOLD = 0.6  # of a guess that the script supports
_WEAK = 0.3  # of a guess that is never acted on
_LONG = 3  # words: fewer prove nothing within one script
_SCRIPT_LETTERS = 6  # one short word in another script may be a name
_MIXED = 0.15  # share of letters of another script from which a message counts as written in it
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@cache
def _model(codes: tuple[str, ...]) -> LanguageIdentifier:
    """Read py3langid's model once for this set of languages (about a second)."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(sorted(set(codes) & set(model.labels)))
    return model


@dataclass(frozen=True, slots=True)
class _Letters:
    """How many letters of each script a text has."""

    counts: Counter[str]

    @property
    def script(self) -> str:
        """The script it counts as: Latin words in an Arabic sentence are loans, seldom the other way round."""
        total = self.counts.total()
        for name, count in self.counts.most_common():
            if name != "latin" and count >= max(2, _MIXED * total):
                return name
        return "latin" if self.counts["latin"] else ""


class Languages:
    """Guesses among the offered languages."""

    def __init__(self, offered: Iterable[str]) -> None:
        """`offered`: language codes, the most likely first."""
        self._offered = tuple(offered)
        self._model = _model(tuple(sorted(self._offered)))
        self._everyday = {
            script: {
                code: frozenset(fold(words).split()) for code, words in told.items() if code in self._offered
            }
            for script, told in EVERYDAY.items()
        }

    def guess(self, text: str, current: str = "") -> Guess | None:
        """Return the language of a text, or None without any letters of an offered script.

        `clear` says whether it may be acted on although the conversation is in `current`.
        """
        shown = unicodedata.normalize("NFC", text[:RANKED_CHARACTERS])
        letters = _Letters(Counter(filter(None, map(_script, shown))))
        script = letters.script
        code, confidence = self._judge(shown, script)
        if not code:
            return None
        told = _TOKEN.findall(shown)
        if script != "latin" and script != SCRIPTS.get(current, "latin"):
            sure = _TOLD if len(told) > 1 else _SURE
            clear = confidence >= sure and letters.counts[script] >= _SCRIPT_LETTERS
        else:
            clear = confidence >= _SURE and len(_telling(told)) >= _LONG
        return Guess(code, confidence, clear)

    def _judge(self, text: str, script: str) -> tuple[str, float]:
        """Return the likeliest offered language of this script and how likely; ("", 0) if there is none."""
        offered = [code for code in self._offered if SCRIPTS.get(code, "latin") == script]
        if not offered:
            return "", 0.0
        lowered = frozenset(text.lower())
        for code, own in LETTERS.items():
            if SCRIPTS[code] == script and own & lowered:
                # Sorani and other languages that nobody offers: the nearest one, but never acted on.
                return (code, 0.95) if code in offered else (_nearest(offered), _WEAK)
        telling = _telling(_TOKEN.findall(text))
        if script == "latin" and not telling:
            return ("de" if "de" in offered else offered[0]), _WEAK
        return self._weigh(telling, offered, script)

    def _weigh(self, words: list[str], offered: list[str], script: str) -> tuple[str, float]:
        """Multiply what py3langid says of the words with what the tell-tale ones among them say."""
        told = self._everyday.get(script, {})
        rivals = dict.fromkeys((*offered, *told), _UNKNOWN_SHARE)
        rivals.update(
            (code, float(share)) for code, share in self._model.rank(" ".join(words)) if code in offered
        )
        folded = {fold(word) for word in words}
        weights = {
            code: max(share, _UNKNOWN_SHARE) * _EVERYDAY_ODDS ** len(folded & told.get(code, frozenset()))
            for code, share in rivals.items()
        }
        best = max(weights, key=lambda code: weights[code])
        return best, weights[best] / sum(weights.values())


def is_romanised(text: str, language: str) -> bool:
    """True if a text of a language with another script is typed in Latin letters."""
    if SCRIPTS.get(language, "latin") == "latin":
        return False
    return _Letters(Counter(filter(None, map(_script, text[:RANKED_CHARACTERS])))).script == "latin"


def _script(character: str) -> str:
    if not character.isalpha():
        return ""
    point = ord(character)
    if point < 0x250 or 0x1E00 <= point < 0x1F00:
        return "latin"
    if 0x400 <= point < 0x530:
        return "cyrillic"
    if 0x600 <= point < 0x780 or 0x8A0 <= point < 0x900 or 0xFB50 <= point < 0xFF00:
        return "arabic"
    if 0x1200 <= point < 0x1400 or 0x2D80 <= point < 0x2DE0 or 0xAB00 <= point < 0xAB30:
        return "ethiopic"
    return "other"


def _telling(words: Iterable[str]) -> list[str]:
    """Leave out what is the same in every language."""
    return [word for word in words if not OFFICE_WORDS.fullmatch(fold(word))]


def _nearest(offered: list[str]) -> str:
    return "fa" if "fa" in offered else offered[0]
