"""What a public body must say, in every language of the page."""

import re
from dataclasses import replace
from string import Formatter

import pytest

from bot.channels.web.legal import ACCESSIBILITY, IMPRINT, PRIVACY
from bot.i18n import read_locales
from bot.service.ports import Retention
from bot.storage.engine import Database
from bot.storage.intake import DEDUPE
from tests.web.wiring import OPERATOR, ROOT, Client, Wiring, browsing

WEB = ROOT / "bot" / "channels" / "web"


async def text_of(client: Client, path: str) -> str:
    """Return a page's words without marks."""
    async with client.get(path) as response:
        assert response.status == 200
        return re.sub(r"<[^>]*>", "", await response.text())


async def test_a_test_installation_says_so(client: Client) -> None:
    for path in ("/privacy", "/imprint", "/accessibility"):
        text = await text_of(client, path)
        assert "Test-Installation" in text
        assert "{" not in text


async def test_an_authority_is_named_wherever_it_must_be(sqlite_store: Database) -> None:
    async with browsing(Wiring(sqlite_store, operator=OPERATOR)) as client:
        privacy, imprint, accessibility = [
            await text_of(client, path) for path in ("/privacy", "/imprint", "/accessibility")
        ]
    for fact in (OPERATOR.name, OPERATOR.contact, OPERATOR.data_protection_officer, OPERATOR.authority):
        assert fact in privacy
    assert OPERATOR.name in imprint
    assert OPERATOR.contact in imprint
    assert OPERATOR.contact in accessibility
    assert "Test-Installation" not in privacy + imprint + accessibility


async def test_a_team_that_reads_in_telegram_says_so(sqlite_store: Database, client: Client) -> None:
    assert "Telegram" not in await text_of(client, "/privacy?lang=de")
    async with browsing(Wiring(sqlite_store, team_in_telegram=True)) as told:
        for language in ("de", "ar"):
            text = await text_of(told, f"/privacy?lang={language}")
            assert text.count("Telegram") >= 2, language


async def test_the_notice_names_the_days_of_the_purge(client: Client, wiring: Wiring) -> None:
    retention = wiring.deps().retention
    text = await text_of(client, "/privacy")
    for days in (retention.messages, retention.closed_tickets, retention.contacts, retention.statistics):
        assert f"{days} Tage" in text


async def test_the_notice_names_all_that_stays(sqlite_store: Database) -> None:
    """The cookie lives as long as the contact; the check for what comes twice and the statistics are told."""
    wiring = Wiring(sqlite_store, retention=Retention(contacts=77))
    async with browsing(wiring) as client:
        text = await text_of(client, "/privacy?lang=de")
        async with client.post("/api/send", json={"id": "0" * 32, "text": "Guten Tag"}) as response:
            assert response.cookies["lotse"]["max-age"] == str(77 * 86_400)
    assert "gilt 77 Tage" in text
    assert "180" not in text
    assert f"{DEDUPE.days} Tage" in text
    assert "Statistik" in text


async def test_the_notice_names_who_translates(client: Client, sqlite_store: Database) -> None:
    assert "Wer übersetzt?" not in await text_of(client, "/privacy?lang=de")
    operator = replace(OPERATOR, translator="DeepL")
    async with browsing(Wiring(sqlite_store, operator=operator)) as other:
        assert "Es heißt: DeepL." in await text_of(other, "/privacy?lang=de")
        assert "DeepL" in await text_of(other, "/privacy?lang=ar")


@pytest.mark.parametrize("language", ["de", "en", "ar", "fr", "sq", "so"])
async def test_every_page_is_there_in_every_language(client: Client, language: str) -> None:
    for path in ("/", "/privacy", "/imprint", "/accessibility"):
        async with client.get(f"{path}?lang={language}") as response:
            assert f'<html lang="{language}"' in await response.text()


def test_every_key_is_there_and_none_is_idle() -> None:
    """German and English are complete; no catalogue carries a text that nothing shows."""
    sources = [*WEB.glob("*.py"), *WEB.glob("templates/*.html")]
    written = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r"""["'](web\.[a-z_.]*[a-z])["']""", written)) | {
        f"web.{name}" for name in ("privacy", "imprint", "accessibility")
    }
    for language, catalogue in read_locales(ROOT / "locales").catalogues.items():
        keys = {key for key in catalogue if key.startswith("web.")}
        assert not keys - used, language
        if language in ("de", "en"):
            assert not used - keys, language


def test_sections_have_a_heading_and_a_text() -> None:
    for language, catalogue in read_locales(ROOT / "locales").catalogues.items():
        for key in {key for pair in (*PRIVACY, *IMPRINT, *ACCESSIBILITY) for key in pair}:
            if key not in catalogue:
                continue
            heading, gap, body = catalogue[key].partition("\n\n")
            assert all((heading, gap, body)), (language, key)
            assert not set("*\n") & set(heading), (language, key)


def test_placeholders_are_the_same_everywhere() -> None:
    catalogues = read_locales(ROOT / "locales").catalogues

    def names(pattern: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(pattern) if name}

    for language, catalogue in catalogues.items():
        for key, pattern in catalogue.items():
            if key.startswith("web."):
                assert names(pattern) == names(catalogues["de"][key]), (language, key)
