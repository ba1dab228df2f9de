"""What no translation may change: found, taken out, put back, and compared as values."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.locked import Fault, Kind, Wrong, digits, lock, names_in, western
from bot.domain.translation import Rendering, State, judge
from bot.i18n import isolate

NAMES = names_in(["VHS Dülmen", "Dülmen", "Ausländerbehörde Kreis Coesfeld", " ", "Amina"])
KINDS: list[tuple[str, Kind, str, str]] = [
    ("Rufen Sie 02541 939-0 an.", Kind.PHONE, "02541 939-0", "02541 939-0"),
    ("Rufen Sie +49 2541/9390 an.", Kind.PHONE, "+49 2541/9390", "+49 2541/9390"),
    ("رقمي ٠١٥٧٧١٢٣٤٥٦٧ شكرا", Kind.PHONE, "٠١٥٧٧١٢٣٤٥٦٧", "015771234567"),
    ("am 12. März 2026.", Kind.DATE, "12. März 2026", "12.03.2026"),
    ("am 3. Dezember dann", Kind.DATE, "3. Dezember", "03.12."),
    ("am 3.12. dann", Kind.DATE, "3.12.", "3.12."),
    ("am 03.12.26 dann", Kind.DATE, "03.12.26", "03.12.26"),
    ("am 2026-12-03 dann", Kind.DATE, "2026-12-03", "2026-12-03"),
    ("يوم ١٢/٣/٢٠٢٦ صباحا", Kind.DATE, "١٢/٣/٢٠٢٦", "12/3/2026"),
    ("um 10.30 Uhr", Kind.TIME, "10.30", "10:30"),
    ("um 14:05", Kind.TIME, "14:05", "14:05"),
    ("um 8 Uhr", Kind.TIME, "8", "8:00"),
    ("kostet 150 Euro", Kind.AMOUNT, "150 Euro", "150 €"),
    ("kostet 1.200,50 € im", Kind.AMOUNT, "1.200,50 €", "1.200,50 €"),
    ("kostet € 20,00 im", Kind.AMOUNT, "€ 20,00", "20,00 €"),
    ("kostet 20,- € im", Kind.AMOUNT, "20,- €", "20 €"),
    ("in die Borkener Straße 13a, Zimmer", Kind.ADDRESS, "Borkener Straße 13a", "Borkener Straße 13a"),
    ("in der Overbergstr. 5 ist", Kind.ADDRESS, "Overbergstr. 5", "Overbergstr. 5"),
    ("in 48653 Coesfeld ist", Kind.ADDRESS, "48653 Coesfeld", "48653 Coesfeld"),
    ("Siehe (https://www.x.de/a?b=1).", Kind.LINK, "https://www.x.de/a?b=1", "https://www.x.de/a?b=1"),
    ("Siehe kreis-coesfeld.de/x, da", Kind.LINK, "kreis-coesfeld.de/x", "kreis-coesfeld.de/x"),
    ("an a.b@x-y.de schreiben", Kind.EMAIL, "a.b@x-y.de", "a.b@x-y.de"),
    ("Die VHS Dülmen sagt", Kind.NAME, "VHS Dülmen", "VHS Dülmen"),
    ("بـDülmen الآن", Kind.NAME, "Dülmen", "Dülmen"),
    ("Frau amina fragt", Kind.NAME, "amina", "amina"),
    ("Die Nummer 116 hilft", Kind.NUMBER, "116", "116"),
    ("Aktenzeichen 12-345/2026 nennen", Kind.NUMBER, "12-345/2026", "12-345/2026"),
    ("Das [[3]] bleibt", Kind.NUMBER, "[[3]]", "[[3]]"),
]


@pytest.mark.parametrize(("text", "kind", "value", "shown"), KINDS, ids=[one[2] for one in KINDS])
def test_it_is_taken_out_and_put_back(text: str, kind: Kind, value: str, shown: str) -> None:
    locked = lock(text, NAMES)
    assert [(part.kind, part.text, part.shown) for part in locked.parts] == [(kind, value, shown)]
    assert value not in locked.text.replace("[[0]]", "")
    assert locked.restored(locked.text) == text.replace(value, shown)
    assert locked.faults(locked.text) == ()
    assert locked.faults(locked.text.replace("[[0]]", "")) == (Fault(Wrong.MISSING, kind, value),)
    assert locked.faults(f"{locked.text} [[0]]") == (Fault(Wrong.EXTRA, kind, value),)


@pytest.mark.parametrize(
    "text",
    [
        "Bring 3 Fotos mit.",
        "Platz 3 auf der Liste",
        "Kurs A1, Raum 12, § 24",
        "Dülmener Gruppe",
        "ok... na.ja",
        "",
    ],
)
def test_what_the_grammar_needs_stays(text: str) -> None:
    locked = lock(text, NAMES)
    assert (locked.text, locked.parts) == (text, ())


def test_numbers_that_stay_are_compared_in_any_script() -> None:
    locked = lock("3 Kinder, Raum 12")
    assert locked.faults("٣ أطفال، غرفة ۱۲") == ()
    assert locked.faults("4 Kinder, Raum 12") == (
        Fault(Wrong.MISSING, Kind.NUMBER, "3"),
        Fault(Wrong.EXTRA, Kind.NUMBER, "4"),
    )


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ("02541 93990", Kind.PHONE),
        ("٠٢٥٤١ ٩٣٩٩٠", Kind.PHONE),
        ("http://evil.example.com", Kind.LINK),
        ("evil.com/pay", Kind.LINK),
        ("x@evil.com", Kind.EMAIL),
        ("500 €", Kind.AMOUNT),
        ("7", Kind.NUMBER),
        ("[[1]]", Kind.NUMBER),
    ],
)
def test_what_was_added_is_found(extra: str, kind: Kind) -> None:
    locked = lock("Rufen Sie bitte 02541 939-0 an.")
    (fault,) = locked.faults(f"اتصل [[0]] {extra} الآن")
    assert (fault.wrong, fault.kind) == (Wrong.EXTRA, kind)


def test_marks_come_back_in_any_dress() -> None:
    locked = lock("Am 12.03.2026 um 10:30 in Dülmen", NAMES)
    came = "يوم [ [٠] ] الساعة 【【1】】 في ［［۲］］"
    assert locked.faults(came) == ()
    assert locked.restored(came) == "يوم 12.03.2026 الساعة 10:30 في Dülmen"


def test_numbers_that_run_together_are_other_numbers() -> None:
    locked = lock("Zimmer 123 und 456")
    assert locked.faults("Room [[0]][[1]]") == (Fault(Wrong.EXTRA, Kind.NUMBER),)


def test_in_a_text_from_the_right_values_keep_their_order() -> None:
    locked = lock("Tel. 02541 939-0, https://x.de/a")
    shown = locked.restored("هاتف [[0]], [[1]] [[9]]", lambda value: isolate(value, rtl=True))
    assert shown == "هاتف \u206602541 939-0\u2069, https://x.de/a [[9]]"
    assert lock(shown).parts[0].text == "02541 939-0"  # isolates are no part of it


def test_texts_without_words() -> None:
    assert not lock("02541 939-0").has_words
    assert not lock("112!").has_words
    assert lock("Ja, 112").has_words


def test_western_digits() -> None:
    assert western("٣۴5 x") == "345 x"
    assert digits("٣ und 3, 12.30") == {"3": 2, "12": 1, "30": 1}
    assert names_in([]) is None


TEXT = st.text(alphabet="aÄß. ,:/-()[]+€@0123456789٣\u2066\u2069\nUhrde", max_size=80)


@given(TEXT)
def test_nothing_is_lost_whatever_is_written(text: str) -> None:
    """All runs of digits are there again, and each mark counts."""
    locked = lock(text)
    assert locked.faults(locked.text) == ()
    plain = re.sub("[\u2066\u2069]", "", western(text))
    if not any(part.kind in (Kind.TIME, Kind.AMOUNT, Kind.DATE) for part in locked.parts):
        assert western(locked.restored(locked.text)) == plain
    for number in range(len(locked.parts)):
        assert locked.faults(locked.text.replace(f"[[{number}]]", " "))


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("", Wrong.EMPTY),
        (" \n", Wrong.EMPTY),
        ("kommen sie bitte  morgen in unser büro", Wrong.UNCHANGED),
        ("تعال " * 40, Wrong.LONG),
    ],
)
def test_what_is_no_translation(answer: str, wrong: Wrong) -> None:
    assert judge(lock("Kommen Sie bitte morgen in unser Büro"), answer) == (Fault(wrong),)


def test_a_translation_that_left_most_out() -> None:
    locked = lock("Kommen Sie bitte morgen in unser Büro. " * 6)
    assert judge(locked, "تعال غدا") == (Fault(Wrong.SHORT),)
    assert judge(locked, "تعال غدا إلى مكتبنا من فضلك. " * 6) == ()


def test_only_what_was_checked_both_ways_may_go() -> None:
    done = Rendering(State.DONE, "Ja", "de", "ar", "DeepL", "نعم", "Ja")
    assert done.may_go
    assert not Rendering(State.DONE, "Ja", "de", "ar", "DeepL", "نعم", "").may_go
    assert not Rendering(State.FAILED, "Ja", "de", "ar", "DeepL", "نعم", "Ja").may_go
    faulty = Rendering(State.DONE, "Ja", "de", "ar", "DeepL", "نعم", "Ja", (Fault(Wrong.LONG),))
    assert not faulty.may_go
