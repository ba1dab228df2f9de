"""Adds an entry: its block in entries.yaml and a file a language to be filled in."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import indent

from ruamel.yaml.nodes import MappingNode, Node

from bot.knowledge.files import KnowledgeError, read
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Knowledge, Text
from bot.knowledge.problem import Problem, suggestion
from bot.knowledge.writing import as_file, write_whole
from bot.knowledge.yamledit import last_line
from bot.knowledge.yamltree import compose

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40  # letters: a button's id has 64 bytes, "helped:" and the like included
INVENTORY = "entries.yaml"
BLOCK = """\
{id}:
  area: {area}
  importance: {importance}
  reviewed: "{today}"
  revision: "1"
"""
EMPTY = Text(title="", short="", body="", revision=1, machine=True, questions=())
UNTRANSLATED = (
    "---\ntranslation: machine\n---\n"  # the answer comes in another language until somebody fills it
)


class NewEntryError(Exception):
    """The entry cannot be added as told; the message says in German why."""


@dataclass(frozen=True, slots=True)
class Added:
    """The files written, named as in messages; `missing` is what the reader now says: the work to be done."""

    files: tuple[str, ...]
    missing: tuple[Problem, ...]


def add_entry(folder: Path, id: str, area: str, importance: str, today: date) -> Added:
    """Add an entry and return the files written.

    importance: required or usable. The German file lacks its words, so the folder has errors until an editor writes
    them, and the bot goes on with what it had: half an entry is never shown. Raises NewEntryError, or KnowledgeError
    for a folder that has errors already; then nothing is written.
    """
    reading = read(folder)
    if reading.knowledge is None:
        raise KnowledgeError(reading.problems)
    judge_new(reading.knowledge.entries, reading.knowledge.areas, id, area)
    inventory = folder / INVENTORY
    content = inventory.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    block = block_of(id, area, importance, today)
    files = {folder / GERMAN / f"{id}.md": as_file(EMPTY)}
    for language in answered(reading.knowledge):
        files[folder / language / f"{id}.md"] = UNTRANSLATED
    for path, text in files.items():
        write_whole(path, text)
    write_whole(inventory, with_block(content, block, area))
    missing = tuple(problem for problem in read(folder).problems if problem.is_error)
    return Added(tuple(_name(folder, path) for path in (inventory, *files)), missing)


def block_of(id: str, area: str, importance: str, today: date) -> str:
    """Return an entry's block in entries.yaml, as it begins."""
    return BLOCK.format(id=id, area=area, importance=importance, today=today.isoformat())


def with_block(content: str, block: str, area: str) -> str:
    """Return entries.yaml with a block put behind the last entry of its area; every other letter stays.

    The YAML tree only says where: writing it out again would break the lines of the file anew.
    """
    listed = _below(compose(content), "entries")
    lines = content.rstrip().split("\n")
    fellows = [value for _, value in listed.value if _area(value) == area]
    node = fellows[-1] if fellows else listed
    end = last_line(node, lines) + 1
    margin = " " * int(listed.value[0][0].start_mark.column)
    return "\n".join((*lines[:end], indent(block, margin).rstrip(), *lines[end:], ""))


def judge_new(entries: Collection[str], areas: Collection[str], id: str, area: str) -> None:
    """Raise NewEntryError if an entry cannot be called like this, or its area does not exist."""
    if not ID.fullmatch(id) or len(id) > LONGEST:
        raise NewEntryError(
            f"'{id}' geht nicht als Name. Er besteht aus kleinen Buchstaben a bis z, Ziffern und Bindestrichen"
            f" und hat höchstens {LONGEST} Zeichen, zum Beispiel: library-card"
        )
    if id in entries:
        raise NewEntryError(f"Den Eintrag '{id}' gibt es schon. Wählen Sie einen anderen Namen.")
    if area not in areas:
        hint = suggestion(area, areas) or f" Möglich sind: {', '.join(areas)}."
        raise NewEntryError(f"Den Bereich '{area}' gibt es nicht.{hint}")


def answered(knowledge: Knowledge) -> list[str]:
    """Return the languages other than German that have answers."""
    held = {code for entry in knowledge.entries.values() for code, text in entry.texts.items() if text.body}
    return [code for code in knowledge.languages if code in held and code != GERMAN]


def _below(node: Node | None, key: str) -> MappingNode:
    pairs = node.value if isinstance(node, MappingNode) else []
    found = next((value for name, value in pairs if name.value == key), None)
    if not isinstance(found, MappingNode) or found.flow_style:
        raise NewEntryError(f"In {INVENTORY} steht unter '{key}' keine eingerückte Liste der Einträge.")
    return found


def _area(node: Node) -> str:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((str(value.value) for name, value in pairs if name.value == "area"), "")


def _name(folder: Path, path: Path) -> str:
    return "/".join((folder.resolve().name, *path.relative_to(folder).parts))
