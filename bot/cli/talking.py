"""The commands that talk to the bot or measure how well it understands."""

from typing import Annotated

import typer

from bot import commands
from bot.cli.common import Json, Language, Town, do, settings

app = typer.Typer()


@app.command(epilog="Example: python3 run.py chat --language ar --town duelmen")
def chat(language: Language = "", town: Town = "") -> None:
    """Talk to the bot in the terminal; a number presses the button of that number."""
    do(commands.chat(settings(), language, town))


@app.command(epilog='Example: python3 run.py ask --town duelmen "Wo kann ich Deutsch lernen?"')
def ask(
    texts: Annotated[
        list[str],
        typer.Argument(help="The question; with --batch: JSON line files, or - for standard input."),
    ],
    language: Language = "",
    town: Town = "",
    json: Json = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="Read JSON lines, write one JSON line each, in order.")
    ] = False,
) -> None:
    """Show what the bot would answer; no database is touched."""
    if batch:
        do(commands.ask_batch(settings(), texts))
    else:
        do(commands.ask(settings(), " ".join(texts), language, town, json))


@app.command(epilog="Example: python3 run.py evaluate messages.jsonl --by language --language-known")
def evaluate(
    files: Annotated[list[str], typer.Argument(help="JSON lines with topic, lang, text and maybe style.")],
    by: Annotated[
        str, typer.Option(help="Also show the figures by language, style, area (with commas).")
    ] = "",
    language_known: Annotated[
        bool, typer.Option("--language-known", help="The language is the newcomer's choice, not to be told.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure how well labelled messages are understood, with 95 % intervals."""
    do(commands.evaluate(settings(), files, by, language_known, json))


@app.command(epilog="Example: python3 run.py calibrate --wrong 0.05")
def calibrate(
    wrong: Annotated[
        float, typer.Option(help="Share of wrong answers that is wanted.", min=0.0, max=1.0)
    ] = 0.05,
) -> None:
    """Fit what the parts of the understanding count, on held-out examples (some minutes)."""
    do(commands.calibrate(settings(), wrong))
