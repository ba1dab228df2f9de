"""An editor's half hour, played with the real commands against a running bot, and written down as it happens.

`python -m tests.reliability.half_hour docs/editors-half-hour.md` plays it and writes the page.
"""

import asyncio
import difflib
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from time import monotonic

from tests.reliability.newcomer import Newcomer
from tests.reliability.server import PATIENCE, ROOT, Server

PLACE = "vhs-duelmen"
# The same number twice: no other number of the VHS is known, and none must be invented.
OLD, NEW = '  phone: "02594 12400"', '  phone: "+49 2594 12400"'
BROKEN = "  phone: +49259412400"
WORDS = "З українського телефону так не можна зателефонувати"
SHOWN = 14  # lines of a long output at its beginning and its end
INTRO = """\
# Eine halbe Stunde in der Redaktion

Ein Protokoll: So ändert eine Redakteurin eine Telefonnummer, während Lotse läuft. Niemand hat es von Hand geschrieben:
`python -m tests.reliability.half_hour docs/editors-half-hour.md` spielt alles mit den echten Befehlen an einem
laufenden Lotsen durch und schreibt mit. Die Zeit in Klammern ist die gemessene seit dem Anfang, der Mensch dazwischen
ist nicht mitgezählt. Derselbe Ablauf ist ein Test (`tests/reliability/test_half_hour.py`).

Was die Meldungen bedeuten und alles Weitere: [editors.md](editors.md).
"""


@dataclass
class Transcript:
    """What happened, as Markdown; `said` holds each command with its whole output, for the test."""

    began: float = field(default_factory=monotonic)
    lines: list[str] = field(default_factory=lambda: INTRO.split("\n"))
    said: list[tuple[str, str]] = field(default_factory=list)

    def step(self, title: str, *words: str) -> None:
        """Begin a step."""
        minutes, seconds = divmod(int(monotonic() - self.began), 60)
        self.lines += [f"## {title} ({minutes}:{seconds:02})", "", *words, *([""] if words else [])]

    def block(self, text: str) -> None:
        """Show something as it is, the middle of long output left out."""
        shown = text.rstrip("\n").split("\n")
        if len(shown) > 2 * SHOWN + 1:
            shown = [*shown[:SHOWN], "…", *shown[-SHOWN:]]
        self.lines += [*(f"    {line}".rstrip() for line in shown), ""]


