"""Makes areas and matters of a region's pages: finds the tree, pairs the languages, and says what did not fit."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.integreat.clean import one_line
from bot.integreat.error import IntegreatError
from bot.integreat.from_html import from_html
from bot.integreat.pages import WebPage
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Text
from bot.knowledge.prose import WEB_PAGE
from bot.knowledge.text_rules import SHORT
from bot.markup import link

SLUG = 27  # letters of an id before its hash: an id has at most 40, for the buttons
REST = "more-pages"
# Where pages stand that have no place in the tree; in the languages of every folder.
REST_NAMES = {GERMAN: "Weitere Seiten", "en": "More pages"}


@dataclass(frozen=True, slots=True)
class Matter:
    """A page in all its languages; the id comes from its German path, so it is the same with every import."""

    id: str
    area: str
    texts: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Site:
    """A region's areas (id -> language -> name) and matters, in the region's order; `notes` are told in German."""

    areas: Mapping[str, Mapping[str, str]]
    matters: tuple[Matter, ...]
    notes: tuple[str, ...]


def make_site(pages: Mapping[str, list[WebPage]], step: Callable[[], None]) -> Site:
    """Return what the pages (language -> pages, German among them) say; `step` is called after each page.

    Raises IntegreatError if no page has a text.
    """
    return _Maker(pages, step).site()


class _Maker:
    """Goes through the German pages, with their translations beside them."""

    def __init__(self, pages: Mapping[str, list[WebPage]], step: Callable[[], None]) -> None:
        self._german = {page.path: page for page in pages[GERMAN]}
        self._languages = tuple(pages)
        self._pages = pages
        self._step = step
        self._notes: list[str] = []
        self._beside = {
            language: self._paired(language, found) for language, found in pages.items() if language != GERMAN
        }

    def site(self) -> Site:
        """Return the site."""
        tops = {path: self._top(page) for path, page in self._german.items()}
        names = Counter(
            (language, page.title)
            for language, found in self._pages.items()
            for page in found
            if page.html.strip()
        )
        matters = []
        for path, page in self._german.items():
            texts = self._texts(page, names)
            if texts:
                area = _id(tops[path]) if tops[path] else REST
                matters.append(Matter(_id(path), area, texts))
        if not matters:
            raise IntegreatError("In keiner Seite steht ein Text. Sind es die richtigen Dateien?")
        used = {matter.area for matter in matters}
        areas = {
            _id(top): self._names(top) for top in dict.fromkeys(tops.values()) if top and _id(top) in used
        }
        if REST in used:
            areas[REST] = {code: name for code, name in REST_NAMES.items() if code in self._languages}
        return Site(areas, tuple(matters), tuple(self._notes))

    def _paired(self, language: str, found: list[WebPage]) -> dict[str, WebPage]:
        """Return German path -> page of another language, going by what either page says of the other."""
        told = {
            page.siblings[language]: path for path, page in self._german.items() if language in page.siblings
        }
        pairs: dict[str, WebPage] = {}
        for page in found:
            german = page.siblings.get(GERMAN, "")
            german = german if german in self._german else told.get(page.path, "")
            if not german:
                self._note(page, "hat keine deutsche Seite neben sich und wurde ausgelassen")
            elif german in pairs:
                self._note(
                    page,
                    f"gehört zur selben deutschen Seite wie '{pairs[german].title}' und wurde ausgelassen",
                )
            else:
                pairs[german] = page
        return pairs

    def _top(self, page: WebPage) -> str:
        """Return the path of the page at the top of the tree, "" if the way there leads round or to nowhere."""
        seen = [page.path]
        while page.parent:
            if page.parent in seen:
                names = " → ".join(f"'{self._german[path].title}'" for path in (*seen[:4], page.parent))
                self._note(
                    self._german[seen[0]],
                    f"steht im Kreis unter sich selbst ({names}), jetzt unter 'Weitere Seiten'",
                )
                return ""
            if page.parent not in self._german:
                self._note(
                    self._german[seen[0]],
                    f"steht unter einer Seite, die fehlt ({page.parent}), jetzt unter 'Weitere Seiten'",
                )
                return ""
            page = self._german[page.parent]
            seen.append(page.path)
        return page.path

    def _texts(self, german: WebPage, names: Mapping[tuple[str, str], int]) -> dict[str, Text]:
        """Return language -> text of a page; nothing if the German one has no text: there is nothing to translate."""
        texts: dict[str, Text] = {}
        for language in self._languages:
            page = german if language == GERMAN else self._beside[language].get(german.path)
            if page is None:
                continue
            self._step()
            if language == GERMAN or GERMAN in texts:
                title = page.title
                if names[language, title] > 1:
                    title = self._with_parent(german, language, title)
                if text := self._text(page, title):
                    texts[language] = text
        return texts

    def _text(self, page: WebPage, title: str) -> Text | None:
        converted = from_html(page.html, page.url)
        if converted.cut:
            kept = "gekürzt" if converted.text else "ausgelassen"
            self._note(page, f"ist {converted.cut} und wurde {kept}")
        address = _address(page.url)
        if not address:
            self._note(page, "hat keine Adresse, die mit https:// beginnt, und wurde ausgelassen")
        if not converted.text or not address:
            return None
        return Text(
            title=title,
            short=one_line(title, SHORT),
            body=converted.text,
            revision=1,
            machine=False,
            questions=(),
            source_url=address,
            last_updated=page.updated,
        )

    def _with_parent(self, german: WebPage, language: str, title: str) -> str:
        """Return a title that several pages have, told apart by the page above."""
        above = self._german.get(german.parent)
        found = above if language == GERMAN else self._beside[language].get(german.parent)
        return f"{title} ({found.title})" if found else title

    def _names(self, top: str) -> dict[str, str]:
        named = {GERMAN: self._german[top].title}
        for language, beside in self._beside.items():
            if top in beside:
                named[language] = beside[top].title
        return named

    def _note(self, page: WebPage, what: str) -> None:
        self._notes.append(f"Die Seite '{page.title}' ({page.language}) {what}.")


def slug(name: str) -> str:
    """Return a name in small letters, figures and hyphens; "" if nothing of it can be written so."""
    spelt = name.casefold().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"})
    bare = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", bare))


def _id(path: str) -> str:
    """Return the id of a German page: readable by its last name, unique by its path."""
    name = slug(path.rsplit("/", maxsplit=1)[-1])[:SLUG].strip("-")
    return f"page-{name}-{_hash(path)}" if not name[:1].isalpha() else f"{name}-{_hash(path)}"


def _hash(path: str) -> str:
    return sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _address(url: str) -> str:
    """Return a page's address as a link can hold it, "" for one that is none."""
    told = link("", url.strip()).removeprefix("[](").removesuffix(")")
    return told if WEB_PAGE.fullmatch(told) and len(told) <= 2_000 else ""
