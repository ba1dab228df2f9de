"""The file store: what newcomers send, encrypted with their own key, under random names."""

import asyncio
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from bot.service.ports import TooLarge
from bot.storage.vault import DataKey, Unreadable

PREFIX = "file:"  # tells our references from the channels' own
PLACE = "files"


class Folder:
    """Bytes under random names, for nobody's eyes but the owner's (modes 700 and 600)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, name: str, content: bytes) -> None:
        """Write a new file, whole on the disk when this returns."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self._path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def read(self, name: str) -> bytes | None:
        """Return the content, or None if there is no such file."""
        try:
            return (self._path / Path(name).name).read_bytes()
        except FileNotFoundError:
            return None

    def names(self, before: float) -> list[str]:
        """Return the files that were written before a moment (seconds since 1970)."""
        if not self._path.exists():
            return []
        return [path.name for path in self._path.iterdir() if path.stat().st_mtime < before]

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that are gone are no matter."""
        for name in names:
            (self._path / Path(name).name).unlink(missing_ok=True)


class Keys(Protocol):
    """Who knows the data keys."""

    async def data_key(self, contact: int) -> DataKey:
        """Return a contact's key; raise Conflict if it was destroyed."""


class EncryptedFiles:
    """The promise `Files`: encrypt and keep, fetch and decrypt. `limit` is in bytes."""

    def __init__(self, keys: Keys, folder: Folder, limit: int) -> None:
        self._keys = keys
        self._folder = folder
        self._limit = limit

    async def put(self, contact: int, content: bytes) -> str:
        """Keep `content`; raise TooLarge, or Conflict if the contact was erased."""
        if len(content) > self._limit:
            raise TooLarge(f"{len(content)} bytes; at most {self._limit} are taken")
        key = await self._keys.data_key(contact)
        name = secrets.token_hex(16)
        await asyncio.to_thread(lambda: self._folder.add(name, key.seal(PLACE, name, content)))
        return PREFIX + name

    async def get(self, contact: int, reference: str) -> bytes | None:
        """Return the content, or None if it is gone or belongs to somebody else."""
        name = file_name(reference)
        sealed = await asyncio.to_thread(self._folder.read, name) if name else None
        if sealed is None:
            return None
        try:
            return (await self._keys.data_key(contact)).open(PLACE, name, sealed)
        except Unreadable:
            return None


def hand_over(folder: Folder, old: DataKey, new: DataKey, name: str) -> str:
    """Write a file anew for another owner; return its new name, or "" if it is gone or unreadable. The old file
    stays, for a transaction that is rolled back."""
    sealed = folder.read(name)
    if sealed is None:
        return ""
    try:
        content = old.open(PLACE, name, sealed)
    except Unreadable:
        return ""
    given = secrets.token_hex(16)
    folder.add(given, new.seal(PLACE, given, content))
    return given


def file_name(reference: str) -> str:
    """Return the name in our folder, or "" for a reference of a channel's own."""
    return reference.removeprefix(PREFIX) if reference.startswith(PREFIX) else ""
