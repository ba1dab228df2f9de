"""LibreTranslate, a translator for a machine of one's own: https://docs.libretranslate.com."""

from collections.abc import Mapping
from typing import Any, Final

from bot.http.asking import Answer, Unanswered, ask
from bot.service.ports import TranslationError

# The server says with 400 both that it lacks a language and that a text is too long, with 403 both that a key is
# wrong and that somebody asks too often; only the words tell which (libretranslate/app.py).
WORDS: Final = (
    ("text limit", "too_long"),
    ("is not supported", "language"),
    ("not available as", "language"),
    ("too many request", "busy"),
    ("slowdown", "busy"),
)
REASONS: Final = {400: "answer", 401: "refused", 403: "refused", 413: "too_long", 429: "busy"}
PASSING: Final = frozenset({"busy", "unavailable"})
OURS: Final = {"kmr": "ku", "pb": "pt"}  # LibreTranslate's code -> ours, where they differ
THEIRS: Final = {ours: theirs for theirs, ours in OURS.items()}
GERMAN: Final = "de"


class LibreTranslate:
    """Implements service.ports.Translator."""

    def __init__(self, url: str, key: str = "", name: str = "LibreTranslate", within: float = 20.0) -> None:
        """url: of the server. key: if it wants one. within: seconds an answer may take."""
        self.name = name
        self._url = url.rstrip("/")
        self._key = {"api_key": key} if key else {}
        self._within = within
        self._codes: dict[str, str] = {}  # ours -> theirs, as this server has them

    async def languages(self) -> frozenset[str]:
        """Return the codes that this server translates to German and from it; raise TranslationError."""
        found = await self._ask("/languages")
        try:
            targets = {str(one["code"]): frozenset(map(str, one.get("targets", ()))) for one in found}
        except (KeyError, TypeError, AttributeError):
            raise TranslationError("answer") from None
        both = [
            code
            for code, others in targets.items()
            if code != GERMAN and GERMAN in others and code in targets.get(GERMAN, ())
        ]
        self._codes = {OURS.get(code, code): code for code in (*both, GERMAN)}
        return frozenset(self._codes) if both else frozenset()

    async def translate(self, text: str, source: str, target: str) -> str:
        """Return a translation; raise TranslationError."""
        codes = {"source": self._code(source), "target": self._code(target)}
        found = await self._ask("/translate", {"q": text, **codes, "format": "text", **self._key})
        try:
            translated = found["translatedText"]
        except (KeyError, TypeError):
            raise TranslationError("answer") from None
        if not isinstance(translated, str):
            raise TranslationError("answer")
        return translated

    def _code(self, language: str) -> str:
        return self._codes.get(language) or THEIRS.get(language, language)

    async def _ask(self, path: str, post: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = await ask(f"{self._url}{path}", self._within, post=post)
        except Unanswered as nothing:
            raise TranslationError("timeout" if nothing.late else "unavailable") from None
        if answer.status != 200:
            raise _error(answer)
        return answer.body


def _error(answer: Answer) -> TranslationError:
    told = str(answer.body.get("error", "")).lower() if isinstance(answer.body, dict) else ""
    by_words = next((reason for words, reason in WORDS if words in told), "")
    reason = by_words or REASONS.get(answer.status, "unavailable")
    return TranslationError(reason, permanent=reason not in PASSING, retry_after=answer.retry_after)
