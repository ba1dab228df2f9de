"""What the provider signed: read with joserfc, and believed only if every claim is as OpenID Connect wants it.

Of a key only those count that the provider's own key list holds; what a token itself says about keys is not followed.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry

# Signed with the provider's private key. Never "none", nor HS256, whose secret an attacker could take from the list.
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
KEY_TYPES: Final = ("RSA", "EC")
SKEW: Final = timedelta(seconds=60)  # between the provider's clock and ours
ID_TOKEN_AGE: Final = timedelta(minutes=5)  # it was made for us just now
LOGOUT_AGE: Final = timedelta(minutes=2)  # Back-Channel Logout 1.0, 2.4: at most two minutes
LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
LONGEST: Final = 255  # characters of a subject or a session's id (OpenID Connect Core, 2)
# Some providers add parameters of their own to the head; those that change the meaning ("crit") are refused anyway.
_REGISTRY: Final = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)

Claims = dict[str, Any]


class Untrue(Exception):
    """A token does not hold; `what` says in one word why, for the log.

    may_be_new_key: it would hold if the provider had changed its keys since we asked.
    """

    def __init__(self, what: str, *, may_be_new_key: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.may_be_new_key = may_be_new_key


@dataclass(frozen=True, slots=True)
class Parties:
    """Who must have signed (`issuer`), for whom (`client`)."""

    issuer: str
    client: str


def keys_of(listed: Claims) -> KeySet:
    """Return the keys of a key list (RFC 7517) that can have signed; what is odd or for another use is left out."""
    keys = []
    for entry in found if isinstance(found := listed.get("keys"), list) else []:
        if isinstance(entry, dict) and entry.get("kty") in KEY_TYPES and entry.get("use") in (None, "sig"):
            with suppress(JoseError, ValueError, TypeError, KeyError):
                keys.append(import_key(entry))
    return KeySet(keys)


def id_token(text: str, keys: KeySet, parties: Parties, nonce: str, now: datetime) -> Claims:
    """Return the claims of an ID token; raise Untrue."""
    claims = _signed(text, keys, parties, now, ID_TOKEN_AGE)
    if "exp" not in claims:
        raise Untrue("exp")
    if claims.get("nonce") != nonce:
        raise Untrue("nonce")
    if "events" in claims:
        raise Untrue("events")
    azp = claims.get("azp")
    if azp != parties.client and (azp is not None or len(_listed(claims["aud"])) > 1):
        raise Untrue("azp")
    if not id_of(claims, "sub"):
        raise Untrue("sub")
    return claims


def logout_token(text: str, keys: KeySet, parties: Parties, now: datetime) -> Claims:
    """Return the claims of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6); raise Untrue.

    An older Keycloak tells no `exp`; then its age alone counts.
    """
    claims = _signed(text, keys, parties, now, LOGOUT_AGE)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGGED_OUT), dict):
        raise Untrue("events")
    if "nonce" in claims:  # so that an ID token can never stand in for it
        raise Untrue("nonce")
    if not id_of(claims, "jti"):
        raise Untrue("jti")
    if not id_of(claims, "sub") and not id_of(claims, "sid"):
        raise Untrue("sub")
    return claims


def text_of(claims: Claims, name: str) -> str:
    """Return a claim that is a text; empty if there is none such."""
    found = claims.get(name)
    return found if isinstance(found, str) else ""


def id_of(claims: Claims, name: str) -> str:
    """Return a claim that is an id of something over there, in ASCII; empty if there is none such."""
    found = text_of(claims, name)
    return found if len(found) <= LONGEST and found.isascii() and found.isprintable() else ""


def values_at(claims: Claims, path: str) -> list[str]:
    """Return the texts at a path such as "realm_access.roles"; one text counts as a list of it, a stranger as none."""
    found: object = claims.get(path)  # a claim's name may have dots in it
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
    return [value for value in _listed(found) if isinstance(value, str)]


def _signed(text: str, keys: KeySet, parties: Parties, now: datetime, age: timedelta) -> Claims:
    try:
        token = jwt.decode(text, keys, registry=_REGISTRY)
        claims = token.claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=int(SKEW.total_seconds()),
            iss={"essential": True, "value": parties.issuer},
            aud={"essential": True, "value": parties.client},
            iat={"essential": True},
        ).validate(claims)
    except (BadSignatureError, InvalidKeyIdError) as error:
        raise Untrue("signature", may_be_new_key=True) from error
    except ExpiredTokenError as error:
        raise Untrue("exp") from error
    except JoseError as error:
        raise Untrue(getattr(error, "claim", error.error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Untrue("form") from error
    if now.timestamp() >= claims["iat"] + (age + SKEW).total_seconds():
        raise Untrue("iat")
    return claims


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]
