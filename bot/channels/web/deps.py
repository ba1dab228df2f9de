"""What the web chat needs of the rest, as plain values and callables."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.dialogue.welcome import Operator
from bot.domain.course import Course
from bot.domain.message import Inbound, Outbound
from bot.i18n import Texts
from bot.knowledge.model import Knowledge
from bot.service.ports import Clock, Notifier, Retention, Store
from bot.service.receive import Received


class Messenger(Protocol):
    """A messenger on which a conversation of the page can go on."""

    @property
    def name(self) -> str:
        """What people call it."""

    def start(self, payload: str) -> str:
        """Return the link that starts a chat there with a payload; empty if it is not known yet."""


@dataclass(frozen=True, slots=True)
class WebDeps:
    """Handed over by the composition root.

    receive: service.receive.receive, bound to its store. texts, welcome: by language code, fallbacks done.
    offered: codes of the languages with an interface, in order. knowledge: the live one at each call.
    courses: the list as it was some seconds ago.
    cookie_key: at least 32 random bytes. secure: served over HTTPS. proxies: how many stand before the server
    and add to X-Forwarded-For. public_url: the page's address from outside, without a slash at its end;
    empty: what the browser asks for. messengers: where a conversation can go on. team_in_telegram: the team reads what
    is written here in a group there, too.
    """

    store: Store
    notifier: Notifier
    clock: Clock
    receive: Callable[[Inbound], Awaitable[Received]]
    texts: Callable[[str], Texts]
    knowledge: Callable[[], Knowledge]
    offered: Callable[[], tuple[str, ...]]
    welcome: Callable[[str], Outbound]
    courses: Callable[[], Awaitable[tuple[Course, ...]]]
    operator: Operator
    retention: Retention
    cookie_key: bytes
    secure: bool
    proxies: int = 0
    public_url: str = ""
    messengers: Sequence[Messenger] = ()
    team_in_telegram: bool = False
