"""The table of what is tested of Telegram names tests that are there."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_test_in_the_table_is_there() -> None:
    there = {
        name
        for file in HERE.glob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    }
    told = set(re.findall(r"`(test_\w+)`", (HERE / "README.md").read_text("utf-8")))
    assert len(told) > 40
    assert told - there == set()
