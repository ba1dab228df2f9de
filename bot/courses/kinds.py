"""What a course is, told from its title, category and subject: the rules as lists, the first that fits wins.

All patterns are searched in folded text: lower case, ä ö ü ß as ae oe ue ss.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.course import CourseKind, Level

# --- is it German as a foreign language at all?

# In the title: these are none, whatever else they say.
OTHER_MATTERS = re.compile(
    r"""muttersprach|gebaerden|nachhilfe|abitur|schulabschluss|realschul|hauptschul|fachoberschul|
    \bdeutsche[nrs]?\s+(geschichte|literatur|kueche|lieder|maerchen|weine?|politik|dichter)|
    \bfortbildung|\bunterrichten\b|\bkursleit|\bschulung\ fuer""",
    re.VERBOSE,
)
# An examination is no course, getting ready for one is.
EXAMINATION = re.compile(r"\beinstufung|\beinbuergerungstest|\b(zertifikats)?pruefung\b|\btest\b")
GETTING_READY = re.compile(r"vorbereitung|training|fit fuer")
# Anywhere: these are, whatever the category says.
CERTAIN = re.compile(
    r"""\bdeutsch\ als\ (fremd|zweit)sprache|\bdaf\b|\bdaz\b|\bdeutsch\ (fuer|als)\ (zuwander|gefluecht|fluecht|
    migrant|ausland|auslaend|neuzugewander)|\bdeutsch-?(sprach)?kurs|\bdeutsch-?intensiv|\bsprachfoerderung\ deutsch""",
    re.VERBOSE,
)
TITLE = re.compile(r"\bdeutsch\b(?!\s*[-–/]\s*(tuerk|arab|engl|franz|span|ital|russ|poln))")
LANGUAGES = re.compile(r"^4\.(\d\d)")
GERMAN_CATEGORIES = ("04",)  # 4.04: Deutsch als Fremdsprache; 4.01 is Arabic, 4.06 English

# --- which kind?

KINDS: tuple[tuple[CourseKind, re.Pattern[str]], ...] = (
    (
        CourseKind.JOB,
        re.compile(
            r"\bberufssprachkurs|\bberufsbezogene\w* (deutsch|sprach)|\bdeufoev|\bbsk\b|\bdeutsch fuer den beruf|"
            r"\bdeutsch (fuer|in) (der |die )?(pflege|medizin|arztpraxis|handwerk|kueche)"
        ),
    ),
    (CourseKind.ORIENTATION, re.compile(r"\berstorientierung|\beok\b")),
    (CourseKind.LITERACY, re.compile(r"\balphabetisierung|\balpha\b|\balpha-?kurs|\bzweitschrift")),
    (
        CourseKind.INTEGRATION,
        re.compile(r"integrationskurs|\bintegrationssprachkurs|\borientierungskurs\b|integrationskurse"),
    ),
    (
        CourseKind.LOCAL,
        re.compile(
            r"\bwillkommenskurs|\bniedrigschwell|\bniederschwell|\bsprachcafe|\bsprachtreff|"
            r"\bfreiwillige\w* (sprach|deutsch)|\bgefluecht|\bfluechtling|\bsprachfoerderung deutsch|"
            r"\bdeutsch im alltag|\berste schritte"
        ),
    ),
)
# A kind by one of these words alone is German as a foreign language; the others could be anything (a café in Spanish).
SPEAK_FOR_THEMSELVES = frozenset(
    {CourseKind.JOB, CourseKind.ORIENTATION, CourseKind.LITERACY, CourseKind.INTEGRATION}
)

# --- for whom, and how?

WOMEN = re.compile(
    r"\b(nur )?fuer frauen\b|\bfrauenkurs|\bfrauenintegrationskurs|\bfrauen-?(sprach|deutsch)|"
    r"\b(integrationskurs|deutsch|sprachkurs)\w* (nur )?fuer (frauen|muetter)\b"
)
NOT_WOMEN_ONLY = re.compile(
    r"\beltern\b|\beltern-|\bmaenner"
)  # "Eltern- und Frauenintegrationskurs" is for fathers too
CHILDCARE = re.compile(
    r"(?<!ohne )(?<!keine )\b(mit )?kinder(betreuung|beaufsichtigung)|\bkinder werden betreut"
)
ONLINE = re.compile(
    r"\bonline-?(kurs|deutsch|seminar|angebot|unterricht)|\b(online|virtuell|webinar|livestream)\b|\bper zoom\b"
)
FREE = re.compile(r"\b(kosten|gebuehren)(los|frei)\b|\bentgeltfrei\b")

# --- which levels?

_LEVEL = r"(a1|a2|b1|b2|c1)(?:[.,]\d|\+)*"
LEVEL_RANGE = re.compile(rf"\b{_LEVEL}\s*(?:bis|-|–)\s*{_LEVEL}(?![a-z0-9])")
ONE_LEVEL = re.compile(rf"\b{_LEVEL}(?![a-z0-9])")
LITERACY = KINDS[2][1]
BEGINNERS = re.compile(r"\b(einsteiger|anfaenger|ohne vorkenntnisse|erste schritte|grundstufe 1)")
LADDER = (Level.A1, Level.A2, Level.B1, Level.B2, Level.C1)

FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "\xa0": " "})


@dataclass(frozen=True, slots=True)
class Told:
    """What the words of a record tell."""

    kind: CourseKind
    levels: tuple[Level, ...]
    women_only: bool
    childcare: bool
    online: bool
    free: bool


def fold(text: str) -> str:
    """Return the text as the patterns want it."""
    return " ".join(text.lower().translate(FOLD).split())


def tell(
    title: str, about: Iterable[str], category: str = "", level: str = "", *, sure: bool = False
) -> Told | None:
    """Return what a record's words tell, None if it is not about German as a foreign language.

    about: subtitle, subject, target group, key words. sure: somebody said that it is, so only the rest is told.
    """
    head, rest = fold(title), fold(" | ".join(about))
    whole = f"{head} | {rest}"
    kind = _kind(head) or _kind(rest)
    if not sure and not _is_german(head, whole, kind, category):
        return None
    return Told(
        kind=kind or CourseKind.OTHER,
        levels=_levels(head, rest, fold(level)),
        women_only=bool(WOMEN.search(whole)) and not NOT_WOMEN_ONLY.search(whole),
        childcare=bool(CHILDCARE.search(whole)),
        online=bool(ONLINE.search(whole)),
        free=bool(FREE.search(whole)),
    )


def _kind(text: str) -> CourseKind | None:
    return next((kind for kind, pattern in KINDS if pattern.search(text)), None)


def _is_german(title: str, whole: str, kind: CourseKind | None, category: str) -> bool:
    examination = EXAMINATION.search(title) and not GETTING_READY.search(title)
    if OTHER_MATTERS.search(title) or examination:
        return False
    if kind in SPEAK_FOR_THEMSELVES or CERTAIN.search(whole):
        return True
    found = LANGUAGES.match(category)
    if found:
        return found.group(1) in GERMAN_CATEGORIES
    # Another subject area than languages: a title alone is not enough ("Deutsch im Film").
    return bool(TITLE.search(title)) and not re.match(r"[1-35-9]\.\d", category)


def _levels(title: str, about: str, level: str) -> tuple[Level, ...]:
    """Return the levels, the field's before the title's before the other words'."""
    for text in (level, title, about):
        found = _levels_in(text)
        if LITERACY.search(text):
            found.add(Level.ALPHA)
        if not found and text is not about and BEGINNERS.search(text):
            found.add(Level.A1)
        if found:
            return tuple(one for one in (Level.ALPHA, *LADDER) if one in found)
    return ()


def _levels_in(text: str) -> set[Level]:
    found = {Level(name) for name in ONE_LEVEL.findall(text)}
    for low, high in LEVEL_RANGE.findall(text):
        found.update(LADDER[LADDER.index(Level(low)) : LADDER.index(Level(high)) + 1])
    return found
