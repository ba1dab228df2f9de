"""Reading the folder: what comes out of good files, and what is said about bad ones."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.knowledge.files import KnowledgeError, load, read
from bot.knowledge.problem import Severity
from tests.knowledge.sample import FILES, edit, sample, sample_folder, told, write


def test_sample_has_no_problem(tmp_path: Path) -> None:
    assert told(sample_folder(tmp_path)) == []


def test_languages(tmp_path: Path) -> None:
    knowledge = sample(tmp_path)
    arabic = knowledge.languages["ar"]
    assert (arabic.name, arabic.rtl, arabic.fallback, arabic.aliases) == (
        "العربية",
        True,
        ("en", "de"),
        ("ar-SY",),
    )
    assert tuple(knowledge.languages) == ("de", "en", "ar")
    assert not knowledge.languages["de"].rtl


def test_places(tmp_path: Path) -> None:
    place = sample(tmp_path).places["town-hall"]
    assert place.address == "Markt 1, 48249 Dülmen"
    assert place.phone == "02594 12-0"
    assert place.appointment
    assert place.verified_on == date(2026, 11, 1)
    assert dict(place.note) == {"de": "Eingang hinten.", "en": "Use the back door."}
    assert place.unsure("hours")
    assert not place.unsure("phone")


def test_a_role_is_held_by_the_town_or_its_region(tmp_path: Path) -> None:
    knowledge = sample(tmp_path)
    vhs = knowledge.place_for("vhs", "nordstadt")
    office = knowledge.place_for("residents-office", "nordstadt")
    assert vhs
    assert office
    assert (vhs.id, office.id) == ("vhs-nord", "town-hall")
    assert knowledge.towns["nordstadt"].unsure_roles == {"vhs"}


def test_entries_and_texts(tmp_path: Path) -> None:
    entry = sample(tmp_path).entries["register-address"]
    assert (entry.area, entry.importance, entry.revision, entry.then) == ("arrival", "required", 2, "handoff")
    assert entry.source
    assert entry.source.url == "https://example.org/anmeldung"
    german = entry.texts["de"]
    assert german.questions == ("Wo melde ich meine Adresse an?", "Anmeldung: wohin?")
    assert german.body.startswith("**Gehen Sie ins Rathaus.**\n\n- Nehmen")
    assert not german.machine
    assert entry.texts["ar"].machine
    assert entry.texts["en"].body == ""


def test_a_checked_translation_is_no_longer_marked(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "ar/register-address.md", "translation: machine", "translation: checked")
    assert not load(folder).entries["register-address"].texts["ar"].machine


def test_an_unmarked_translation_counts_as_machine_made(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "ar/register-address.md", "translation: machine\n", "")
    assert load(folder).entries["register-address"].texts["ar"].machine


def test_cards_and_teams(tmp_path: Path) -> None:
    knowledge = sample(tmp_path)
    card = knowledge.crisis["emergency-call"]
    assert (card.rank, card.places) == (1, ("police",))
    assert card.cards["de"] == "**Sofort {police.phone} anrufen!**\n\nLegen Sie nicht auf."
    assert card.words["de"] == ("einbrecher haus|wohnung|", "hilf* schnell ~hausaufgaben")
    office = knowledge.teams["office"]
    assert office.towns == {"nordstadt"}
    assert office.promise_hours == 8
    assert office.absences == ((date(2026, 12, 28), date(2026, 12, 31)),)
    assert knowledge.teams["social-care"].promise_hours is None


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    first = load(folder).version
    assert load(folder).version == first
    edit(folder, "en/register-address.md", "Where do I", "Where can I")
    assert load(folder).version != first


def test_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    text = FILES["de/register-address.md"].replace("\n", "\r\n")
    (folder / "de/register-address.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert told(folder) == []
    assert "\r" not in load(folder).entries["register-address"].texts["de"].body


def test_decomposed_letters_are_composed(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "places.yaml", "Dülmen", "Du\u0308lmen")
    assert load(folder).places["town-hall"].address == "Markt 1, 48249 Dülmen"


@dataclass(frozen=True)
class Slip:
    """An edit, and the line that is said about it (a regular expression, after the file's name)."""

    file: str
    old: str
    new: str
    says: str


SLIPS = [Slip(**slip) for slip in YAML(typ="safe").load(Path(__file__).with_name("slips.yaml"))]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.file}-{slip.new[:20]!r}")
def test_a_slip_is_told_with_file_and_line(tmp_path: Path, slip: Slip) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, slip.file, slip.old, slip.new)
    found = told(folder)
    assert any(re.match(f"knowledge/{slip.file}:(?:{slip.says})", line) for line in found), "\n".join(found)
    assert read(folder).knowledge is None


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".yaml")])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", r".*: Fehler: Die Datei ist leer"),
        (b"# nur ein Kommentar\n", r".*: Fehler: Hier stehen keine Angaben"),
        (b"- eins\n- zwei\n", r".*:1:1: Fehler: Hier werden Zeilen der Form"),
        (b"nur Text\n", r".*:1:1: Fehler: Hier werden Zeilen der Form"),
        ("a: b\nc: Dülmen\n".encode("latin-1"), r".*:2:0: Fehler: .*UTF-8"),
        (b"a: b\nc: \x07\n", r".*:2:0: Fehler: .*Steuerzeichen"),
        (b"a: " + b"x" * 4_000_001, r".*: Fehler: Die Datei ist gr.*4 MB"),
    ],
)
def test_a_table_that_is_none(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    folder = sample_folder(tmp_path)
    (folder / name).write_bytes(content)
    found = told(folder)
    assert any(re.match(f"knowledge/{name}{says}", line) for line in found), "\n".join(found)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".yaml")])
