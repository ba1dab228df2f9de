"""Telegram towards staff: a group with topics as a mirror of the desk, and what they write and press there."""

from bot.staff.telegram.deps import GroupDeps
from bot.staff.telegram.mirror import Mirror
from bot.staff.telegram.taker import Team

__all__ = ["GroupDeps", "Mirror", "Team"]
