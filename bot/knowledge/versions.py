"""Short marks of what an editor has seen, to notice what changed since; and what stands there now, for people."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from json import dumps
from typing import Any

from ruamel.yaml.error import YAMLError

from bot.knowledge.yamledit import data_of


def version_of(text: str | None) -> str:
    """Return a short mark of a file's text, "" for none."""
    return "" if text is None else sha256(text.encode()).hexdigest()[:16]


def version_of_place(content: str, place: str) -> str:
    """Return a short mark of what places.yaml says of a place, "" if it is not there, or nothing can be read."""
    return _version_of_block(content, (place,))


def version_of_entry(content: str, entry: str) -> str:
    """Return a short mark of what entries.yaml says of an entry, "" if it is not there, or nothing can be read."""
    return _version_of_block(content, ("entries", entry))


def _version_of_block(content: str, path: Sequence[str]) -> str:
    try:
        told = data_of(content)
    except YAMLError:
        return ""
    for key in path:
        told = told.get(key, {})
    return version_of(dumps(told, sort_keys=True)) if told else ""


def place_in(content: str, place: str) -> str:
    """Return what places.yaml says of a place, to be read by people."""
    return _readable(data_of(content).get(place, {}))


def entry_in(content: str, entry: str) -> str:
    """Return what entries.yaml says of an entry, to be read by people."""
    return _readable(data_of(content).get("entries", {}).get(entry, {}))


def _readable(block: Mapping[str, Any]) -> str:
    return "\n".join(f"{key}: {_shown(value)}" for key, value in block.items())


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {text}" for key, text in value.items())
    return value if isinstance(value, str) else ", ".join(value)