def test_a_missing_table(tmp_path: Path, name: str) -> None:
    folder = sample_folder(tmp_path)
    (folder / name).unlink()
    assert any(line.startswith(f"knowledge/{name}:0:0: Fehler: Die Datei fehlt.") for line in told(folder))


def test_a_missing_table_does_not_drown_in_follow_ups(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    (folder / "places.yaml").unlink()
    assert len(told(folder)) == 1


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="gibt es nicht"):
        load(tmp_path / "nowhere")


def test_a_missing_german_answer(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    (folder / "de/emergency-call.md").unlink()
    assert [line[:52] for line in told(folder)] == ["knowledge/de/emergency-call.md:0:0: Fehler: Die deut"]


STRAYS = [
    ("de/register-adress.md", "Fehler: Einen Eintrag 'register-adress' gibt es in entries.yaml nicht. Mein"),
    ("de/notruf.txt", "Fehler: Hier werden nur Dateien mit der Endung .md gelesen. Benennen Sie"),
    ("de/alt/notruf.md", "Fehler: Hier sind keine Unterordner erlaubt."),
    ("fr/register-address.md", "Fehler: Der Ordner gehört zu keiner Sprache in languages.yaml."),
    ("place.yaml", "Fehler: Eine Datei dieses Namens wird nicht gelesen. Meinten Sie 'places.yaml'?"),
    ("places.yaml~", "Warnung: Die Datei ist eine Sicherungskopie"),
    ("de/register-address.md.bak", "Warnung: Die Datei ist eine Sicherungskopie"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "says"), STRAYS)
def test_a_file_that_nobody_reads(tmp_path: Path, name: str, says: str) -> None:
    folder = sample_folder(tmp_path)
    write(folder, name, FILES["de/register-address.md"])
    found = told(folder)
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    "name", ["_draft.yaml", ".git/config", "de/_draft.md", "de/.#lock", "courses.csv", "README.md"]
)
def test_files_that_may_lie_there(tmp_path: Path, name: str) -> None:
    folder = sample_folder(tmp_path)
    write(folder, name, "nothing of ours")
    assert told(folder) == []


def test_a_warning_does_not_keep_the_files_from_being_used(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    write(folder, "places.yaml~", "x")
    reading = read(folder)
    assert reading.knowledge is not None
    assert [problem.severity for problem in reading.problems] == [Severity.WARNING]


@pytest.mark.parametrize("name", ["places.yaml", "de/emergency-call.md"])
def test_a_link_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = sample_folder(tmp_path)
    outside = write(tmp_path, "secret", "name: geheim")
    (folder / name).unlink()
    (folder / name).symlink_to(outside)
    found = told(folder)
    assert found[0].startswith(
        f"knowledge/{name}:0:0: Fehler: Die Datei ist ein Verweis aus dem Ordner hinaus."
    )
    assert "geheim" not in "".join(found)


def test_a_link_within_the_folder(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    (folder / "places.yaml").rename(folder / "_places")
    (folder / "places.yaml").symlink_to("_places")
    assert told(folder) == []


def test_a_link_to_itself_and_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    (folder / "places.yaml").unlink()
    (folder / "places.yaml").mkdir()
    (folder / "teams.yaml").unlink()
    (folder / "teams.yaml").symlink_to("teams.yaml")
    found = told(folder)
    assert any(line.startswith("knowledge/places.yaml:0:0: Fehler") for line in found)
    assert any(line.startswith("knowledge/teams.yaml:0:0: Fehler") for line in found)


def test_a_structure_within_itself_is_refused(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    write(folder, "teams.yaml", "team: &team\n  name: *team\n  towns: [all]\n  matters: [all]\n")
    assert any("nicht mit & oder * beginnen" in line for line in told(folder))


def test_words_cut_off_by_a_comment_are_told(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    edit(folder, "de/emergency-call.md", "Wie rufe ich die Polizei?", "Wie rufe ich die Polizei #110?")
    found = told(folder)
    assert len(found) == 1
    assert found[0].startswith(
        "knowledge/de/emergency-call.md:6:5: Warnung: Ein Punkt in 'questions': Alles nach"
    )


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    for slip in SLIPS[:4]:
        edit(folder, slip.file, slip.old, slip.new)
    with pytest.raises(KnowledgeError) as raised:
        load(folder)
    assert len(raised.value.problems) == 4
    assert str(raised.value).count("\n") == 3


def test_a_problem_as_a_dict(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    (folder / "crisis.yaml").unlink()
    assert read(folder).problems[0].to_dict() == {
        "file": "knowledge/crisis.yaml",
        "line": 0,
        "column": 0,
        "severity": "error",
        "message": "Die Datei fehlt. Legen Sie sie an oder stellen Sie sie aus einer Sicherung wieder her.",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    name=st.sampled_from(sorted(FILES)),
    start=st.integers(0, 400),
    length=st.integers(0, 12),
    typed=st.text(st.sampled_from("ab1:-#*&!|>'\"{}[],?%@`~ \t\n\\ä"), max_size=6),
)
def test_whatever_is_typed_only_problems_come_out(
    tmp_path: Path, name: str, start: int, length: int, typed: str
) -> None:
    folder = sample_folder(tmp_path)
    text = FILES[name]
    write(folder, name, text[:start] + typed + text[start + length :])
    reading = read(folder)
    assert (reading.knowledge is None) == any(problem.is_error for problem in reading.problems)
    for problem in reading.problems:
        assert problem.file.startswith("knowledge/")
        assert " " in problem.message
        assert "\n" not in str(problem)
