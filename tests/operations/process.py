"""Puts back what our set-up of the logs changes in the whole process."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog


@contextmanager
def as_before() -> Iterator[None]:
    """Let the logs be set up within, and put everything back after."""
    root, access = logging.getLogger(), logging.getLogger("aiohttp.access")
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    hooks = threading.excepthook, sys.unraisablehook
    root.handlers[:] = []  # pytest's own must not be closed
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.raiseExceptions = raising
        threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        access.disabled = False
        structlog.reset_defaults()


@pytest.fixture
def logs_go_back() -> Iterator[None]:
    """For tests of commands: one sends the logs to its own standard error, which is closed afterwards."""
    with as_before():
        yield
