"""What is told from titles and subjects, with titles as Volkshochschulen write them."""

import pytest

from bot.courses.kinds import tell
from bot.domain.course import CourseKind, Level

A1, A2, B1, B2, C1, ALPHA = Level.A1, Level.A2, Level.B1, Level.B2, Level.C1, Level.ALPHA

KINDS = [
    ("Allgemeiner Integrationskurs - Modul 3", "", CourseKind.INTEGRATION, ()),
    ("Integrationskurs A1/A2 (Kurs 17)", "", CourseKind.INTEGRATION, (A1, A2)),
    ("Orientierungskurs", "Integrationskurs allgemein", CourseKind.INTEGRATION, ()),
    ("Jugendintegrationskurs", "", CourseKind.INTEGRATION, ()),
    ("Alphabetisierungskurs Spezial 2", "Integrationskurs Alphabetisierung", CourseKind.LITERACY, (ALPHA,)),
    ("Integrationskurs für Zweitschriftlernende", "", CourseKind.LITERACY, (ALPHA,)),
    ("Berufssprachkurs B2 (DeuFöV)", "", CourseKind.JOB, (B2,)),
    ("Deutsch für die Pflege B1+", "", CourseKind.JOB, (B1,)),
    ("Berufsbezogene Deutschsprachförderung C1", "", CourseKind.JOB, (C1,)),
    ("Erstorientierungskurs (EOK) Modul Alltag", "", CourseKind.ORIENTATION, ()),
    ("Willkommenskurs Deutsch", "", CourseKind.LOCAL, ()),
    ("Erste Schritte in Deutsch", "", CourseKind.LOCAL, (A1,)),
    ("Deutsch im Alltag A2", "Sprachförderung Deutsch", CourseKind.LOCAL, (A2,)),
    ("Sprachcafé Deutsch", "", CourseKind.LOCAL, ()),
    ("Deutsch A1.1 am Vormittag", "", CourseKind.OTHER, (A1,)),
    ("Deutsch A1–B1, Intensivkurs", "", CourseKind.OTHER, (A1, A2, B1)),
    ("Deutsch als Fremdsprache für Anfänger", "", CourseKind.OTHER, (A1,)),
    ("Prüfungsvorbereitung telc Deutsch B2", "", CourseKind.OTHER, (B2,)),
    ("Konversation", "Deutsch als Zweitsprache | B2/C1", CourseKind.OTHER, (B2, C1)),
]


@pytest.mark.parametrize(("title", "about", "kind", "levels"), KINDS)
def test_kind_and_levels(title: str, about: str, kind: CourseKind, levels: tuple[Level, ...]) -> None:
    told = tell(title, (about,))
    assert told is not None
    assert (told.kind, told.levels) == (kind, levels)


@pytest.mark.parametrize(
    ("title", "about", "category"),
    [
        ("Arabisch für Anfänger (A1)", "", "4.01"),
        ("Englisch – Deutsch Tandem", "", "4.06"),
        ("Deutsche Gebärdensprache A1", "", ""),
        ("Deutsche Küche neu entdeckt", "", ""),
        ("Wandern in Deutschland", "", ""),
        ("Deutsch im Film der fünfziger Jahre", "", "2.04"),
        ("Deutsch-Nachhilfe Klasse 9", "", ""),
        ("Deutsch für das Abitur: Vorbereitung", "", ""),
        ("Lesen und Schreiben für deutsche Muttersprachler", "Alphabetisierung", ""),
        ("telc Deutsch B1 – Prüfung", "", "4.04"),
        ("Einbürgerungstest", "", ""),
        ("Einstufungsberatung Deutsch", "", "4.04"),
        ("Deutsch als Zweitsprache unterrichten", "Fortbildung", "4.04"),
        ("Berufsorientierung für Frauen", "", ""),
        ("Sprachcafé Spanisch", "", "4.22"),
        ("Rückenschule", "Gesundheit", ""),
        ("", "", ""),
    ],
)
def test_other_matters_are_left_out(title: str, about: str, category: str) -> None:
    assert tell(title, (about,), category) is None


@pytest.mark.parametrize(
    ("title", "women", "childcare", "online"),
    [
        ("Deutsch für Frauen A1 mit Kinderbetreuung", True, True, False),
        ("Frauenintegrationskurs", True, False, False),
        ("Eltern- und Frauenintegrationskurs", False, False, False),
        ("Deutsch A1 ohne Kinderbetreuung", False, False, False),
        ("Online-Deutschkurs B1", False, False, True),
        ("Deutsch B1 – online per Zoom", False, False, True),
        ("Deutsch B1 für alle", False, False, False),
    ],
)
def test_for_whom_and_how(title: str, women: bool, childcare: bool, online: bool) -> None:
    told = tell(title, ())
    assert told is not None
    assert (told.women_only, told.childcare, told.online) == (women, childcare, online)


def test_the_field_tells_the_level_before_the_title() -> None:
    told = tell("Deutsch B1 für alle, die A2 haben", (), "4.04", "B1.2")
    assert told is not None
    assert told.levels == (B1,)
