"""Fetches a region's pages from Integreat's API: over https only, and never more than fits."""

import json
from collections.abc import Callable, Iterable
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.integreat.error import IntegreatError
from bot.integreat.pages import LARGEST

SECONDS = 60.0  # for one answer
REDIRECTS = 3
PART = 65_536  # bytes read at once
HERE = ("127.0.0.1", "localhost", "::1")  # a server of one's own, for a test
FORM = "https://cms.integreat-app.de/api/v3/REGION"


def is_address(word: str) -> bool:
    """True for what is meant as an address and not as a file."""
    return word.lower().startswith(("https://", "http://"))


async def fetch_region(address: str, choose: Callable[[Iterable[str]], list[str]]) -> list[tuple[str, bytes]]:
    """Return the answers (address, content) of a region's API: the pages of each language.

    choose: gets the languages that the region offers and returns those to fetch. Raises IntegreatError for an address
    that is not allowed, a server that does not answer as expected, and an answer that is too large.
    """
    base = address.rstrip("/")
    _allowed(base)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, headers={"Accept": "application/json"}) as session:
        listed = await _get(session, f"{base}/languages/")
        codes = choose(_codes(base, listed))
        return [(url, await _get(session, url)) for url in (f"{base}/{code}/pages/" for code in codes)]


def _allowed(address: str) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host:
        raise IntegreatError(f"'{address}' ist keine Adresse. Sie hat die Form {FORM}")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in HERE):
        raise IntegreatError(
            f"'{address}' beginnt nicht mit https://. Andere Adressen werden nicht abgerufen."
        )


async def _get(session: aiohttp.ClientSession, url: str) -> bytes:
    try:
        for _ in range(REDIRECTS + 1):
            async with session.get(url, allow_redirects=False) as response:
                if response.status in (301, 302, 307, 308) and "Location" in response.headers:
                    url = urljoin(url, response.headers["Location"])
                    _allowed(url)
                    continue
                if response.status == 404:
                    raise IntegreatError(
                        f"{url}: Diese Region gibt es dort nicht (404). Die Adresse hat die Form {FORM}"
                    )
                if response.status != 200:
                    raise IntegreatError(
                        f"{url}: Der Server antwortet mit {response.status}. Versuchen Sie es später noch einmal."
                    )
                return await _content(response, url)
    except TimeoutError:
        raise IntegreatError(
            f"{url}: Der Server hat {SECONDS:.0f} Sekunden lang nicht fertig geantwortet."
        ) from None
    except (aiohttp.ClientError, ValueError) as error:
        raise IntegreatError(
            f"{url}: Der Server ist nicht zu erreichen ({type(error).__name__}). Prüfen Sie Adresse und Netz."
        ) from None
    raise IntegreatError(f"{url}: Der Server verweist mehr als {REDIRECTS}-mal weiter.")


async def _content(response: aiohttp.ClientResponse, url: str) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(PART):
        size += len(part)
        if size > LARGEST:
            raise IntegreatError(f"{url}: Die Antwort ist größer als {LARGEST // 1_000_000} MB.")
        parts.append(part)
    return b"".join(parts)


def _codes(base: str, listed: bytes) -> list[str]:
    try:
        found = json.loads(listed)
        return [str(language["code"]) for language in found]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise IntegreatError(
            f"{base}/languages/: Das ist keine Liste von Sprachen. Die Adresse hat die Form {FORM}"
        ) from None
