"""Joins what several files or answers tell into one region's pages by language, in our names of the languages."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.integreat.error import IntegreatError
from bot.integreat.pages import WebPage, read_pages
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import Language


def own_code(code: str, languages: Mapping[str, Language]) -> str:
    """Return what we call a language that Integreat calls `code`, "" for one that we do not know."""
    if code in languages:
        return code
    return next((own for own, language in languages.items() if code in language.aliases), "")


def by_language(
    files: Iterable[tuple[str, bytes]], languages: Mapping[str, Language], wanted: Iterable[str]
) -> dict[str, list[WebPage]]:
    """Return language -> pages of files (name, content), German first.

    wanted: only these languages and German; empty for all. Raises IntegreatError for a broken file, an unknown
    language, pages of two regions, or none in German.
    """
    kept = {GERMAN, *wanted} if tuple(wanted) else set(languages)
    found: dict[str, list[WebPage]] = {GERMAN: []}
    regions: dict[str, str] = {}
    for name, content in files:
        pages = read_pages(name, content)
        if not pages:
            raise IntegreatError(f"{name}: Die Liste der Seiten ist leer.")
        for page in pages:
            regions.setdefault(page.path.split("/")[1], name)
            if (code := _known(name, page, languages)) in kept:
                found.setdefault(code, []).append(_in_our_words(page, code, languages))
    if len(regions) > 1:
        told = ", ".join(f"'{region}' ({name})" for region, name in regions.items())
        raise IntegreatError(
            f"Die Seiten gehören zu verschiedenen Regionen: {told}. Importieren Sie jede für sich."
        )
    if not found[GERMAN]:
        raise IntegreatError(
            "Die deutschen Seiten fehlen. Nennen Sie auch die deutsche Datei: Sie gibt den Rahmen vor."
        )
    _refuse_doubles(found)
    return found


def _known(name: str, page: WebPage, languages: Mapping[str, Language]) -> str:
    if code := own_code(page.language, languages):
        return code
    raise IntegreatError(
        f"{name}: Die Sprache '{page.language}' ({page.path}) kennt Lotse nicht. Möglich sind:"
        f" {', '.join(languages)}. Eine neue Sprache gehört zuerst in languages.yaml."
    )


def _in_our_words(page: WebPage, code: str, languages: Mapping[str, Language]) -> WebPage:
    siblings = {own: path for other, path in page.siblings.items() if (own := own_code(other, languages))}
    return replace(page, language=code, siblings=siblings)


def _refuse_doubles(found: Mapping[str, list[WebPage]]) -> None:
    for language, pages in found.items():
        paths = [page.path for page in pages]
        if len(set(paths)) < len(paths):
            raise IntegreatError(
                f"Seiten in der Sprache '{language}' stehen in zwei der Dateien. Nennen Sie nur eine davon."
            )
