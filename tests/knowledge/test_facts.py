"""What the knowledge tells stands in a list of checked facts, and may be shown as it is."""

from pathlib import Path

import pytest

from bot.knowledge.facts import Found, compare, facts_of, untold
from bot.knowledge.files import load
from tests.knowledge.sample import edit, sample_folder

POLICE = "| Police | 110 | always, free | law |"
TOWN_HALL = "| Town hall | Markt 1, 48249 Dülmen; 02594 12-0; post@example.org; hours Mo–Fr 8–12 & 14–16 | seen | OK |"
LIST = f"{POLICE}\n{TOWN_HALL}\n"


def stands(folder: Path, listed: str = LIST) -> dict[tuple[str, str], tuple[Found, int]]:
    """Return (kind, text) -> how it stands, and in which line."""
    return {
        (verdict.fact.kind, verdict.fact.text): (verdict.found, verdict.line)
        for verdict in compare(load(folder), listed)
    }


def test_every_fact_of_a_place_is_found_in_its_line(tmp_path: Path) -> None:
    assert stands(sample_folder(tmp_path)) == {
        ("phone", "110"): (Found.YES, 1),
        ("hours", "24/7"): (Found.YES, 1),
        ("phone", "02594 12-0"): (Found.YES, 2),
        ("address", "Markt 1, 48249 Dülmen"): (Found.YES, 2),
        ("email", "post@example.org"): (Found.YES, 2),
        ("hours", "Mo-Fr 08:00-12:00,14:00-16:00"): (Found.YES, 2),
    }


@pytest.mark.parametrize(
    ("fact", "listed"),
    [
        (("phone", "02594 12-0"), LIST.replace("02594 12-0", "02594 12-00")),
        (("phone", "02594 12-0"), LIST.replace("02594 12-0", "02594 120-1")),
        (("phone", "02594 12-0"), LIST.replace("02594 12-0", "102594 120")),
        (("phone", "110"), LIST.replace("110", "1100")),
        (("address", "Markt 1, 48249 Dülmen"), LIST.replace("Markt 1,", "Markt 11,")),
        (("address", "Markt 1, 48249 Dülmen"), LIST.replace("48249", "48653")),
        (("email", "post@example.org"), LIST.replace("post@", "die-post@")),
        (("hours", "Mo-Fr 08:00-12:00,14:00-16:00"), LIST.replace("14–16", "14–17")),
        (("hours", "Mo-Fr 08:00-12:00,14:00-16:00"), LIST.replace("Mo–Fr", "Mo–Th")),
        (("hours", "24/7"), LIST.replace("always", "sometimes")),
        (("hours", "24/7"), f"| Police | 110 | free | law |\n| Fire | 112 | always | law |\n{TOWN_HALL}"),
    ],
)
def test_what_stands_otherwise_is_not_found(tmp_path: Path, fact: tuple[str, str], listed: str) -> None:
    assert stands(sample_folder(tmp_path), listed)[fact] == (Found.NO, 0)


@pytest.mark.parametrize("written", ["+49 2594 120", "02594/120", "(02594) 12 - 0", "0 25 94 - 12 0"])
def test_a_number_is_the_same_however_it_is_written(tmp_path: Path, written: str) -> None:
    listed = LIST.replace("02594 12-0", written)
    assert stands(sample_folder(tmp_path), listed)["phone", "02594 12-0"][0] is Found.YES


@pytest.mark.parametrize(
    ("use", "kind", "found"),
    [
        ("no", "phone", Found.FORBIDDEN),
        ("[V-old] no", "address", Found.FORBIDDEN),
        ("name only", "email", Found.FORBIDDEN),
        ("place OK, phone no", "phone", Found.FORBIDDEN),
        ("place OK, phone no", "address", Found.YES),
        ("e-mail OK; phones not", "phone", Found.FORBIDDEN),
        ("e-mail OK; phones not", "email", Found.YES),
        ('address "check", **no hours**', "hours", Found.FORBIDDEN),
        ('address "check", **no hours**', "address", Found.UNMARKED),
        ('"check"', "phone", Found.UNMARKED),
        ("[V-old]", "address", Found.UNMARKED),
        ('address/e-mail OK; phone times "check"', "address", Found.YES),
        # The sample marks its hours as to be checked first.
        ('address/e-mail OK; phone times "check"', "hours", Found.YES),
    ],
)
def test_the_last_column_says_what_may_be_shown(tmp_path: Path, use: str, kind: str, found: Found) -> None:
    listed = LIST.replace("| seen | OK |", f"| seen | {use} |")
    verdicts = [
        v for v in compare(load(sample_folder(tmp_path)), listed) if v.fact.where.endswith("town-hall")
    ]
    assert [v.found for v in verdicts if v.fact.kind == kind] == [found]


def test_the_table_decides_not_the_prose_that_repeats_it(tmp_path: Path) -> None:
    listed = f"{LIST.replace('| OK |', '| no |')}\nThe town hall (02594 12-0) is on the market. [V]\n"
    assert stands(sample_folder(tmp_path), listed)["phone", "02594 12-0"] == (Found.FORBIDDEN, 2)


def test_prose_counts_where_no_table_has_it_unless_nobody_has_read_it(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    assert stands(folder, "Call 02594 12-0 first. [V]")["phone", "02594 12-0"] == (Found.YES, 1)
    assert stands(folder, "Call 02594 12-0 first. [GK]")["phone", "02594 12-0"] == (Found.FORBIDDEN, 1)


@pytest.mark.parametrize("warning", ["**Never publish**: 02594 12-0", "**Out-of-date traps**: 02594 12-0"])
def test_what_must_never_be_shown_is_no_source(tmp_path: Path, warning: str) -> None:
    assert stands(sample_folder(tmp_path), warning)["phone", "02594 12-0"] == (Found.NO, 0)


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("0800 1110111", "phone", "0800 1110111"),
        ("116 117", "phone", "116 117"),
        ("hilfe@example.org", "email", "hilfe@example.org"),
        ("Lange Straße 12a", "address", "Lange Straße 12a"),
    ],
)
def test_facts_typed_into_a_text_are_seen(tmp_path: Path, typed: str, kind: str, text: str) -> None:
    folder = sample_folder(tmp_path)
    edit(
        folder,
        "de/emergency-call.md",
        "Rufen Sie {police.phone} an.",
        f"Es gibt {typed}. Kein Betrag: 1.116,50",
    )
    (fact,) = [fact for fact in facts_of(load(folder)) if fact.where == "de/emergency-call.md"]
    assert (fact.kind, fact.text) == (kind, text)


def test_what_the_list_allows_and_the_knowledge_lacks(tmp_path: Path) -> None:
    listed = (
        f"{LIST}| VHS | 0800 1110222; vhs@example.org | seen | OK |\n| Office | 0800 1110333 | seen | no |"
    )
    found = [(fact.text, fact.where) for fact in untold(load(sample_folder(tmp_path)), listed)]
    assert found == [("vhs@example.org", "3"), ("0800 1110222", "3")]
