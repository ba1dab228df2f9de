"""Finds the towns that a message names, in any script and spelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.model import Town
from bot.understanding.normalise import tokens

# What languages glue to a name, folded. Longer names only, so that no other word is taken for a town.
BEFORE = ("بال", "ال", "ب", "ل", "و", "ف", "من", "في", "به", "ኣብ", "ናብ", "ካብ", "ብ", "ን", "ናይ", "ዝ")
AFTER = (
    *("er", "s", "e", "i", "a", "u", "it", "in", "en", "ne", "n"),  # German, Kurdish, Albanian
    *("de", "da", "te", "ta", "den", "dan", "ten", "tan", "ye", "ya", "nin", "li", "lu", "deki"),  # Turkish
    *("е", "а", "у", "и", "і", "ом", "ем", "ою", "ам", "ах", "ськ", "ская", "ский"),  # Russian, Ukrainian
    *("ي", "ه", "ها"),  # Arabic, Persian
)
_BEGIN = range(max(map(len, BEFORE)) + 1)  # where in a word a name can begin
_GLUED = 5  # letters of a name from which glued letters are taken off

# Typing errors that are forgiven: a letter too many, too few, another one, or two that changed places. So many from so
# many letters on, chosen so that none of 41,000 words of questions, answers and interface texts is taken for a town.
TWO_SLIPS = 8
ONE_SLIP = 7  # of a spelling that editors listed
ONE_SLIP_OWN = 6  # of a town's own name
ONE_SLIP_PART = (
    8  # of a town's part, at most one: their names are nearer to ordinary words ("Bildern", Buldern)
)
# Ordinary words that are two slips from a name (Nordkirchen), folded.
NO_TOWNS = frozenset({"nordlich", "nordliche", "nordlichem", "nordlichen", "nordlicher", "nordliches"})
_REMEMBERED = 10_000  # words that were looked at for slips; most come again

# Names that are everyday words too: taken for the town only after one of the words that lead to a place, or alone.
AMBIGUOUS = frozenset({"senden"})
_PLACE = frozenset(
    """in aus nach bei von stadt gemeinde from at near to town city li ji bajare ne nga ku te qyteti a de ville
    magaalada ee ka в у из з із до город місто во fi men في من ب در از شهر په له د ኣብ ካብ ከተማ""".split()  # noqa: SIM905
)
_OFFICE = frozenset({"rathaus", "kreis", "jobcenter", "sozialamt", "burgeramt", "burgerburo", "vhs"})
LEADING = _PLACE | _OFFICE

# With nothing but these around it, a message names a town and asks nothing.
AROUND = _PLACE | frozenset(
    """ich wohne lebe bin komme wir wohnen leben mein meine ort wohnort das ist der die i live we am is
    my it the living انا نحن اسكن ساكن ساكنه عايش عايشه اعيش بلدتي مدينتي مدينه بلده من در زندگي ميكنم
    مي كنم هستم ما شهر ez dijim dimini bajar bajarê min e im me я живу ми мы жив мешкаю мой моя мое мій
    міи моє город це это ben yasiyorum oturuyorum da sehir ilce j habite vis je suis a la mon زه اوسيږم
    يم كي زما ښار ኣነ እነብር ኣለኹ አነ እየ ኢና ዝነብር ይነብር ንነብር ንሕና እቕመጥ ይቕመጥ ዝቕመጥ
    waxaan joogaa waxan degan degganahay ahay une jam jetoj banoj""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Found:
    """ids: towns in the order of naming, each once. rest: the message's tokens without the names."""

    ids: tuple[str, ...]
    rest: tuple[str, ...]


def only_around(words: Iterable[str]) -> bool:
    """True if these tokens, beside a town's name, ask nothing."""
    return all(word in AROUND for word in words)


