"""Asks a service elsewhere over HTTP: JSON there and back, within a time and a size, without following it elsewhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

LARGEST: Final = 1024 * 1024  # bytes of an answer
LONGEST_WAIT: Final = 3600.0  # seconds: whoever asks us to wait longer is asked again after that


class Unanswered(Exception):
    """Nothing came back: the service is away, or too slow."""

    def __init__(self, *, late: bool = False) -> None:
        super().__init__("too late" if late else "no answer")
        self.late = late


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. body: read as JSON, None if it is none. retry_after: seconds that the service asks to wait."""

    status: int
    body: Any
    retry_after: float | None = None


async def ask(
    url: str,
    within: float,
    *,
    post: Mapping[str, Any] | None = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Get `url`, or post JSON or a form to it; raise Unanswered after `within` seconds, or if there is no connection.

    The operator's proxy (HTTPS_PROXY) is used. A redirect is an answer like any other: it could lead our words
    anywhere.
    """
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=within), trust_env=True) as session,
            session.request(
                "GET" if post is None and form is None else "POST",
                url,
                json=post,
                data=form,
                headers=headers,
                allow_redirects=False,
            ) as answer,
        ):
            return Answer(answer.status, await _json(answer), _wait(answer.headers.get("Retry-After", "")))
    except TimeoutError:
        raise Unanswered(late=True) from None
    except (ClientError, OSError, ValueError):  # ValueError: an address that is none
        raise Unanswered from None


async def _json(answer: ClientResponse) -> Any:
    raw = await answer.content.read(LARGEST)
    while len(raw) < LARGEST and (more := await answer.content.read(LARGEST - len(raw))):
        raw += more
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):  # also what is no UTF-8, or was cut off
        return None


def _wait(told: str) -> float | None:
    return min(float(told), LONGEST_WAIT) if told.isascii() and told.isdigit() and len(told) < 9 else None
