"""What the commands for courses and registrations do; they speak German, to the staff of a VHS."""

from bot.courses_commands.deciding import cancel, decide, seats
from bot.courses_commands.exporting import export
from bot.courses_commands.importing import import_
from bot.courses_commands.showing import list_, registrations

__all__ = ["cancel", "decide", "export", "import_", "list_", "registrations", "seats"]
