"""Where a fault of ours happened, without the values that were in play: a message's text must not reach the log."""

from pathlib import Path
from traceback import extract_tb


def place_of(error: BaseException) -> str:
    """Return the innermost places of an error as "turn.py:120 < respond.py:41"."""
    frames = extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
