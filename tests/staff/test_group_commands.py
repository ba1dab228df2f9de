"""The commands for the staff's group, as somebody types them."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from bot import app
from bot.cli import cli
from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
CODE = r"[A-Z2-9]{5}-[A-Z2-9]{5}"


@pytest.fixture(autouse=True)
def _terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    world = app.make_world(
        Settings(knowledge=ROOT / "knowledge", locales=ROOT / "locales")
    )  # seconds each time
    monkeypatch.setattr(app, "make_world", lambda settings: world)
    monkeypatch.setenv("LOTSE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield
    # A command sends the logs to its own standard error, which is closed afterwards.
    structlog.reset_defaults()
    logging.basicConfig(force=True)


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli, words)


def test_codes_for_a_group_and_for_a_person() -> None:
    done = run("telegram", "staff-group", "--connect", "--town", "duelmen")
    assert re.search(rf"^/connect {CODE}$", done.output, re.M), done.output
    assert "Keine Gruppe" in run("telegram", "staff-group").output
    run("staff", "invite", "Frau A", "--role", "clerk", "--town", "duelmen")
    run("staff", "invite", "Herr B", "--role", "editor")
    done = run("staff", "telegram-code", "frau a")
    assert re.search(rf"^/link {CODE}$", done.output, re.M), done.output
    for words, said in (
        (("staff", "telegram-code", "Herr B"), "beantwortet keine Fragen"),
        (("staff", "telegram-code", "Frau"), "gibt es nicht. Meinten Sie"),
        (("telegram", "staff-group", "--connect", "--town", "dulmen"), "duelmen"),
        (("telegram", "staff-group", "--connect", "--language", "fr"), "de oder en"),
        (("telegram", "staff-group", "--disconnect", "7"), "gibt es nicht"),
    ):
        refused = run(*words)
        assert (refused.exit_code, said in refused.output) == (2, True), refused.output
