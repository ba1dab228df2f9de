"""Starts the command line."""

import sys
from importlib import import_module

from bot.memory import growing


def main() -> None:
    """Run the command line."""
    with growing():
        cli = import_module("bot.cli").cli
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    cli()


if __name__ == "__main__":
    main()
