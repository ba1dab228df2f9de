"""Reads teams.yaml: who answers the questions that the program could not."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from bot.knowledge.model import Team
from bot.knowledge.yamlfile import Page, Section

REQUIRED = ("name", "towns", "matters")
OPTIONAL = ("hours", "promise_hours", "absences")
ALL = "all"


def read_teams(page: Page, towns: Iterable[str], matters: Iterable[str]) -> Mapping[str, Team]:
    """Return id -> team; `matters` are the ids of areas and entries."""
    places, subjects = (ALL, *towns), (ALL, *matters)
    return MappingProxyType(
        {id: _team(id, section, places, subjects) for id, section in page.root().sections(REQUIRED, OPTIONAL)}
    )


def _team(id: str, section: Section, towns: tuple[str, ...], matters: tuple[str, ...]) -> Team:
    if "promise_hours" in section and "hours" not in section:
        section.error(
            "'promise_hours' braucht 'hours': ohne Arbeitszeiten lässt sich keine Zeit zusagen.",
            "promise_hours",
        )
    return Team(
        id=id,
        name=section.text("name"),
        towns=frozenset(section.ids("towns", towns, "Die Stadt")),
        matters=frozenset(section.ids("matters", matters, "Den Bereich oder Eintrag")),
        hours=section.text("hours"),
        promise_hours=section.number("promise_hours") or None,
        absences=tuple(_absence(item) for item in section.items("absences", ("from", "to"))),
    )


def _absence(section: Section) -> tuple[date, date]:
    first, last = section.day("from"), section.day("to")
    if last < first:
        section.error("Das Ende ('to') liegt vor dem Anfang ('from'). Prüfen Sie beide Tage.", "to")
    return first, last
