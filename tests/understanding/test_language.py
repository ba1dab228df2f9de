"""The language of a message, and when it may be acted on."""

import pytest

from bot.understanding.language import Languages
from tests.understanding.sample import LANGUAGES

SENTENCES = {
    "de": "Wo kann ich mich in der Stadt anmelden?",
    "en": "Where can I get help with this letter?",
    "ar": "كيف بقدر سجل ابني بالمدرسة؟",
    "fa": "چطور می‌توانم برای کلاس ثبت نام کنم؟",
    "ku": "Ez dixwazim fêrî zimanê almanî bibim, li ku dikarim?",
    "uk": "Де я можу отримати довідку про реєстрацію?",
    "ru": "Где я могу получить справку о регистрации?",
    "tr": "Çocuğumu okula nasıl kaydettirebilirim?",
    "fr": "Où est-ce que je peux apprendre la langue ?",
    "ps": "زه څنګه کولی شم خپل ماشوم ښوونځي ته داخل کړم؟",
    "ti": "ኣበይ እየ ቋንቋ ክመሃር ዝኽእል?",
    "so": "Xaggee baan ka heli karaa caawimaad?",
    "sq": "Ku mund të marr ndihmë për këtë letër?",
}

ROMANISED = {
    "ar": "kif fini ekhod maw3ed bel baladiye",
    "fa": "salam mikham baraye bacham kelas peida konam",
    "ru": "kak mne zapisatsya k vracha, pomogite pozhaluysta",
    "uk": "yak meni otrymaty dovidku, dopomozhit",
}


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sentence_tells_its_language_clearly(languages: Languages, code: str) -> None:
    guess = languages.guess(SENTENCES[code], current="fr" if code != "fr" else "en")
    assert guess is not None
    assert (guess.language, guess.clear) == (code, True)


@pytest.mark.parametrize("code", ROMANISED)
def test_languages_typed_in_latin_letters_are_known_by_their_words(languages: Languages, code: str) -> None:
    guess = languages.guess(ROMANISED[code], current="de")
    assert guess is not None
    assert (guess.language, guess.clear) == (code, True)


@pytest.mark.parametrize("word", ["ok", "Termin", "hello", "merci", "Jobcenter", "да", "سلام"])
def test_one_short_word_is_never_acted_on(languages: Languages, word: str) -> None:
    guess = languages.guess(word, current="sq")
    assert guess is not None
    assert not guess.clear


def test_office_words_are_everybodys(languages: Languages) -> None:
    mixed = languages.guess(
        "where is the Ausländerbehörde and do I need a Termin for Aufenthaltstitel?", current="en"
    )
    alone = languages.guess("Jobcenter Termin Kindergeld", current="en")
    assert mixed is not None
    assert mixed.language == "en"
    assert alone is not None
    assert not alone.clear


def test_another_script_beats_the_latin_words_in_it(languages: Languages) -> None:
    guess = languages.guess("wo Jobcenter لازم Termin اليوم", current="de")
    assert guess is not None
    assert guess.language == "ar"


def test_letters_of_one_language_decide(languages: Languages) -> None:
    assert [languages.guess(text).language for text in ("її", "ёж", "ښه")] == ["uk", "ru", "ps"]  # type: ignore[union-attr]


def test_a_language_that_is_not_offered_is_never_acted_on(languages: Languages) -> None:
    sorani = languages.guess("من دەمەوێت فێری زمانی ئەڵمانی ببم", current="de")
    assert sorani is not None
    assert (sorani.language, sorani.clear) == ("fa", False)


@pytest.mark.parametrize("text", ["", "123", "👍", "?!", "你好"])
def test_nothing_is_guessed_without_letters_of_an_offered_script(languages: Languages, text: str) -> None:
    assert languages.guess(text) is None


def test_only_offered_languages_are_guessed() -> None:
    few = Languages(("de", "uk"))
    assert few.guess("Где я могу получить справку?").language == "uk"  # type: ignore[union-attr]
    assert few.guess("Where can I get help with this letter?").language == "de"  # type: ignore[union-attr]
    assert few.guess("كيف حالك") is None
