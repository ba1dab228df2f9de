"""Changes of the knowledge files: judged before they are written, one at a time, none lost, each taken back."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from bot.domain.capabilities import Capabilities
from bot.knowledge.edits import EntryText, MoreQuestions, NewEntry, PlaceFacts, WholeFile
from bot.knowledge.files import load, read
from bot.knowledge.versions import version_of, version_of_place
from bot.service.editing import UNFINISHED, Change, Editing, Judged, Refused, Saved, Why
from tests.fakes import FakeClock
from tests.knowledge.sample import ADDRESS_AR, ADDRESS_DE, PLACES, edit, lines, sample_folder

ADDRESS = "de/register-address.md"


@pytest.fixture(params=["copies", "git"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    found = sample_folder(tmp_path)
    if request.param == "git":
        git(found, "init", "--quiet")
        git(found, "add", ".")
        git(found, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "--message=first")
    return found


def git(folder: Path, *arguments: str) -> str:
    """Return what git says."""
    call = ["git", "-C", str(folder), *arguments]
    return subprocess.run(call, check=True, capture_output=True).stdout.decode()


@pytest.fixture
def editing(folder: Path) -> Editing:
    return Editing(folder, {"web": Capabilities()}, FakeClock())


def text(base: str = ADDRESS_DE, **more: object) -> EntryText:
    values = {
        "title": "Wohnsitz anmelden",
        "short": "Anmeldung",
        "body": "**Gehen Sie ins Rathaus.**",
        "questions": ("Wo melde ich meine Adresse an?", "Anmeldung: wohin?"),
    }
    return EntryText("register-address", "de", version_of(base), **(values | more))  # type: ignore[arg-type]


def phone(content: str = PLACES, number: str = "02594 99-0") -> PlaceFacts:
    return PlaceFacts("town-hall", version_of_place(content, "town-hall"), {"phone": number})


async def saved(editing: Editing, *edits: object, editor: str = "Amina") -> Saved:
    done = await editing.save(Change(edits), editor)  # type: ignore[arg-type]
    assert isinstance(done, Saved), done
    return done


async def refused(editing: Editing, *edits: object) -> Refused:
    done = await editing.save(Change(edits), "Boris")  # type: ignore[arg-type]
    assert isinstance(done, Refused), done
    return done


async def test_only_what_was_meant_changes(editing: Editing, folder: Path) -> None:
    await saved(editing, phone())
    assert (folder / "places.yaml").read_text("utf-8") == PLACES.replace("02594 12-0", "02594 99-0")
    await saved(editing, text(title="Adresse: anmelden", body="Neu.", sense=True, reviewed=True))
    assert (folder / ADDRESS).read_text("utf-8") == (
        '---\ntitle: "Adresse: anmelden"\nshort: Anmeldung\nrevision: "3"\nquestions:\n'
        '  - Wo melde ich meine Adresse an?\n  - "Anmeldung: wohin?"\n---\nNeu.\n'
    )
    entry = load(folder).entries["register-address"]
    assert (entry.revision, entry.reviewed.isoformat()) == (3, "2026-11-23")
    assert entry.texts["ar"].revision == 2  # lags behind now


async def test_a_language_is_added_and_follows_the_german_text(editing: Editing, folder: Path) -> None:
    turkish = EntryText(
        "register-address",
        "en",
        version_of((folder / "en/register-address.md").read_text("utf-8")),
        "Address",
        "Address",
        "Go.",
        ("Where?",),
    )
    await saved(editing, turkish)
    added = load(folder).entries["register-address"].texts["en"]
    assert (added.revision, added.machine, added.body) == (2, True, "Go.")
    new = EntryText("emergency-call", "ar", "", "طوارئ", "طوارئ", "اتصل.", (), checked=True, current=False)
    await saved(editing, new)
    added = load(folder).entries["emergency-call"].texts["ar"]
    assert (added.revision, added.machine) == (1, False)


async def test_what_is_wrong_is_told_as_the_check_tells_it_and_not_written(
    editing: Editing, folder: Path
) -> None:
    wrong = text(body="Rufen Sie {polise.phone} an.", short="")
    no = await refused(editing, wrong)
    assert no.why is Why.INVALID
    assert (folder / ADDRESS).read_text("utf-8") == ADDRESS_DE
    judged = await editing.judge(Change((wrong,)))
    assert judged == no
    # The same words as of the file, written by hand.
    edit(folder, ADDRESS, ADDRESS_DE[ADDRESS_DE.index("**Gehen") :], "Rufen Sie {polise.phone} an.\n")
    edit(folder, ADDRESS, "short: Anmeldung\n", "")
    assert [str(problem) for problem in no.problems] == lines(read(folder))
    no = await refused(editing, phone(number="0"))
    assert "gibt es so nicht" in str(no.problems)


async def test_what_others_broke_by_hand_stops_nobody_and_can_be_mended(
    editing: Editing, folder: Path
) -> None:
    edit(folder, ADDRESS, "{town-hall.phone}", "{town-hall.fone}")
    edit(folder, "ar/register-address.md", "{town-hall.phone}", "{town-hal.phone}")
    await saved(editing, MoreQuestions("emergency-call", "de", ("Welche Nummer hat die Polizei?",)))
    no = await refused(editing, text((folder / ADDRESS).read_text("utf-8"), body="{town-hall.fone}"))
    assert no.why is Why.INVALID  # it stands in the text itself
    await saved(editing, text((folder / ADDRESS).read_text("utf-8")))
    assert len(lines(read(folder))) == 1


async def test_nobody_writes_over_what_they_have_not_seen(editing: Editing, folder: Path) -> None:
    edit(folder, ADDRESS, "Nehmen Sie", "Bringen Sie")
    by_hand = (folder / ADDRESS).read_text("utf-8")
    no = await refused(editing, text())
    assert (no.why, no.file, no.theirs) == (Why.STALE, ADDRESS, by_hand)
    assert (folder / ADDRESS).read_text("utf-8") == by_hand
    await saved(editing, text(by_hand))
    # Of the places only the one is looked at; another place may have changed.
    edit(folder, "places.yaml", 'phone: "110"', 'phone: "112"')
    await saved(editing, phone())
    assert (await refused(editing, phone(number="02594 77-0"))).why is Why.STALE
    for entry, language in (("none", "de"), ("register-address", "xx"), ("register-address", "../de")):
        assert (await refused(editing, MoreQuestions(entry, language, ("?",)))).why is Why.MISSING
    outside = WholeFile("../outside.md", "", "text")
    assert (await refused(editing, outside)).why is Why.BY_HAND
    assert await editing.file("../outside.md") is None
    assert not (folder.parent / "outside.md").exists()


async def test_many_at_once_follow_one_another(folder: Path) -> None:
    """Several workers, each with several editors."""
    workers = [Editing(folder, {}, FakeClock()) for _ in range(3)]
    questions = [f"Wo melde ich mich zum {number}. Mal an?" for number in range(9)]
    done = await asyncio.gather(
        *(
            workers[number % 3].save(
                Change((MoreQuestions("register-address", "de", (question,)),)), f"E{number}"
            )
            for number, question in enumerate(questions)
        )
    )
    assert all(isinstance(one, Saved) for one in done)
    assert set(questions) < set(load(folder).entries["register-address"].texts["de"].questions)
    assert {step.editor for step in await workers[0].steps()} >= {f"E{number}" for number in range(9)}
    both = await asyncio.gather(
        workers[0].save(Change((text(ADDRESS_AR),)), "A"), workers[1].save(Change((text(ADDRESS_AR),)), "B")
    )
    assert {type(one) for one in both} == {Refused}


async def test_a_step_is_taken_back_and_what_came_after_it_stays(editing: Editing, folder: Path) -> None:
    first = await saved(editing, phone())
    edit(folder, "places.yaml", 'phone: "110"', 'phone: "112"')
    changed = (folder / "places.yaml").read_text("utf-8")
    back = await editing.undo(first.id, "Boris")
    assert isinstance(back, Saved)
    assert (folder / "places.yaml").read_text("utf-8") == PLACES.replace('phone: "110"', 'phone: "112"')
    step = (await editing.steps())[0]
    assert (step.editor, step.files) == ("Boris", ("places.yaml",))
    assert "Zurückgenommen: town-hall: phone" in step.summary
    again = await editing.undo(back.id, "Boris")
    assert isinstance(again, Saved)
    assert (folder / "places.yaml").read_text("utf-8") == changed
    await saved(editing, phone(changed, "02594 55-0"))
    no = await editing.undo(again.id, "Boris")  # the same line has changed since
    assert isinstance(no, Refused)
    assert no.why is Why.STALE
    assert isinstance(await editing.undo("999999", "Boris"), Refused)


async def test_a_new_entry_comes_and_goes_whole(editing: Editing, folder: Path) -> None:
    new = NewEntry(
        "library-card",
        "arrival",
        "Bücherei",
        "Bücherei",
        "Gehen Sie hin.",
        ("Bücher leihen?",),
        roles=("vhs",),
    )
    before = (folder / "entries.yaml").read_text("utf-8")
    done = await saved(editing, new)
    assert load(folder).entries["library-card"].roles == ("vhs",)
    assert (await refused(editing, new)).why is Why.MISSING
    no = await refused(editing, NewEntry("Library Card", "arrival", "", "", "", ()))
    assert "geht nicht als Name" in str(no.problems)
    assert isinstance(await editing.undo(done.id, "Amina"), Saved)
    assert (folder / "entries.yaml").read_text("utf-8") == before
    assert not (folder / "de/library-card.md").exists()


async def test_what_a_dead_worker_had_begun_is_ended(editing: Editing, folder: Path) -> None:
    """It was killed between two files of a change."""
    judged = await editing.judge(Change((text(sense=True),)))
    assert isinstance(judged, Judged)
    (folder / ADDRESS).write_text(judged.files[ADDRESS].after or "", "utf-8")
    left = {
        "editor": "Tot",
        "summary": "s",
        "files": {name: [one.before, one.after] for name, one in judged.files.items()},
    }
    (folder / UNFINISHED).write_text(json.dumps(left), "utf-8")
    editing.finish()  # at a start; or with the next save
    assert not (folder / UNFINISHED).exists()
    editing.finish()
    await saved(editing, phone())
    entry = load(folder).entries["register-address"]
    assert (entry.revision, entry.texts["de"].revision) == (3, 3)
    assert {"Tot", "Amina"} <= {step.editor for step in await editing.steps()}


async def test_a_folder_that_cannot_be_written_to_is_told(editing: Editing, folder: Path) -> None:
    (folder / UNFINISHED).mkdir()
    assert (await refused(editing, phone())).why is Why.UNWRITABLE
    assert (folder / "places.yaml").read_text("utf-8") == PLACES


@pytest.mark.parametrize("folder", ["git"], indirect=True)
async def test_commits_are_in_the_editors_name_and_hold_only_their_change(
    editing: Editing, folder: Path
) -> None:
    edit(folder, ADDRESS, "Nehmen Sie", "Bringen Sie")
    edit(folder, "places.yaml", 'phone: "110"', 'phone: "112"')  # another file stays as it is
    await saved(editing, text((folder / ADDRESS).read_text("utf-8")), editor="Frau <Ümit>\n")
    assert git(folder, "log", "--format=%an|%s", "-2").splitlines() == [
        "Frau Ümit|register-address (de): Text",
        "Lotse|von Hand geändert",
    ]
    assert git(folder, "status", "--short", "-uno") == " M places.yaml\n"
