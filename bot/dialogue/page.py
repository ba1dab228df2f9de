"""Answers with a page of another site: its best part for the question, its title, and the way to the whole of it."""

from dataclasses import dataclass
from datetime import date

from bot.dialogue.turn import Scene
from bot.knowledge.model import Text
from bot.knowledge.text_rules import BODY
from bot.markup import escape, link
from bot.understanding.passages import best_part


@dataclass(frozen=True, slots=True)
class Quote:
    """Markdown: title and part in the page's language, and the way to the whole page in the newcomer's."""

    text: str
    way: str


def quoted(scene: Scene, language: str, text: Text) -> Quote:
    """Return the part of the page that the last question asks for; `language` is the page's."""
    part = best_part(text.body, scene.turn.text or scene.memory.last_question, language, BODY)
    key = "answer.page" if part.whole else "answer.page_part"
    way = scene.texts.say(key, link=link(text.title, text.source_url))
    return Quote(f"**{escape(text.title)}**\n\n{part.text}", way)


def as_of(text: Text, reviewed: date) -> date:
    """Return the day of which the page is in this language."""
    return text.last_updated or reviewed
