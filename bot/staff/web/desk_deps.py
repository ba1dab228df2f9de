"""What the desk's pages need of the rest, as plain values and callables."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.knowledge.model import Knowledge
from bot.service.desk import Desk
from bot.service.ports import Clock, Notifier, Store
from bot.service.received import ReceivedFiles
from bot.service.registering import Registrar
from bot.service.translating import Translating


@dataclass(frozen=True, slots=True)
class DeskDeps:
    """Handed over by the composition root.

    files: opens what newcomers sent. may_expire: channels whose messages are lost with the browser. examples: makes
    invented questions for the demo account, once. translating: None if nothing translates.
    """

    store: Store
    notifier: Notifier
    clock: Clock
    desk: Desk
    registrar: Registrar
    files: ReceivedFiles
    knowledge: Callable[[], Knowledge]
    may_expire: Sequence[str]
    examples: Callable[[], Awaitable[None]]
    translating: Translating | None = None

    def translated(self, language: str) -> bool:
        """True if a program translates between this language and German."""
        return self.translating is not None and self.translating.covers(language)
