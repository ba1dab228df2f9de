"""The pages become a tree of areas and matters, paired by language, with ids that stay."""

import pytest

from bot.integreat.error import IntegreatError
from bot.integreat.region import Site, make_site, slug
from bot.integreat.sources import by_language
from tests.integreat.site import Page, as_json, page, pages
from tests.integreat.test_pages import OURS


def site(*files: list[Page]) -> Site:
    found = by_language([(f"{number}", as_json(file)) for number, file in enumerate(files)], OURS, ())
    return make_site(found, lambda: None)


def test_areas_are_the_top_and_matters_the_pages_with_words() -> None:
    found = site(pages("de"), pages("en"))
    assert list(found.areas.values()) == [
        {"de": "Arbeit", "en": "Work"},
        {"de": "Alltag", "en": "Daily life"},
    ]
    assert [
        (found.areas[matter.area]["de"], *(text.title for text in matter.texts.values()))
        for matter in found.matters
    ] == [
        ("Arbeit", "Kündigung", "Handing in your notice"),
        ("Arbeit", "Mindestlohn", "Minimum wage"),
        ("Alltag", "Bücherei", "Library"),
    ]
    assert found.notes == ()
    german = found.matters[2].texts["de"]
    assert german.body == "**Öffnungszeiten**\n\n- Montag\n- Dienstag"
    assert german.source_url == "https://cms.example.org/musterkreis/de/alltag/b%C3%BCcherei/"
    assert str(german.last_updated) == "2026-03-06"


def test_ids_come_from_the_german_path_alone() -> None:
    moved = [
        other | {"id": other["id"] + 1, "title": f"Neu: {other['title']}"} for other in reversed(pages("de"))
    ]
    before, after = ({matter.id for matter in site(of).matters} for of in (pages("de"), moved))
    assert before == after
    assert {id.rsplit("-", 1)[0] for id in before} == {"kuendigung", "lohn", "buecherei"}


@pytest.mark.parametrize(
    "path", ["/m/de/للمبتدئين/", "/m/de/24-stunden/", f"/m/de/{'a-' * 100}/", "/m/de/../../etc/"]
)
def test_an_id_is_a_name_of_a_file_and_of_a_button(path: str) -> None:
    [matter] = site([page(path, "A", "<p>a</p>")]).matters
    assert matter.id[0].isalpha()
    assert set(matter.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(matter.id) <= 40


def test_either_page_may_tell_its_translation() -> None:
    alone = [other | {"available_languages": {}} for other in pages("en")]
    assert all("en" in matter.texts for matter in site(pages("de"), alone).matters)
    alone = [other | {"available_languages": {}} for other in pages("de")]
    assert all("en" in matter.texts for matter in site(alone, pages("en")).matters)


def test_a_translation_of_nothing_is_told() -> None:
    found = site(pages("de"), [*pages("en"), page("/musterkreis/en/x/", "Alone", "<p>a</p>")])
    assert found.notes == (
        "Die Seite 'Alone' (en) hat keine deutsche Seite neben sich und wurde ausgelassen.",
    )


def test_a_circle_of_pages_ends_and_is_told() -> None:
    circle = [
        page("/m/de/a/", "A", "<p>a</p>", "/m/de/b/"),
        page("/m/de/b/", "B", "<p>b</p>", "/m/de/a/"),
        page("/m/de/c/", "C", "<p>c</p>", "/m/de/c/"),
    ]
    found = site(circle)
    assert {matter.area for matter in found.matters} == {"more-pages"}
    assert found.areas == {"more-pages": {"de": "Weitere Seiten"}}
    assert found.notes[0] == (
        "Die Seite 'A' (de) steht im Kreis unter sich selbst ('A' → 'B' → 'A'), jetzt unter 'Weitere Seiten'."
    )
    assert len(found.notes) == 3


def test_a_page_below_nothing_is_told() -> None:
    found = site([page("/m/de/a/", "A", "<p>a</p>", "/m/de/weg/")])
    assert found.notes == (
        "Die Seite 'A' (de) steht unter einer Seite, die fehlt (/m/de/weg), jetzt unter 'Weitere Seiten'.",
    )


def test_pages_of_one_title_are_told_apart() -> None:
    twins = [
        page("/m/de/a/", "Frauen", "", None),
        page("/m/de/b/", "Familien", "", None),
        page("/m/de/a/t/", "Treff", "<p>a</p>", "/m/de/a/"),
        page("/m/de/b/t/", "Treff", "<p>b</p>", "/m/de/b/"),
    ]
    assert [matter.texts["de"].title for matter in site(twins).matters] == [
        "Treff (Frauen)",
        "Treff (Familien)",
    ]


def test_what_is_cut_is_told_with_its_name() -> None:
    found = site(
        [page("/m/de/a/", "Lang", "<p>Wort</p>" * 100_000), page("/m/de/b/", "Tief", "<div>" * 9_999)]
    )
    assert found.notes == (
        "Die Seite 'Lang' (de) ist zu lang (1.1 MB, erlaubt 200 kB) und wurde gekürzt.",
        "Die Seite 'Tief' (de) ist zu tief verschachtelt (erlaubt sind 100 Ebenen) und wurde ausgelassen.",
    )
    assert [matter.texts["de"].title for matter in found.matters] == ["Lang"]


def test_a_page_without_a_safe_address_is_left_out() -> None:
    found = site(
        [
            *pages("de"),
            page("/m/de/a/", "A", "<p>a</p>") | {"path": "/musterkreis/de/a/", "url": "javascript:x"},
        ]
    )
    assert found.notes == (
        "Die Seite 'A' (de) hat keine Adresse, die mit https:// beginnt, und wurde ausgelassen.",
    )


def test_a_region_without_words_is_refused() -> None:
    with pytest.raises(IntegreatError, match="In keiner Seite steht ein Text"):
        site([page("/m/de/a/", "A", "<p> </p>")])


def test_names_of_regions_become_names_of_folders() -> None:
    assert slug("Rems-Murr-Kreis") == "rems-murr-kreis"
    assert slug("Landkreis Böblingen / Süd") == "landkreis-boeblingen-sued"
    assert slug("Straße") == "strasse"
    assert slug("../..") == ""
