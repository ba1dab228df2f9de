"""What tells who wrote a text is taken out, in every language; what an office publishes stays as its placeholder."""

from pathlib import Path

import pytest

from bot.knowledge.files import load
from bot.knowledge.masking import Kind, Known, Masker, has_marks, unmasked

KNOWLEDGE = load(Path(__file__).parents[2] / "knowledge")
OFFICE = next(place for place in KNOWLEDGE.places.values() if place.phone and place.address and place.email)
KNOWN = Known(
    ("Amal Haddad",), ("Bei meiner Schwester Rania, 0049 171 2345678", "amal@example.org", "Boris Beispiel")
)


@pytest.fixture(scope="module")
def masker() -> Masker:
    return Masker(KNOWLEDGE)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        (
            "de",
            "Guten Tag, ich heiße Ahmad Rahimi und wohne in der Lüdinghauser Straße 12 in Dülmen.",
            "Guten Tag, ich heiße [Name] und wohne in der [Anschrift] in [Ort].",
        ),
        (
            "de",
            "Meine Nummer ist 0151/23456789, geboren 12.03.1990.",
            "Meine Nummer ist [Telefon], geboren [Datum].",
        ),
        (
            "de",
            "Mein Ausweis Y1A2B3C4D, Konto DE89 3704 0044 0532 0130 00",
            "Mein Ausweis [Nummer], Konto [Nummer]",
        ),
        (
            "de",
            "Frau Koch sagt, mein Sohn Ali kann am 3. März kommen",
            "Frau [Name] sagt, mein Sohn [Name] kann am [Datum] kommen",
        ),
        ("de", "Meine Frau Termin wann? Viele Grüße\nOmid", "Meine Frau Termin wann? Viele Grüße\n[Name]"),
        (
            "de",
            "Kurs B1 für 3 Kinder kostet 12.500 Euro, Tel 112",
            "Kurs B1 für 3 Kinder kostet 12.500 Euro, Tel {police}",
        ),
        ("ar", "اسمي أحمد محمد وأنا في دولمن، رقمي ٠١٧١٢٣٤٥٦٧٨", "اسمي [Name] وأنا في [Ort]، رقمي [Telefon]"),
        ("ar", "زوجتي فاطمة تريد دورة", "زوجتي [Name] تريد دورة"),
        ("fa", "نام من احمد رحیمی است. پیانو", "نام من [Name] است. پیانو"),
        (
            "uk",
            "Мене звати Олена Шевченко, я живу в Дюльмені, вул. Шевченка 5.",
            "Мене звати [Name], я живу в [Ort], [Anschrift].",
        ),
        ("ru", "Здравствуйте, это Иван, родился 5 мая 2001", "Здравствуйте, это [Name], родился [Datum]"),
        ("tr", "Adım Mehmet Yılmaz, piyano nasıl taşınır?", "Adım [Name], piyano nasıl taşınır?"),
        ("en", "My son Omar, x.y@mail.org, see https://a.example/me", "My son [Name], [E-Mail], see [Link]"),
        ("ti", "ስመይ ተስፋይ እዩ", "ስመይ [Name] እዩ"),
        ("fr", "Je m'appelle Awa. Où est le Jobcenter ?", "Je m'appelle [Name]. Où est le Jobcenter ?"),
    ],
)
def test_questions(masker: Masker, language: str, text: str, wanted: str) -> None:
    found = masker.mask(text, language, with_towns=True)
    police = next(mask.shown for mask in found.masks if mask.text == "112") if "112" in text else ""
    assert found.text == wanted.replace("{police}", police)


def test_what_an_office_publishes_becomes_its_placeholder(masker: Masker) -> None:
    text = f"Gehen Sie zu {OFFICE.name}, {OFFICE.address}. Tel. {OFFICE.phone} oder {OFFICE.email}"
    found = masker.mask(text)
    assert {mask.kind for mask in found.masks} == {Kind.FACT}
    for field in ("address", "phone", "email"):
        assert f"{{{OFFICE.id}.{field}}}" in found.text
    # What is a placeholder or a mark already is left alone.
    again = masker.mask(f"{found.text} [Name]")
    assert again.text == f"{found.text} [Name]"
    assert again.masks == ()


def test_what_is_known_of_the_newcomer_goes_for_certain(masker: Masker) -> None:
    text = "haddad hier, Amals Handy: 0171-234 56 78 oder 0171 2345678, AMAL@example.org, bei Rania. Bei Boris war ich."
    found = masker.mask(text, "de", KNOWN)
    assert found.text == (
        "[Name] hier, [Name] Handy: [Telefon] oder [Telefon], [E-Mail], bei [Name]. Bei [Name] war ich."
    )
    # A person decided what else stays in it: only what is known is covered again.
    assert (
        masker.cover("Herr Koch kennt Amal, 12345678, {x.phone}", KNOWN)
        == "Herr Koch kennt [Name], 12345678, {x.phone}"
    )


def test_towns_stay_in_answers_and_daily_words_in_questions(masker: Masker) -> None:
    assert masker.mask("In Dülmen hilft das Rathaus.").text == "In Dülmen hilft das Rathaus."
    assert masker.mask("Wohin kann ich das senden?", with_towns=True).text == "Wohin kann ich das senden?"
    assert masker.mask("Ich wohne in Senden.", with_towns=True).text == "Ich wohne in [Ort]."


def test_a_german_noun_may_be_a_name_and_is_shown_as_a_doubt(masker: Masker) -> None:
    found = masker.mask("Gestern war Xaverine da, guten Tag, Viele Grüße")
    assert found.text == "Gestern war Xaverine da, guten Tag, Viele Grüße"
    assert found.doubts == ("Xaverine",)


def test_marks_are_for_people_and_not_to_be_learned() -> None:
    assert has_marks("Frau [Name]")
    assert not has_marks("Frau […]")
    assert unmasked("Ich bin [Name]\n und wohne in [Ort]") == "Ich bin … und wohne in …"
