"""The command for the teams as it is typed, on a small folder of its own."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import cli
from tests.knowledge.sample import edit, sample_folder

ROOT = Path(__file__).parent.parent
TUESDAY = datetime(2026, 12, 22, 13, tzinfo=UTC)  # 14:00 in Berlin


pytestmark = pytest.mark.usefixtures("logs_go_back")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTSE_KNOWLEDGE", str(tmp_path / "knowledge"))
    monkeypatch.setenv("LOTSE_LOCALES", str(ROOT / "locales"))
    return sample_folder(tmp_path)


def call(*words: str) -> Result:
    with time_machine.travel(TUESDAY, tick=False):
        return CliRunner().invoke(cli, ["teams", "check", *words])


def test_it_shows_who_answers_what_and_until_when(folder: Path) -> None:
    result = call()
    assert result.exit_code == 0
    assert "Soziale Betreuung (social-care)\n  Orte:      alle\n  Fragen zu: allem\n" in result.stdout
    assert "keine Arbeitszeiten: Es wird keine Zeit zugesagt" in result.stdout
    office = result.stdout.partition("Büro (office)\n")[2].splitlines()
    assert office[:3] == ["  Orte:      Nordstadt", "  Fragen zu: Ankommen", "  Zeiten:    Mo-Fr 08:00-16:00"]
    # Two hours on Tuesday, six on Wednesday morning to 14:00; the reminder two working hours before.
    assert "bekommt eine Antwort bis Mi 23.12.2026, 14:00 zugesagt" in office[3]
    assert "am Mi 23.12.2026, 12:00 erinnert" in office[3]
    assert office[4] == "  Abwesend:  28.12.2026 bis 31.12.2026"
    assert office[5] == "  Feiertag:  der nächste ist Fr 25.12.2026"
    assert result.stdout.endswith("teams.yaml ist in Ordnung.\n")


def test_it_tells_only_of_the_teams(folder: Path) -> None:
    """The sample lacks translations, which `knowledge check` tells."""
    edit(folder, "teams.yaml", "Mo-Fr 08:00-16:00", "werktags")
    result = call()
    assert result.exit_code == 0
    assert result.stdout.startswith("knowledge/teams.yaml:6:10: Warnung: Die Zeiten 'werktags'")
    assert "fehlt die Antwort" not in result.stdout
    assert "nicht genug Arbeitsstunden" in result.stdout
    assert result.stdout.endswith("0 Fehler, 1 Warnungen und Hinweise in teams.yaml.\n")


def test_a_broken_file_is_told_with_its_line(folder: Path) -> None:
    edit(folder, "teams.yaml", "towns: [nordstadt]", "towns: [nordstat]")
    result = call()
    assert result.exit_code == 1
    assert "knowledge/teams.yaml:4:11: Fehler: Die Stadt 'nordstat' gibt es nicht" in result.stdout
    assert "Meinten Sie 'nordstadt'?" in result.stdout


def test_what_is_broken_elsewhere_is_named_as_what_it_is(folder: Path) -> None:
    edit(folder, "places.yaml", '  phone: "110"', "  phone: 110")
    result = call()
    assert result.exit_code == 1
    assert result.stdout.startswith("knowledge/places.yaml:3:10: Fehler: ")
    assert result.stdout.endswith("in den Wissensdateien.\n")


def test_for_machines(folder: Path) -> None:
    edit(folder, "teams.yaml", 'promise_hours: "8"', 'promise_hours: "9"')
    care, office = (json.loads(line) for line in call("--json").stdout.splitlines())
    assert care["promised_at"] is None
    assert office == {
        "team": "office",
        "name": "Büro",
        "towns": ["nordstadt"],
        "matters": ["arrival"],
        "hours": "Mo-Fr 08:00-16:00",
        "promise_hours": 9,
        "absences": [["2026-12-28", "2026-12-31"]],
        "promised_at": "2026-12-23T15:00:00+01:00",
        "remind_at": "2026-12-23T13:00:00+01:00",
    }
