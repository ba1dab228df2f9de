"""Answers of a shape that nobody promised."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.service.ports import SendError
from bot.telegram import Client


@asynccontextmanager
async def answering(answer: object) -> AsyncIterator[Client]:
    """A client of a Bot API that answers everything with `answer`."""

    async def answers(_: web.Request) -> web.Response:
        return web.json_response(answer)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answers)
    async with TestServer(app) as server:
        address = str(server.make_url("/")).rstrip("/")
        async with Client("8200000001:AAInventedForThisTestOnly_01234567890", address) as client:
            yield client


async def test_an_odd_answer_is_a_fault_and_not_the_end() -> None:
    """`"result": true` where an object is promised: the caller may try again, the bot goes on."""
    async with answering({"ok": True, "result": True}) as client:
        with pytest.raises(SendError, match="unreadable"):
            await client.webhook()


@pytest.mark.parametrize(
    ("result", "number"),
    [({"message_id": 7, "chat": {"type": "of next year"}}, "7"), ({"of": "next year"}, ""), (True, "")],
)
async def test_what_telegram_took_is_sent_whatever_else_it_tells(result: object, number: str) -> None:
    """A message that was taken for unsent would be sent again, and stand there twice."""
    async with answering({"ok": True, "result": result}) as client:
        assert await client.send_text(5, "Guten Tag") == number
        assert await client.send_file(5, "lotse.json", b"{}") == number


async def test_an_answer_of_somebody_else_sends_nothing() -> None:
    """The page of a proxy says no "ok"."""
    async with answering({"hello": "I am a proxy"}) as client:
        with pytest.raises(SendError):
            await client.send_text(5, "Guten Tag")
