"""Structured logs that cannot carry what a person wrote: only fields on a list pass."""

import json
import logging
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

from bot.service.fault import place_of

# Everything else is dropped: an unknown field might hold a text, an address or a name.
ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger",
        "channel", "error", "kind", "topic", "tries", "permanent", "contact", "rows", "version", "seconds",
        "problem", "host", "port", "status", "route", "database", "workers", "signal", "migrations", "place",
        "reason", "file",
    }
)  # fmt: skip


def set_up(form: Literal["json", "text"]) -> None:
    """Send all logs, the libraries' too, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Unspoken(form))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    # A handler that fails would print the arguments of what it was to log.
    logging.raiseExceptions = False
    threading.excepthook = _lost_by_thread
    sys.unraisablehook = _lost_by_object
    # The access log holds addresses of people.
    logging.getLogger("aiohttp.access").disabled = True
    render = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            render,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class Unspoken(logging.Formatter):
    """Tells of a library's log line where it comes from, and of its exception the type and the place.

    Never its words: aiohttp quotes the request that it could not read, SQLAlchemy the parameters of a statement.
    """

    def __init__(self, form: Literal["json", "text"]) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        fields = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "place": f"{record.filename}:{record.lineno}",
        }
        if record.exc_info and (error := record.exc_info[1]):
            fields |= {"error": type(error).__name__, "place": place_of(error) or fields["place"]}
        if self._form == "json":
            return json.dumps({"event": "library", **fields})
        return " ".join(("library", *(f"{name}={value}" for name, value in fields.items())))


def _lost_by_thread(found: threading.ExceptHookArgs) -> None:
    _lost("thread", found.exc_value)


def _lost_by_object(found: "sys.UnraisableHookArgs") -> None:
    _lost("unraisable", found.exc_value)


def _lost(kind: str, error: BaseException | None) -> None:
    structlog.get_logger().error(
        "lost.fault", kind=kind, error=type(error).__name__, place=place_of(error) if error else ""
    )


def only_allowed(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list."""
    return {name: value for name, value in fields.items() if name in ALLOWED}
