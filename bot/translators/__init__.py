"""Adapters towards what translates: one module a service. Text leaves the machine this way, and only if that is set."""

from bot.translators.chat import Chat
from bot.translators.deepl import DeepL
from bot.translators.libretranslate import LibreTranslate

__all__ = ["Chat", "DeepL", "LibreTranslate"]
