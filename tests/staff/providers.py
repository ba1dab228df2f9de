"""Two providers of logins over HTTP: the real oidc-provider-mock, and one of ours that can be made to lie.

The real one checks no PKCE, tells no session id, sends no back-channel logout and cannot err; ours does what Keycloak
does, as far as its documented answers go, and every fault on demand.
"""

import base64
import hashlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from bot.domain.identity import duties_from
from bot.staff.oidc import Provider, Registered
from bot.staff.oidc.tokens import LOGGED_OUT
from tests.fakes import FakeClock
from tests.reliability.server import free_port
from tests.staff.wiring import Browser

CLIENT, SECRET = "lotse", "ein Geheimnis: ä&=%"
ROLES = (
    "lotse-leitung=lead; lotse-duelmen=clerk:duelmen; lotse-havixbeck=clerk:havixbeck;"
    " lotse-vhs=course_clerk:vhs-duelmen; lotse-konten=administrator; lotse-atlantis=clerk:atlantis"
)
Key = RSAKey | ECKey | OctKey


class RealClock(FakeClock):
    """A clock that starts at the machine's time, as the real provider signs with that; it moves only when told to."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)


def registered(issuer: str, **more: Any) -> Registered:
    """What a town would have agreed on with it."""
    return Registered(
        issuer, CLIENT, SECRET, "realm_access.roles", duties_from(ROLES), label="Stadt Beispiel", **more
    )


# --- the real one


@dataclass
class RealProvider:
    """oidc-provider-mock as a process of its own."""

    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        """Where it is, as it calls itself."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it, with a key that it has not had before; at the same port as the last time."""
        self.port = self.port or free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        given_up = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                assert self.process.poll() is None, "the provider ended"
                assert time.monotonic() < given_up
                time.sleep(0.05)

    def stop(self) -> None:
        """End it."""
        if self.process:
            self.process.terminate()
            self.process.wait(10)

    async def know(self, subject: str, *roles: str, **claims: str) -> None:
        """Let somebody have exactly these roles."""
        claims = {"name": "Frau Beispiel", "preferred_username": subject, **claims}
        body = {**claims, "realm_access": {"roles": list(roles)}}
        async with (
            ClientSession() as session,
            session.put(f"{self.issuer}/users/{subject}", json=body) as told,
        ):
            assert told.status == 204

    async def consent(self, way: str, subject: str) -> str:
        """Log in on its page; return where the browser is sent back to, path and query."""
        data = {"sub": subject} if subject else {"action": "deny"}
        async with ClientSession() as session, session.post(way, data=data, allow_redirects=False) as sent:
            assert sent.status == 302, await sent.text()
            return path_of(sent.headers["Location"])


# --- ours


