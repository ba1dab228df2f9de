"""The answers with which Telegram says no."""

from typing import Any

PHRASES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class Refusal(Exception):
    """An answer `{ok: false, error_code, description, parameters}`; `code` is also the HTTP status."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Return the JSON that a bot gets."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def refusal(code: int, text: str = "") -> Refusal:
    """Return a refusal worded like Telegram's: the status's phrase, then the reason."""
    return Refusal(code, f"{PHRASES[code]}: {text}" if text else PHRASES[code])


def bad_request(text: str) -> Refusal:
    """Return a 400."""
    return refusal(400, text)


def forbidden(text: str) -> Refusal:
    """Return a 403."""
    return refusal(403, text)


def conflict(text: str) -> Refusal:
    """Return a 409."""
    return refusal(409, text)


def too_many(retry_after: int) -> Refusal:
    """Return a 429; `retry_after` in seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def migrated(chat_id: int) -> Refusal:
    """Return the 400 that names the supergroup a group has become."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, text, migrate_to_chat_id=chat_id)
