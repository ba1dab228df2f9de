"""The fast reader says the same as the careful one, whatever an editor's slip makes of a file."""

import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from bot.knowledge.files import read
from bot.knowledge.yamltree import compose
from tests.knowledge.sample import FILES, sample_folder

TEXTS = tuple(text.removeprefix("---\n").split("\n---")[0] for text in FILES.values())
SLIPS = (
    *(
        ":",
        ": ",
        " #",
        '"',
        "'",
        "\n",
        "\n  ",
        " ",
        "- ",
        "|\n",
        ">-\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "? ",
        "&a ",
        "*a",
    ),
    *(
        "!",
        "!t ",
        "%",
        "@",
        "`",
        "---\n",
        "...\n",
        "\t",
        "\u2028",
        "\u00a0",
        "\\",
        "~",
        "<<",
        "1",
        "0o7",
        "1:2",
        "𝄞",
    ),
)


def flat(node: Node | None) -> Any:
    """Tell all that is ever asked of a node."""
    if node is None:
        return None
    told = (type(node), node.tag, node.anchor, node.start_mark.line, node.start_mark.column)
    if isinstance(node, ScalarNode):
        # Only behind a text without quotation marks does anybody look for a comment.
        end = None if node.style else (node.end_mark.line, node.end_mark.column)
        return (*told, node.value, node.style or None, end)
    if isinstance(node, MappingNode):
        return (*told, *((flat(key), flat(value)) for key, value in node.value))
    return (*told, *map(flat, node.value))


def outcome(reader: Any, text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ruamel's, of an anchor used twice: anchors are refused elsewhere
        try:
            return flat(reader(text))
        except YAMLError as error:
            return str(error)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(SLIPS)) + text[at + draw(st.sampled_from((0, 0, 1, 3))) :]
    return text


@given(damaged())
def test_both_readers_give_the_same_nodes_or_the_same_error(text: str) -> None:
    assert outcome(compose, text) == outcome(YAML(typ="safe", pure=True).compose, text)


@pytest.mark.parametrize(
    "value", ["02541", "0o17", "8:30", "no", "2026-01-01", "1e3", "~", "0x1F", "True", "=", "'1'"]
)
def test_unquoted_values_are_taken_for_the_same(value: str) -> None:
    assert outcome(compose, f"a: {value}") == outcome(YAML(typ="safe", pure=True).compose, f"a: {value}")


@pytest.mark.parametrize("bomb", ["[" * 100_000, "- " * 100_000, "a: " + "{a: " * 5_000 + "}" * 5_000])
def test_a_bomb_of_brackets_is_an_error_like_any_other(tmp_path: Path, bomb: str) -> None:
    folder = sample_folder(tmp_path)
    (folder / "teams.yaml").write_text(bomb, "utf-8")
    assert [str(problem) for problem in read(folder).problems if "ineinander" in str(problem)]
