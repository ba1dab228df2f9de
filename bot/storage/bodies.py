"""Messages as JSON, the form in which they are encrypted; keys that another version wrote are ignored."""

import json
from datetime import datetime
from typing import Any

from bot.domain.message import Address, Attachment, Author, Choice, Inbound, Outbound, Priority

_PLAIN_OUT = (
    "text",
    "language",
    "footnote",
    "kind",
    "machine_translated",
    "document",
    "document_kind",
    "lead",
    "tail",
    "frame",
    "original",
    "original_language",
)
_PLAIN_IN = ("external_id", "text", "choice", "start", "language_hint")
_PLAIN_FILE = ("kind", "reference", "media_type", "size")


def outbound_to_json(message: Outbound) -> str:
    """Write an outbound."""
    values = _plain(message, _PLAIN_OUT)
    values["author"] = message.author.value
    values["priority"] = message.priority.value
    values["choices"] = [[choice.id, choice.label, choice.icon] for choice in message.choices]
    return _dump(values)


def outbound_from_json(text: str) -> Outbound:
    """Read what `outbound_to_json` wrote."""
    values = json.loads(text)
    return Outbound(
        **_known(values, _PLAIN_OUT),
        author=Author(values["author"]),
        priority=Priority(values["priority"]),
        choices=tuple(Choice(*choice) for choice in values["choices"]),
    )


def inbound_to_json(message: Inbound) -> str:
    """Write an inbound without its address, which has a row of its own."""
    values = _plain(message, _PLAIN_IN)
    values["sent_at"] = message.sent_at.isoformat()
    values["attachments"] = [_plain(attachment, _PLAIN_FILE) for attachment in message.attachments]
    return _dump(values)


def inbound_from_json(text: str, address: Address) -> Inbound:
    """Read what `inbound_to_json` wrote."""
    values = json.loads(text)
    return Inbound(
        address,
        **_known(values, _PLAIN_IN),
        sent_at=datetime.fromisoformat(values["sent_at"]),
        attachments=tuple(Attachment(**_known(file, _PLAIN_FILE)) for file in values["attachments"]),
    )


def _plain(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def _known(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _dump(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
