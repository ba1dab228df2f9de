"""The provider itself: where it is found, its keys, the way to it, and what it says when somebody comes back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar
from urllib.parse import quote

from joserfc.jwk import KeySet
from yarl import URL

from bot.domain.identity import Duty, Identity, LoggedOut, duty_of
from bot.http.outgoing import Unanswered, get_object, is_safe, post_form
from bot.service.ports import Clock
from bot.staff.oidc.flow import Flow
from bot.staff.oidc.tokens import (
    LOGOUT_AGE,
    SKEW,
    Claims,
    Parties,
    Untrue,
    id_of,
    id_token,
    keys_of,
    logout_token,
    text_of,
    values_at,
)

DISCOVERY: Final = "/.well-known/openid-configuration"
# For so long an answer is not asked for again. Short: whoever presses the button shall be told that it is down.
FRESH: Final = timedelta(seconds=5)
KEYS_FRESH: Final = timedelta(minutes=5)
# For so long nothing is asked after a failure: a desk full of people must not wait for a time-out at every click.
QUIET_AFTER_FAILURE: Final = timedelta(seconds=10)
# Forged tokens name keys that nobody has; for that alone the list is asked for no more often than this.
NEW_KEYS_AFTER: Final = timedelta(seconds=10)

# RFC 6749, 5.2. Of what it says against a code only these words reach the log.
TOKEN_ERRORS: Final = ("invalid_client", "invalid_grant", "invalid_request", "unauthorized_client")

Told = TypeVar("Told")


class ProviderDown(Exception):
    """The provider cannot be asked; the message says why, without an address."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What town and provider agreed on.

    issuer: the realm's address, as it calls itself. client, secret: how we are registered; no secret: as a public
    client. claim: the path to somebody's values in the ID token. duties: what a value means. acr: of these ways of
    logging in one is wanted, and asked for; empty: any. amr: of these means one must have been used; empty: any.
    label: what the town calls it.
    """

    issuer: str
    client: str
    secret: str = field(repr=False)
    claim: str
    duties: Mapping[str, Duty]
    acr: Sequence[str] = ()
    amr: Sequence[str] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the provider does what; leave: empty if it does not offer to log somebody out."""

    authorize: str
    token: str
    keys: str
    leave: str


