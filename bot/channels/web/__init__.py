"""The web chat: a page of our own that needs no account, no JavaScript and no other company."""

from bot.channels.web.channel import WebChannel
from bot.channels.web.deps import WebDeps

__all__ = ["WebChannel", "WebDeps"]
