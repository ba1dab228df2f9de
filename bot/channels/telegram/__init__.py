"""Telegram towards newcomers: private chats with the bot."""

from bot.channels.telegram.channel import CAPABILITIES, TelegramChannel
from bot.channels.telegram.links import Links
from bot.channels.telegram.newcomers import Newcomers, NewcomersDeps
from bot.channels.telegram.profile import check_delivery, connect, deliver_to, describe

__all__ = [
    "CAPABILITIES",
    "Links",
    "Newcomers",
    "NewcomersDeps",
    "TelegramChannel",
    "check_delivery",
    "connect",
    "deliver_to",
    "describe",
]
