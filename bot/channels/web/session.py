"""Sessions of the web chat: a signed cookie, made with the first message and not before."""

import hmac
import re
from datetime import timedelta

from aiohttp import web

from bot.domain.message import Address

CHANNEL, ACCOUNT = "web", "page"
_SESSION = re.compile(r"[0-9a-f]{32}")
# A UUID or 32 hex digits: 122 random bits if the client is honest; a dishonest one harms only itself.
_CLIENT_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


class Sessions:
    """Reads, makes and writes session ids (32 hex digits, 128 bits); the cookie lives for `days`."""

    def __init__(self, key: bytes, secure: bool, days: int) -> None:
        self._key = key
        self._secure = secure
        self._kept = timedelta(days=days)
        self.cookie = "__Host-lotse" if secure else "lotse"

    def read(self, request: web.Request) -> str:
        """Return the session id of the request's cookie; empty if there is none or it is forged."""
        session, _, signature = request.cookies.get(self.cookie, "").partition(".")
        genuine = hmac.compare_digest(signature.encode(), self._mac("cookie", session).encode())
        return session if genuine and _SESSION.fullmatch(session) else ""

    def begin(self, client_id: str) -> str:
        """Return the session that a first message opens.

        It follows from the message's own random id, so that a first message repeated after a lost answer
        finds its session again instead of opening a second one.
        """
        return self._mac("session", client_id)[:32]

    def external_id(self, session: str, client_id: str, content: str) -> str:
        """Return the id under which a message is stored.

        Neither the client's id (it would open the session) nor the content can be told from it. The content
        takes part because a page without JavaScript has one id for all its buttons.
        """
        return self._mac("message", f"{session}:{client_id}:{content}")[:40]

    def remember(self, response: web.StreamResponse, session: str) -> None:
        """Set the cookie, or renew it."""
        response.set_cookie(
            self.cookie,
            f"{session}.{self._mac('cookie', session)}",
            max_age=int(self._kept.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )

    def forget(self, response: web.StreamResponse) -> None:
        """Take the cookie away."""
        response.del_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def _mac(self, purpose: str, text: str) -> str:
        message = f"{purpose}:{text}".encode("utf-8", "replace")
        return hmac.new(self._key, message, "sha256").hexdigest()


def address_of(session: str) -> Address:
    """Return the address of a session."""
    return Address(CHANNEL, ACCOUNT, session)


def is_client_id(text: str) -> bool:
    """True for an id as our page makes them."""
    return _CLIENT_ID.fullmatch(text) is not None