class Desk:
    """The editor's terminal and files beside a running bot, and a newcomer who uses it."""

    def __init__(self, server: Server, folder: Path, newcomer: Newcomer, transcript: Transcript) -> None:
        self.server = server
        self.transcript = transcript
        self._folder = folder
        self._newcomer = newcomer

    async def type(self, *words: str, code: int = 0) -> str:
        """Run a command and write it down with its output; fail if it ends otherwise than with `code`."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=ROOT,
            env={**os.environ, "LOTSE_DATA": str(self.server.data), "LOTSE_KNOWLEDGE": str(self._folder)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, error = (stream.decode() for stream in await process.communicate())
        assert process.returncode == code, f"{words}: {process.returncode}\n{out}\n{error}"
        command = " ".join(words)
        self.transcript.said.append((command, out))
        self.transcript.block(f"$ python3 run.py {command}\n{out}")
        return out

    def write(self, old: str, new: str) -> None:
        """Change a line of places.yaml, as an editor does, and write down what changed."""
        path = self._folder / "places.yaml"
        before = path.read_text("utf-8")
        assert before.count(old) == 1, old
        after = before.replace(old, new)
        path.write_text(after, "utf-8")
        changes = difflib.unified_diff(
            before.splitlines(), after.splitlines(), "knowledge/places.yaml", n=1, lineterm=""
        )
        self.transcript.block("\n".join(line for line in changes if not line.startswith(("+++ ", "@@"))))

    async def look(self) -> str:
        """Ask the running bot in the chat, and write down what it shows of the place."""
        await self._newcomer.send(choice="entry:vhs-by-town")
        await self.server.settled()
        page = re.split(r'<article class="message by-program kind-answer"', await self._newcomer.page())[-1]
        words = unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br ?/?>|</p>|</li>", "\n", page)))
        lines = [" ".join(line.split()) for line in words.split("\n") if line.strip()]
        start = next(number for number, line in enumerate(lines) if line.startswith("📍"))
        self.transcript.block("\n".join(lines[start - 1 : start + 2]))
        return lines[start + 1]

    async def say(self, *choices: str, text: str = "") -> None:
        """Let the newcomer press buttons, then write."""
        for choice in choices:
            await self._newcomer.send(choice=choice)
            await self.server.settled()
        if text:
            await self._newcomer.send(text=text)
            await self.server.settled()

    async def until(self, *, problems: int) -> str:
        """Wait until the running bot has so many problems with its files; return the version it answers from."""
        async with asyncio.timeout(PATIENCE):
            while True:
                knowledge = (await self.server.health())["knowledge"]
                assert isinstance(knowledge, dict)
                if len(knowledge["problems"]) == problems:
                    return str(knowledge["version"])
                await asyncio.sleep(0.2)


async def play(desk: Desk) -> None:
    """Change a number, break the file, read the message, mend it, see the bot use it."""
    told = desk.transcript
    first = await desk.until(problems=0)
    told.step("Jemand sieht einen Fehler", "Lotse läuft. Eine Frau mit ukrainischem Handy sieht im Chat:")
    await desk.say("lang:uk", "town:duelmen")
    assert "02594 12400" in await desk.look()
    told.lines += [
        "Sie drückt auf „Це неправильно“ (Das stimmt nicht) und schreibt, dass man so mit einem",
        "",
    ]
    told.lines[-1:] = [f"ukrainischen Handy nicht anrufen kann: „{WORDS}“", ""]
    await desk.say("wrong:vhs-by-town", text=WORDS)

    told.step("Die Redakteurin liest den Hinweis")
    await desk.type("knowledge", "feedback")
    told.step("Sie sieht sich die Antwort an")
    await desk.type("knowledge", "preview", "vhs-by-town", "--town", "duelmen")

    told.step(
        "Sie ändert die Nummer", f"In `places.yaml`, bei `{PLACE}`. Die Anführungszeichen vergisst sie:"
    )
    desk.write(OLD, BROKEN)
    told.step("Sie prüft, und liest die Meldung")
    await desk.type("knowledge", "check", code=1)
    assert await desk.until(problems=1) == first
    told.lines += [
        "Der laufende Lotse hat die kaputte Datei nicht übernommen. Im Chat steht weiter die alte Nummer:",
        "",
    ]
    assert "02594 12400" in await desk.look()

    told.step("Sie bessert aus", "Wie es in der Meldung steht: mit Anführungszeichen.")
    desk.write(BROKEN, NEW)
    await desk.type("knowledge", "check")
    version = await desk.until(problems=0)
    async with asyncio.timeout(PATIENCE):
        while version == first:
            await asyncio.sleep(0.2)
            version = await desk.until(problems=0)
    told.step("Lotse benutzt die neue Nummer", "Niemand hat ihn neu gestartet. Dieselbe Frage im Chat:")
    assert "+49 2594 12400" in await desk.look()
    told.lines += [f"Der Stand der Dateien, den `/healthz` nennt, war {first} und ist jetzt {version}.", ""]

    told.step("Der Hinweis ist erledigt")
    await desk.type("knowledge", "feedback", "--done", "1")
    await desk.type("knowledge", "feedback")


async def half_hour(place: Path) -> Transcript:
    """Start a bot over a copy of the shipped knowledge in an empty folder, play, and return what happened."""
    folder = place / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    server = Server(place / "data", {"LOTSE_KNOWLEDGE": str(folder)})
    await server.start()
    newcomer = Newcomer(server, 1)
    transcript = Transcript()
    try:
        await play(Desk(server, folder, newcomer, transcript))
        assert await server.stop() == 0  # it ran until now
    finally:
        await newcomer.close()
        await server.close()
    return transcript


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        written = asyncio.run(half_hour(Path(empty)))
    Path(sys.argv[1]).write_text("\n".join(written.lines).rstrip() + "\n", "utf-8")
