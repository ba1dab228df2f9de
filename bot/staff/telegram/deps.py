"""What the group needs of the rest, as plain values and callables."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.i18n import Texts
from bot.knowledge.model import Knowledge
from bot.service.group_desk import GroupDesk, Shows
from bot.service.group_joining import Joining
from bot.service.ports import Clock, Notifier, Store


@dataclass(frozen=True, slots=True)
class GroupDeps:
    """Handed over by the composition root.

    texts: by language code, fallbacks done. shows: whose words may be read in a group, by the newcomer's channel.
    public_url: the address of the desk from outside, without a slash at its end; empty: no links.
    """

    store: Store
    notifier: Notifier
    clock: Clock
    desk: GroupDesk
    joining: Joining
    texts: Callable[[str], Texts]
    knowledge: Callable[[], Knowledge]
    shows: Shows
    public_url: str
