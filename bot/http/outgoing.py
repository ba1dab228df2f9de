"""Asks another server for a JSON object: over https, unless it is this machine; without redirects, within limits."""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, encode_basic_auth
from yarl import URL

WITHIN: Final = ClientTimeout(total=8, sock_connect=4)  # seconds
LARGEST: Final = 1024 * 1024  # bytes of an answer


class Unanswered(Exception):
    """The other server did not answer as it should; the message holds neither its address nor what it said."""


def is_safe(url: str) -> bool:
    """True for an address that may be asked: https, or http on this machine; without a name or password in it."""
    try:
        address = URL(url)
        is_plain = address.user is None and address.password is None and bool(address.host)
    except ValueError:
        return False
    return is_plain and (address.scheme == "https" or (address.scheme == "http" and is_here(address)))


def is_here(url: URL) -> bool:
    """True for an address on this machine."""
    try:
        return url.host == "localhost" or ip_address(url.host or "").is_loopback
    except ValueError:
        return False


async def get_object(url: str) -> dict[str, Any]:
    """Return the object at an address; raise Unanswered."""
    status, found = await _asked("GET", url, None, {})
    if status != 200:
        raise Unanswered(f"status {status}")
    return found


async def post_form(
    url: str, fields: Mapping[str, str], name: str = "", password: str = ""
) -> tuple[int, dict[str, Any]]:
    """Return status and object that a form is answered with, below 500; raise Unanswered.

    name, password: for HTTP Basic; no password: without it.
    """
    auth = {"Authorization": encode_basic_auth(name, password)} if password else {}
    return await _asked("POST", url, fields, auth)


async def _asked(
    method: str, url: str, fields: Mapping[str, str] | None, auth: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    if not is_safe(url):
        raise Unanswered("not https")
    headers = {"Accept": "application/json", **auth}
    try:
        async with (
            ClientSession(timeout=WITHIN) as session,
            session.request(method, url, data=fields, headers=headers, allow_redirects=False) as response,
        ):
            if response.status >= 500 or 300 <= response.status < 400:
                raise Unanswered(f"status {response.status}")
            return response.status, await _object(response)
    except (ClientError, OSError, TimeoutError, ValueError, RecursionError) as error:
        raise Unanswered(type(error).__name__) from error


async def _object(response: ClientResponse) -> dict[str, Any]:
    content = b""
    async for chunk in response.content.iter_chunked(64 * 1024):  # unpacked already: the limit is of the text
        content += chunk
        if len(content) > LARGEST:
            raise Unanswered("too long")
    found = json.loads(content)
    if not isinstance(found, dict):
        raise Unanswered("no object")
    return found