@dataclass
class TownProvider:
    """A provider of ours. key: signs; listed: the keys that it shows; lie: changes the claims of an ID token.

    forge: makes something else of them. has_session: whether `prompt=none` finds somebody.
    """

    clock: FakeClock
    issuer: str = ""
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    listed: list[Key] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    lie: Callable[[dict[str, Any]], dict[str, Any]] = dict
    forge: Callable[[dict[str, Any]], str] | None = None
    found: Callable[[dict[str, Any]], dict[str, Any]] = dict
    listing: Any = ...  # what stands in place of the keys
    has_session: bool = True
    broken: set[str] = field(default_factory=set)  # paths that answer 500
    asked: list[str] = field(default_factory=list)  # the paths, in order
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.listed = [self.key]
        self.claims = {
            "sub": "b5e9c6f2-amina",
            "sid": "session-1",
            "name": "Frau Beispiel",
            "preferred_username": "a.beispiel",
            "realm_access": {"roles": ["lotse-duelmen", "offline_access"]},
        }

    def may(self, *roles: str) -> None:
        """Let the person have exactly these roles."""
        self.claims["realm_access"] = {"roles": list(roles)}

    def app(self) -> web.Application:
        """What it serves."""
        app = web.Application(middlewares=[self._watch])
        app.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._discovery),
                web.get("/authorize", self._authorize),
                web.post("/token", self._token),
                web.get("/keys", self._keys),
            ]
        )
        return app

    def signed(self, claims: dict[str, Any], alg: str = "", typ: str = "JWT", key: Key | None = None) -> str:
        """Return a token."""
        key = key or self.key
        alg = alg or ("ES256" if isinstance(key, ECKey) else "RS256")
        head = {"alg": alg, **({"kid": key.kid} if key.kid else {})}
        return jws.serialize_compact({"typ": typ, **head}, json.dumps(claims).encode(), key, algorithms=[alg])

    def logout_token(self, **changes: Any) -> str:
        """Return a word that somebody is logged out; a change to None leaves the claim out."""
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": uuid4().hex,
            "sub": self.claims["sub"],
            "events": {LOGGED_OUT: {}},
            **changes,
        }
        return self.signed(
            {name: value for name, value in claims.items() if value is not None}, typ="logout+jwt"
        )

    @web.middleware
    async def _watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path in self.broken:
            raise web.HTTPInternalServerError
        response: web.StreamResponse = await handler(request)
        return response

    async def _discovery(self, request: web.Request) -> web.Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/leave",
        }
        return web.json_response(self.found(told))

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        back = {"state": asked["state"], "iss": self.issuer}
        if asked.get("prompt") == "none" and not self.has_session:
            back["error"] = "login_required"
        else:
            back["code"] = uuid4().hex
            self.codes[back["code"]] = dict(asked)
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(str(form["code"]), None)
        challenge = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        if (
            asked is None
            or base64.urlsafe_b64encode(challenge).decode().rstrip("=") != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        # RFC 6749, 2.3.1: encoded as in a form, then HTTP Basic.
        encoded = base64.b64encode(b"lotse:ein%20Geheimnis%3A%20%C3%A4%26%3D%25").decode()
        assert request.headers["Authorization"] == f"Basic {encoded}"
        now = int(self.clock.now().timestamp())
        claims = {
            **self.claims,
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims = {name: value for name, value in self.lie(claims).items() if value is not None}
        token = self.forge(claims) if self.forge else self.signed(claims)
        return web.json_response({"access_token": "x", "token_type": "Bearer", "id_token": token})

    async def _keys(self, request: web.Request) -> web.Response:
        keys = [key.as_dict(private=False) for key in self.listed if not isinstance(key, OctKey)]
        keys += [key.as_dict() for key in self.listed if isinstance(key, OctKey)]
        return web.json_response({"keys": keys if self.listing is ... else self.listing})


@asynccontextmanager
async def town_provider(clock: FakeClock) -> AsyncIterator[TownProvider]:
    """Serve a provider of ours."""
    town = TownProvider(clock)
    async with TestServer(town.app()) as server:
        town.issuer = str(server.make_url("")).rstrip("/")
        yield town


def provider_of(issuer: str, clock: FakeClock, **more: Any) -> Provider:
    """Our side of it."""
    return Provider(registered(issuer, **more), clock)


def path_of(address: str) -> str:
    """Return path and query of an address."""
    return "/" + address.split("/", 3)[3]


async def way_from(browser: Browser, start: str) -> str:
    """Return the provider's address that a page leads to: at once, or by a page that does not wait."""
    answer = await browser.get(start)
    if answer.status == 303:
        return answer.headers["Location"]
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', await answer.text())
    assert found, await answer.text()
    return unescape(found[1])


async def there_and_back(browser: Browser, start: str = "/staff/oidc/start") -> str:
    """Go to the provider of ours, as its session wants it; return where it sends back to."""
    way = await way_from(browser, start)
    async with ClientSession() as session, session.get(way, allow_redirects=False) as sent:
        assert sent.status == 302, await sent.text()
        return path_of(sent.headers["Location"])
