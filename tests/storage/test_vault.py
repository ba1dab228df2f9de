"""The keys: what they open, and what they refuse."""

import base64
import stat
from pathlib import Path

import pytest

from bot.storage.vault import DataKey, KeyProblem, Unreadable, Vault, keys_from_file, parse_keys

OLD, NEW = b"o" * 32, b"n" * 32


def test_keys_are_read_in_base64_and_hex_the_first_in_use() -> None:
    text = f"{base64.b64encode(NEW).decode()},\n{OLD.hex()}\n{base64.urlsafe_b64encode(b'~' * 32).decode()}"
    assert parse_keys(text) == (NEW, OLD, b"~" * 32)


@pytest.mark.parametrize(
    "text", ["", " ", "too short", "00" * 31, base64.b64encode(b"x" * 33).decode(), "ä" * 44]
)
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(KeyProblem) as problem:
        parse_keys(text)
    assert not text.strip() or text not in str(problem.value)


def test_a_missing_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "master.key"
    keys = keys_from_file(path)
    assert len(keys) == 1
    assert len(keys[0]) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys_from_file(path) == keys
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


def test_a_key_file_that_others_may_read_is_refused_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    keys_from_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyProblem, match=r"chmod 600"):
        keys_from_file(path)


def test_a_ciphertext_opens_at_its_own_place_only() -> None:
    key = DataKey(7, NEW)
    sealed = key.seal("messages.body", 3, b"hallo")
    assert key.open("messages.body", 3, sealed) == b"hallo"
    for other, column, row in [
        (key, "messages.body", 4),
        (key, "tickets.question", 3),
        (DataKey(8, NEW), "messages.body", 3),
        (DataKey(7, OLD), "messages.body", 3),
    ]:
        with pytest.raises(Unreadable):
            other.open(column, row, sealed)


@pytest.mark.parametrize("place", range(0, 33, 4))
def test_a_changed_ciphertext_is_refused(place: int) -> None:
    key = DataKey(7, NEW)
    sealed = bytearray(key.seal("messages.body", 3, b"hallo"))
    sealed[place] ^= 1
    with pytest.raises(Unreadable):
        key.open("messages.body", 3, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"short"])
def test_what_is_no_ciphertext_is_refused(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        DataKey(7, NEW).open("messages.body", 3, sealed)


def test_the_same_text_never_looks_the_same() -> None:
    key = DataKey(7, NEW)
    assert key.seal("messages.body", 3, b"ja") != key.seal("messages.body", 3, b"ja")


def test_a_wrapped_key_opens_for_its_contact_with_any_of_the_masters() -> None:
    old, both = Vault([OLD]), Vault([NEW, OLD])
    key, wrapped = old.new_key(7)
    assert both.unwrap(7, old.key_id, wrapped) == key
    assert both.key_id != old.key_id
    with pytest.raises(Unreadable):
        both.unwrap(8, old.key_id, wrapped)
    with pytest.raises(KeyProblem):
        Vault([NEW]).unwrap(7, old.key_id, wrapped)
    assert Vault([NEW]).unwrap(7, both.key_id, both.wrap(key)) == key


def test_the_blind_index_tells_values_apart_and_kinds_and_keys() -> None:
    vault = Vault([NEW, OLD])
    blind = vault.blind("address:web", "amina")
    assert len(blind) == 16
    assert blind == vault.blind("address:web", "amina")
    others = [
        vault.blind("address:web", "karim"),
        vault.blind("external:web", "amina"),
        Vault([OLD]).blind("address:web", "amina"),
    ]
    assert blind not in others
    assert vault.blinds("address:web", "amina") == [blind, others[2]]


def test_derived_keys_are_lasting_and_of_one_purpose() -> None:
    derived = Vault([NEW]).derive("cookies")
    assert len(derived) == 32
    assert derived == Vault([NEW, OLD]).derive("cookies")
    assert derived not in (Vault([NEW]).derive("links"), Vault([OLD]).derive("cookies"), NEW)


@pytest.mark.parametrize("keys", [[], [b"short"]])
def test_a_vault_without_a_whole_key_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(KeyProblem):
        Vault(keys)
