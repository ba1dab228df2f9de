"""The conversations of tests/dialogues, over HTTP with a Telegram, in three scripts, both ways."""

import pytest

from bot.service.mind import Mind
from bot.storage.engine import Database
from tests.courses.people import DIALOGUES, courses
from tests.dialogues.replay import Dialogue, dialogues, replay
from tests.telegram.driver import WAYS, Lotse, TelegramDriver
from tests.telegram.fake import FakeTelegram

ALL = [found for found in dialogues() if found.language in ("de", "ar", "uk")]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialogue", ALL, ids=[f"{found.name}-{found.language}" for found in ALL])
async def test_conversation(dialogue: Dialogue, way: str, sqlite_store: Database, mind: Mind) -> None:
    """The bot says on the screen what the file expects, after its welcome."""
    if dialogue.courses:
        await courses(sqlite_store, *DIALOGUES)
    async with FakeTelegram() as fake:
        lotse = Lotse(fake, sqlite_store, mind)
        async with WAYS[way](lotse):
            driver = TelegramDriver(lotse, fake.person(dialogue.language))
            (welcome,) = await driver.start()
            assert welcome.kind == "welcome"
            await replay(dialogue, driver, mind)
