"""Telegram's Bot API, for whoever speaks over it: the newcomers' channel, and a group of staff."""

import os

# Lest python-telegram-bot warns of its own coming types whenever it reads a voice message.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from bot.telegram.client import Client
from bot.telegram.courtesy import Courtesies
from bot.telegram.dispatch import Dispatcher, NotNow
from bot.telegram.errors import NO_MESSAGE, NO_RIGHTS, NO_TOPIC, NO_TOPICS, Migrated
from bot.telegram.holding import while_first
from bot.telegram.limits import Limits
from bot.telegram.polling import Poller
from bot.telegram.webhook import Webhook

__all__ = [
    "NO_MESSAGE",
    "NO_RIGHTS",
    "NO_TOPIC",
    "NO_TOPICS",
    "Client",
    "Courtesies",
    "Dispatcher",
    "Limits",
    "Migrated",
    "NotNow",
    "Poller",
    "Webhook",
    "while_first",
]
