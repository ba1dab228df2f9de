"""Tells how long the start takes, in seconds of processor time: the shipped knowledge, and three times as much.

python benchmarks/start.py [rounds]    each step in a process of its own; the best of some rounds (default 3) counts.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from shutil import copytree

ROOT = Path(__file__).resolve().parents[1]
GROWN = 84  # entries
CRISIS_LINES = 6_000
STEPS = ("import", "locales", "read", "index", "total")
ENTRY = re.compile(r"^  ([a-z0-9-]+):\n(?:    .*\n|\s*\n)+", re.MULTILINE)
CARD = re.compile(r"^([a-z0-9-]+):\n(?:  .*\n|\s*\n)+", re.MULTILINE)
WORD = re.compile(r"(?<![{(/.\w-])[^\W\d_]{4,}(?![})/.\w-])")


def measure(knowledge: Path) -> Iterator[tuple[str, float]]:
    """Do what `bot run` does before its first answer and yield how long each step took."""
    sys.path[0] = str(ROOT)  # not this folder, whose telegram.py is not the library
    began = time.process_time()
    from bot.memory import growing

    with growing():
        yield from _steps(knowledge, began)
    yield "total", time.process_time()


def _steps(knowledge: Path, began: float) -> Iterator[tuple[str, float]]:
    import_module("bot.app")  # the composition root brings everything else along
    from bot.i18n import read_locales
    from bot.knowledge.files import load
    from bot.service.library import Library
    from bot.understanding.engine import Engine
    from bot.understanding.material import source_of

    imported = time.process_time()
    yield "import", imported - began
    words = read_locales(ROOT / "locales").words
    located = time.process_time()
    yield "locales", located - imported
    loaded = load(knowledge)
    read = time.process_time()
    yield "read", read - located
    head = Library().find(source_of(loaded, words), "")
    Engine(loaded, words, head)
    yield "index", time.process_time() - read


def grow(folder: Path) -> None:
    """Copy entries, texts and emergency cards under new ids until there are enough; copies have words of their own."""
    inventory = folder / "entries.yaml"
    told = inventory.read_text("utf-8")
    entries = {
        found[1]: found[0] for found in ENTRY.finditer(told, told.index("\nentries:") + len("\nentries:\n"))
    }
    missing = GROWN - len(entries)
    copies = [(id, number) for number in range(2, 99) for id in entries][: max(missing, 0)]
    added = [entries[id].replace(f"  {id}:", f"  {id}-{number}:", 1) for id, number in copies]
    inventory.write_text(told.rstrip("\n") + "\n" + "".join(added), "utf-8")
    for id, number in copies:
        for text in folder.glob(f"*/{id}.md"):
            text.with_name(f"{id}-{number}.md").write_text(_renewed(text.read_text("utf-8"), number), "utf-8")
    crisis = folder / "crisis.yaml"
    cards = crisis.read_text("utf-8").rstrip("\n") + "\n"
    shown = {found[1]: found[0] for found in CARD.finditer(cards)}
    for id, number in copies:
        if id in shown and cards.count("\n") < CRISIS_LINES:
            cards += shown[id].replace(f"{id}:", f"{id}-{number}:", 1)
    crisis.write_text(cards, "utf-8")


def _renewed(text: str, number: int) -> str:
    """Turn the letters of every longer word of questions and answer, so that the copy has a vocabulary of its own."""
    head, questions, rest = text.partition("questions:")
    return head + questions + WORD.sub(lambda word: word[0][number:] + word[0][number - 1 :: -1], rest)


def _best(folder: Path, rounds: int) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(rounds):
        run = [sys.executable, str(Path(__file__)), "--measure", str(folder)]
        told = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
        for name, seconds in (line.split() for line in told.splitlines()):
            best[name] = min(float(seconds), best.get(name, float("inf")))
    return best


def _show(name: str, folder: Path, rounds: int) -> None:
    best = _best(folder, rounds)
    print(f"{name:>8}", *(f"{step} {best[step]:5.2f}" for step in STEPS), sep="   ")


def main(arguments: list[str]) -> None:
    """Measure one folder in this process, or compare both."""
    if arguments[:1] == ["--measure"]:
        for name, seconds in measure(Path(arguments[1])):
            print(name, seconds)
        return
    rounds = int(arguments[0]) if arguments else 3
    _show("shipped", ROOT / "knowledge", rounds)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(copytree(ROOT / "knowledge", Path(made) / "knowledge"))
        grow(folder)
        _show("grown", folder, rounds)


if __name__ == "__main__":
    main(sys.argv[1:])
