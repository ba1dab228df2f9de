"""What a provider may say that is not true: tokens, keys, addresses."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from bot.staff.oidc.tokens import LOGGED_OUT
from tests.fakes import FakeClock
from tests.staff.providers import CLIENT, TownProvider, provider_of, there_and_back
from tests.staff.town import browser, log_in, office, refused_for, town
from tests.staff.wiring import Browser, Office

__all__ = ["browser", "office", "town"]

OTHER = RSAKey.generate_key(2048, {"kid": "first"})
CURVE = ECKey.generate_key("P-256", {"kid": "curve"})
Claims = dict[str, Any]


LIES: list[tuple[str, Callable[[Claims], Claims]]] = [
    ("iss", lambda claims: {"iss": "https://anders.example/realms/stadt"}),
    ("iss", lambda claims: {"iss": claims["iss"] + "/"}),
    ("iss", lambda claims: {"iss": None}),
    ("aud", lambda claims: {"aud": "jemand-anders"}),
    ("aud", lambda claims: {"aud": ["jemand-anders"]}),
    ("aud", lambda claims: {"aud": None}),
    ("azp", lambda claims: {"aud": [CLIENT, "jemand-anders"]}),
    ("azp", lambda claims: {"azp": "jemand-anders"}),
    ("exp", lambda claims: {"exp": claims["iat"] - 61}),
    ("exp", lambda claims: {"exp": None}),
    ("exp", lambda claims: {"exp": "morgen"}),
    ("iat", lambda claims: {"iat": claims["iat"] + 61}),
    ("iat", lambda claims: {"iat": claims["iat"] - 361, "exp": claims["exp"]}),
    ("iat", lambda claims: {"iat": -(10**300)}),
    ("iat", lambda claims: {"iat": None}),
    ("nbf", lambda claims: {"nbf": claims["iat"] + 100}),
    ("nonce", lambda claims: {"nonce": "geraten"}),
    ("nonce", lambda claims: {"nonce": None}),
    ("nonce", lambda claims: {"nonce": "\ud800"}),
    ("events", lambda claims: {"events": {LOGGED_OUT: {}}}),
    ("sub", lambda claims: {"sub": None}),
    ("sub", lambda claims: {"sub": ""}),
    ("sub", lambda claims: {"sub": "x" * 256}),
    ("sub", lambda claims: {"sub": "a\x00b"}),
    ("sub", lambda claims: {"sub": "\ud800"}),
]


async def test_every_claim_must_be_right(office: Office, town: TownProvider) -> None:
    for what, lie in LIES:
        town.lie = lambda claims, lie=lie: {**claims, **lie(claims)}
        async with office.browser() as browser:
            assert await refused_for(browser) == what, LIES.index((what, lie))
    async with office.store.read() as unit:
        assert await unit.staff.listed() == []
        assert {act.what for act in await unit.audit.listed()} == {"staff.provider_refused"}


async def test_every_forged_signature_is_refused(office: Office, town: TownProvider) -> None:
    assert isinstance(town.key, RSAKey)
    public = town.key.as_pem(private=False)
    shared = OctKey.import_key("ein Geheimnis, das in der Liste steht!", {"kid": "shared"})
    town.listed = [town.key, shared]

    def unsigned(claims: Claims) -> str:
        _, body, _ = town.signed(claims).split(".")
        return f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}."

    def confused(claims: Claims) -> str:
        """Sign with what everybody knows, the public key, as if it were a shared secret."""
        _, body, _ = town.signed(claims).split(".")
        head = urlsafe_b64encode(b'{"alg":"HS256","kid":"first"}').decode().rstrip("=")
        signed = f"{head}.{body}"
        mac = hmac.new(public, signed.encode(), "sha256").digest()
        return f"{signed}." + urlsafe_b64encode(mac).decode().rstrip("=")

    forged: list[tuple[str, Callable[[Claims], str]]] = [
        ("unsupported_algorithm", unsigned),
        ("unsupported_algorithm", confused),
        ("unsupported_algorithm", partial(town.signed, alg="HS256", key=shared)),
        ("unsupported_algorithm", partial(town.signed, alg="RS512")),
        ("signature", partial(town.signed, key=OTHER)),
        ("signature", partial(town.signed, key=CURVE)),  # a key that is not listed
        ("signature", lambda claims: town.signed(claims)[:-6] + "AAAAAA"),
        ("decode_error", lambda claims: "kein Token"),
        ("decode_error", lambda claims: "ä.ö.ü"),
    ]
    for what, forge in forged:
        town.forge = forge
        async with office.browser() as browser:
            assert await refused_for(browser) == what, forged.index((what, forge))
    town.forge = None
    async with office.browser() as browser:
        assert await log_in(browser) == "/staff/tickets"


async def test_keys_rotate_without_a_restart(office: Office, town: TownProvider, browser: Browser) -> None:
    assert await log_in(browser) == "/staff/tickets"
    assert town.asked.count("/keys") == 1
    town.key = CURVE
    assert await refused_for_new_browser(office) == "signature"  # signed, but shown nowhere yet
    town.listed = [OTHER, CURVE]
    assert await refused_for_new_browser(office) == "signature"
    asked = town.asked.count("/keys")
    assert await refused_for_new_browser(office) == "signature"
    assert town.asked.count("/keys") == asked  # forged tokens do not make us ask and ask
    town.clock.advance(seconds=10)
    async with office.browser() as other:
        assert await log_in(other) == "/staff/tickets"
    town.clock.advance(minutes=5)
    town.listed = [OTHER]  # withdrawn: what it signed counts no longer
    town.clock.advance(seconds=60)
    assert await refused_for_new_browser(office) == "signature"


async def refused_for_new_browser(office: Office) -> str:
    async with office.browser() as other:
        return await refused_for(other)


async def test_another_issuer_s_answer_is_not_taken_for_ours(browser: Browser, town: TownProvider) -> None:
    """RFC 9207: the provider says in the address who answers."""
    back = await there_and_back(browser)
    mixed = back.replace("iss=http%3A%2F%2F127", "iss=http%3A%2F%2F128")
    assert mixed != back
    assert (await browser.get(mixed)).headers["Location"] == "/staff/login?said=untrue"
    assert "/token" not in town.asked


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://anders.example"},
        {"token_endpoint": "https://anders.example/token"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
    ],
)
async def test_a_description_that_leads_elsewhere_is_not_followed(
    browser: Browser, town: TownProvider, wrong: Claims
) -> None:
    town.found = lambda told: {**told, **wrong}
    answer = await browser.get("/staff/oidc/start")
    assert answer.headers["Location"] == "/staff/login?said=down"


def test_the_provider_is_asked_over_https_only() -> None:
    for issuer in (
        "http://keycloak.example",
        "ftp://127.0.0.1",
        "https://a:b@keycloak.example",
        "https://",
        "x",
    ):
        with pytest.raises(ValueError, match="https"):
            provider_of(issuer, FakeClock())
    for issuer in ("https://keycloak.example/realms/stadt", "http://localhost:8080", "http://[::1]:1"):
        provider_of(issuer, FakeClock())


async def test_wanted_strength(office: Office, town: TownProvider) -> None:
    strict = provider_of(town.issuer, town.clock, acr=("gold",), amr=("otp", "hwk"))
    strong = Office(office.store, town.clock, provider=strict, public_url="http://lotse.example")
    for more, led in (
        ({"acr": "gold", "amr": ["pwd", "otp"]}, ""),
        ({"acr": "silber", "amr": ["otp"]}, "acr"),
        ({"amr": ["otp"]}, "acr"),
        ({"acr": "gold", "amr": ["pwd"]}, "amr"),
        ({"acr": "gold"}, "amr"),
    ):
        town.lie = lambda claims, more=more: {**claims, **more}
        async with strong.browser() as browser:
            if led:
                assert await refused_for(browser) == led
            else:
                assert "acr_values=gold" in (await browser.get("/staff/oidc/start")).headers["Location"]
                assert await log_in(browser) == "/staff/tickets"


async def test_nonsense_in_the_provider_s_answers_is_refused(office: Office, town: TownProvider) -> None:
    """A key list, a description, a token's content that nobody could read: told, never a broken page."""
    deep = "[" * 100_000
    bodies = (b"7", b"{}", b'{"n":' + deep.encode(), b"\xff")
    for body in bodies:
        town.forge = lambda claims, body=body: jws.serialize_compact(
            {"alg": "RS256", "kid": "first"}, body, town.key, algorithms=["RS256"]
        )
        async with office.browser() as browser:
            assert await refused_for(browser)
    town.forge = None
    good = [key.as_dict(private=False) for key in town.listed]
    for listed in (None, 7, [], [7, {}, {"kty": "RSA"}, {"kty": "EC", "crv": "P-256", "x": "!", "y": 3}]):
        town.listing = listed
        office.clock.advance(minutes=5)
        async with office.browser() as browser:
            assert await refused_for(browser) == "signature"
    town.listing = [{"kty": "RSA", "n": "AQ"}, {**good[0], "use": "enc"}, {"kty": "oct", "k": "AA"}, *good]
    office.clock.advance(minutes=5)
    async with office.browser() as browser:
        assert await log_in(browser) == "/staff/tickets"
