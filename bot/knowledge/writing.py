"""Writes entry files as the reader reads them back, a file at a time whole or not at all."""

import json
import os
from pathlib import Path

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode

from bot.knowledge.model import Text
from bot.knowledge.prose import FENCE
from bot.knowledge.yamlfile import STRING
from bot.knowledge.yamltree import compose


def as_file(text: Text, translation: str = "") -> str:
    """Return a text as its file's content; what is empty stands there without a value, to be filled in.

    translation: "machine" or "checked"; "" for German, which is the source.
    """
    lines = [FENCE, _line("title", text.title), _line("short", text.short), f'revision: "{text.revision}"']
    if translation:
        lines.append(f"translation: {translation}")
    lines.append("questions:")
    lines += [f"  - {quoted(question)}".rstrip() for question in text.questions or ("",)]
    lines.append(FENCE)
    return "\n".join((*lines, text.body, "")) if text.body else "\n".join((*lines, ""))


def quoted(value: str) -> str:
    """Return a text as a YAML value: in quotation marks only if YAML would take it for something else."""
    return value if _is_plain(value) else json.dumps(value, ensure_ascii=False)


def write_whole(path: Path, content: str) -> None:
    """Write a file so that a reader, or a power cut, sees the old or the new content and never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")  # a name that the reader ignores
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        beside.chmod(path.stat().st_mode)
    beside.replace(path)


def _line(key: str, value: str) -> str:
    return f"{key}: {quoted(value)}".rstrip()


def _is_plain(value: str) -> bool:
    if not value:
        return True
    try:
        node = compose(f"key: {value}")
    except YAMLError:
        return False
    read = node.value[0][1] if node is not None and len(node.value) == 1 else None
    return isinstance(read, ScalarNode) and not read.style and read.tag == STRING and read.value == value
