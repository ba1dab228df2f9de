"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost."""

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final

import pyotp

SECONDS: Final = 30
# Steps before and after the present one: clocks of telephones differ.
TOLERANCE: Final = 1
CODES: Final = 10  # recovery codes
CODE_BYTES: Final = 10  # 80 bits: 16 letters and digits
ISSUER: Final = "Lotse"


def new_secret() -> str:
    """Return a new random secret in base32."""
    return pyotp.random_base32()


def link(secret: str, name: str) -> str:
    """Return the otpauth: address that the QR code of a secret shows."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int:
    """Return the time step that a code belongs to, around now; 0 if it is none of them."""
    given = "".join(code.split())
    present = int(now.timestamp()) // SECONDS
    totp = pyotp.TOTP(secret)
    found = 0
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            found = step
    return found


def new_codes() -> list[str]:
    """Return new recovery codes, in groups of four."""
    return [_grouped(base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()) for _ in range(CODES)]


def recovery_code(text: str) -> str:
    """Return a recovery code as `new_codes` makes it, however it was typed."""
    # Base 32 has neither 0 nor 1, which look like two of its letters.
    return _grouped("".join(text.split()).upper().translate(str.maketrans("01", "OI", "-")))


def _grouped(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
