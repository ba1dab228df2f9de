"""Turns YAML text into nodes that know their line and column; only this module and yamlfile know ruamel.yaml.

Two readers, one result: libyaml in C for what is well formed (ten times as fast, measured in
docs/decisions/0009-fast-start.md), ruamel's own for everything that C refuses or could read otherwise, so that an
editor's slip is always told in the same words.
"""

import re
from functools import lru_cache
from typing import Any

from _ruamel_yaml import CParser
from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import ScalarEvent
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.resolver import Resolver

DEEPEST = 30  # blocks within blocks; ours need five, and a bomb of brackets must not exhaust the stack

# What libyaml 0.1 (YAML 1.1) reads otherwise than ruamel (YAML 1.2), found by comparing damaged files: tabs between
# words, Unicode's line ends and byte order mark, directives.
_READ_OTHERWISE = re.compile(r"[\t\u2028\u2029\ufeff]|^%", re.MULTILINE)


class _EmptyValueError(Exception):
    """An empty value, always a slip, would be told one line off."""


class _Tree(Composer, CParser, Resolver):  # type: ignore[misc]
    """ruamel's composer over libyaml's events."""

    max_depth = DEEPEST

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        self._parser = self._composer = self._resolver = self
        Composer.__init__(self, loader=self)
        Resolver.__init__(self, loadumper=self)

    @property
    def parser(self) -> Any:
        """The source of events: this object itself."""
        return self

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the next node; the short way is the one of nearly all values."""
        event = self.peek_event()
        if type(event) is not ScalarEvent or event.anchor is not None or event.ctag is not None:
            return super().compose_node(parent, index)
        self.get_event()
        tag = self.resolve(ScalarNode, event.value, event.implicit)
        return ScalarNode(tag, event.value, event.start_mark, event.end_mark, style=event.style)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """Return the tag of a value without one; see Resolver."""
        if value == "" and implicit[0]:
            raise _EmptyValueError
        return super().resolve(kind, value, implicit)


@lru_cache(maxsize=4096)
def compose(text: str) -> Node | None:
    """Parse YAML 1.2 into nodes; they are only read, so an unchanged file is parsed once.

    None for a text without any value. Raises YAMLError, mostly with a position.
    """
    node: Node | None
    if not _READ_OTHERWISE.search(text):
        try:
            node = _Tree(text).get_single_node()
        except (YAMLError, _EmptyValueError):
            pass  # told by the other reader, or read by it
        else:
            return node
    reader = YAML(typ="safe", pure=True)
    reader.max_depth = DEEPEST
    node = reader.compose(text)
    return node
