"""A region's folder: what the reader accepts, what changes with the next import, and what stays an editor's."""

from datetime import date
from pathlib import Path

import pytest

from bot.app import CAPABILITIES
from bot.integreat.error import IntegreatError
from bot.integreat.folder import BEGIN, Imported, write_region
from bot.integreat.national import national
from bot.integreat.region import make_site
from bot.integreat.sources import by_language
from bot.knowledge.check import check
from bot.knowledge.files import KnowledgeError, load
from bot.knowledge.fill import fill
from tests.integreat.site import Page, as_json, page, pages
from tests.knowledge.sample import edit, sample_folder, write

HAND_MADE = """\
  own-matter:
    area: emergency
    importance: usable
    reviewed: "2026-11-01"
    revision: "1"
"""
HAND_WRITTEN = """\
---
title: Eigenes
short: Eigenes
revision: "1"
questions:
  - Eigene Frage?
---
Eigene Antwort.
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = sample_folder(tmp_path)
    edit(folder, "places.yaml", "  cost: free\n", '  cost: free\n  nationwide: "true"\n')
    return folder


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return tmp_path / "regions" / "musterkreis"


def bring(own: Path, region: Path, *files: list[Page], name: str = "Musterkreis") -> Imported:
    ours = load(own)
    told = [(f"{number}.json", as_json(file)) for number, file in enumerate(files)]
    found = by_language(told, ours.languages, ())
    return write_region(
        region, name, make_site(found, lambda: None), found, national(ours), lambda done, whole: None
    )


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of writing of every file."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def named(ids: tuple[str, ...]) -> list[str]:
    return [id.rsplit("-", 1)[0] for id in ids]


def test_a_region_is_a_folder_that_the_reader_accepts(own: Path, region: Path) -> None:
    result = bring(own, region, pages("de"), pages("en"))
    assert named(result.new) == ["kuendigung", "lohn", "buecherei"]
    known = load(region)
    assert [entry.kind for entry in known.entries.values()] == ["answer", "page", "page", "page"]
    assert list(known.regions) == list(known.towns) == ["musterkreis"]
    notice = known.entries[result.new[0]]
    assert notice.texts["en"].body == "**Period**\n\nThe notice period is four weeks."
    assert not notice.texts["en"].machine
    assert notice.texts["en"].last_updated == date(2026, 3, 3)
    assert notice.source is not None
    assert notice.source.name == "Integreat Musterkreis"
    assert [
        str(problem) for problem in check(known, region, CAPABILITIES, date(2026, 12, 1)) if problem.is_error
    ] == []


def test_only_what_holds_everywhere_comes_along(own: Path, region: Path) -> None:
    local = "      Legen Sie nicht auf.\n"
    edit(own, "crisis.yaml", local, "      Das Rathaus: {town-hall.phone}\n" + local)
    edit(own, "de/emergency-call.md", "questions:\n", "questions:\n  - Wo ist die Polizei in Nordstadt?\n")
    bring(own, region, pages("de"))
    known = load(region)
    assert list(known.places) == ["police"]
    assert (
        known.crisis["emergency-call"].cards["de"]
        == "**Sofort {police.phone} anrufen!**\n\nLegen Sie nicht auf."
    )
    assert known.crisis["emergency-call"].words == load(own).crisis["emergency-call"].words
    assert known.entries["emergency-call"].texts["de"].questions == ("Wie rufe ich die Polizei?",)
    assert "register-address" not in known.entries
    assert not any(b"Nordstadt" in content for content, _ in state(region).values())


def test_without_a_card_that_holds_everywhere_there_is_no_region(own: Path, region: Path) -> None:
    edit(own, "places.yaml", '  nationwide: "true"\n', "")
    with pytest.raises(IntegreatError, match="Keine Notfallkarte gilt in ganz Deutschland"):
        bring(own, region, pages("de"))


def test_the_same_again_changes_nothing(own: Path, region: Path) -> None:
    bring(own, region, pages("de"), pages("en"))
    before = state(region)
    result = bring(own, region, pages("en"), pages("de"))
    assert (result.new, result.changed, len(result.same), result.removed) == ((), (), 3, ())
    assert state(region) == before


def test_what_changed_is_written_and_what_vanished_goes(own: Path, region: Path) -> None:
    bring(own, region, pages("de"), pages("en"))
    newer = [other for other in pages("de") if other["title"] != "Bücherei"]
    newer[1]["content"] = "<p>Die Frist beträgt sechs Wochen.</p>"
    newer.append(
        page("/musterkreis/de/arbeit/urlaub/", "Urlaub", "<p>24 Tage</p>", "/musterkreis/de/arbeit/")
    )
    result = bring(own, region, newer, pages("en"))
    assert named(result.new) == ["urlaub"]
    assert named(result.changed) == ["kuendigung"]
    assert named(result.same) == ["lohn"]
    assert named(result.removed) == ["buecherei"]
    assert {id.rsplit("-", 1)[0] for id in load(region).entries} == {
        "emergency",
        "kuendigung",
        "lohn",
        "urlaub",
    }
    assert not list(region.glob("*/buecherei-*"))


def test_a_language_that_is_not_imported_stays(own: Path, region: Path) -> None:
    bring(own, region, pages("de"), pages("en"))
    result = bring(own, region, pages("de"))
    assert len(result.same) == 3
    assert all("en" in entry.texts for entry in load(region).entries.values() if entry.kind == "page")


def test_a_translation_that_vanished_goes(own: Path, region: Path) -> None:
    bring(own, region, pages("de"), pages("en"))
    result = bring(own, region, pages("de"), pages("en")[:-1])
    assert named(result.changed) == ["buecherei"]
    assert set(load(region).entries[result.changed[0]].texts) == {"de"}


def test_what_editors_make_stays_and_what_they_change_in_a_page_goes(own: Path, region: Path) -> None:
    bring(own, region, pages("de"))
    inventory = (region / "entries.yaml").read_text("utf-8")
    head, entries = inventory.split("entries:\n")
    write(region, "entries.yaml", f"{head}entries:\n{HAND_MADE}{entries}")
    write(region, "de/own-matter.md", HAND_WRITTEN)
    edit(region, "places.yaml", 'name: "Polizei"', 'name: "Polizei am Markt"')
    [notice] = region.glob("de/kuendigung-*.md")
    notice.write_text(notice.read_text("utf-8").replace("vier", "acht"), "utf-8")
    result = bring(own, region, pages("de"))
    assert named(result.changed) == ["kuendigung"]
    known = load(region)
    assert known.entries["own-matter"].texts["de"].body == "Eigene Antwort."
    assert known.places["police"].name == "Polizei am Markt"
    assert "vier Wochen" in known.entries[result.changed[0]].texts["de"].body


def test_an_import_that_was_torn_off_is_made_good(own: Path, region: Path) -> None:
    bring(own, region, pages("de"), pages("en"))
    before = state(region)
    newer = [*pages("de"), page("/musterkreis/de/x/", "X", "<p>x</p>")]
    bring(own, region, newer, pages("en"))
    (region / "entries.yaml").write_bytes(before["entries.yaml"][0])  # what is written last is missing
    with pytest.raises(KnowledgeError):
        load(region)
    bring(own, region, pages("de"), pages("en"))
    assert {name: content for name, (content, _) in state(region).items()} == {
        name: content for name, (content, _) in before.items()
    }


def refused(own: Path, region: Path, *files: list[Page], name: str = "Musterkreis") -> str:
    before = state(region) if region.is_dir() else {}
    with pytest.raises((IntegreatError, KnowledgeError)) as caught:
        bring(own, region, *files, name=name)
    assert (state(region) if region.is_dir() else {}) == before
    return str(caught.value)


def test_our_own_folder_is_no_regions(own: Path) -> None:
    assert "fehlen die Zeilen, zwischen die der Import schreibt" in refused(own, own, pages("de"))


def test_another_regions_folder_is_refused(own: Path, region: Path) -> None:
    bring(own, region, pages("de"))
    assert "gehört zu 'musterkreis'" in refused(own, region, pages("de"), name="Nachbarkreis")


def test_a_folder_of_other_things_is_refused(own: Path, region: Path) -> None:
    write(region, "brief.txt", "x")
    assert "liegt schon etwas anderes" in refused(own, region, pages("de"))
    assert "ist eine Datei" in refused(own, region / "brief.txt", pages("de"))


def test_lost_marks_are_told(own: Path, region: Path) -> None:
    bring(own, region, pages("de"))
    text = (region / "entries.yaml").read_text("utf-8")
    write(region, "entries.yaml", text.replace(f"{BEGIN}\n", "", 1))
    assert "fehlen die Zeilen, zwischen die der Import schreibt" in refused(own, region, pages("de"))


def test_an_editors_slip_is_told_and_nothing_written(own: Path, region: Path) -> None:
    bring(own, region, pages("de"))
    write(region, "teams.yaml", "musterkreis: {name: 1, towns: [all], matters: [all]}\n")
    assert "musterkreis/teams.yaml:1:21: Fehler: 'name' ist 1 ohne Anführungszeichen" in refused(
        own, region, [*pages("de"), page("/musterkreis/de/x/", "X", "<p>x</p>")]
    )


def test_a_page_tells_where_it_is_from(own: Path, region: Path) -> None:
    bring(own, region, pages("de"))
    [notice] = region.glob("de/kuendigung-*.md")
    text = notice.read_text("utf-8")
    for new, said in (
        ('source_url: "http://', "'source_url' ist 'http://cms.example.org"),
        ('source: "https://', "Die Angabe 'source_url' fehlt"),
    ):
        notice.write_text(text.replace('source_url: "https://', new), "utf-8")
        with pytest.raises(KnowledgeError, match=said):
            load(region)


HOSTILE = [
    '"\\', "a\nrevision: x", "---", "{police.phone}", "{x.phone}", "<b>", "# x", "| a |", "![x](y)", "```", "> x",
    "[x](http://y.example)", "[x](javascript:y)", "&x", "*x", "%x", "- x", "x: y # z", "\u2028x", "\ud800x", "null",
    "02541", "@", "`", "?", "!!python/object:os.system x", BEGIN.strip(), "source_url: x",
]  # fmt: skip


def test_whatever_a_page_says_its_file_can_be_read(own: Path, region: Path) -> None:
    hostile = [
        page(
            f"/musterkreis/de/{number}/",
            f"{words} T",
            "".join(f"<p>{part}</p>" for part in words.replace("<", "&lt;").split("\n")),
            number=number,
        )
        for number, words in enumerate(HOSTILE)
    ]
    result = bring(own, region, hostile)
    known = load(region)
    assert len(result.new) == len(HOSTILE)
    for entry in result.new:
        text = known.entries[entry].texts["de"]
        assert fill(text.body, known, "de") == text.body
        assert text.revision == 1
        assert "{" not in text.body + text.title
    assert bring(own, region, hostile).new == ()