class Towns:
    """The names of all towns and their parts, folded."""

    def __init__(self, towns: Iterable[Town]) -> None:
        towns = tuple(towns)
        self._names: dict[tuple[str, ...], str] = {}
        for town in towns:
            for name in (town.name, *town.spellings, *town.parts):
                # The first town keeps a name that two of them have.
                self._names.setdefault(tokens(name), town.id)
        self._names.pop((), None)
        self._single = {name[0]: town for name, town in self._names.items() if len(name) == 1}
        own = {tokens(town.name) for town in towns}
        parts = {tokens(part) for town in towns for part in town.parts}
        certain = [name for name in self._single if name not in AMBIGUOUS]
        self._beginnings = {name[:_GLUED] for name in certain if len(name) >= _GLUED}
        self._slips = {name: _slips(name, (name,) in own, (name,) in parts) for name in certain}
        self._by_length: dict[tuple[int, int], list[str]] = {}  # of those; filled when first asked for
        self._nearest = lru_cache(_REMEMBERED)(self._compare)
        self._first = {name[0] for name in self._names if len(name) > 1}
        self._longest = max(map(len, self._names), default=0)

    def find(self, words: Sequence[str]) -> Found:
        """Look for names in a message's tokens, the longest at each place first."""
        ids: list[str] = []
        rest: list[str] = []
        at = 0
        while at < len(words):
            town, taken = self._at(words, at)
            if town:
                ids.append(town)
                at += taken
            else:
                rest.append(words[at])
                at += 1
        return Found(tuple(dict.fromkeys(ids)), tuple(rest))

    def leave_out(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the tokens without names of one word, exactly as listed: enough for texts of our own."""
        return tuple(word for word in words if word in AMBIGUOUS or word not in self._single)

    def _at(self, words: Sequence[str], at: int) -> tuple[str, int]:
        """Return the town named at this place and how many tokens its name takes; ("", 0) if there is none."""
        longest = min(self._longest, len(words) - at) if words[at] in self._first else 1
        for length in range(longest, 1, -1):
            if town := self._names.get(tuple(words[at : at + length])):
                return town, length
        word = words[at]
        if word in AMBIGUOUS and not (len(words) == 1 or (at and words[at - 1] in LEADING)):
            return "", 0
        town = self.listed(word) or self.misspelt(word)
        return town, 1 if town else 0

    def _unglued(self, word: str) -> str:
        # Most words end here: this is asked of every word of every example question when the index is built.
        if self._beginnings.isdisjoint([word[at : at + _GLUED] for at in _BEGIN]):
            return ""
        ends = ["", *filter(word.endswith, AFTER)]
        for start in ("", *filter(word.startswith, BEFORE)):
            for end in ends:
                name = word[len(start) : len(word) - len(end)]
                if len(name) >= _GLUED and name in self._single and name not in AMBIGUOUS:
                    return self._single[name]
        return ""

    def listed(self, word: str) -> str:
        """Return the town of which a word is a name, perhaps with what languages glue to it; "" if of none."""
        return self._single.get(word) or self._unglued(word)

    def misspelt(self, word: str) -> str:
        """Return the town whose name is the fewest slips away; "" if none is near enough."""
        return "" if word in NO_TOWNS else self._nearest(word)

    def _compare(self, word: str) -> str:
        for slips in (1, 2):
            if slips == 2 and len(word) < TWO_SLIPS:
                break
            near = self._near(len(word), slips)
            if best := process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips):
                return self._single[best[0]]
        return ""

    def _near(self, length: int, slips: int) -> Sequence[str]:
        """Return the names that forgive so many slips and may be that near to a word of this length."""
        if (length, slips) not in self._by_length:
            self._by_length[length, slips] = [
                name
                for name, most in self._slips.items()
                if most >= slips and abs(len(name) - length) <= slips
            ]
        return self._by_length[length, slips]


def _slips(name: str, is_own: bool, is_part: bool) -> int:
    """Return how many typing errors are forgiven in a name."""
    if is_part and not is_own:
        return int(len(name) >= ONE_SLIP_PART)
    if len(name) >= TWO_SLIPS:
        return 2
    return int(len(name) >= (ONE_SLIP_OWN if is_own else ONE_SLIP))
