"""The commands `telegram connect` and `telegram status`, over HTTP."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Protocol

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import cli
from bot.i18n import COMMANDS
from bot.service.mind import Mind
from bot.telegram.webhook import path_of
from tests.telegram.driver import SECRET
from tests.telegram.fake import FakeTelegram
from tests.telegram.fake.faults import too_many


class Command(Protocol):
    """`telegram …` in a terminal; gives the exit code and what it says."""

    async def __call__(self, *arguments: str) -> tuple[int, str]: ...


@pytest.fixture
def command(fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs a command as the terminal does."""
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", fake.token)
    monkeypatch.setenv("LOTSE_TELEGRAM_API", fake.address)
    monkeypatch.delenv("LOTSE_TELEGRAM_WEBHOOK_SECRET", raising=False)

    async def run(*arguments: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, cli, ["telegram", *arguments])
        return done.exit_code, done.output

    handlers = logging.root.handlers[:]
    yield run
    # A command sends logs to its own standard error, which is closed by now.
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers


async def test_everybody_sees_it_in_their_language(fake: FakeTelegram, command: Command, mind: Mind) -> None:
    code, said = await command("connect", "--polling")
    assert code == 0, said
    assert "https://t.me/lotse_test_bot" in said
    for language in ("de", "en", "ar", "uk", "tr", "fr", "sq", "so"):
        texts, person = mind.world.texts(language), fake.person(language)
        assert person.reads_profile("name") == texts.say("telegram.name")
        assert person.reads_profile("description") == texts.say("telegram.description")
        assert person.reads_profile("short_description") == texts.say("telegram.short")
        menu = person.menu
        assert menu["town"] == texts.say("command.town")
        assert menu.keys() <= set(COMMANDS)
    assert fake.person("nl").reads_profile("name") == mind.world.texts("de").say("telegram.name")


async def test_a_second_time_changes_nothing(fake: FakeTelegram, command: Command) -> None:
    """Telegram allows few changes of a name."""
    await command("connect")
    before = len(fake.calls)
    code, said = await command("connect")
    assert code == 0
    assert [call.method for call in list(fake.calls)[before:] if call.method.startswith("set")] == []
    lines = [line for line in said.splitlines() if ": " in line and "t.me" not in line]
    assert lines
    assert [line for line in lines if not line.endswith("as it should be")] == []


async def test_a_webhook_is_set_and_shown(
    fake: FakeTelegram, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_TELEGRAM_WEBHOOK_SECRET", SECRET)
    code, said = await command("connect", "--webhook", "https://lotse.example.org/")
    assert code == 0, said
    assert fake.world.webhook is not None
    assert fake.world.webhook.url == f"https://lotse.example.org{path_of(SECRET)}"
    assert fake.world.webhook.secret_token == SECRET
    code, said = await command("status")
    assert code == 0
    assert "delivered to https://lotse.example.org" in said
    assert SECRET not in said
    monkeypatch.setenv("LOTSE_TELEGRAM_WEBHOOK_SECRET", SECRET + "x")
    _, said = await command("status")
    assert "not the address of this installation" in said


async def test_back_to_polling(fake: FakeTelegram, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is kept."""
    monkeypatch.setenv("LOTSE_TELEGRAM_WEBHOOK_SECRET", SECRET)
    await command("connect", "--webhook", "https://lotse.invalid")
    fake.person().says("hallo")
    monkeypatch.delenv("LOTSE_TELEGRAM_WEBHOOK_SECRET")
    code, said = await command("connect", "--polling")
    assert (code, fake.world.webhook) == (0, None), said
    assert len(fake.world.updates.waiting) == 1
    _, said = await command("status")
    assert "fetched" in said
    assert "Updates wait: 1" in said


@pytest.mark.parametrize(
    ("arguments", "secret", "told"),
    [
        (("--webhook", "https://lotse.example.org"), "", "Set LOTSE_TELEGRAM_WEBHOOK_SECRET"),
        (("--webhook", "http://lotse.example.org"), SECRET, "https://"),
        (("--webhook", "https://lotse.example.org", "--polling"), SECRET, "no --polling"),
        (("--polling",), SECRET, "unset it"),
    ],
)
async def test_what_does_not_fit_together_is_refused(
    fake: FakeTelegram,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    secret: str,
    told: str,
) -> None:
    """Before Telegram is asked for anything."""
    if secret:
        monkeypatch.setenv("LOTSE_TELEGRAM_WEBHOOK_SECRET", secret)
    code, said = await command("connect", *arguments)
    assert (code, len(fake.calls)) == (2, 0)
    assert told in said


async def test_a_wrong_token_is_said(
    fake: FakeTelegram, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without showing it."""
    wrong = "8200000001:AAWrongTokenOfTheTests_0123456789012"
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", wrong)
    code, said = await command("status")
    assert (code, "token refused" in said, wrong in said) == (2, True, False)
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", "no token at all")
    code, said = await command("status")
    assert (code, "LOTSE_TELEGRAM_TOKEN" in said, "no token at all" in said) == (2, True, False)
    monkeypatch.delenv("LOTSE_TELEGRAM_TOKEN")
    code, said = await command("status")
    assert (code, "docs/telegram.md" in said) == (2, True)


async def test_too_many_changes(fake: FakeTelegram, command: Command) -> None:
    """Telegram says how long to wait; so do we."""
    fake.faults.add(too_many(90), "setMyName")
    code, said = await command("connect")
    assert (code, "Try again in 90 s" in said) == (2, True)
