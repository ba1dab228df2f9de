"""DeepL's text translation, https://developers.deepl.com/api-reference/translate."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final
from xml.sax.saxutils import escape

from bot.http.asking import Answer, Unanswered, ask
from bot.service.ports import TranslationError

# Our code -> DeepL's. From https://developers.deepl.com/docs/getting-started/supported-languages: of our thirteen only
# Tigrinya is missing. An account that may not use one of the newer ones is told so by the API (400).
LANGUAGES: Final = {
    "de": "DE",
    "en": "EN",
    "ar": "AR",
    "fr": "FR",
    "ru": "RU",
    "tr": "TR",
    "uk": "UK",
    "fa": "FA",
    "ku": "KMR",
    "ps": "PS",
    "so": "SO",
    "sq": "SQ",
}
TARGETS: Final = {**LANGUAGES, "en": "EN-GB"}  # as a target "EN" is deprecated
# Those with tag handling: there a mark is an empty XML tag, which the engine puts in the right place and never touches.
WITH_TAGS: Final = frozenset({"de", "en", "ar", "fr", "ru", "tr", "uk"})
REASONS: Final = {
    400: "answer",
    401: "refused",
    403: "refused",  # a wrong key
    413: "too_long",
    429: "busy",
    456: "quota",
    529: "busy",
}
PASSING: Final = frozenset({"busy", "unavailable"})
FREE, PAID = "https://api-free.deepl.com", "https://api.deepl.com"
_MARK = re.compile(r"\[\[(\d+)\]\]")
_TAG = re.compile(r'<x id="(\d+)"\s*/>|<x id="(\d+)"\s*>\s*</x>')


class DeepL:
    """Implements service.ports.Translator."""

    def __init__(self, key: str, url: str = "", name: str = "DeepL", within: float = 20.0) -> None:
        """key: of the account; one of the free API ends in ":fx". url: instead of DeepL's own. within: seconds."""
        self.name = name
        self._url = (url or (FREE if key.endswith(":fx") else PAID)).rstrip("/")
        self._headers = {"Authorization": f"DeepL-Auth-Key {key}"}
        self._within = within

    async def languages(self) -> frozenset[str]:
        """Return the codes of ours that DeepL translates to and from."""
        return frozenset(LANGUAGES)

    async def translate(self, text: str, source: str, target: str) -> str:
        """Return a translation; raise TranslationError."""
        if target not in TARGETS or source not in LANGUAGES:
            raise TranslationError("language", permanent=True)
        has_tags = {source, target} <= WITH_TAGS
        body = {
            "text": [_tagged(text) if has_tags else text],
            "source_lang": LANGUAGES[source],
            "target_lang": TARGETS[target],
            "preserve_formatting": True,
            **(
                {"tag_handling": "xml", "tag_handling_version": "v2"}
                if has_tags
                else {"enable_beta_languages": True}
            ),
        }
        found = _text(await self._ask(body))
        return _untagged(found) if has_tags else found

    async def _ask(self, body: Mapping[str, Any]) -> Any:
        try:
            answer = await ask(f"{self._url}/v2/translate", self._within, post=body, headers=self._headers)
        except Unanswered as nothing:
            raise TranslationError("timeout" if nothing.late else "unavailable") from None
        if answer.status != 200:
            raise _error(answer)
        return answer.body


def _error(answer: Answer) -> TranslationError:
    reason = REASONS.get(answer.status, "unavailable")
    # {"message": "Value for 'target_lang' not supported."}
    if answer.status == 400 and "_lang" in str(answer.body):
        reason = "language"
    return TranslationError(reason, permanent=reason not in PASSING, retry_after=answer.retry_after)


def _text(body: Any) -> str:
    try:
        [translation] = body["translations"]
        found = translation["text"]
    except (KeyError, TypeError, ValueError):
        raise TranslationError("answer") from None
    if not isinstance(found, str):
        raise TranslationError("answer")
    return found


def _tagged(text: str) -> str:
    return _MARK.sub(r'<x id="\1"/>', escape(text))


def _untagged(text: str) -> str:
    return unescape(_TAG.sub(lambda found: f"[[{found[1] or found[2]}]]", text))
