"""An echo bot on plain python-telegram-bot: its default Application, 64 updates at a time.

python echo_ptb.py TOKEN API [PORT SECRET]    with a port it takes deliveries there, else it fetches.
"""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was said."""
    if (message := update.effective_message) and message.text:
        await message.reply_text(message.text)


def main(token: str, api: str, port: str = "", secret: str = "") -> None:
    """Run until killed."""
    application = Application.builder().token(token).base_url(f"{api}/bot").concurrent_updates(64).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    if port:
        url = f"http://127.0.0.1:{port}/hook"
        application.run_webhook("127.0.0.1", int(port), "hook", webhook_url=url, secret_token=secret)
    else:
        application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
