"""An echo bot on aiogram 3 with its defaults.

python echo_aiogram.py TOKEN API [PORT SECRET]    with a port it takes deliveries there, else it fetches.
"""

import asyncio
import sys

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web


async def echo(message: Message) -> None:
    """Say what was said."""
    if message.text:
        await message.answer(message.text)


def main(token: str, api: str, port: str = "", secret: str = "") -> None:
    """Run until killed."""
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher = Dispatcher()
    dispatcher.message.register(echo, F.text)
    if port:
        app = web.Application()
        SimpleRequestHandler(dispatcher, bot, secret_token=secret).register(app, path="/hook")
        setup_application(app, dispatcher, bot=bot)
        web.run_app(app, host="127.0.0.1", port=int(port))
    else:
        asyncio.run(dispatcher.start_polling(bot))


if __name__ == "__main__":
    main(*sys.argv[1:])
