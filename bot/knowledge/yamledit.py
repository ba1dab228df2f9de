"""Changes single values in YAML text; every other letter, comments and line breaks included, stays as it was.

Writing out the tree anew would break the lines of a file that people keep by hand. So the tree only says where a
value stands, and what came of it is read back and compared.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from bot.knowledge.writing import quoted
from bot.knowledge.yamltree import compose

Pair = tuple[Node, Node]  # of a block: a key, its value
Value = str | Sequence[str] | Mapping[str, str]
_PLAIN_IN_BRACKETS = re.compile(r"[\w.-]+(?: [\w.-]+)*")
_OTHER_LINE_ENDS = re.compile(r"[\r\x85\u2028\u2029]")  # they count as lines for one of two readers only


class NotEditable(Exception):
    """The file is written in a way that only a person can change; nothing is lost, nothing was done."""


def data_of(content: str) -> Any:
    """Return what YAML text says, every value a text. Raises YAMLError."""
    return _data(compose(content))


def with_value(content: str, path: Sequence[str], value: Value | None, order: Sequence[str] = ()) -> str:
    """Return the text with the value at a path of keys set, or without the key if it is None.

    order: the usual order of the keys beside it, for one that is new. Raises NotEditable, and KeyError if the block
    around the value is missing.
    """
    try:
        before = data_of(content)
        if _found(before, path) == _plain(value):
            return content
        if _OTHER_LINE_ENDS.search(content):
            raise NotEditable("line ends")
        text = _Text(content)
        block = _block(compose(content), path[:-1])
        pair = _pair(block, path[-1])
        if value is None and pair:
            text.remove(block, pair)
        elif pair and value is not None:
            text.replace(block, pair, value)
        elif value is not None:
            text.insert(block, path[-1], value, order)
        after = data_of(text.content)
    except YAMLError as error:
        raise NotEditable("unreadable") from error
    _set(before, path, _plain(value))
    if after != before:
        raise NotEditable("read back otherwise")
    return text.content


class _Text:
    """The text, in lines, and what is changed in it."""

    def __init__(self, content: str) -> None:
        self.content = content
        self._lines = content.split("\n")

    def replace(self, block: MappingNode, pair: Pair, value: Value) -> None:
        name, node = pair
        if block.flow_style:
            self._put(self._at(node.start_mark), self._at(node.end_mark), _in_brackets(value))
            return
        margin = int(name.start_mark.column)
        last = last_line(node, self._lines)
        start = self._at(name.start_mark)
        end = self._end(last)
        if isinstance(node, ScalarNode) and isinstance(value, str) and node.style not in ("|", ">"):
            # A comment behind it stays. An empty value ends anywhere.
            end = self._at(node.end_mark) if node.value else self._end(int(name.start_mark.line))
        flows = isinstance(node, CollectionNode) and bool(node.flow_style)
        self._put(start, end, _line(str(name.value), value, margin, flows, _write_as(node)))

    def insert(self, block: MappingNode, key: str, value: Value, order: Sequence[str]) -> None:
        if block.flow_style:
            end = self._at(block.end_mark) - 1  # before the bracket
            sign = ", " if block.value else ""
            self._put(end, end, f"{sign}{key}: {_in_brackets(value)}")
            return
        above = order[: order.index(key)] if key in order else [name.value for name, _ in block.value]
        fellows = [pair for pair in block.value if pair[0].value in above] or block.value[:1]
        last = last_line(fellows[-1][1], self._lines)
        margin = int(block.value[0][0].start_mark.column)
        end = self._end(last)
        self._put(end, end, "\n" + " " * margin + _line(key, value, margin, not isinstance(value, Mapping)))

    def remove(self, block: MappingNode, pair: Pair) -> None:
        name, node = pair
        if block.flow_style or len(block.value) == 1:
            raise NotEditable("nothing would be left" if len(block.value) == 1 else "in brackets")
        first, last = int(name.start_mark.line), last_line(node, self._lines)
        self._put(self._offset(first), self._end(last) + 1, "")

    def _put(self, start: int, end: int, new: str) -> None:
        self.content = self.content[:start] + new + self.content[end:]

    def _at(self, mark: Any) -> int:
        return self._offset(int(mark.line)) + int(mark.column)

    def _end(self, line: int) -> int:
        return self._offset(line) + len(self._lines[line])

    def _offset(self, line: int) -> int:
        return sum(len(one) + 1 for one in self._lines[:line])


def _write_as(node: Node) -> Callable[[str], str]:
    """Return how a text is written in place of another, or of the first of a list."""
    while isinstance(node, CollectionNode) and node.value:
        node = node.value[0][1] if isinstance(node, MappingNode) else node.value[0]
    return _in_marks if getattr(node, "style", None) == '"' else quoted


def _in_marks(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _line(key: str, value: Value, margin: int, flows: bool, write: Callable[[str], str] = quoted) -> str:
    """Return `key: value`, its further lines below it."""
    inner = " " * (margin + 2)
    if isinstance(value, str):
        return f"{key}: {write(value)}"
    if flows:
        return f"{key}: {_in_brackets(value)}"
    if isinstance(value, Mapping):
        return "\n".join([f"{key}:", *(f"{inner}{name}: {write(text)}" for name, text in value.items())])
    return "\n".join([f"{key}:", *(f"{inner}- {write(text)}" for text in value)])


def _in_brackets(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_in_brackets(text)}" for name, text in value.items()) + "}"
    if not isinstance(value, str):
        return "[" + ", ".join(map(_in_brackets, value)) + "]"
    is_plain = _PLAIN_IN_BRACKETS.fullmatch(value) and quoted(value) == value
    return value if is_plain else _in_marks(value)


def _block(node: Node | None, path: Sequence[str]) -> MappingNode:
    for key in path:
        found = _pair(node, key)
        if found is None:
            raise KeyError(key)
        node = found[1]
    if not isinstance(node, MappingNode):
        raise NotEditable("no block")
    return node


def _pair(node: Node | None, key: str) -> Pair | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next(((name, value) for name, value in pairs if name.value == key), None)


def last_line(node: Node, lines: list[str]) -> int:
    """Return the number, from 0, of the last line that a node fills; a block's own end mark lies behind comments."""
    while isinstance(node, CollectionNode) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    line = min(int(node.end_mark.line), len(lines) - 1)
    if node.end_mark.column or line == node.start_mark.line:
        return line
    line -= 1
    while (
        line > node.start_mark.line and not lines[line].strip()
    ):  # blank lines behind a text of several lines
        line -= 1
    return line


def _data(node: Node | None) -> Any:
    if isinstance(node, MappingNode):
        return {str(name.value): _data(value) for name, value in node.value}
    if isinstance(node, SequenceNode):
        return [_data(item) for item in node.value]
    return str(node.value) if node is not None else {}


def _plain(value: Value | None) -> Any:
    if value is None or isinstance(value, str):
        return value
    return dict(value) if isinstance(value, Mapping) else list(value)


def _found(data: Any, path: Sequence[str]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _set(data: Any, path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    if value is None:
        data.pop(path[-1], None)
    else:
        data[path[-1]] = value
