"""Changing single values in YAML: the rest of the file keeps every letter."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.knowledge.yamledit import NotEditable, Value, data_of, with_value

FILE = """\
# Who and where

police:   # never changes
  name: Polizei
  phone: "110"   # checked
  note:
    de: Immer da.
    en: >
      Always
      there.

  # below the note
  check: [phone]
  source: {name: Gesetz}
  texts:
    - one
    - two
empty:
  name:
  phone: "1"
"""
ORDER = ("name", "address", "phone", "note", "check", "source")


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("police", "phone"), "02594 12-0", '"110"   # checked', '"02594 12-0"   # checked'),
        (("police", "name"), "Polizei: Wache", "Polizei\n", '"Polizei: Wache"\n'),
        (("police", "check"), ["phone", "hours"], "[phone]", "[phone, hours]"),
        (("police", "check"), None, "  check: [phone]\n", ""),
        (
            ("police", "source"),
            {"name": "a, b", "url": "https://a.b"},
            "{name: Gesetz}",
            '{name: "a, b", url: "https://a.b"}',
        ),
        (("police", "source", "name"), "Ein Gesetz", "Gesetz", "Ein Gesetz"),
        (("police", "source", "url"), "x", "Gesetz}", "Gesetz, url: x}"),
        (("police", "note", "en"), "Always.", ">\n      Always\n      there.\n", "Always.\n"),
        (("police", "note", "tr"), "Her zaman", "      there.\n", "      there.\n    tr: Her zaman\n"),
        (("police", "note"), {"de": "Ja"}, "Immer da.\n    en: >\n      Always\n      there.", "Ja"),
        (("police", "address"), "Markt 1", "Polizei\n", "Polizei\n  address: Markt 1\n"),
        (("police", "texts"), ["no: 1"], "one\n    - two", '"no: 1"'),
        (("empty", "name"), "Da", "  name:\n  phone", "  name: Da\n  phone"),
        (("empty", "note"), {"de": "Ja"}, '"1"\n', '"1"\n  note:\n    de: Ja\n'),
    ],
)
def test_one_value_changes(path: Sequence[str], value: Value | None, old: str, new: str) -> None:
    assert FILE.count(old) == 1
    changed = with_value(FILE, path, value, ORDER)
    assert changed == FILE.replace(old, new)
    assert with_value(changed, path, value, ORDER) == changed


def test_what_only_a_person_can_change_is_left() -> None:
    for content, path in (
        (FILE, ("police", "source", "name")),
        ("only: {a: b}", ("only", "a")),
        ("a: [", ("a",)),
    ):
        with pytest.raises(NotEditable):
            with_value(content, path, None)
    with pytest.raises(NotEditable):  # a sign that one of two readers takes for the end of a line
        with_value("a: b\nc: d\u2028e", ("a",), "x")
    with pytest.raises(NotEditable):
        with_value("a: b", ("a", "b"), "x")
    with pytest.raises(KeyError):
        with_value(FILE, ("fire", "phone"), "112")


def test_every_place_that_ships_can_be_changed() -> None:
    """In whatever form it is written."""
    content = (Path(__file__).parents[2] / "knowledge" / "places.yaml").read_text("utf-8")
    for place in data_of(content):
        changed = with_value(content, (place, "phone"), "0251 1", ("name", "address", "phone"))
        assert abs(changed.count("\n") - content.count("\n")) <= 1
