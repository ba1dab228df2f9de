"""A broken or hostile file is told in German, with the page's name, and nothing of it is used."""

from datetime import date

import pytest

from bot.integreat.error import IntegreatError
from bot.integreat.pages import LARGEST, MOST, read_pages
from bot.integreat.sources import by_language
from bot.knowledge.model import Language
from tests.integreat.site import as_json, page, pages

GERMAN, ENGLISH = Language("de", "Deutsch", "de"), Language("en", "English", "en_GB", fallback=("de",))
PERSIAN = Language("fa", "فارسی", "fa", rtl=True, fallback=("de",), aliases=("prs",))
OURS = {"de": GERMAN, "en": ENGLISH, "fa": PERSIAN}
GOOD = page("/musterkreis/de/a/", "A", "<p>a</p>")

BROKEN: dict[str, tuple[bytes, str]] = {
    "cut off": (as_json(pages("de"))[:-40], "de.json:1:"),
    "no JSON": (
        b"<html>Wartung</html>",
        "de.json:1:1: Das ist kein gültiges JSON, die Datei ist beschädigt.",
    ),
    "empty": (b"", "de.json:1:1: Das ist kein gültiges JSON"),
    "another encoding": ("Öffnung".encode("latin-1"), "de.json: Die Datei ist kein Text in UTF-8."),
    "a tower of brackets": (b"[" * 200_000, "de.json: Die Klammern sind zu tief verschachtelt."),
    "a number without end": (b"[" + b"1" * 5000 + b"]", "de.json: Eine Zahl lässt sich nicht lesen."),
    "no list": (b'{"pages": []}', "de.json: Erwartet wird eine Liste von Seiten"),
    "no page": (b"[1]", "de.json: Seite 1: Hier steht keine Seite."),
    "no content": (
        as_json([GOOD, GOOD | {"content": None}]),
        "de.json: Seite 2 ('A'): Die Angabe 'content' fehlt oder ist kein Text.",
    ),
    "a title of nothing": (
        as_json([GOOD | {"title": "\u202e "}]),
        "de.json: Seite 1 (''): 'title' ist leer.",
    ),
    "a path of another kind": (
        as_json([GOOD | {"path": "a"}]),
        "'path' ist kein Pfad der Form /region/sprache/…",
    ),
    "no date": (as_json([GOOD | {"last_updated": "gestern"}]), "'last_updated' ist kein Datum."),
    "a parent of another kind": (as_json([GOOD | {"parent": 3}]), "'parent' hat nicht die erwartete Form."),
    "languages of another kind": (
        as_json([GOOD | {"available_languages": ["en"]}]),
        "'available_languages' hat nicht die erwartete Form.",
    ),
    "a page twice": (as_json([GOOD, GOOD]), "de.json: Die Seite 'A' steht zweimal da (/musterkreis/de/a)."),
    "too many pages": (
        as_json([{}] * (MOST + 1)),
        f"de.json: {MOST + 1} Seiten sind zu viele, erlaubt sind {MOST}.",
    ),
    "too large": (b" " * (LARGEST + 1), "de.json: Die Datei ist größer als 100 MB."),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_told(case: str) -> None:
    content, said = BROKEN[case]
    with pytest.raises(IntegreatError) as caught:
        read_pages("de.json", content)
    assert said in str(caught.value)


def test_the_same_slip_on_all_pages_is_told_ten_times() -> None:
    broken = [page(f"/musterkreis/de/{number}/", "A", "") | {"url": 1} for number in range(30)]
    with pytest.raises(IntegreatError) as caught:
        read_pages("de.json", as_json(broken))
    assert str(caught.value).split("\n")[-2:] == [
        "de.json: Seite 10 ('A'): Die Angabe 'url' fehlt oder ist kein Text.",
        "… und 20 weitere",
    ]


def test_a_page_is_read() -> None:
    found = read_pages("de.json", as_json(pages("de")))[1]
    assert (found.language, found.path, found.parent) == (
        "de",
        "/musterkreis/de/arbeit/kündigung",
        "/musterkreis/de/arbeit",
    )
    assert (found.title, found.updated) == ("Kündigung", date(2026, 3, 3))
    assert found.siblings == {"en": "/musterkreis/en/work/notice"}


def test_a_path_may_be_written_in_percents() -> None:
    found = read_pages("de.json", as_json([page("/musterkreis/de/k%C3%BCndigung/", "K", "")]))
    assert found[0].path == "/musterkreis/de/kündigung"


def refused(*files: object, wanted: tuple[str, ...] = ()) -> str:
    told = [(f"{number}.json", as_json(file)) for number, file in enumerate(files, 1)]
    with pytest.raises(IntegreatError) as caught:
        by_language(told, OURS, wanted)
    return str(caught.value)


def test_files_are_joined_by_language() -> None:
    dari = [page("/musterkreis/prs/x/", "X", "", siblings={"de": "/musterkreis/de/arbeit/lohn/"})]
    files = [("en.json", as_json(pages("en"))), ("de.json", as_json(pages("de"))), ("f", as_json(dari))]
    found = by_language(files, OURS, ())
    assert {language: len(of) for language, of in found.items()} == {"de": 5, "en": 5, "fa": 1}
    assert found["fa"][0].language == "fa"
    assert set(by_language(files, OURS, ("en",))) == {"de", "en"}


def test_files_that_do_not_fit_are_refused() -> None:
    polish = [page("/musterkreis/pl/x/", "X", "")]
    assert refused(pages("de"), polish).startswith(
        "2.json: Die Sprache 'pl' (/musterkreis/pl/x) kennt Lotse nicht."
    )
    assert refused(pages("en")).startswith("Die deutschen Seiten fehlen.")
    assert refused([]) == "1.json: Die Liste der Seiten ist leer."
    assert refused(pages("de"), [page("/nachbar/de/x/", "X", "")]).startswith(
        "Die Seiten gehören zu verschiedenen Regionen: 'musterkreis' (1.json), 'nachbar' (2.json)."
    )
    assert refused(pages("de"), pages("de")).startswith(
        "Seiten in der Sprache 'de' stehen in zwei der Dateien."
    )