class Provider:
    """Asks the provider. What it told is kept for minutes only, so that a change there needs no restart here."""

    def __init__(self, registered: Registered, clock: Clock) -> None:
        """Raise ValueError for an issuer that is neither https nor on this machine."""
        if not is_safe(registered.issuer):
            raise ValueError("the issuer's address must begin with https://")
        self.registered = registered
        self._clock = clock
        self._parties = Parties(registered.issuer, registered.client)
        self._one_asks = asyncio.Lock()
        self._failed_at = self._places_at = self._keys_at = datetime.min.replace(tzinfo=UTC)
        self._places: Places | None = None
        self._keys = KeySet([])

    @property
    def label(self) -> str:
        """What the town calls it."""
        return self.registered.label

    async def way(self, flow: Flow, return_to: str) -> str:
        """Return the address that a browser is sent to; raise ProviderDown.

        return_to: our address that it comes back to, as it is registered there.
        """
        places = await self._found()
        asked = {
            "response_type": "code",
            "client_id": self.registered.client,
            "redirect_uri": return_to,
            "scope": "openid profile",
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
        if self.registered.acr:
            asked["acr_values"] = " ".join(self.registered.acr)
        if flow.quiet:
            asked["prompt"] = "none"
        return str(URL(places.authorize).update_query(asked))

    async def leaving(self, return_to: str) -> str:
        """Return the address at which somebody logs out there; empty: it offers none. Raise ProviderDown.

        Without the ID token, which would stand in an address: so the provider asks before it does.
        """
        leave = (await self._found()).leave
        asked = {"client_id": self.registered.client, "post_logout_redirect_uri": return_to}
        return str(URL(leave).update_query(asked)) if leave else ""

    async def identity(self, code: str, flow: Flow, return_to: str) -> Identity:
        """Exchange the code that somebody came back with for who they are; raise Untrue or ProviderDown."""
        places = await self._found()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_to,
            "client_id": self.registered.client,
            "code_verifier": flow.verifier,
        }
        # RFC 6749, 2.3.1: name and secret are encoded as in a form before they become HTTP Basic.
        name, secret = (quote(part, safe="") for part in (self.registered.client, self.registered.secret))
        status, answer = await self._asked(lambda: post_form(places.token, form, name, secret))
        text = answer.get("id_token")
        if status != 200 or not isinstance(text, str):
            error = answer.get("error")
            raise Untrue(error if error in TOKEN_ERRORS else "code")
        now = self._clock.now()
        claims = await self._believed(lambda keys: id_token(text, keys, self._parties, flow.nonce, now))
        self._check_strength(claims)
        return Identity(
            self.registered.issuer,
            id_of(claims, "sub"),
            id_of(claims, "sid"),
            text_of(claims, "name"),
            text_of(claims, "preferred_username"),
            duty_of(values_at(claims, self.registered.claim), self.registered.duties),
        )

    async def logged_out(self, text: str) -> LoggedOut:
        """Return whom the provider says to be logged out; raise Untrue or ProviderDown."""
        now = self._clock.now()
        claims = await self._believed(lambda keys: logout_token(text, keys, self._parties, now))
        return LoggedOut(
            self.registered.issuer,
            id_of(claims, "sub"),
            id_of(claims, "sid"),
            id_of(claims, "jti"),
            now + LOGOUT_AGE + 2 * SKEW,
        )

    def _check_strength(self, claims: Claims) -> None:
        if self.registered.acr and claims.get("acr") not in self.registered.acr:
            raise Untrue("acr")
        if self.registered.amr and not set(self.registered.amr) & set(values_at(claims, "amr")):
            raise Untrue("amr")

    async def _believed(self, read: Callable[[KeySet], Claims]) -> Claims:
        """Read a token with the keys that we have, and with fresh ones if that may be why it does not hold."""
        try:
            return read(await self._current_keys(KEYS_FRESH))
        except Untrue as fault:
            if not fault.may_be_new_key:
                raise
        return read(await self._current_keys(NEW_KEYS_AFTER))

    async def _current_keys(self, oldest: timedelta) -> KeySet:
        places = await self._found()
        async with self._one_asks:
            if not self._keys or self._clock.now() - self._keys_at >= oldest:
                self._keys = keys_of(await self._asked(lambda: get_object(places.keys)))
                self._keys_at = self._clock.now()
        return self._keys

    async def _found(self) -> Places:
        async with self._one_asks:
            if self._places is None or self._clock.now() - self._places_at >= FRESH:
                address = self.registered.issuer.rstrip("/") + DISCOVERY
                self._places = self._read(await self._asked(lambda: get_object(address)))
                self._places_at = self._clock.now()
            return self._places

    def _read(self, told: Claims) -> Places:
        """Read where everything is; what we ask ourselves must be where the issuer is."""
        if told.get("issuer") != self.registered.issuer:
            raise ProviderDown("it calls itself by another name than LOTSE_OIDC_ISSUER")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
        authorize, token, keys, leave = (
            url if isinstance(url := told.get(name), str) and is_safe(url) else "" for name in names
        )
        home = URL(self.registered.issuer).origin()
        if not authorize or not all(url and URL(url).origin() == home for url in (token, keys)):
            raise ProviderDown("it tells addresses that are not https, or at another server")
        return Places(authorize, token, keys, leave)

    async def _asked(self, ask: Callable[[], Awaitable[Told]]) -> Told:
        if self._clock.now() - self._failed_at < QUIET_AFTER_FAILURE:
            raise ProviderDown("it did not answer a moment ago")
        try:
            return await ask()
        except Unanswered as error:
            self._failed_at = self._clock.now()
            raise ProviderDown(str(error)) from error
