"""The composition root: builds the adapters and joins them to the services; the only package that knows all."""

from bot.app.clock import SystemClock
from bot.app.courses import COURSE_FORMATS, CourseReader, course_origin, fill_examples
from bot.app.database import Unusable, database_file, held, listening, stored
from bot.app.loops import loops, said_late
from bot.app.messengers import Messenger, telegram_client
from bot.app.minds import Stopped, make_embedder, make_library, make_mind, make_sentences, make_world
from bot.app.pages import application, demo_link, web_page
from bot.app.parts import CAPABILITIES, Parts, course_services
from bot.app.serving import run
from bot.app.terminal import chat

__all__ = [
    "CAPABILITIES",
    "COURSE_FORMATS",
    "CourseReader",
    "Messenger",
    "Parts",
    "Stopped",
    "SystemClock",
    "Unusable",
    "application",
    "chat",
    "course_origin",
    "course_services",
    "database_file",
    "demo_link",
    "fill_examples",
    "held",
    "listening",
    "loops",
    "make_embedder",
    "make_library",
    "make_mind",
    "make_sentences",
    "make_world",
    "run",
    "said_late",
    "stored",
    "telegram_client",
    "web_page",
]
