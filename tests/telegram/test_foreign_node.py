"""The running product on the second emulator that nobody here wrote: telegram-test-api, from npm, under Node.

It can do less than Telegram: it has no menu, no "typing" and no files, and it delivers to a webhook without the
secret that we insist on; so the dialogue goes by polling and asks for no file. What it refuses is a courtesy.
"""

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.i18n import read_locales
from tests.reliability.server import PATIENCE, ROOT, Server, free_port

TOKEN = "8200000001:AAFakeTokenOfLotsesTestsOnly_0123456"
PERSON = 77
USER = {"id": PERSON, "is_bot": False, "first_name": "Samira", "language_code": "de"}
CHAT = {"id": PERSON, "type": "private", "first_name": "Samira"}
HERE = Path(__file__).parent / "foreign"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lotse-tests"


@pytest.fixture(scope="session")
def modules() -> Path:
    """The emulator's folder of modules, outside the tree: installed by the lock's hashes, once a machine."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node and npm are not installed: telegram-test-api cannot be driven")
    lock = HERE / "package-lock.json"
    kept = CACHE / f"telegram-test-api-{sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as made:
            folder = Path(made) / "made"
            folder.mkdir()
            for name in ("package.json", lock.name):
                shutil.copy(HERE / name, folder)
            # Without scripts: nothing that comes along is run before the test runs the emulator itself.
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
            subprocess.run(command, cwd=folder, check=True, timeout=300, stdout=subprocess.DEVNULL)
            try:
                folder.rename(kept)  # whole or not at all
            except OSError:
                assert kept.exists()  # another run was quicker
    return kept / "node_modules"


class Foreign:
    """The emulator on a port, and somebody who writes through it."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.address = address
        self.heard: list[dict[str, Any]] = []
        self._session = session

    async def says(self, text: str) -> None:
        """Write."""
        command = {"entities": [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]}
        kind = "sendCommand" if text.startswith("/") else "sendMessage"
        await self._post(kind, self._by_person(text=text, **(command if kind == "sendCommand" else {})))

    async def presses(self, data: str) -> None:
        """Press a button under a message that is on the screen."""
        shown = next(one for one in reversed(self.heard) if data in _buttons(one))
        message = {"message_id": shown["messageId"], "date": shown["time"] // 1000, "chat": CHAT}
        await self._post("sendCallback", self._by_person(message=message, data=data))

    async def hears(self, words: str) -> dict[str, Any]:
        """Wait for a message of the bot's that holds these words."""
        async with asyncio.timeout(PATIENCE):
            while True:
                asked = {"token": TOKEN, "chatId": PERSON}
                self.heard += (await self._post("getUpdates", asked))["result"]
                if found := [one for one in self.heard if words in one["message"]["text"]]:
                    return found[-1]
                await asyncio.sleep(0.05)

    def _by_person(self, **content: object) -> dict[str, object]:
        return {"botToken": TOKEN, "date": 1_790_000_000, "from": USER, "chat": CHAT, **content}

    async def _post(self, method: str, values: dict[str, object]) -> dict[str, Any]:
        async with self._session.post(f"{self.address}/{method}", json=values) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
            return found


def _buttons(heard: dict[str, Any]) -> list[str]:
    rows = (heard["message"].get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row]


def _beginning(pattern: str) -> str:
    return pattern.partition(".")[0].partition("?")[0]


@pytest.fixture
async def foreign(modules: Path) -> AsyncIterator[Foreign]:
    """The emulator, running."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / "server.js"),
        str(port),
        env={**os.environ, "NODE_PATH": str(modules)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            assert (await process.stdout.readline()).strip() == b"ready"
        async with aiohttp.ClientSession() as session:
            yield Foreign(session, f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        await process.communicate()


async def test_the_smoke_dialogue(foreign: Foreign, tmp_path: Path) -> None:
    """A welcome, a hand-over by a button, an answer: each once, and the token in no log."""
    texts = read_locales(ROOT / "locales").catalogues["de"]
    server = Server(tmp_path / "data", {"LOTSE_TELEGRAM_TOKEN": TOKEN, "LOTSE_TELEGRAM_API": foreign.address})
    await server.start()
    try:
        await foreign.says("/start de_duelmen")
        await foreign.hears("Lotse")
        await foreign.says("Wo kann ich Deutsch lernen?")
        answer = await foreign.hears("VHS")
        await foreign.presses("person")
        await foreign.hears(_beginning(texts["handoff.last_question"]))
        await foreign.presses("handoff:yes")
        await foreign.hears(_beginning(texts["ticket.opened"]))
        await server.settled()
        log = server.log.read_text("utf-8")
    finally:
        await server.close()
    assert answer["message"]["parse_mode"] == "HTML"
    said = [one["message"]["text"] for one in foreign.heard]
    assert len(said) == len(set(said)), said
    assert TOKEN not in log
    assert [json.loads(line)["event"] for line in log.splitlines() if '"level": "error"' in line] == []
