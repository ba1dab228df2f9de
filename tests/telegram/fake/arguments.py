"""What a call brings along, however it was sent: query, form, multipart or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.telegram.fake.refusals import bad_request

TRUE = ("true", "yes", "1")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Arguments:
    """The parameters of one call, and its uploads by the name of their part."""

    values: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def number(self, name: str) -> int | None:
        """Return a whole number, or None if there is none."""
        value = self.values.get(name)
        try:
            return None if value in (None, "") else int(value)
        except (TypeError, ValueError):
            raise bad_request(f'parameter "{name}" must be of type Number') from None

    def flag(self, name: str) -> bool:
        """Return whether a switch is on."""
        return str(self.values.get(name, "")).lower() in TRUE

    def structure(self, name: str) -> Any:
        """Return a parameter that is JSON, be it inside a JSON body or a string in a form; None if absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name}: it is not valid JSON") from None

    def upload(self, name: str) -> Upload | None:
        """Return the file sent as a part of this name, or as `attach://part`."""
        value = self.text(name)
        return self.uploads.get(value.removeprefix("attach://") if value else name)


async def read_arguments(request: web.Request) -> Arguments:
    """Return the parameters of a request; those of the body go before those of the address."""
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "multipart/form-data":
        await _read_parts(request, values, uploads)
    elif request.content_type == "application/json":
        values |= _object(await request.read())
    elif request.can_read_body:
        values |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return Arguments(values, uploads)


async def _read_parts(request: web.Request, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        data = bytes(await part.read(decode=True))
        if part.filename:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            uploads[part.name] = Upload(part.filename, mime, data)
        else:
            values[part.name] = data.decode()


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise bad_request("can't parse request: object expected")
    return value
