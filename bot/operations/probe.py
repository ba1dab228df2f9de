"""Asks a running bot whether it lives, with the standard library alone: `python -m bot.operations.probe [URL]`."""

import json
import sys
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

HERE = "http://127.0.0.1:8080"
PATIENCE = 4.0  # seconds; below the time-out of the Dockerfile's HEALTHCHECK
# Degraded lives: whoever is told "broken knowledge file" by a restart only loses what still answered.
ALIVE = frozenset({"ok", "degraded"})


class NoAnswer(Exception):
    """Nothing at the address tells a state; the message says what came instead."""


def ask(url: str) -> dict[str, Any]:
    """Return what `/healthz` below the http address tells, also a bot that is down; raise NoAnswer."""
    if not url.startswith(("http://", "https://")):
        raise NoAnswer(f"{url} is no http address")
    try:
        # No proxy: the bot is asked directly, whatever the environment says of the way outside.
        with build_opener(ProxyHandler({})).open(f"{url.rstrip('/')}/healthz", timeout=PATIENCE) as answer:
            told = answer.read()
    except HTTPError as error:  # 503 with a state: the bot is there, its database is not
        told = error.read()
        error.close()
    except (OSError, ValueError) as error:
        raise NoAnswer(f"{url} does not answer: {_reason(error)}") from error
    return _state(url, told)


def _reason(error: OSError | ValueError) -> str:
    """Return what the system says, such as "Connection refused" for a bot that does not run."""
    cause = error.reason if isinstance(error, URLError) else error
    return (cause.strerror if isinstance(cause, OSError) else None) or str(cause) or type(cause).__name__


def _state(url: str, told: bytes) -> dict[str, Any]:
    try:
        found = json.loads(told)
    except ValueError as error:
        raise NoAnswer(f"{url} answers, but it is no Lotse") from error
    if not isinstance(found, dict) or "status" not in found:
        raise NoAnswer(f"{url} answers, but it is no Lotse")
    return found


def exit_code(found: dict[str, Any]) -> int:
    """Return 0 for a bot that need not be restarted, else 1."""
    return 0 if found["status"] in ALIVE else 1


def main(arguments: list[str]) -> int:
    """Print the status in one word."""
    try:
        found = ask(arguments[0] if arguments else HERE)
    except NoAnswer as error:
        print(error, file=sys.stderr)
        return 1
    print(found["status"])
    return exit_code(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
