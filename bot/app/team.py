"""Builds the staff's group in Telegram."""

from functools import partial

from bot.app.parts import Parts
from bot.channels.telegram import TelegramChannel
from bot.service.desk import Desk
from bot.service.group_desk import GroupDesk
from bot.service.group_joining import Joining
from bot.staff.telegram import GroupDeps


def group_deps(parts: Parts) -> GroupDeps:
    """Return what the group needs."""
    database, notifier, clock = parts.database, parts.notifier, parts.clock
    desk = Desk(database, notifier, clock, parts.texts)
    shows = partial(shows_words, parts.settings.staff_telegram_words)
    return GroupDeps(
        store=database,
        notifier=notifier,
        clock=clock,
        desk=GroupDesk(database, notifier, clock, desk, shows),
        joining=Joining(database, notifier, clock),
        texts=parts.texts,
        knowledge=lambda: parts.keeper.mind.world.knowledge,
        shows=shows,
        public_url=parts.settings.public_url.rstrip("/"),
    )


def shows_words(whose: str, channel: str) -> bool:
    """True if the words of somebody who writes on this channel may stand in a group; whose: as the setting says."""
    return whose == "all" or (whose == "telegram" and channel == TelegramChannel.name)
