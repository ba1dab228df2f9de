"""Reads an Integreat region's pages of one language from the JSON of its API; all of them or, with reasons, none."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

from bot.integreat.clean import one_line
from bot.integreat.error import IntegreatError

LARGEST = 100_000_000  # bytes of a file or an answer; a real region has 2 MB a language
MOST = 5_000  # pages; a real region has 400
LONGEST_TITLE = 120  # UTF-16 units
LONGEST_PATH = 1_000  # characters; the CMS allows less
AGAIN = "Laden Sie die Datei noch einmal herunter."


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as the API tells it; paths are decoded and without a last slash. `parent` is "" at the top.

    siblings: language -> path of the same page there. html: not to be trusted in any way.
    """

    language: str
    path: str
    parent: str
    title: str
    url: str
    updated: date
    html: str
    siblings: Mapping[str, str]


def read_pages(name: str, content: bytes) -> list[WebPage]:
    """Return the pages of a file or an answer called `name`, in its order; raise IntegreatError for a broken one."""
    found = _parsed(name, content)
    if not isinstance(found, list):
        raise IntegreatError(
            f"{name}: Erwartet wird eine Liste von Seiten, wie sie die Schnittstelle von Integreat unter"
            " …/pages/ ausgibt."
        )
    if len(found) > MOST:
        raise IntegreatError(f"{name}: {len(found)} Seiten sind zu viele, erlaubt sind {MOST}.")
    pages, faults = [], []
    for number, raw in enumerate(found, 1):
        told = list(_faults(raw))
        faults += [f"{name}: Seite {number}{_called(raw)}: {fault}" for fault in told]
        if not told:
            pages.append(_page(raw))
    if faults:
        raise IntegreatError.of(faults)
    return list(_once(name, pages))


def _parsed(name: str, content: bytes) -> Any:
    if len(content) > LARGEST:
        raise IntegreatError(
            f"{name}: Die Datei ist größer als {LARGEST // 1_000_000} MB. Ist es die richtige?"
        )
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise IntegreatError(f"{name}: Die Datei ist kein Text in UTF-8. {AGAIN}") from None
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise IntegreatError(
            f"{place}: Das ist kein gültiges JSON, die Datei ist beschädigt. {AGAIN}"
        ) from None
    except RecursionError:
        raise IntegreatError(f"{name}: Die Klammern sind zu tief verschachtelt. {AGAIN}") from None
    except ValueError:  # a number of thousands of digits
        raise IntegreatError(f"{name}: Eine Zahl lässt sich nicht lesen. {AGAIN}") from None


def _faults(raw: object) -> Iterator[str]:
    """Yield what is missing or of the wrong kind."""
    if not isinstance(raw, dict):
        yield "Hier steht keine Seite."
        return
    for key in ("path", "title", "url", "content", "last_updated"):
        if not isinstance(raw.get(key), str):
            yield f"Die Angabe '{key}' fehlt oder ist kein Text."
    path, title, moment = raw.get("path"), raw.get("title"), raw.get("last_updated")
    if isinstance(path, str) and not (path.count("/") >= 2 and path[0] == "/" and len(path) <= LONGEST_PATH):
        yield "'path' ist kein Pfad der Form /region/sprache/…"
    if isinstance(title, str) and not one_line(title, LONGEST_TITLE):
        yield "'title' ist leer."
    if isinstance(moment, str) and _day(moment) is None:
        yield "'last_updated' ist kein Datum."
    parent = raw.get("parent")
    if parent is not None and not (
        isinstance(parent, dict) and isinstance(parent.get("path", ""), str | None)
    ):
        yield "'parent' hat nicht die erwartete Form."
    siblings = raw.get("available_languages")
    if siblings is not None and not isinstance(siblings, dict):
        yield "'available_languages' hat nicht die erwartete Form."


def _page(raw: dict[str, Any]) -> WebPage:
    path = _path(raw["path"])
    siblings = {
        code: _path(other["path"])
        for code, other in (raw.get("available_languages") or {}).items()
        if isinstance(other, dict) and isinstance(other.get("path"), str)
    }
    return WebPage(
        language=path.split("/")[2],
        path=path,
        parent=_path((raw.get("parent") or {}).get("path") or ""),
        title=one_line(raw["title"], LONGEST_TITLE),
        url=raw["url"],
        updated=_day(raw["last_updated"]) or date.min,
        html=raw["content"],
        siblings=siblings,
    )


def _once(name: str, pages: list[WebPage]) -> Iterator[WebPage]:
    seen = set()
    for page in pages:
        if page.path in seen:
            raise IntegreatError(f"{name}: Die Seite '{page.title}' steht zweimal da ({page.path}). {AGAIN}")
        seen.add(page.path)
        yield page


def _path(path: str) -> str:
    """Return a path in the one form that two of them can be compared in."""
    return unicodedata.normalize("NFC", unquote(path, errors="replace")).rstrip("/")


def _day(moment: str) -> date | None:
    try:
        return datetime.fromisoformat(moment).date()
    except ValueError:
        return None


def _called(raw: object) -> str:
    title = raw.get("title") if isinstance(raw, dict) else None
    return f" ('{one_line(title, 60)}')" if isinstance(title, str) else ""
