"""Ends the process at a set time, whatever still hangs in it: a thread that waits for ever cannot be cancelled."""

import os
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Deadline:
    """Once started, ends the process after so many seconds with `code`, unless its `with` block ends before."""

    def __init__(self, seconds: float, code: int) -> None:
        self.code = code
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def start(self) -> None:
        """Let the time run; once it runs, this does nothing."""
        with suppress(RuntimeError):
            self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(self.code)
