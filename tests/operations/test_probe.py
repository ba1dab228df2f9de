"""What an orchestrator hears: alive while the bot answers, whatever is wrong with a file; and it costs little."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import commands

ROOT = Path(__file__).parent.parent.parent


class Told:
    """A server that tells one state."""

    def __init__(self) -> None:
        self.response = web.json_response({"status": "ok"})
        app = web.Application()
        app.add_routes([web.get("/healthz", self._answer)])
        self.server = TestServer(app)

    async def _answer(self, _: web.Request) -> web.Response:
        return self.response

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self.server.make_url("/"))


@pytest.fixture
async def told() -> AsyncIterator[Told]:
    """A running server."""
    found = Told()
    async with found.server:
        yield found


@pytest.mark.parametrize(("status", "http", "code"), [("ok", 200, 0), ("degraded", 200, 0), ("down", 503, 1)])
async def test_only_a_bot_that_is_down_is_restarted(
    told: Told, capsys: pytest.CaptureFixture[str], status: str, http: int, code: int
) -> None:
    told.response = web.json_response({"status": status}, status=http)
    assert await commands.health(told.url) == code
    assert f'"status": "{status}"' in capsys.readouterr().out


@pytest.mark.parametrize("body", ["<html>", "[]", "{}"])
async def test_something_else_at_the_address_is_no_bot(
    told: Told, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    told.response = web.Response(text=body)
    assert await commands.health(told.url) == 1
    assert "no Lotse" in capsys.readouterr().err


async def test_no_answer_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for url in ("http://127.0.0.1:9", "file:///etc"):
        assert await commands.health(url) == 1
        assert capsys.readouterr().err.count("\n") == 1


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_probe_imports_next_to_nothing() -> None:
    """The Dockerfile runs it every half minute beside the bot, on the same two cores."""
    found = _run(
        "-c",
        "import sys, bot.operations.probe; print(sorted({'aiohttp', 'bot.app', 'numpy'} & {*sys.modules}))",
    )
    assert found.stdout == "[]\n", found.stderr
    refused = _run("-m", "bot.operations.probe", "http://127.0.0.1:9")
    assert refused.returncode == 1
    assert refused.stderr == "http://127.0.0.1:9 does not answer: Connection refused\n"


def test_the_image_asks_the_probe() -> None:
    assert '"bot.operations.probe"' in (ROOT / "Dockerfile").read_text("utf-8")
