"""The README tells the truth about settings, commands and files."""

import re
from pathlib import Path

import typer.main

from bot.cli import cli
from bot.settings import variables

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def _table() -> str:
    rows = ["| variable | default | what it is |", "| --- | --- | --- |"]
    for name, (default, description) in variables().items():
        rows.append(f"| `{name}` | {f'`{default}`' if default else ''} | {description} |")
    return "\n".join(rows)


def test_settings_table_is_the_codes() -> None:
    """Every variable with its default and description; paste what this prints if it differs."""
    found = re.search(r"<!-- settings.*?-->\n(.*?)\n<!-- /settings -->", README, re.S)
    assert found is not None
    assert found.group(1) == _table(), _table()


def test_every_command_is_told() -> None:
    """A command that the README does not name is not found by anybody."""
    group = typer.main.get_command(cli)
    assert [name for name in group.commands if f"`{name}" not in README] == []  # type: ignore[attr-defined]


def test_every_named_file_exists() -> None:
    """Links and pictures lead somewhere."""
    named = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
