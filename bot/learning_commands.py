"""What the command for learning from use does; it speaks German, as the other commands of the editors."""

import json
from getpass import getuser

import typer

from bot import app
from bot.commands import Refused
from bot.knowledge.files import KnowledgeError, load
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import suggestion
from bot.operations.logs import set_up
from bot.service import editing, learning
from bot.service.masks import Masks
from bot.service.proposing import Proposing
from bot.service.refusals import NoSuchTicket
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.notify import LocalNotifier

WHY = {learning.Why.FORWARDED: "weitergegeben", learning.Why.NOT_HELPED: "half nicht"}
NEXT = "\nAls Beispiel übernehmen: knowledge learn NUMMER EINTRAG (anders gesagt mit --text „…“)"


async def learn(settings: Settings, number: int | None, entry: str, text: str, as_lines: bool) -> int:
    """List what was passed on or did not help, or make one of these questions an example of an entry."""
    set_up("text")
    try:
        knowledge = load(settings.knowledge)
    except KnowledgeError as error:
        raise Refused(str(error)) from error
    masks = Masks(lambda: knowledge)
    async with app.held(settings) as database:
        if number is None:
            await _list(database, masks, knowledge, as_lines)
            return 0
        if entry not in knowledge.entries:
            raise Refused(f"Einen Eintrag '{entry}' gibt es nicht.{suggestion(entry, knowledge.entries)}")
        question = await learning.one(database, masks, number)
        if question is None:
            raise Refused(f"Eine Frage {number} gibt es nicht, oder sie ist schon gelöscht.")
        await _take(settings, database, masks, knowledge, question, entry, text or question.text)
    return 0


async def _list(database: Database, masks: Masks, knowledge: Knowledge, as_lines: bool) -> None:
    groups = await learning.unlearned(database, masks, knowledge)
    for group in groups:
        title = knowledge.entries[group.entry].texts[GERMAN].title if group.entry else "keiner ist ähnlich"
        if not as_lines:
            typer.echo(f"{group.entry or '–'} ({title})")
        for one in group.questions:
            if as_lines:
                told = {"ticket": one.ticket, "entry": group.entry, "language": one.language}
                more = {"text": one.text, "doubts": list(one.doubts), "why": one.why.value}
                typer.echo(json.dumps({**told, **more}, ensure_ascii=False))
            else:
                doubts = f"   (vielleicht ein Name: {', '.join(one.doubts)})" if one.doubts else ""
                typer.echo(f"  {one.ticket}  {one.language}  {WHY[one.why]}: {one.text}{doubts}")
    if not as_lines:
        typer.echo(NEXT if groups else "Keine Frage, aus der zu lernen wäre.")


async def _take(
    settings: Settings,
    database: Database,
    masks: Masks,
    knowledge: Knowledge,
    question: learning.Question,
    entry: str,
    text: str,
) -> None:
    clock = app.SystemClock()
    files = editing.Editing(settings.knowledge, app.CAPABILITIES, clock)
    proposing = Proposing(database, LocalNotifier(), clock, lambda: knowledge, masks, files)
    try:
        saved = await proposing.learn(question.ticket, entry, text, getuser(), None)
    except NoSuchTicket:
        raise Refused(f"Die Frage {question.ticket} wurde gerade gelöscht.") from None
    if isinstance(saved, editing.Refused):
        told = "\n".join(map(str, saved.problems)) or f"Nicht geschrieben: {saved.why.value}."
        raise Refused(told)
    typer.echo(f"Beispiel von {entry} ({question.language}): {text}")
    typer.echo(f"Geschrieben: {', '.join(saved.files) or 'nichts, es steht schon da'}")
