"""Asks so many messages a second for a while and tells how long each took, from the moment at which it was due.

python benchmarks/pressure.py RATE SECONDS [none]    `none`: without vectors

The messages are the test questions, each once, so that no vector is remembered; as many threads as the web server has.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.understanding import asked  # noqa: E402
from bot.embedders import Bundled  # noqa: E402
from bot.i18n import read_locales  # noqa: E402
from bot.knowledge.files import load  # noqa: E402
from bot.service.library import Library  # noqa: E402
from bot.service.sentences import Sentences  # noqa: E402
from bot.understanding.engine import Engine  # noqa: E402
from bot.understanding.material import source_of  # noqa: E402

THREADS = 6  # of asyncio.to_thread on two cores: that many and four more


def main(rate: int, seconds: int, with_vectors: bool) -> None:
    """Print median, p95 and worst, in ms, with what else the machine was doing."""
    knowledge, words = load(ROOT / "knowledge"), read_locales(ROOT / "locales").words
    sentences = Sentences(Bundled() if with_vectors else None)
    learned = Library().find(source_of(knowledge, words), sentences.model)
    engine = Engine(knowledge, words, learned, sentences.vector)
    told = asked()
    step = max(len(told) // (rate * seconds), 1)
    some = [told[number * step % len(told)] for number in range(rate * seconds)]
    for _, language, text in told[1::400]:  # whatever is loaded with the first message
        engine.understand(text, language=language, language_chosen=True)
    began = time.monotonic() + 0.5

    def ask(number: int) -> float:
        _, language, text = some[number]
        engine.understand(text, language=language, language_chosen=True)
        return time.monotonic() - (began + number / rate)

    spent = time.process_time()
    with ThreadPoolExecutor(THREADS) as threads:
        waiting = []
        for number in range(len(some)):
            time.sleep(max(began + number / rate - time.monotonic(), 0))
            waiting.append(threads.submit(ask, number))
        took = sorted(1000 * each.result() for each in waiting)
    spent = time.process_time() - spent
    print(
        f"{len(took)} messages, {rate} a second: median {took[len(took) // 2]:.0f} ms, "
        f"p95 {took[len(took) * 95 // 100]:.0f} ms, worst {took[-1]:.0f} ms; "
        f"{1000 * spent / len(took):.1f} ms of processor time each; load average {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] != ["none"])
