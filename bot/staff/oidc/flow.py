"""One way to the provider and back: what ties its answer to the browser that set out."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

WITHIN: Final = timedelta(minutes=10)  # to find a password and a second factor over there


@dataclass(frozen=True, slots=True)
class Flow:
    """state, nonce, verifier: as OpenID Connect and PKCE (RFC 7636) name them; each 43 URL-safe characters.

    back: where on the desk somebody wanted to go; empty: nowhere. quiet: the provider must not ask anything; it only
    says whether somebody still may.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    quiet: bool

    @property
    def challenge(self) -> str:
        """What goes along in place of the verifier (S256)."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


class Flows:
    """Begins ways and knows them again.

    Nothing is stored for whoever merely begins one: the browser carries a seed in a cookie, from which only we can
    make the three values, and which is taken away when it comes back.
    """

    def __init__(self, key: bytes) -> None:
        """key: at least 32 random bytes."""
        self._key = key

    def begin(self, back: str, now: datetime, *, quiet: bool) -> tuple[Flow, str]:
        """Return a new way and its cookie's value."""
        seed = secrets.token_urlsafe(32)
        where = urlsafe_b64encode(back.encode()).decode()
        told = f"{seed}.{int(now.timestamp())}.{int(quiet)}.{where}"
        return self._flow(seed, back, quiet), f"{told}.{self._made('cookie', told)}"

    def known(self, cookie: str, state: str, now: datetime) -> Flow | None:
        """Return the way that a cookie tells of; None if it is not ours, not of this state, or over."""
        if not cookie.isascii() or not state.isascii():
            return None
        told, _, mac = cookie.rpartition(".")
        if not hmac.compare_digest(self._made("cookie", told).encode(), mac.encode()):
            return None
        seed, begun, quiet, where = told.split(".")
        flow = self._flow(seed, urlsafe_b64decode(where).decode(), quiet == "1")
        is_over = now >= datetime.fromtimestamp(int(begun), now.tzinfo) + WITHIN
        return flow if not is_over and hmac.compare_digest(flow.state.encode(), state.encode()) else None

    def _flow(self, seed: str, back: str, quiet: bool) -> Flow:
        state, nonce, verifier = (self._made(what, seed) for what in ("state", "nonce", "verifier"))
        return Flow(state, nonce, verifier, back, quiet)

    def _made(self, what: str, of: str) -> str:
        mac = hmac.new(self._key, f"{what}:{of}".encode(), "sha256").digest()
        return urlsafe_b64encode(mac).decode().rstrip("=")
