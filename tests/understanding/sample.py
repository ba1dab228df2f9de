"""A small world to understand messages in: a dozen entries, two with an emergency card, three towns, all words."""

from datetime import date
from functools import cache
from pathlib import Path

from bot.i18n import Words, read_locales
from bot.knowledge.model import CrisisCard, Entry, Knowledge, Language, Text, Town
from bot.understanding.engine import Engine

LANGUAGES = ("de", "en", "ar", "fa", "ku", "uk", "ru", "tr", "fr", "ps", "ti", "so", "sq")
LOCALES = Path(__file__).parents[2] / "locales"

QUESTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "register-address": {
        "de": (
            "Wo muss ich meine Adresse anmelden?",
            "Ich bin in eine neue Wohnung umgezogen, wohin mit der Ummeldung?",
            "Meldebescheinigung bekommen",
            "Termin im Bürgerbüro für die Anmeldung",
        ),
        "en": (
            "Where do I register my address?",
            "I moved to a new flat, how do I report my new address?",
            "registration certificate",
        ),
        "ar": ("وين لازم سجل عنواني الجديد؟", "نقلت على بيت جديد كيف بعمل تسجيل سكن", "شهادة تسجيل السكن"),
        "uk": ("Де зареєструвати адресу?", "Я переїхала, як зробити реєстрацію житла?"),
        "tr": ("Adresimi nereye kaydettirmem lazım?", "Taşındım, ikamet kaydı nasıl yapılır?"),
    },
    "german-courses": {
        "de": (
            "Ich möchte Deutsch lernen, welche Kurse gibt es?",
            "Welcher Deutschkurs passt zu mir?",
            "Sprachkurs für Anfänger",
        ),
        "en": ("I want to learn German, which courses are there?", "German class for beginners"),
        "ar": ("بدي اتعلم الماني شو في كورسات؟", "دورة لغة المانية للمبتدئين"),
        "uk": ("Хочу вивчати німецьку, які є курси?", "курс німецької для початківців"),
        "tr": ("Almanca öğrenmek istiyorum, hangi kurslar var?", "yeni başlayanlar için Almanca kursu"),
    },
    "poison": {
        "de": (
            "Mein Kind hat Tabletten geschluckt",
            "Putzmittel getrunken, was tun?",
            "Nummer vom Giftnotruf",
        ),
        "en": ("My child swallowed pills", "She drank cleaning liquid, what to do?"),
        "ar": ("ابني بلع حبوب دوا شو اعمل", "شرب مواد تنظيف"),
    },
    # Enough other matters for everyday words to be everybody's.
    "doctor": {
        "de": ("Wie finde ich einen Arzt?", "Heute ist Sonntag, wo wird mir geholfen?", "Das Kind ist krank"),
        "en": ("How do I find a doctor?", "The child is ill today"),
    },
    "school": {
        "de": (
            "Wie kommt mein Sohn in die Schule?",
            "Wer bezahlt das Heft?",
            "Wann wird das Kind eingeschult?",
        ),
        "en": ("How does my son go to school?", "Who pays for the bus?"),
    },
    "flat": {
        "de": ("Wie finde ich eine Wohnung?", "Das Amt bezahlt die Miete, wie hoch darf sie sein?"),
        "en": ("I am looking for a flat", "Who pays the rent?"),
    },
    "work": {
        "de": ("Wie finde ich Arbeit?", "Darf ich heute schon arbeiten?", "Das Gehalt wird nicht bezahlt"),
        "en": ("May I work?", "How do I find a job?"),
    },
    "bank": {
        "de": ("Wie eröffne ich ein Konto?", "Das Konto wird nicht geöffnet", "Wer hilft mit der Bank?"),
        "en": ("How do I open an account?",),
    },
    "bus": {
        "de": ("Wie fahre ich mit dem Bus?", "Was kostet das Ticket heute?", "Wird das Ticket bezahlt?"),
        "en": ("How much is the ticket?",),
    },
    "letter": {
        "de": ("Wer liest mit mir einen Brief?", "Das Schreiben ist schwer, wie verstehe ich das?"),
        "en": ("I do not understand the letter",),
    },
    "sport": {
        "de": (
            "Wo trainiert man hier?",
            "Wie wird man Mitglied im Verein?",
            "Ist das Schwimmbad heute offen?",
        ),
        "en": ("Where can I play?",),
    },
    "emergency-call": {
        "de": ("Welche Nummer hat die Feuerwehr?", "Unfall auf der Straße, wen rufe ich an?"),
        "en": ("What is the number of the ambulance?", "There was an accident, whom do I call?"),
    },
}

PATTERNS = {
    "poison": (
        2,
        {"de": ("kind|baby|sohn *schluck*", "gift getrunken|gegessen"), "tr": ("cocuk* ic*|yut*",)},
    ),
    "emergency-call": (
        1,
        {
            "de": (
                "brennt ~kerze*",
                "atmet|atme|luft nicht|keine|kein mehr|",
                "haus|wohnung feuer|flammen",
            ),
            "fr": ("n'arrive|arrive pas|plus respirer",),
            "ar": ("حريق*|النار",),
            "uk": ("не дихає",),
        },
    ),
}

TOWNS = (
    Town(
        "duelmen",
        "Dülmen",
        "kreis",
        ("Dulmen", "Duelmen", "دولمن", "Дюльмен", "ዱልመን"),
        ("Rorup", "Buldern"),
        {},
    ),
    Town(
        "luedinghausen",
        "Lüdinghausen",
        "kreis",
        ("Ludinghausen", "لودينغهاوزن", "Людингхаузен"),
        ("Seppenrade",),
        {},
    ),
    Town("senden", "Senden", "kreis", ("زندن", "Зенден"), ("Ottmarsbocholt",), {}),
)


def knowledge() -> Knowledge:
    """Build it; towns first named here win a name that two have."""
    return Knowledge(
        version="sample",
        languages={code: Language(code, code, code) for code in LANGUAGES},
        regions={},
        towns={town.id: town for town in TOWNS},
        places={},
        areas={},
        entries={id: _entry(id, questions) for id, questions in QUESTIONS.items()},
        crisis={
            id: CrisisCard(id, rank, (), {"de": "Karte"}, words) for id, (rank, words) in PATTERNS.items()
        },
        teams={},
    )


def _entry(id: str, questions: dict[str, tuple[str, ...]]) -> Entry:
    texts = {code: Text("", "", "", 1, False, told) for code, told in questions.items()}
    return Entry(id, "area", "required", (), (), 1, date(2026, 1, 1), None, "", (), texts)


@cache
def words() -> dict[str, Words]:
    """The word lists that ship."""
    return dict(read_locales(LOCALES).words)


@cache
def engine() -> Engine:
    """An engine over the sample, made once."""
    return Engine(knowledge(), words())
