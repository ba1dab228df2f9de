"""What is known of a browser that asks for a page of the staff: its cookie, its form token, its language."""

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.entering import WHOLE_DAY, folded

LANGUAGES: Final = {"de": "Deutsch", "en": "English"}
LANGUAGE_COOKIE: Final = "lotse-staff-language"
DEVICE_DAYS: Final = 180
FLOW_SECONDS: Final = 600
ROOT: Final = "/staff"
ACCOUNT: Final = f"{ROOT}/account"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_INSIDE: Final = re.compile(rf"{ROOT}(?:[/?][A-Za-z0-9/_.,?=&%:+~-]*)?")


@dataclass(frozen=True, slots=True)
class Session:
    """What a handler and its templates need of the browser; nothing of it is secret but the form token.

    id: of the row; 0 before the login. csrf: for the field `csrf` of every form. language: a code of LANGUAGES.
    here: path and query to come back to.
    """

    id: int
    csrf: str
    language: str
    here: str


class Cookies:
    """Reads and writes the cookie with a session's token, and the form token that follows from it.

    A browser has such a token from its first page on, before anybody logs in, so that the form of the login is
    protected like every other; the login gives it a new one.
    """

    def __init__(self, key: bytes, secure: bool) -> None:
        self._key = key
        self._secure = secure
        self._prefix = "__Host-" if secure else ""
        self.name = f"{self._prefix}lotse-staff"
        self._device_name = f"{self._prefix}lotse-staff-device"

    def read(self, request: web.Request) -> str:
        """Return the token; empty if there is none that could be ours."""
        token = request.cookies.get(self.name, "")
        return token if _TOKEN.fullmatch(token) else ""

    def csrf(self, token: str) -> str:
        """Return the form token of a session's token."""
        return hmac.new(self._key, token.encode(), "sha256").hexdigest()

    def is_own_form(self, token: str, given: str) -> bool:
        """True if a form was made for this session."""
        return bool(token) and hmac.compare_digest(self.csrf(token).encode(), given.encode())

    def remember(self, response: web.StreamResponse, token: str) -> None:
        """Set the cookie; Lax: a link in an e-mail must find the session."""
        # Longer than any session: whose words come too late can be told by it.
        self._set(response, self.name, token, int(2 * WHOLE_DAY.total_seconds()))

    def forget(self, response: web.StreamResponse) -> None:
        """Take the cookie away."""
        response.del_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def device(self, request: web.Request, name: str) -> str:
        """Return the id of a browser that somebody of this name was inside with; empty for any other."""
        device, _, mac = request.cookies.get(self._device_name, "").partition(".")
        genuine = hmac.compare_digest(mac.encode(), self._device_mac(device, name).encode())
        return device if genuine and _TOKEN.fullmatch(device) else ""

    def know_device(self, request: web.Request, response: web.StreamResponse, name: str) -> None:
        """Let the browser be known, for half a year; that opens nothing."""
        device = self.device(request, name) or secrets.token_urlsafe(32)
        self._set(
            response, self._device_name, f"{device}.{self._device_mac(device, name)}", DEVICE_DAYS * 86_400
        )

    def _device_mac(self, device: str, name: str) -> str:
        return hmac.new(self._key, f"device:{device}:{folded(name)}".encode(), "sha256").hexdigest()

    def flow(self, request: web.Request, state: str) -> str:
        """Return the cookie of a way to the provider; each has its own, as several windows may be on theirs."""
        return request.cookies.get(self._flow_name(state), "")

    def begin_flow(self, response: web.StreamResponse, state: str, value: str) -> None:
        """Set it; Lax: it must be there when the provider sends the browser back."""
        self._set(response, self._flow_name(state), value, FLOW_SECONDS)

    def end_flow(self, response: web.StreamResponse, state: str) -> None:
        """Take it away."""
        name = self._flow_name(state)
        response.del_cookie(name, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def _flow_name(self, state: str) -> str:
        return f"{self._prefix}lotse-staff-oidc-{state[:16]}"

    def choose_language(self, response: web.StreamResponse, language: str) -> None:
        """Keep the language for half a year."""
        self._set(response, LANGUAGE_COOKIE, language, DEVICE_DAYS * 86_400)

    def _set(self, response: web.StreamResponse, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="Lax"
        )


def language_of(request: web.Request) -> str:
    """Return the chosen language, or the first one that the browser asks for and we have."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    wished = [
        part.split(";")[0].strip()[:2] for part in request.headers.get("Accept-Language", "").split(",")
    ]
    return next((code for code in (chosen, *wished) if code in LANGUAGES), next(iter(LANGUAGES)))


def is_inside(path: str) -> bool:
    """True for an address of the desk on this server, fit for a redirect."""
    return _INSIDE.fullmatch(path) is not None and ".." not in path and "//" not in path


def here(request: web.Request) -> str:
    """Return where to come back to: the page itself, or the one that posted; empty if that is not of the desk."""
    if request.method in ("GET", "HEAD"):
        asked = request.rel_url.raw_path_qs
    else:
        referer = urlsplit(request.headers.get("Referer", ""))
        asked = referer.path + (f"?{referer.query}" if referer.query else "")
    return asked if is_inside(asked) else ""


def invitation_link(origin: str, token: str) -> str:
    """Return the address that is sent to somebody who is invited. origin: the server's, without a slash at its end."""
    return f"{origin}{ROOT}/invitation/{token}"
