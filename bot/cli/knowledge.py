"""The commands for the knowledge files."""

from pathlib import Path
from typing import Annotated

import typer

from bot import editor_commands, learning_commands
from bot.cli.common import Json, Language, Town, do, settings
from bot.knowledge.asking import TEST_QUESTIONS

app = typer.Typer(help="The knowledge files: check, preview, add, translate.", no_args_is_help=True)


@app.command(epilog="Example: python3 run.py knowledge check")
def check(
    json: Json = False,
    questions: Annotated[
        Path, typer.Option(help="Folder with the test questions; without it they are not counted.")
    ] = TEST_QUESTIONS,
) -> None:
    """Check all knowledge files: errors with file and line, warnings, and the tables of what is covered."""
    do(editor_commands.check_files(settings(), questions, json))


@app.command(epilog="Example: python3 run.py knowledge facts local-facts.md")
def facts(
    listed: Annotated[
        Path, typer.Argument(help="The list of checked facts: text or Markdown, a statement a line.")
    ],
    json: Json = False,
) -> None:
    """Compare every telephone number, address, e-mail and opening hour with a list of checked facts."""
    do(editor_commands.facts(settings(), listed, json))


@app.command(
    epilog="Example: python3 run.py knowledge preview register-address -l ar --town duelmen --channel telegram"
)
def preview(
    entry: Annotated[str, typer.Argument(help="Id of the entry, such as register-address.")],
    language: Language = "de",
    town: Town = "",
    channel: Annotated[
        str, typer.Option("--channel", "-c", help="web, console, telegram or whatsapp.")
    ] = "web",
    json: Json = False,
) -> None:
    """Show an answer as a newcomer gets it: the pieces, the facts of the town, the buttons."""
    do(editor_commands.preview(settings(), entry, language, town, channel, json))


@app.command(epilog="Example: python3 run.py knowledge feedback --done 12")
def feedback(
    done: Annotated[int | None, typer.Option("--done", help="Number of one that is looked after.")] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Those that are done, too.")] = False,
    json: Json = False,
) -> None:
    """List which answers newcomers say are wrong, and what they write about it."""
    do(editor_commands.feedback(settings(), done, show_all, json))


@app.command(epilog="Example: python3 run.py knowledge learn 1007 register-address")
def learn(
    ticket: Annotated[int | None, typer.Argument(help="Number of the question; none: list them.")] = None,
    entry: Annotated[str, typer.Argument(help="Entry that it is an example of.")] = "",
    text: Annotated[str, typer.Option("--text", help="The example in other words than it was asked.")] = "",
    json: Json = False,
) -> None:
    """List questions that went to people or got no help, by the nearest entry; or make one an example."""
    do(learning_commands.learn(settings(), ticket, entry, text, json))


@app.command(epilog="Example: python3 run.py knowledge build")
def build(
    ship: Annotated[
        bool, typer.Option("--ship", help="Also write what goes with the product (for its developers).")
    ] = False,
) -> None:
    """Learn from the examples as they are now; a running bot does it by itself."""
    do(editor_commands.build(settings(), ship))


@app.command("new", epilog="Example: python3 run.py knowledge new library-card --area daily-life")
def new_entry(
    entry: Annotated[str, typer.Argument(help="Id of the new entry, such as library-card.")],
    area: Annotated[str, typer.Option("--area", help="Area of entries.yaml that it belongs to.")],
    required: Annotated[
        bool, typer.Option("--required", help="It must be kept in all complete languages.")
    ] = False,
) -> None:
    """Add an entry: its block in entries.yaml and a file a language, and say what to write where."""
    importance = "required" if required else "usable"
    do(editor_commands.new(settings(), entry, area, importance))


@app.command(epilog="Example: python3 run.py knowledge translate uk --todo --out uk.md")
def translate(
    language: Annotated[str, typer.Argument(help="Code of the language, such as uk.")],
    todo: Annotated[
        bool, typer.Option("--todo", help="Write what is missing or behind, to hand to a translator.")
    ] = False,
    taken_from: Annotated[
        Path | None, typer.Option("--import", help="The translator's file: check it and take it over.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; else standard output.")] = None,
) -> None:
    """Hand a language to a translator and take it back; a file with errors changes nothing."""
    do(editor_commands.translate(settings(), language, todo, taken_from, out))


@app.command(
    "import-integreat",
    epilog='Example: python3 run.py knowledge import-integreat de.json en.json --region "Musterkreis"',
)
def import_integreat(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="The pages of a region as its API's JSON, a file a language; or the address of the API.",
        ),
    ],
    region: Annotated[str, typer.Option("--region", help="Name of the region, as people call it.")],
    languages: Annotated[
        list[str] | None,
        typer.Option("--language", "-l", help="Only this language beside German; may be told several times."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the region; else knowledge-regions/ and its name.")
    ] = None,
) -> None:
    """Bring a region's Integreat pages into a knowledge folder of its own, again and again without doubles."""
    do(editor_commands.import_integreat(settings(), sources, region, tuple(languages or ()), out))
