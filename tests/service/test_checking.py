"""How the files are, for editors: the check's own words, once for each state of the folder."""

import asyncio
from pathlib import Path

from bot.domain.capabilities import Capabilities
from bot.knowledge.check import check
from bot.knowledge.files import load
from bot.service.checking import Checking
from tests.fakes import FakeClock
from tests.knowledge.sample import edit, sample_folder

CAN = {"web": Capabilities(text=20)}


async def test_it_says_what_the_check_says_and_looks_once(tmp_path: Path) -> None:
    folder, clock = sample_folder(tmp_path), FakeClock()
    known = load(folder)
    checking = Checking(folder, tmp_path / "none", CAN, clock, lambda: known)
    first, same = await asyncio.gather(checking.problems(), checking.problems())
    assert list(first) == check(known, folder, CAN, clock.now().date())
    assert same is first
    edit(folder, "places.yaml", 'phone: "02594 12-0"', 'phone: "0"')
    assert any("gibt es so nicht" in problem.message for problem in await checking.problems())
    clock.advance(days=400)
    assert any("Zuletzt vor" in problem.message for problem in await checking.problems())


async def test_of_broken_files_it_shows_what_is_legible(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    known = load(folder)
    checking = Checking(folder, tmp_path / "none", CAN, FakeClock(), lambda: known)
    assert not (await checking.present()).errors
    edit(folder, "de/register-address.md", "title: Wohnsitz anmelden", "title: Adresse")
    edit(folder, "de/emergency-call.md", "title: Notruf", "title:")
    present = await checking.present()
    assert [problem.file for problem in present.errors] == ["knowledge/de/emergency-call.md"]
    assert present.knowledge.entries["register-address"].texts["de"].title == "Adresse"
    assert [problem for problem in await checking.problems() if problem.is_error] == list(present.errors)
    edit(folder, "places.yaml", "police:", "police: [")
    assert (await checking.present()).knowledge is known  # nothing is legible: the last good version
