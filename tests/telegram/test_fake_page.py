"""The fake Telegram's page and its command: what a person at a desk has of it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from tests.telegram.fake import FakeTelegram, Person
from tests.telegram.fake.judge import bot, durations_as_timedelta, fake, samira, strict
from tests.telegram.fake.page import ACTS, FAULTS

__all__ = ["bot", "durations_as_timedelta", "fake", "samira"]  # fixtures

ROOT = Path(__file__).parents[2]
# What comes of an act: the kind of update, or None for what Telegram does not tell the bot.
TOLD = {
    "press": "callback_query",
    "edit": "edited_message",
    "block": "my_chat_member",
    "unblock": "my_chat_member",
}
UNTOLD = ("delete", "leave")


async def test_the_page_shows_the_chat_and_writes_in_it(bot: Bot, fake: FakeTelegram) -> None:
    async with aiohttp.ClientSession(fake.address) as session:

        async def post(path: str, **given: Any) -> tuple[int, dict[str, Any]]:
            async with session.post(f"/page/{path}", data=json.dumps(given)) as response:
                return response.status, await response.json()

        _, made = await post("person", name="سميرة", language="ar")
        chat = made["chat"]
        async with session.get("/page/changes") as changes:
            assert await changes.content.readline() == b"data: changed\n"
            await post("act", act="start", chat=chat, text="token")
            await changes.content.readline()
            assert await changes.content.readline() == b"data: changed\n"
        sent = await bot.send_message(chat, "<b>a</b> &lt;script&gt;", parse_mode="HTML")
        await post("fault", do="add", name="connection reset", method="all", times="1")
        async with session.get("/page/state", params={"chat": chat}) as response:
            state = await response.json()
        shown = [(message["bot"], message["html"]) for message in state["chat"]["messages"]]
        assert shown == [(False, "/start token"), (True, "<b>a</b> &lt;script&gt;")]
        assert (state["chat"]["rtl"], state["rules"]) == (True, ["reset × 1"])
        await post("act", act="press", chat=chat, message=sent.message_id, data="y:1")
        assert (await post("act", act="edit", chat=chat, message=sent.message_id, text="x"))[0] == 409
        _, team = await post("group", title="Team", forum=True)
        assert fake.world.chats[team["chat"]].bot_status == "administrator"
        for path, kind in (("/", "text/html"), ("/look/page.js", "text/javascript")):
            async with session.get(path) as response:
                assert (response.status, response.content_type) == (200, kind)
    fake.faults.clear()
    kinds = [update.to_dict().keys() - {"update_id"} for update in await bot.get_updates()]
    assert kinds == [{"message"}, {"callback_query"}, {"my_chat_member"}, {"message"}]


@pytest.mark.parametrize("act", ACTS)
async def test_everything_a_person_does_can_be_done_there(
    bot: Bot, fake: FakeTelegram, samira: Person, act: str
) -> None:
    given = {"act": act, "chat": samira.id, "text": "Hallo", "message": 1, "data": "x"}
    async with (
        aiohttp.ClientSession(fake.address) as session,
        session.post("/page/act", data=json.dumps(given)) as response,
    ):
        assert response.status == 200, await response.text()
    updates = [strict(update) for update in await bot.get_updates()]
    wanted = [] if act in UNTOLD else [TOLD.get(act, "message")]
    assert [kind for update in updates for kind in update.to_dict() if kind != "update_id"] == wanted


async def test_every_fault_can_be_switched_on_there(fake: FakeTelegram) -> None:
    async with aiohttp.ClientSession(fake.address) as session:
        for name in FAULTS:
            given = {"do": "add", "name": name, "method": "sendMessage", "times": "0"}
            await session.post("/page/fault", data=json.dumps(given))
        await session.post("/page/fault", data=json.dumps({"do": "pace"}))
        assert (len(fake.faults.rules), fake.pace.on) == (len(FAULTS), True)
        await session.post("/page/fault", data=json.dumps({"do": "clear"}))
        assert (fake.faults.rules, fake.pace.on) == ([], False)


async def test_the_network_goes_and_comes_back_by_itself(fake: FakeTelegram) -> None:
    await fake.vanish(0.1)
    gone = False
    async with aiohttp.ClientSession(fake.address) as session, asyncio.timeout(5):
        while True:
            try:
                async with session.get("/page/state"):
                    if gone:
                        break
            except aiohttp.ClientError:
                gone = True
            await asyncio.sleep(0.01)


async def test_it_can_be_started_alone() -> None:
    command = (sys.executable, "-m", "tests.telegram.fake", "--port", "0", "--person", "ar")
    started = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert started.stdout
    try:
        told = [(await started.stdout.readline()).decode().split()[-1] for _ in range(3)]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{told[1]}/bot{told[0]}/getMe") as response:
                assert (await response.json())["ok"]
            async with session.get(f"{told[2]}page/state") as response:
                assert [chat["language"] for chat in (await response.json())["chats"]] == ["ar"]
    finally:
        started.terminate()
        await started.wait()
