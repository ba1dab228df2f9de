"""Which letters the bytes of a file are: UTF-8, what it declares, or windows-1252 as old exports have it."""

import codecs
import re
from io import TextIOWrapper
from typing import BinaryIO

from bot.courses.report import Report, Unreadable

LIMIT = 200 * 1024 * 1024  # bytes; the largest real export has about a tenth
CHUNK = 64 * 1024
OLD = "windows-1252"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# What XML 1.0 forbids and old exports have all the same; one such sign would make the whole file unreadable.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def encoding_of(file: BinaryIO, report: Report) -> str:
    """Return the encoding of a file that stands at its beginning, and go back there; raise Unreadable.

    What says that it is UTF-8, or nothing, and is not, is read as windows-1252: noted.
    """
    _check_size(file)
    head = file.read(1024)
    file.seek(0)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    declared = DECLARED.match(head)
    name = declared.group(1).decode() if declared else ""
    try:
        codec = codecs.lookup(name or "utf-8").name
    except LookupError:
        raise Unreadable(f"Die Zeichenkodierung '{name}' ist unbekannt.") from None
    if codec != "utf-8":
        return codec
    if _is_utf8(file):
        return "utf-8"
    what = "Die Datei ist nicht UTF-8" + (", obwohl sie es angibt" if name else "")
    report.note_odd("Datei", f"{what}; sie wird als {OLD} gelesen.")
    return OLD


def _check_size(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    if size > LIMIT:
        raise Unreadable(
            f"Die Datei ist zu groß: {size // 1_000_000} MB; erlaubt sind {LIMIT // 1_000_000} MB."
        )


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


class AsUtf8:
    """A file in any encoding, read as clean UTF-8, for an XML parser; what cannot be decoded becomes U+FFFD."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int = CHUNK) -> bytes:
        """Return the next bytes, b"" only at the end."""
        while chunk := self._file.read(max(size, CHUNK)):
            if text := FORBIDDEN.sub("", self._decoder.decode(chunk)):
                return text.encode()
        return FORBIDDEN.sub("", self._decoder.decode(b"", final=True)).encode()


def as_text(file: BinaryIO, encoding: str) -> TextIOWrapper:
    """Return the file as text with its own line ends, for a CSV reader."""
    return TextIOWrapper(file, encoding, errors="replace", newline="")
