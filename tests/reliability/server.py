"""The product as a process of its own, that can be killed and started again over the same data."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 240.0  # seconds until a start counts as failed; the machine may be busy


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Server:
    """`python -m bot run` over a data folder."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Who asks is told by X-Forwarded-For, so that one machine can play many newcomers.
        self._settings = {"LOTSE_TRUSTED_PROXIES": "1", **(settings or {})}
        self._process: asyncio.subprocess.Process | None = None
        self.log = data.parent / f"{data.name}.log"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOTSE_")}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                "--port",
                str(self.port),
                cwd=ROOT,
                env={**environment, "LOTSE_DATA": str(self.data), **self._settings},
                stderr=log,
                stdout=log,
            )
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while not await self._answers(session):
                assert self._process.returncode is None, self.log.read_text("utf-8")
                await asyncio.sleep(0.1)

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """End it as a power cut of the process would."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    async def close(self) -> None:
        """End it if it still runs."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()

    async def health(self) -> dict[str, object]:
        """Return what /healthz tells on the machine itself."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/healthz") as answer:
            found: dict[str, object] = await answer.json()
            return found

    async def reloaded(self, version: str) -> None:
        """Wait until answers are made from this version of the knowledge; the files are watched beside them."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = (await self.health())["knowledge"]
                if isinstance(found, dict) and found["version"] == version:
                    return
                await asyncio.sleep(0.1)

    async def learned(self) -> None:
        """Wait until the understanding has learned what is new; it does so behind the answers."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = (await self.health())["understanding"]
                if isinstance(found, dict) and found["learned"]:
                    return
                await asyncio.sleep(0.1)

    async def settled(self) -> None:
        """Wait until nothing waits and nothing is pending."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.health()
                queues = [found["intake"], found["outbox"]]
                if [next(iter(queue.values())) for queue in queues if isinstance(queue, dict)] == [0, 0]:
                    return
                await asyncio.sleep(0.1)
