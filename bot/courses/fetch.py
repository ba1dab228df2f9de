"""Gets a list from a web address: https only, unless it is this machine; size and time are limited."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from tempfile import TemporaryFile
from typing import BinaryIO

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from bot.courses.decoding import LIMIT
from bot.courses.report import Unreadable

TIMEOUT = ClientTimeout(total=300, sock_connect=20, sock_read=60)  # seconds
HOPS = 5
CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Progress = Callable[[int, int | None], None]  # bytes so far, bytes in all if that is told


def is_url(text: str) -> bool:
    """True for what is fetched, False for the name of a file."""
    return text.startswith(("http://", "https://"))


@asynccontextmanager
async def fetched(
    address: str, progress: Progress, limit: int = LIMIT
) -> AsyncIterator[tuple[BinaryIO, datetime | None]]:
    """Give the file, at its beginning, and when the server says it was changed; raise Unreadable."""
    with TemporaryFile() as file:
        try:
            async with ClientSession(timeout=TIMEOUT) as session:
                changed = await _into(file, session, address, progress, limit)
        except TimeoutError as error:
            raise Unreadable(f"{_shown(address)}: Die Antwort dauert zu lange.") from error
        except (ClientError, ValueError, OSError) as error:
            raise Unreadable(
                f"{_shown(address)}: Keine Verbindung oder keine Antwort ({type(error).__name__})."
            ) from error
        file.seek(0)
        yield file, changed


async def _into(
    file: BinaryIO, session: ClientSession, address: str, progress: Progress, limit: int
) -> datetime | None:
    url = URL(address)
    for _ in range(HOPS):
        _check(url)
        # Each hop is looked at before it is made: a redirect must not lead to http or into this network's inside.
        async with session.get(url, allow_redirects=False) as response:
            if response.status in REDIRECTS:
                url = url.join(URL(response.headers.get("Location", "")))
                continue
            if response.status != 200:
                raise Unreadable(f"{_shown(str(url))}: Der Server antwortet mit {response.status}.")
            await _copy(response, file, progress, limit)
            return _changed(response)
    raise Unreadable(f"{_shown(address)}: Der Server leitet immer weiter um.")


async def _copy(response: ClientResponse, file: BinaryIO, progress: Progress, limit: int) -> None:
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):  # unpacked already: the limit is of the text
        size += len(chunk)
        if size > limit:
            raise Unreadable(f"Die Datei ist zu groß; erlaubt sind {limit // 1_000_000} MB.")
        file.write(chunk)
        progress(size, response.content_length)


def _changed(response: ClientResponse) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Last-Modified", ""))
    except ValueError:
        return None


def _check(url: URL) -> None:
    if url.scheme == "https" or (url.scheme == "http" and _is_here(url.host or "")):
        return
    raise Unreadable(f"{_shown(str(url))}: Nur https-Adressen werden abgerufen.")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(address: str) -> str:
    """Return the address without what may be a password or a token."""
    url = URL(address)
    return str(url.with_query(None).with_fragment(None).with_user(None)) if url.host else "Die Adresse"
