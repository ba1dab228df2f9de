"""The files that went through the chats, with their ids and paths."""

import itertools
from dataclasses import dataclass, field

FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos", "sticker": "stickers"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file; `size` in bytes may be claimed to be more than `data` has."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes
    size: int

    def reference(self) -> dict[str, object]:
        """Return the fields that every kind of file has in a message."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass(slots=True)
class Files:
    """The files by their id."""

    kept: dict[str, StoredFile] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def keep(self, kind: str, name: str, mime: str, data: bytes, size: int | None = None) -> StoredFile:
        """Keep a file that somebody sent."""
        number = next(self._numbers)
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{FOLDERS.get(kind, 'documents')}/file_{number}.{suffix}"
        file_id, unique_id = f"AgACAgIAAxkBAAI{kind}{number:012}", f"AQAD{kind}{number:06}"
        kept = StoredFile(file_id, unique_id, path, name, mime, data, len(data) if size is None else size)
        self.kept[kept.file_id] = kept
        return kept

    def at(self, path: str) -> StoredFile | None:
        """Return the file at an address."""
        return next((file for file in self.kept.values() if file.path == path), None)
