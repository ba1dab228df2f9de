"""Every conversation of tests/dialogues, in each of its languages, over intake, worker and outbox."""

import pytest

from bot.service.mind import Mind
from bot.storage.engine import Database
from tests.courses.people import DIALOGUES, courses
from tests.dialogues.replay import Dialogue, ServiceDriver, dialogues, replay

ALL = list(dialogues())


@pytest.mark.parametrize("dialogue", ALL, ids=[f"{found.name}-{found.language}" for found in ALL])
async def test_conversation(dialogue: Dialogue, sqlite_store: Database, mind: Mind) -> None:
    """The bot says what the file expects, step by step."""
    if dialogue.courses:
        await courses(sqlite_store, *DIALOGUES)
    await replay(dialogue, ServiceDriver(sqlite_store, lambda: mind), mind)
