"""Asks another server for a JSON object: over https, unless it is this machine, and only an object counts."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

from aiohttp import encode_basic_auth
from yarl import URL

from bot.http import asking
from bot.http.asking import ask

WITHIN: Final = 8.0  # seconds


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
    status, found = await _asked(url, None, {})
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
    return await _asked(url, fields, auth)


async def _asked(
    url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    if not is_safe(url):
        raise Unanswered("not https")
    try:
        answer = await ask(url, WITHIN, form=form, headers={"Accept": "application/json", **headers})
    except asking.Unanswered as error:
        raise Unanswered(str(error)) from error
    if answer.status >= 500 or 300 <= answer.status < 400:
        raise Unanswered(f"status {answer.status}")
    if not isinstance(answer.body, dict):
        raise Unanswered("no object")
    return answer.status, answer.body
