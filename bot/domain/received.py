"""Files that newcomers sent: which of them staff may open, and under what name."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.message import Attachment

# Media type, as the channel tells it -> the ending of the file that staff get. What can hold a script (HTML, SVG,
# macros, archives, programs) is not among them. The newcomer's own name for a file is never used.
ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "image/jpeg": "jpg",
        "image/png": "png",
        "image/webp": "webp",
        "image/gif": "gif",
        "image/heic": "heic",
        "image/heif": "heif",
        "audio/ogg": "ogg",
        "audio/opus": "opus",
        "audio/mpeg": "mp3",
        "audio/mp4": "m4a",
        "audio/x-m4a": "m4a",
        "audio/aac": "aac",
        "audio/wav": "wav",
        "audio/x-wav": "wav",
        "video/mp4": "mp4",
        "video/quicktime": "mov",
        "video/webm": "webm",
        "application/pdf": "pdf",
        "text/plain": "txt",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        "application/vnd.oasis.opendocument.text": "odt",
    }
)
# What a channel sends of these kinds without telling a type.
USUAL: Mapping[str, str] = MappingProxyType(
    {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4"}
)
LARGEST = 20 * 1024 * 1024  # bytes; Telegram gives no more to a bot
EMPTY = frozenset({"sticker", "location", "contact", "other"})  # only that they came is known


def media_type(file: Attachment) -> str:
    """Return the media type under which a file may be opened, a key of ENDINGS; "" if it may not."""
    told = file.media_type.partition(";")[0].strip().lower() or USUAL.get(file.kind, "")
    return told if told in ENDINGS else ""


def obstacle(file: Attachment) -> str:
    """Return why a file is not opened: "empty", "type" or "large"; "" if it is."""
    if file.kind in EMPTY or not file.reference:
        return "empty"
    if not media_type(file):
        return "type"
    return "large" if file.size is not None and file.size > LARGEST else ""
