"""A region of Integreat as it is imported by command, and the bot that then speaks for it."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import cli
from tests.integreat.site import as_json, page, pages
from tests.knowledge.sample import edit, sample_folder

ROOT = Path(__file__).parent.parent
PART = "Das steht hier nur, damit die Seite für eine Nachricht zu lang ist. " * 8
LONG = (
    f"<p>Willkommen. {PART}</p><h3>Ausweis für die Bücherei</h3><p>Der Ausweis ist kostenlos.</p>"
    f"<h3>Anfahrt</h3><p>{PART}</p>"
)


pytestmark = pytest.mark.usefixtures("logs_go_back")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the sample our own folder, and this folder the working one."""
    folder = sample_folder(tmp_path)
    edit(folder, "places.yaml", "  cost: free\n", '  cost: free\n  nationwide: "true"\n')
    monkeypatch.setenv("LOTSE_KNOWLEDGE", str(folder))
    monkeypatch.setenv("LOTSE_LOCALES", str(ROOT / "locales"))
    monkeypatch.setenv("LOTSE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "de.json").write_bytes(as_json(pages("de")))
    (tmp_path / "en.json").write_bytes(as_json(pages("en")))
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def bring(*words: str) -> Result:
    return call("knowledge", "import-integreat", *words, "--region", "Musterkreis")


def test_a_region_is_imported_again_and_again(here: Path) -> None:
    first = bring("de.json", "en.json")
    assert first.exit_code == 0
    assert first.stdout.split("\n")[:2] == [
        "Musterkreis (de, en): 3 Seiten neu, 0 geändert, 0 unverändert, 0 entfernt.",
        "Prüfen:  LOTSE_KNOWLEDGE=knowledge-regions/musterkreis python3 run.py knowledge check",
    ]
    assert "Seiten lesen" in first.stderr
    second = bring("de.json", "en.json")
    assert second.stdout.startswith(
        "Musterkreis (de, en): 0 Seiten neu, 0 geändert, 3 unverändert, 0 entfernt."
    )
    (here / "de.json").write_bytes(as_json(pages("de")[:-1]))
    assert "Entfernt, weil es sie in der Region nicht mehr gibt: buecherei-" in bring("de.json").stdout


def test_the_region_is_a_bot_of_its_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "de.json").write_bytes(
        as_json([*pages("de"), page("/musterkreis/de/l/", "Ludothek", LONG, siblings={}, number=9)])
    )
    bring("de.json", "en.json")
    assert "Ludothek" not in call("ask", "Ausweis Bücherei Ludothek").stdout
    monkeypatch.setenv("LOTSE_KNOWLEDGE", str(here / "knowledge-regions" / "musterkreis"))
    checked = call("knowledge", "check")
    assert checked.exit_code == 0
    assert ": Fehler: " not in checked.stdout
    answer = call("ask", "--language", "en", "How long is the notice period?").stdout
    assert "The notice period is four weeks." in answer
    assert "The page: Handing in your notice (https://cms.example.org/musterkreis/en/work/notice/)" in answer
    assert "Source: Integreat Musterkreis. As of 03.03.2026." in answer
    long = call("ask", "Ausweis Bücherei Ludothek").stdout
    assert "Ludothek\n\nAusweis für die Bücherei\n\nDer Ausweis ist kostenlos." in long
    assert "Willkommen" not in long
    assert (
        "Das ist ein Teil der Seite. Die ganze Seite: Ludothek (https://cms.example.org/musterkreis/de/l/)"
        in long
    )
    card = call("ask", "Einbrecher in der Wohnung").stdout
    assert card.startswith("Sofort 110 anrufen!")


def test_a_page_is_previewed_from_its_beginning(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "de.json").write_bytes(as_json([page("/musterkreis/de/l/", "Ludothek", LONG)]))
    bring("de.json")
    monkeypatch.setenv("LOTSE_KNOWLEDGE", str(here / "knowledge-regions" / "musterkreis"))
    [entry] = (here / "knowledge-regions" / "musterkreis" / "de").glob("l-*.md")
    shown = call("knowledge", "preview", entry.stem, "--channel", "whatsapp").stdout
    assert "Nachricht 1 von 1" in shown
    assert "Ludothek\n\nWillkommen." in shown


