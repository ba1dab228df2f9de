"""What people send besides text, as Telegram describes it."""

from tests.telegram.fake.chats import JSON
from tests.telegram.fake.files import Files
from tests.telegram.fake.sending import photo_sizes

PICTURE = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")  # the first and last bytes of a JPEG


def photo(files: Files, data: bytes = PICTURE, size: int | None = None) -> JSON:
    """Return a picture."""
    return {"photo": photo_sizes(files.keep("photo", "photo.jpg", "image/jpeg", data, size))}


def voice(files: Files, duration: int, size: int | None = None) -> JSON:
    """Return a spoken message; `duration` in seconds."""
    file = files.keep("voice", "voice.oga", "audio/ogg", b"OggS", size)
    return {"voice": file.reference() | {"duration": duration, "mime_type": file.mime}}


def video(files: Files, duration: int, size: int | None = None) -> JSON:
    """Return a film."""
    file = files.keep("video", "video.mp4", "video/mp4", b"ftyp", size)
    look = {
        "width": 1280,
        "height": 720,
        "duration": duration,
        "mime_type": file.mime,
        "file_name": file.name,
    }
    return {"video": file.reference() | look}


def video_note(files: Files, duration: int) -> JSON:
    """Return a round film."""
    file = files.keep("video", "note.mp4", "video/mp4", b"ftyp")
    return {"video_note": file.reference() | {"length": 384, "duration": duration}}


def audio(files: Files, title: str) -> JSON:
    """Return a piece of music."""
    file = files.keep("audio", "audio.mp3", "audio/mpeg", b"ID3")
    return {"audio": file.reference() | {"duration": 180, "title": title, "mime_type": file.mime}}


def document(files: Files, name: str, mime: str, data: bytes, size: int | None = None) -> JSON:
    """Return a file."""
    file = files.keep("document", name, mime, data, size)
    return {"document": file.reference() | {"file_name": name, "mime_type": mime}}


def sticker(files: Files, emoji: str) -> JSON:
    """Return a sticker."""
    file = files.keep("sticker", "sticker.webp", "image/webp", b"RIFF")
    look = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {"sticker": file.reference() | look | {"emoji": emoji}}


def location(latitude: float, longitude: float) -> JSON:
    """Return a place on the map."""
    return {"location": {"latitude": latitude, "longitude": longitude}}


def contact(phone: str, first_name: str, user_id: int | None = None) -> JSON:
    """Return somebody's telephone number."""
    card: JSON = {"phone_number": phone, "first_name": first_name}
    return {"contact": card | ({"user_id": user_id} if user_id else {})}


def poll(number: int, question: str, options: tuple[str, ...]) -> JSON:
    """Return a poll that nobody has voted in."""
    choices = [
        {"persistent_id": str(i), "text": option, "voter_count": 0} for i, option in enumerate(options)
    ]
    shown: JSON = {"id": str(5_000_000_000_000_000_000 + number), "question": question, "options": choices}
    shown |= {"total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular"}
    return {
        "poll": shown | {"allows_multiple_answers": False, "allows_revoting": True, "members_only": False}
    }
