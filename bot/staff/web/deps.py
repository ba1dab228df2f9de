"""What the way in needs of the rest, as plain values and callables."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.i18n import Texts
from bot.knowledge.model import Knowledge
from bot.service.entering import Entrance
from bot.service.group_joining import Joining
from bot.service.ports import Clock, Store
from bot.service.provided import Provided
from bot.staff.oidc import Provider


@dataclass(frozen=True, slots=True)
class StaffDeps:
    """Handed over by the composition root.

    texts: by language code, fallbacks done. knowledge: the live one at each call. entrance: the use cases of
    getting in. csrf_key: at least 32 random bytes. secure: served over HTTPS. proxies: how many stand before the
    server and add to X-Forwarded-For. public_url: the address from outside, without a slash at its end; empty:
    what the browser asks for. provider, provided: the town's provider of logins and the use cases behind it; None:
    there is none. passwords: False if it alone lets people in. writes_letters: a mail server is set. joining: makes an
    account at Telegram somebody's; None: there is no Telegram.
    """

    store: Store
    clock: Clock
    texts: Callable[[str], Texts]
    knowledge: Callable[[], Knowledge]
    entrance: Entrance
    csrf_key: bytes
    secure: bool
    proxies: int = 0
    public_url: str = ""
    provider: Provider | None = None
    provided: Provided | None = None
    passwords: bool = True
    writes_letters: bool = False
    joining: Joining | None = None
