"""The keys: a master key from outside, a data key for every contact, and the blind index.

The master key never encrypts what people wrote. Sub-keys are derived from it (HKDF-SHA256, RFC 5869): one
wraps the data keys, one is for the blind index, one seals secrets of the staff, and `derive` gives one to
whoever else needs a secret. Every contact has a data key of their own, so that destroying it makes all their
ciphertexts unreadable.
"""

import base64
import binascii
import contextlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits, random per message
BLIND_BYTES = 16
KEY_ID_BYTES = 8


class KeyProblem(Exception):
    """The master key is missing, malformed, open to others, or not the one that the database was written
    with."""


class Unreadable(Exception):
    """A ciphertext was changed, moved to another place, or written with another key."""


def parse_keys(text: str) -> tuple[bytes, ...]:
    """Read master keys from `text`: base64 or hex, of 32 bytes each, separated by blanks, commas or lines.

    The first one is in use; the others can still be read (see `rewrap`). Raises KeyProblem.
    """
    keys = tuple(_parse_key(word) for word in text.replace(",", " ").split())
    if not keys:
        raise KeyProblem("the master key is empty; expected 32 bytes in base64 or hex")
    return keys


def _parse_key(word: str) -> bytes:
    for decode in (bytes.fromhex, lambda word: base64.b64decode(word, altchars=b"-_", validate=True)):
        with contextlib.suppress(ValueError, binascii.Error):
            key = decode(word)
            if len(key) == KEY_BYTES:
                return key
    raise KeyProblem("a master key is not 32 bytes in base64 or hex")


def keys_from_file(path: Path) -> tuple[bytes, ...]:
    """Read the master keys of a file, which is made with a new random key if it is not there yet.

    Raises KeyProblem if others than its owner may read it.
    """
    if not path.exists():
        _make_key_file(path)
    if path.stat().st_mode & 0o077:
        raise KeyProblem(f"{path} holds the master key and others may read it; mend with: chmod 600 {path}")
    return parse_keys(path.read_text("ascii"))


def _make_key_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    # A link is made whole or not at all: two processes that start at once agree on one key.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one contact. A ciphertext is nonce, then AES-256-GCM's text and tag."""

    contact: int
    secret: bytes
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the cipher once for all that is encrypted with the key."""
        object.__setattr__(self, "_cipher", AESGCM(self.secret))

    def seal(self, column: str, row: int | str, plain: bytes) -> bytes:
        """Encrypt `plain` for this column ("table.column") and row, and no other place."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, self._place(column, row))

    def open(self, column: str, row: int | str, sealed: bytes) -> bytes:
        """Decrypt what `seal` made for the same place; raise Unreadable otherwise."""
        return _decrypt(self._cipher, sealed, self._place(column, row))

    def _place(self, column: str, row: int | str) -> bytes:
        return f"{column}:{self.contact}:{row}".encode()


@dataclass(frozen=True, slots=True)
class _Master:
    id: str
    wrap: bytes
    blind: bytes
    staff: bytes

    @classmethod
    def of(cls, key: bytes) -> "_Master":
        return cls(
            sha256(_derive(key, "id")).hexdigest()[: 2 * KEY_ID_BYTES],
            _derive(key, "wrap data keys"),
            _derive(key, "blind index"),
            _derive(key, "for staff secrets"),
        )


class Vault:
    """Everything that needs the master key. Several may be given: the first writes, all of them read."""

    def __init__(self, master_keys: Sequence[bytes]) -> None:
        if not master_keys or any(len(key) != KEY_BYTES for key in master_keys):
            raise KeyProblem(f"a master key has {KEY_BYTES} bytes")
        self._first = master_keys[0]
        self._masters = {master.id: master for master in map(_Master.of, master_keys)}
        self._current = next(iter(self._masters.values()))

    @property
    def key_id(self) -> str:
        """The id of the master key in use; it tells nothing about the key."""
        return self._current.id

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all master keys that can be read."""
        return tuple(self._masters)

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for another purpose (signing cookies), the same ones at every start."""
        return _derive(self._first, f"for {purpose}")

    def new_key(self, contact: int) -> tuple[DataKey, bytes]:
        """Make the data key of a contact; the second value is its wrapped form, to be stored."""
        key = DataKey(contact, secrets.token_bytes(KEY_BYTES))
        return key, self.wrap(key)

    def wrap(self, key: DataKey) -> bytes:
        """Encrypt a data key with the master key in use."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._current.wrap).encrypt(nonce, key.secret, _wrapped_place(key.contact))

    def unwrap(self, contact: int, key_id: str, wrapped: bytes) -> DataKey:
        """Return the data key of a contact; raise KeyProblem if it was wrapped by a master key not given
        here."""
        master = self._masters.get(key_id)
        if master is None:
            raise KeyProblem(f"the database was written with master key {key_id}, which is not given")
        return DataKey(contact, _decrypt(AESGCM(master.wrap), wrapped, _wrapped_place(contact)))

    def seal_staff(self, place: str, plain: bytes) -> bytes:
        """Encrypt a secret of somebody of the staff, who has no data key, for this place and no other; key id,
        nonce, text and tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(self._current.staff).encrypt(nonce, plain, place.encode())
        return bytes.fromhex(self.key_id) + sealed

    def open_staff(self, place: str, sealed: bytes) -> bytes:
        """Decrypt what `seal_staff` made for the same place; raise Unreadable, or KeyProblem if its master key is
        not given here."""
        master = self._masters.get(sealed[:KEY_ID_BYTES].hex())
        if master is None:
            raise KeyProblem(f"{place} was written with a master key that is not given")
        return _decrypt(AESGCM(master.staff), sealed[KEY_ID_BYTES:], place.encode())

    def blind(self, kind: str, value: str) -> bytes:
        """Return 16 bytes by which an encrypted value can be found again, and not guessed without the key."""
        return _blind(self._current, kind, value)

    def blinds(self, kind: str, value: str) -> list[bytes]:
        """Return the blind index under every master key, for look-ups while keys change."""
        return [_blind(master, kind, value) for master in self._masters.values()]


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"lotse {purpose}".encode()).derive(key)


def _blind(master: _Master, kind: str, value: str) -> bytes:
    text = f"{kind}\0{unicodedata.normalize('NFC', value)}"
    return hmac.digest(master.blind, text.encode(), "sha256")[:BLIND_BYTES]


def _wrapped_place(contact: int) -> bytes:
    return f"contact_keys.wrapped:{contact}".encode()


def _decrypt(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"cannot decrypt {place.decode()}") from error