def test_a_broken_file_changes_nothing(here: Path) -> None:
    bring("de.json", "en.json")
    before = {path: path.read_bytes() for path in here.glob("knowledge-regions/**/*") if path.is_file()}
    (here / "de.json").write_text('[{"path": ', encoding="utf-8")
    result = bring("de.json", "en.json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "de.json:1:11: Das ist kein gültiges JSON, die Datei ist beschädigt." in result.stderr
    assert result.stderr.endswith("Es wurde nichts geändert.\n")
    assert {
        path: path.read_bytes() for path in here.glob("knowledge-regions/**/*") if path.is_file()
    } == before


def test_what_is_hostile_is_told_and_made_harmless(here: Path) -> None:
    hostile = [
        page(
            "/m/de/a/", "Skript", "<script>alert(1)</script><p onclick='x()'>Text</p>", "/m/de/b/", number=1
        ),
        page("/m/de/b/", "Kreis", "<p>b</p>", "/m/de/a/", number=2),
        page("/m/de/c/", "Riesig", "<p>viel</p>" * 4_600_000, number=3),
    ]
    (here / "de.json").write_bytes(as_json(hostile))
    result = bring("de.json")
    assert result.exit_code == 0
    assert (
        "Hinweis: Die Seite 'Riesig' (de) ist zu lang (50.6 MB, erlaubt 200 kB) und wurde gekürzt."
        in result.stdout
    )
    assert (
        "Die Seite 'Skript' (de) steht im Kreis unter sich selbst ('Skript' → 'Kreis' → 'Skript')"
        in result.stdout
    )
    texts = [
        path.read_text("utf-8") for path in (here / "knowledge-regions" / "musterkreis" / "de").iterdir()
    ]
    assert not [text for text in texts if "alert" in text or "onclick" in text]


def test_the_same_slip_on_all_pages_is_not_told_without_end(here: Path) -> None:
    orphans = [page(f"/m/de/{number}/", f"Seite {number}", "<p>a</p>", "/m/de/weg/") for number in range(50)]
    (here / "de.json").write_bytes(as_json(orphans))
    said = bring("de.json").stdout
    assert said.count("Hinweis: ") == 30
    assert "… und 20 weitere Hinweise\n" in said


def refused(*words: str) -> str:
    result = call("knowledge", "import-integreat", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


def test_what_cannot_be_meant_is_refused(here: Path) -> None:
    assert "weg.json: No such file or directory" in refused("weg.json", "--region", "Musterkreis")
    assert "'123' geht nicht als Name einer Region" in refused("de.json", "--region", "123")
    assert "höchstens 40 Zeichen" in refused("de.json", "--region", "Kreis " * 7)
    assert "Eine Sprache 'xx' gibt es nicht." in refused("de.json", "--region", "M", "--language", "xx")
    assert "eine einzige Adresse" in refused("https://a.example", "de.json", "--region", "M")


@pytest.fixture
def address(here: Path) -> Iterator[str]:
    """Serve the pages as the API does."""
    root = here / "served" / "api" / "v3" / "musterkreis"
    for path, content in {
        "languages": json.dumps([{"code": code} for code in ("de", "en", "pl")]).encode(),
        "de/pages": as_json(pages("de")),
        "en/pages": as_json(pages("en")),
    }.items():
        (root / path).mkdir(parents=True)
        (root / path / "index.html").write_bytes(content)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(here / "served"))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v3/musterkreis"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_region_is_fetched_by_its_address(here: Path, address: str) -> None:
    assert bring(address).stdout.startswith("Musterkreis (de, en): 3 Seiten neu")
    assert bring("de.json", "en.json").stdout.startswith(
        "Musterkreis (de, en): 0 Seiten neu, 0 geändert, 3 unverändert"
    )
    assert bring(address, "--language", "en").stdout.startswith("Musterkreis (de, en): 0 Seiten neu")
