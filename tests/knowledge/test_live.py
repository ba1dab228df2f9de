"""The last good knowledge stays in use while the files are wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.knowledge.files import KnowledgeError
from bot.knowledge.folder import fingerprint
from bot.knowledge.live import Live
from tests.knowledge.sample import edit, sample_folder, write

START = datetime(2026, 11, 22, 8, tzinfo=UTC)


def hourly() -> Iterator[datetime]:
    moment = START
    while True:
        yield moment
        moment += timedelta(hours=1)


def started(folder: Path) -> Live:
    clock = hourly()
    return Live(folder, lambda: next(clock))


def test_it_starts_with_what_is_there(tmp_path: Path) -> None:
    live = started(sample_folder(tmp_path))
    assert live.current.entries.keys() == {"emergency-call", "register-address"}
    assert live.loaded_at == START
    assert live.problems == ()


def test_it_does_not_start_with_errors(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    (folder / "places.yaml").unlink()
    with pytest.raises(KnowledgeError):
        started(folder)


def test_a_good_change_is_taken_over_at_once(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    live = started(folder)
    before = live.current
    edit(folder, "places.yaml", "02594 12-0", "02594 12-1")
    assert live.reload()
    assert live.current.places["town-hall"].phone == "02594 12-1"
    assert before.places["town-hall"].phone == "02594 12-0"
    assert live.loaded_at == START + timedelta(hours=1)


def test_an_error_keeps_what_was_good_until_it_is_mended(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    live = started(folder)
    before = live.current
    edit(folder, "places.yaml", '"02594 12-0"', "02541")
    write(folder, "teams.yaml~", "x")
    assert not live.reload()
    assert live.current is before
    assert live.loaded_at == START
    assert [problem.file for problem in live.problems] == ["knowledge/places.yaml"]
    edit(folder, "places.yaml", "02541", '"02541 180"')
    assert live.reload()
    assert live.problems == ()
    assert live.current.places["town-hall"].phone == "02541 180"


def test_a_number_that_nobody_has_is_not_taken_over(tmp_path: Path) -> None:
    """`knowledge check` says so; newcomers were shown it all the same."""
    folder = sample_folder(tmp_path)
    live = started(folder)
    edit(folder, "places.yaml", "02594 12-0", "02594 12-XX")
    assert not live.reload()
    assert live.current.places["town-hall"].phone == "02594 12-0"
    (problem,) = live.problems
    assert "Die Telefonnummer '02594 12-XX' gibt es so nicht" in str(problem)
    assert str(problem).startswith("knowledge/places.yaml:")


def test_it_starts_with_a_number_that_a_new_numbering_plan_refuses(tmp_path: Path) -> None:
    """All other answers would be silent with it."""
    folder = sample_folder(tmp_path)
    edit(folder, "places.yaml", "02594 12-0", "02594 12-XX")
    assert started(folder).current.places["town-hall"].phone == "02594 12-XX"


def test_a_folder_that_has_gone_keeps_what_was_good(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    live = started(folder)
    folder.rename(tmp_path / "moved")
    assert not live.reload()
    assert live.current.places
    assert live.problems


def test_the_fingerprint_tells_every_change(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    seen = {fingerprint(folder)}
    assert fingerprint(folder) in seen
    edit(folder, "de/emergency-call.md", "Rufen Sie", "Rufen Sie bitte")
    seen.add(fingerprint(folder))
    write(folder, "fr/emergency-call.md", "x")
    seen.add(fingerprint(folder))
    (folder / "teams.yaml").rename(folder / "team.yaml")
    seen.add(fingerprint(folder))
    (folder / "team.yaml").unlink()
    seen.add(fingerprint(folder))
    (folder / "dangling").symlink_to("nowhere")
    seen.add(fingerprint(folder))
    assert len(seen) == 6
