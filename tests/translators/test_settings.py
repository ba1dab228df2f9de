"""Which translator the settings make: none by default, and a plain word where something is missing."""

import pytest

from bot.app import Unusable
from bot.app.translators import make_translator, translator_name, trusted_languages
from bot.settings import Settings
from bot.translators import Chat, DeepL, LibreTranslate

LANGUAGES = ("de", "ar", "uk")


@pytest.mark.parametrize(
    ("settings", "kind", "name"),
    [
        ({"translator": "libretranslate", "translator_url": "http://x"}, LibreTranslate, "LibreTranslate"),
        ({"translator": "deepl", "translator_key": "k:fx"}, DeepL, "DeepL"),
        (
            {
                "translator": "chat",
                "translator_url": "http://x/v1",
                "translator_model": "m",
                "translator_name": "KI",
            },
            Chat,
            "KI",
        ),
        ({"translator": "chat", "translator_url": "http://x/v1", "translator_model": "m"}, Chat, "m"),
    ],
)
async def test_each_is_made(settings: dict[str, str], kind: type, name: str) -> None:
    told = Settings.model_validate(settings)
    translator = make_translator(told, LANGUAGES)
    assert isinstance(translator, kind)
    assert (translator.name, translator_name(told)) == (name, name)
    if kind is Chat:
        assert await translator.languages() == set(LANGUAGES)


def test_by_default_nothing_translates() -> None:
    assert make_translator(Settings(), LANGUAGES) is None
    assert translator_name(Settings()) == ""


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"translator": "libretranslate"}, "LOTSE_TRANSLATOR_URL"),
        ({"translator": "deepl"}, "LOTSE_TRANSLATOR_KEY"),
        ({"translator": "chat", "translator_url": "http://x"}, "LOTSE_TRANSLATOR_MODEL"),
        ({"translator": "libretranslate", "translator_url": "http://t.example.org"}, "own network"),
        ({"translator": "deepl", "translator_key": "k", "translator_url": "http://8.8.8.8"}, "own network"),
    ],
)
def test_what_is_missing_is_named(settings: dict[str, str], missing: str) -> None:
    with pytest.raises(Unusable, match=missing):
        make_translator(Settings.model_validate(settings), LANGUAGES)


@pytest.mark.parametrize(
    "url",
    [
        "https://t.example.org",
        "http://translator:5000",
        "http://10.0.0.5:5000",
        "http://t.internal",
        "http://[::1]",
    ],
)
def test_where_words_may_go(url: str) -> None:
    told = Settings.model_validate({"translator": "libretranslate", "translator_url": url})
    assert make_translator(told, LANGUAGES)


def test_only_languages_that_we_have_are_trusted() -> None:
    told = Settings.model_validate({"translator_languages": "ar, uk"})
    assert trusted_languages(told, LANGUAGES) == {"ar", "uk"}
    assert trusted_languages(Settings(), LANGUAGES) == frozenset()
    with pytest.raises(Unusable, match="xx"):
        trusted_languages(Settings.model_validate({"translator_languages": "xx"}), LANGUAGES)
