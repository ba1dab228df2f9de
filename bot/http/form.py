"""Reads a posted body, whatever a broken or hostile client made of it."""

import json
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

# What aiohttp raises for a body that it cannot read, besides ValueError: for a charset or encoding that nobody
# knows, for a multipart without heads, names or an end, for chunks and compression that are malformed.
UNREADABLE: Final = (
    AssertionError,
    BadHttpMessage,
    LookupError,
    RuntimeError,
    TypeError,
    web.RequestPayloadError,
)


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields that are texts; raise ValueError if the body is no form, or holds lone surrogates."""
    return {name: values[-1] for name, values in (await read_lists(request)).items()}


async def read_lists(request: web.Request) -> dict[str, list[str]]:
    """Return all values of the fields that are texts, such as of ticked boxes; raise as `read_form` does."""
    try:
        posted = await request.post()
    except UNREADABLE as error:
        raise ValueError("the body is no form") from error
    fields: dict[str, list[str]] = {}
    for name, value in posted.items():
        if isinstance(value, str):
            value.encode()  # UnicodeEncodeError is a ValueError
            fields.setdefault(name, []).append(value)
    return fields


async def read_object(request: web.Request) -> dict[str, Any]:
    """Return the JSON object of the body; raise ValueError if it is none."""
    try:
        values = json.loads(await request.text())
    except (*UNREADABLE, RecursionError) as error:
        raise ValueError("the body is not JSON") from error
    if not isinstance(values, dict):
        raise ValueError("the body is no object")
    return values
